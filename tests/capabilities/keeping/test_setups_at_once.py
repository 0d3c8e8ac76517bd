"""Several `bluelamp setup` that start on one empty home: one works, the others wait for it and do what is left."""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from keeping_homes import BLUELAMP, Home

WAITS = "Another set-up of this home is at work"


class SetUp:
    """A real process, with what it says in a file."""

    def __init__(self, home: Home, said: Path) -> None:
        self.said = said
        with said.open("w") as out:
            self.process = subprocess.Popen([BLUELAMP, "setup"], env=home.env, stdout=out, stderr=out)

    @property
    def waits(self) -> bool:
        return WAITS in self.said.read_text()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


def until(happened: Callable[[], object], *, among: list[SetUp]) -> None:
    end = time.monotonic() + 60
    while not happened():
        told = [one.said.read_text() for one in among]
        assert all(one.process.poll() is None for one in among) and time.monotonic() < end, told
        time.sleep(0.02)


@pytest.mark.slow
def test_one_works_and_who_waits_goes_on_also_where_it_is_killed(tmp_path: Path) -> None:
    home = Home(path=tmp_path / "home")
    both = [SetUp(home, tmp_path / name) for name in ("first", "second")]
    also: list[SetUp] = []
    try:
        until(lambda: any(one.waits for one in both), among=both)
        (worker,), (waiting,) = [one for one in both if not one.waits], [one for one in both if one.waits]
        until((home.path / "main.db").exists, among=both)
        worker.kill()

        also.append(SetUp(home, tmp_path / "third"))
        until(lambda: also[0].waits, among=also)
        codes = [one.process.wait(timeout=120) for one in (waiting, *also)]
        said = [one.said.read_text() for one in (waiting, *also)]
        assert codes == [0, 0], said
    finally:
        for one in (*both, *also):
            one.kill()
    assert ["Built specimen edition 1" in text for text in said] == [True, False]
    assert "Catalogue: " not in said[1] and "Evidence: " not in said[1], "nothing is done twice"
    assert [(load["rows"], load["status"]) for load in home.json("feeds", "status")] == [(1662, "visible")]
    assert home.json("index", "show")["edition"]["number"] == 1
    home.run("index", "verify")
