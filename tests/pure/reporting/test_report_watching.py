"""Whether somebody reads reports of danger now, and the settings of citizens' pages."""

from datetime import time
from pathlib import Path

import pytest

from bluelamp.project.config import ConfigError, read_config
from bluelamp.reporting.domain.watching import watching


@pytest.mark.parametrize(
    ("hours", "at", "now"),
    [
        ("", time(12), False),
        ("always", time(3), True),
        ("08:00-22:00", time(8), True),
        ("08:00-22:00", time(21, 59), True),
        ("08:00-22:00", time(22), False),
        ("08:00-22:00", time(7, 59), False),
        ("20:00-06:00", time(23), True),
        ("20:00-06:00", time(5, 59), True),
        ("20:00-06:00", time(6), False),
        ("20:00-06:00", time(19, 59), False),
    ],
)
def test_hours_say_whether_somebody_reads(hours: str, at: time, now: bool) -> None:
    found = watching(hours=hours, at=at)
    assert found.now is now
    assert found.never is (hours == "")


def test_the_hours_are_told() -> None:
    found = watching(hours="08:00-22:00", at=time(23))
    assert (found.first, found.last) == (time(8), time(22))


@pytest.mark.parametrize("hours", ["24/7", "8-22", "08:00-25:00", "08:00-08:00", "mon", "08:00 - 22:00"])
def test_hours_that_mean_nothing_are_refused(hours: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="BLUELAMP_DUTY_HOURS"):
        read_config({"BLUELAMP_HOME": str(tmp_path), "BLUELAMP_DUTY_HOURS": hours})


SITES = ["weather", "http://example.com/", "javascript:alert(1)", 'https://a.example/"x', "https://"]


@pytest.mark.parametrize("site", SITES)
def test_an_exit_that_is_no_safe_address_is_refused(site: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="BLUELAMP_EXIT_SITE"):
        read_config({"BLUELAMP_HOME": str(tmp_path), "BLUELAMP_EXIT_SITE": site})


def test_the_usual_exit_is_the_weather(tmp_path: Path) -> None:
    assert read_config({"BLUELAMP_HOME": str(tmp_path)}).exit_site == "https://www.bbc.co.uk/weather"
    near = {"BLUELAMP_HOME": str(tmp_path), "BLUELAMP_EXIT_SITE": "http://127.0.0.1:9/"}
    assert read_config(near).exit_site == "http://127.0.0.1:9/"
