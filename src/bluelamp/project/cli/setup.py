"""First run and every later one: databases, catalogue, packaged evidence, edition. Repeats nothing."""

from datetime import UTC, datetime

from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from bluelamp.index.facts import fact_path
from bluelamp.index.feeds import feed_by_id
from bluelamp.index.operations.catalogue import ensure_catalogue
from bluelamp.index.operations.editions import build_edition
from bluelamp.index.operations.loading import load_path
from bluelamp.kernel.evidence.operations import sweep_orphans
from bluelamp.project.cli.screen import notes
from bluelamp.project.demo.cast import make_cast
from bluelamp.project.demo.examples import make_examples


class SetupError(RuntimeError):
    """The set-up cannot go on; the message says what to do."""


def set_up() -> None:
    """Bring databases, catalogue, packaged evidence and edition up to date, telling what takes time."""
    now = datetime.now(tz=UTC)
    for alias in settings.DATABASES:
        _migrate(alias)
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
        make_cast(now=now)
        make_examples(now=now)
        notes.print("Choose a role to play at /desk/demo/")
    with notes.status("Building the edition ..."):
        edition, new = build_edition(now=now)
    if new:
        notes.print(f"Built specimen edition {edition.number}, {edition.period_start} to {edition.period_end}.")


def _migrate(alias: str) -> None:
    connection = connections[alias]
    connection.prepare_database()
    executor = MigrationExecutor(connection)
    unknown = set(executor.loader.applied_migrations) - set(executor.loader.graph.nodes)
    if unknown:
        raise SetupError(f"The database is newer than this program (it has {sorted(unknown)[0]}). Update the program.")
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", database=alias, verbosity=0, interactive=False)
