"""First run and every later one: databases, catalogue, packaged evidence, edition. Repeats nothing."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings

from bluelamp.index.facts import fact_path
from bluelamp.index.feeds import feed_by_id
from bluelamp.index.operations.catalogue import ensure_catalogue
from bluelamp.index.operations.editions import build_edition
from bluelamp.index.operations.loading import load_path
from bluelamp.kernel.evidence.operations import sweep_orphans
from bluelamp.kernel.vault.keyfiles import file_lock
from bluelamp.project.cli.keeping import bring_up_to_date
from bluelamp.project.cli.screen import notes
from bluelamp.project.demo.cast import make_cast
from bluelamp.project.demo.editions import make_draft
from bluelamp.project.demo.examples import make_examples
from bluelamp.project.demo.reports import make_reports


def set_up() -> None:
    """Bring databases, catalogue, packaged evidence and edition up to date, telling what takes time.

    Of several that start at once on one home, one works; the others wait, then do what is left.
    """
    with _alone(Path(settings.BLUELAMP_HOME)):
        _set_up()


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    # The system takes the lock from who dies, so that a killed set-up keeps nobody waiting.
    lock = home / "setup.lock"
    with ExitStack() as held:
        try:
            held.enter_context(file_lock(path=lock, exclusive=True, wait=False))
        except BlockingIOError:
            notes.print("Another set-up of this home is at work: waiting for its end ...")
            held.enter_context(file_lock(path=lock, exclusive=True))
        yield


def _set_up() -> None:
    now = datetime.now(tz=UTC)
    bring_up_to_date(backup=True)
    with notes.status("Loading the catalogue of makers and products (a few seconds, once) ..."):
        products = ensure_catalogue()
    if products:
        notes.print(f"Catalogue: {products:,} products.")
    with notes.status("Loading the packaged evidence ..."):
        loaded = load_path(path=fact_path(name="kev"), feed=feed_by_id("cisa-kev-packaged"), now=now)
    if not loaded.repeated:
        load = loaded.load
        notes.print(
            f"Evidence: {load.rows:,} entries of {load.source.title}, {load.first_on} to {load.last_on}; "
            f"{load.to_product:,} belong to a product, {load.maker_only} to a maker only, {load.unmapped} to neither; "
            f"{load.quarantined} put aside."
        )
    sweep_orphans(now=now)
    if settings.BLUELAMP_DEMO:
        make_cast(now=now - timedelta(days=7))
        make_examples(now=now)
        make_reports(now=now)
        notes.print("Choose a role to play at /desk/demo/")
    with notes.status("Building the edition ..."):
        edition, new = build_edition(now=now)
        if settings.BLUELAMP_DEMO:
            make_draft(now=now)
    if new:
        notes.print(f"Built specimen edition {edition.number}, {edition.period_start} to {edition.period_end}.")
