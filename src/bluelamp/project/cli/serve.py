"""Serving the pages."""

import os
import socket
import sys
from pathlib import Path

from django.conf import settings

from bluelamp.project.cli.screen import notes
from bluelamp.project.keeping.folders import hold_home


class ServeError(RuntimeError):
    """The server cannot start; the message says what to do."""


def serve() -> None:
    """Replace this process by the web server. Raises ServeError where the address is taken."""
    config = settings.CONFIG
    with socket.socket(socket.AF_INET6 if ":" in config.bind else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((config.bind, config.port))
        except OSError as problem:
            raise ServeError(
                f"cannot listen on {config.bind}:{config.port} ({problem.strerror}). Stop what uses it, or choose "
                "another port: BLUELAMP_PORT=8001"
            ) from problem
    hold_home(config.home)
    notes.print(f"Open http://localhost:{config.port}  (stop with Ctrl+C)")
    sys.stdout.flush()
    granian = str(Path(sys.executable).with_name("granian"))
    arguments = ["--interface", "wsgi", "--host", config.bind, "--port", str(config.port), "--blocking-threads", "1"]
    arguments += ["--workers", str(config.workers), "--log-level", "warning", "bluelamp.project.wsgi:application"]
    os.execv(granian, [granian, *arguments])
