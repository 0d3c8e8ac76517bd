"""Serving the pages."""

import os
import shutil
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings

from bluelamp.project import running
from bluelamp.project.cli.screen import console, notes
from bluelamp.project.keeping.folders import hold_home

# Connections, not requests, that each worker process takes at one time: a silent one counts too, for up to 15 seconds.
# One thread answers, so a figure as small as the number of threads would let a handful of silent ones shut everybody
# out; what waits is bounded in bytes instead (project/front.py). Said here because the server's own figure is 1024
# divided by the workers, which of 64 leaves 16 to each.
CONNECTIONS = 1024


class ServeError(RuntimeError):
    """The server cannot start; the message says what to do."""


def serve() -> None:
    """Replace this process by the web server. Raises ServeError where the address is taken."""
    check_address()
    hold_home(settings.BLUELAMP_HOME)
    announce_address()
    command = web_command()
    os.execve(command[0], command, {**os.environ, **web_environment()})


def check_address() -> None:
    """Raise ServeError where the profile has no web server or the address cannot be listened on."""
    config = settings.CONFIG
    if not settings.BLUELAMP_PROFILE.serves:
        raise ServeError(f"the profile {config.profile} has no web server. Run: bluelamp work")
    with socket.socket(socket.AF_INET6 if ":" in config.bind else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((config.bind, config.port))
        except OSError as problem:
            raise ServeError(
                f"cannot listen on {config.bind}:{config.port} ({problem.strerror}). Stop what uses it, or choose "
                "another port: BLUELAMP_PORT=8001"
            ) from problem


def announce_address() -> None:
    """Say where to look."""
    config = settings.CONFIG
    if settings.BLUELAMP_PROFILE.pages:
        console.print(f"Open http://localhost:{config.port}  (stop with Ctrl+C)")
    else:
        console.print(f"Only health is served: http://localhost:{config.port}/healthz  (stop with Ctrl+C)")
    sys.stdout.flush()


def web_command() -> list[str]:
    """The web server with its arguments."""
    config = settings.CONFIG
    granian = str(Path(sys.executable).with_name("granian"))
    arguments = ["--interface", "asginl", "--host", config.bind, "--port", str(config.port)]
    # No protocols that nobody uses; headers as large as browsers' and no larger; no long wait for them.
    arguments += ["--http", "1", "--no-ws", "--http1-buffer-size", str(32 * 1024)]
    arguments += ["--http1-header-read-timeout", "15000"]
    arguments += ["--workers", str(config.workers), "--workers-kill-timeout", "15", "--log-level", "warning"]
    arguments += ["--backpressure", str(CONNECTIONS)]
    arguments += ["--log-config", str(Path(running.__file__).with_name("granian.json"))]
    return [granian, *arguments, "bluelamp.project.asgi:application"]


def web_environment() -> Mapping[str, str]:
    """Make what the web server needs anew: the folder in which several workers count together."""
    config = settings.CONFIG
    if config.workers == 1:
        return {}
    # Two web servers may share HOME: each profile and port has a folder of its own.
    folder = config.home / "run" / f"metrics-{config.profile}-{config.port}"
    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(exist_ok=True, mode=0o700)
        folder.mkdir(mode=0o700)
    except OSError as problem:
        notes.print(f"Requests are not counted over all workers: {folder} cannot be made ({problem.strerror}).")
        return {}
    return {"PROMETHEUS_MULTIPROC_DIR": str(folder)}
