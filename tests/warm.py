"""Runs commands in forks of a program that has loaded everything already: tens of milliseconds each, not a second.

A fork gets its own environment and reads the settings anew, before any database is opened. Started by keeping_homes.py;
speaks JSON, one line for a request and one for an answer.
"""

import json
import os
import runpy
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any

_PARENTS: list[object] = []


class Warmly:
    """In the place of the module `subprocess`: what would be a new Python is a fork of a loaded one."""

    def __init__(self, ask: Callable[..., dict[str, Any]]) -> None:
        self._ask = ask

    def run(self, line: list[str], *, env: Mapping[str, str], input: str, **_: object) -> Any:
        """As `subprocess.run`, with captured text, of `python -m MODULE`."""
        answer = self._ask(words=line[1:], env=dict(env), cwd=str(Path.cwd()), stdin=input)
        return subprocess.CompletedProcess(line, answer["code"], answer["out"], answer["err"])


def serve() -> None:
    """Answer requests until standard input ends."""
    with tempfile.TemporaryDirectory() as home:
        os.environ.update({"BLUELAMP_HOME": home, "DJANGO_SETTINGS_MODULE": "bluelamp.project.settings"})
        import django

        django.setup()
        import bluelamp.project.cli.app  # noqa: F401

    answers = os.fdopen(os.dup(1), "w")
    for line in sys.stdin:
        print(json.dumps(_answer(**json.loads(line))), file=answers, flush=True)


def _answer(*, words: list[str], env: dict[str, str], cwd: str, stdin: str) -> dict[str, Any]:
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        given.write(stdin.encode())
        given.seek(0)
        child = os.fork()
        if child == 0:
            _become(words, env, cwd, (given, out, err))
        _, status = os.waitpid(child, 0)
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read().decode())
    return {"code": os.waitstatus_to_exitcode(status), "out": texts[0], "err": texts[1]}


def _become(words: list[str], env: dict[str, str], cwd: str, streams: tuple[IO[bytes], ...]) -> None:
    code = 70
    try:
        signal.alarm(120)
        for number, stream in enumerate(streams):
            os.dup2(stream.fileno(), number)
        sys.stdin = os.fdopen(os.dup(0))
        os.chdir(cwd)
        os.environ.clear()
        os.environ.update(env)
        _forget_settings()
        from bluelamp.project.keeping import restoring

        restoring.subprocess = Warmly(_answer)  # type: ignore[assignment]
        sys.argv = words
        code = _ended(_program(words))
    except BaseException:  # noqa: BLE001 - told to whoever asked
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _program(words: list[str]) -> Callable[[], object]:
    if words[0] == "-m":
        return lambda: runpy.run_module(words[1], run_name="__main__")
    if Path(words[0]).name != "bluelamp":
        return lambda: runpy.run_path(words[0], run_name="__main__")
    from bluelamp.project.cli.app import run

    return run


def _ended(program: Callable[[], object]) -> int:
    """The exit code that Python would end with; connections are closed as its end would close them."""
    from django.db import connections

    try:
        program()
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)  # noqa: T201
            return 1
        return end.code or 0
    except BaseException:  # noqa: BLE001 - what Python itself would print
        traceback.print_exc()
        return 1
    finally:
        connections.close_all()
    return 0


def _forget_settings() -> None:
    from asgiref.local import Local
    from django.conf import settings
    from django.core.cache import caches
    from django.db import connections
    from django.utils.functional import empty

    sys.modules.pop("bluelamp.project.settings", None)
    settings._wrapped = empty
    for handler in (connections, caches):
        # What the parent opened is the parent's: SQLite must not close it here.
        _PARENTS.append(handler._connections)
        handler._connections = Local()
        handler.__dict__.pop("settings", None)
        handler._settings = None  # type: ignore[union-attr]


if __name__ == "__main__":
    serve()
