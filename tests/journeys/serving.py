"""Real servers: how they are started, waited for and ended."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from addresses import get

COMMAND = Path(sys.executable).with_name("bluelamp")


def environment(home: Path, **settings: str) -> dict[str, str]:
    """The environment of a command that works in this home."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("BLUELAMP_") or k == "BLUELAMP_CHROMIUM"}
    kept.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)  # for this process only: see conftest.py
    return {**kept, "BLUELAMP_HOME": str(home), **settings}


def serve(home: Path, **settings: str) -> Iterator[str]:
    """The address of a server, which ends with the iterator."""
    port = _free_port()
    env = environment(home, BLUELAMP_PORT=str(port), **settings)
    with subprocess.Popen([COMMAND, "serve"], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        base = f"http://localhost:{port}"
        try:
            _wait(base, server)
            yield base
        finally:
            server.terminate()
            server.wait(timeout=20)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(base: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        assert server.poll() is None, "the server stopped before it answered"
        try:
            if get(f"{base}/").status == 200:
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail("the server did not answer within 20 seconds")
