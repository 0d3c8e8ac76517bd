"""`bluelamp run`: every process of the profile under one supervisor."""

import sys
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from bluelamp.project.cli.screen import console
from bluelamp.project.cli.serve import announce_address, check_address, web_command, web_environment
from bluelamp.project.keeping.folders import hold_home
from bluelamp.project.running.checks import FAIL, migrations
from bluelamp.project.running.exposition import answers
from bluelamp.project.running.supervisor import Part, PartFailedError, Supervisor


class RunError(RuntimeError):
    """The processes cannot be started or kept running; the message says what to do."""


def run() -> None:
    """Run web server and worker, as the profile says, until stopped; start again what dies."""
    profile = settings.BLUELAMP_PROFILE
    hold_home(settings.BLUELAMP_HOME)
    _check_tables()
    if profile.serves:
        check_address()
        announce_address()
    else:
        console.print("Working  (stop with Ctrl+C)")
    try:
        Supervisor(parts=parts()).run()
    except PartFailedError as problem:
        raise RunError(str(problem)) from problem


def parts() -> list[Part]:
    """The processes of the profile."""
    profile = settings.BLUELAMP_PROFILE
    found = []
    if profile.serves:
        found.append(Part("web", tuple(web_command()), prepare=web_environment))
    if profile.works:
        bluelamp = str(Path(sys.executable).with_name("bluelamp"))
        found.append(Part("work", (bluelamp, "work", "--quiet")))
    return found


def _check_tables() -> None:
    """A database that does not answer yet is waited for by the processes; one without its tables needs a person."""
    if all(answers(alias) for alias in settings.DATABASES):
        for finding in migrations(datetime.now(tz=UTC)):
            if finding.state == FAIL:
                raise RunError(f"{finding.found} {finding.todo}")
