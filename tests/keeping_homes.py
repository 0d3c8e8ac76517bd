"""A home of the tests of keeping, and the commands run on it as a person would run them."""

import atexit
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from bluelamp.project.keeping.restoring import Chosen, Findings, restore_backup, verify_backup

URL = os.environ.get("BLUELAMP_DATABASE_URL", "")
HOUSEHOLD = Path(__file__).parent / "capabilities" / "keeping" / "household.py"
KILLING = HOUSEHOLD.with_name("killing.py")
BLUELAMP = str(Path(sys.executable).with_name("bluelamp"))


@cache
def _forks() -> "subprocess.Popen[str]":
    """A process that stays, and forks for each command. It ends with this one, whose pipe it reads."""
    warm = Path(__file__).with_name("warm.py")
    env = {**os.environ, "COLUMNS": "300"}
    forks = subprocess.Popen(
        [sys.executable, str(warm)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env
    )
    atexit.register(forks.communicate)
    return forks


def ask_forks(*, words: list[str], env: dict[str, str], cwd: str, stdin: str) -> Any:
    """What became of a fork of a program that is loaded already: see warm.py."""
    forks = _forks()
    assert forks.stdin and forks.stdout
    print(json.dumps({"words": words, "env": env, "cwd": cwd, "stdin": stdin}), file=forks.stdin, flush=True)
    return json.loads(forks.stdout.readline())


def _warm(line: list[str], env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """What `subprocess.run` gives, from such a fork."""
    answer = ask_forks(words=line, env=env, cwd=str(Path.cwd()), stdin="")
    return subprocess.CompletedProcess(line, answer["code"], answer["out"], answer["err"])


@dataclass(frozen=True)
class Home:
    """A home, its settings, and what is done with it."""

    path: Path
    url: str = ""
    also: dict[str, str] = field(default_factory=dict)

    @property
    def env(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("BLUELAMP_")}
        database = {"BLUELAMP_DATABASE_URL": self.url} if self.url else {}
        return {**kept, **database, "BLUELAMP_HOME": str(self.path), "COLUMNS": "300", **self.also}

    def run(self, *words: str | Path, code: int = 0, cold: bool = False) -> subprocess.CompletedProcess[str]:
        """One command, which must end with this exit code and no traceback; `cold`: as a new process (slower)."""
        line = [BLUELAMP, *map(str, words)]
        if cold:
            done = subprocess.run(line, env=self.env, capture_output=True, text=True, timeout=120)
        else:
            done = _warm(line, self.env)
        assert done.returncode == code, (words, done.stdout, done.stderr[-3000:])
        assert "Traceback" not in done.stderr
        return done

    def json(self, *words: str | Path, code: int = 0) -> Any:
        return json.loads(self.run(*words, "--json", code=code).stdout)

    def ask(self, *words: str) -> Any:
        """One task of household.py."""
        done = _warm([str(HOUSEHOLD), *words], self.env)
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout)

    def restore(self, folder: Path, *, to: Path | None = None, replace: bool = False, **chosen: Any) -> "Home":
        """Restore a backup in this process; raises KeepingError."""
        done = restore_backup(
            chosen=Chosen(folder=folder, **chosen), home=to or self.path, replace=replace, now=datetime.now(tz=UTC)
        )
        return Home(path=done.home, also=self.also)

    def verify(self, folder: Path, **chosen: Any) -> Findings:
        """Try a backup in this process."""
        return verify_backup(chosen=Chosen(folder=folder, **chosen), now=datetime.now(tz=UTC))

    def backup(self, *words: str | Path) -> Path:
        return Path(self.json("backup", *words)["path"])


def kill(home: Home, what: str) -> dict[str, Any]:
    """What killing.py saw."""
    done = subprocess.run(
        [sys.executable, str(KILLING), what], env=home.env, capture_output=True, text=True, timeout=240
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)  # type: ignore[no-any-return]


@contextmanager
def writing(home: Home) -> Iterator["subprocess.Popen[bytes]"]:
    """A process that adds people all the while, killed at the end."""
    line = [sys.executable, str(HOUSEHOLD), "write"]
    writer = subprocess.Popen(line, env=home.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert writer.stdout and writer.stdout.readline() == b"writing\n"
    try:
        yield writer
    finally:
        writer.kill()
        writer.communicate()
