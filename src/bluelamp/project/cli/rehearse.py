"""`bluelamp index rehearse`: an exercise edition on its way, in a home of its own."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection

from bluelamp.index.facts import fact_path
from bluelamp.index.feeds import feed_by_id
from bluelamp.index.operations.catalogue import ensure_catalogue
from bluelamp.index.operations.editions import build_edition
from bluelamp.index.operations.loading import load_path
from bluelamp.project.cli.keeping import bring_up_to_date
from bluelamp.project.cli.screen import notes
from bluelamp.project.demo import rehearsal
from bluelamp.project.demo.cast import make_cast


class NoRehearsalError(RuntimeError):
    """A rehearsal may not begin here; the message says why and what to do."""


def rehearse() -> None:
    """Take an exercise edition to the day of its publication, in a new home of its own, and tell each step."""
    home = Path(settings.BLUELAMP_HOME)
    _refuse_any_other(home)
    now = datetime.now(tz=UTC)
    begin = now - timedelta(days=rehearsal.DAYS)
    with notes.status("Making the home of the rehearsal ..."):
        bring_up_to_date(backup=False)
        ensure_catalogue()
        load_path(path=fact_path(name="kev"), feed=feed_by_id("cisa-kev-packaged"), now=begin)
        make_cast(now=begin - timedelta(days=7))
        build_edition(now=begin)
    edition = rehearsal.rehearse(now=now, tell=lambda at, words: notes.print(f"{at:%Y-%m-%d}  {words}", soft_wrap=True))
    notes.print(
        f"Look at it: BLUELAMP_DEMO=1 BLUELAMP_HOME={settings.BLUELAMP_HOME} bluelamp serve, then /desk/demo/ as Hari, "
        f"Zara, Isla, Mina or Kofi; the draft is edition {edition.label}. Correcting and withdrawing cannot be "
        "rehearsed, because an exercise is never published: docs/howto/publish.md says how to walk through them.",
        soft_wrap=True,
    )


def _refuse_any_other(home: Path) -> None:
    """Only the demonstration, which listens on this machine alone, and only where nothing was ever kept."""
    if not settings.BLUELAMP_DEMO:
        raise NoRehearsalError("A rehearsal needs BLUELAMP_DEMO=1: then nothing is served beyond this machine.")
    if connection.vendor != "sqlite":
        raise NoRehearsalError(
            "A rehearsal keeps its databases as files in a home of its own: unset BLUELAMP_DATABASE_URL."
        )
    if (home / "main.db").exists() or (home / "evidence").exists():
        raise NoRehearsalError(f"{home} is in use: name a new folder in BLUELAMP_HOME, for example var/rehearsal.")
