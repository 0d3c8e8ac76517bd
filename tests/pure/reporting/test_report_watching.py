"""Whether somebody reads reports of danger now, and the settings of citizens' pages."""

from datetime import time
from pathlib import Path

import pytest

from bluelamp.project.config import ConfigError, read_config
from bluelamp.reporting.domain.watching import watching


@pytest.mark.parametrize("hours", ["", "always", "08:00-22:00", "20:00-06:00"])
def test_only_an_officer_who_is_there_makes_it_now(hours: str) -> None:
    assert watching(hours=hours, on_duty=True).now and not watching(hours=hours, on_duty=False).now


def test_the_hours_are_told() -> None:
    found = watching(hours="08:00-22:00", on_duty=False)
    assert (found.first, found.last) == (time(8), time(22)) and not found.never
    assert watching(hours="", on_duty=False).never


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
