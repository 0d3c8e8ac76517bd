"""Reads of what may be shown: visible editions, their rows and stamps; packaged facts. None opens the warehouse."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from uuid import UUID

import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings
from django.db.models import Max, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from bluelamp.index.domain.calendar import REGULAR
from bluelamp.index.domain.learning import Learnt, from_record
from bluelamp.index.facts import fact_path, packaged_backtest_path, weights_path
from bluelamp.index.models import Edition, EditionRow, Release, Reply
from bluelamp.kernel.catalogue.queries import former_keys, loaded_version, version_loaded
from bluelamp.kernel.prepared import PreparedValues
from bluelamp.kernel.unchanged import WhileUnchanged

OUT = (Edition.Status.PUBLISHED, Edition.Status.REPLACED, Edition.Status.WITHDRAWN)


def editions_folder() -> Path:
    """Where the frozen inputs of editions are."""
    return Path(settings.BLUELAMP_HOME) / "editions"


def backtest_file() -> Path:
    """Where the newest back-test's metrics are kept for the methods page."""
    return Path(settings.BLUELAMP_HOME) / "backtest.json"


def newest_specimen() -> Edition | None:
    """The specimen built last."""
    return Edition.objects.filter(status=Edition.Status.SPECIMEN).order_by("-number").first()


def newest_edition() -> Edition | None:
    """The newest edition for somebody on this machine: the published one of the highest number, else the specimen."""
    return visible_edition(outside=False)


def visible_edition(*, outside: bool) -> Edition | None:
    """The edition that pages show: the newest published one; without any, the newest specimen.

    A specimen is never visible from outside (RED-LINES 4), a draft nowhere but at the desk.
    """
    return _visible(outside=outside).first()


def visible_stamp(*, outside: bool) -> str:
    """What changes with what a page may show: edition, fate of the one before and of those withdrawn, makers' replies,
    next date, catalogue.

    One question to the database, where it does not say first that nothing has changed since the last one.
    """
    return _STAMPS[outside].read()


def _asked_stamp(outside: bool) -> str:
    found = _QUESTIONS[outside].rows()
    if found:
        return " ".join(map(str, found[0]))
    gone = [f"withdrawn {at}" for (at,) in _WITHDRAWN.rows()]
    return " ".join(["none", *(str(due) for (due,) in _DUE.rows()), *gone, loaded_version()])


def next_due() -> date | None:
    """The earliest date of the calendar at which a regular edition is still to come; past where it is late."""
    return _due().first()


def _due() -> QuerySet[Release, date]:
    still = Q(edition=None) | Q(edition__status=Edition.Status.DRAFT)
    found = Release.objects.filter(still, kind=REGULAR, origin="live", cancelled_at=None)
    return found.order_by("on").values_list("on", flat=True)


def _withdrawn() -> QuerySet[Edition, object]:
    """When editions were withdrawn, newest first: the first page tells of it."""
    found = Edition.objects.filter(status=Edition.Status.WITHDRAWN).order_by("-withdrawn_at")
    return found.values_list("withdrawn_at", flat=True)


def _visible(*, outside: bool) -> QuerySet[Edition]:
    shown = [Edition.Status.PUBLISHED] if outside else [Edition.Status.PUBLISHED, Edition.Status.SPECIMEN]
    # Published before specimen, by their names.
    return Edition.objects.filter(status__in=shown).order_by("status", "-number")


def _stamp(outside: bool) -> QuerySet[Edition, tuple[object, ...]]:
    accepted = Reply.objects.filter(decision=Reply.Decision.ACCEPTED).order_by().values("decision")
    told = accepted.annotate(told=Max(Coalesce("fix_noted_at", "decided_at"))).values("told")
    found = _visible(outside=outside).annotate(
        told=Subquery(told),
        due=Subquery(_due()[:1]),
        catalogue=Subquery(version_loaded()),
        gone=Subquery(_withdrawn()[:1]),
    )
    fields = ("id", "status", "figures_hash", "version_hash", "previous__status", "told", "due", "catalogue", "gone")
    return found.values_list(*fields)[:1]


# Asked with every request for a page.
_QUESTIONS = {True: PreparedValues(lambda: _stamp(True)), False: PreparedValues(lambda: _stamp(False))}
_STAMPS = {True: WhileUnchanged(lambda: _asked_stamp(True)), False: WhileUnchanged(lambda: _asked_stamp(False))}
_DUE = PreparedValues(lambda: _due()[:1])
_WITHDRAWN = PreparedValues(lambda: _withdrawn()[:1])


def nameable_rows(*, edition: Edition) -> QuerySet[EditionRow]:
    """The rows that may be named at all (RED-LINES 1), less what was withheld from the draft."""
    return edition.rows.filter(named=True, withheld="").exclude(product_name="")


def named_rows(*, edition: Edition) -> QuerySet[EditionRow]:
    """The rows that tables, cards and downloads name: nameable, with sightings of their own in the period."""
    return nameable_rows(edition=edition).filter(dates__gt=0)


def named_product_keys() -> frozenset[str]:
    """The products that the published Index names now; none where no edition is published."""
    edition = newest_published()
    return frozenset(nameable_rows(edition=edition).values_list("product_key", flat=True)) if edition else frozenset()


@dataclass(frozen=True)
class Named:
    """What an edition names: its public number, its period (both days included) and its products."""

    label: str
    first: date
    last: date
    products: frozenset[str]


def named_by(*, edition: UUID) -> Named | None:
    """What a published edition names; None for any other."""
    found = Edition.objects.filter(pk=edition, status=Edition.Status.PUBLISHED).first()
    if found is None:
        return None
    products = frozenset(named_rows(edition=found).values_list("product_key", flat=True))
    return Named(found.label, found.period_start, found.period_end, products)


def facts(*, name: str) -> pa.Table:
    """One table of packaged facts."""
    return pq.read_table(fact_path(name=name))


def learnt_weights() -> Learnt:
    """The packaged weights of the watch list, learnt for the day after the newest packaged entry."""
    return from_record(json.loads(weights_path().read_text(encoding="utf-8")))


@cache
def keys_by_ref() -> dict[str, tuple[str, ...]]:
    """CVE -> the product keys known for it, sorted."""
    table = facts(name="cve_products").sort_by(
        [("cve", "ascending"), ("vendor_key", "ascending"), ("product_key", "ascending")]
    )
    found: dict[str, list[str]] = {}
    for cve, maker, product in zip(*(table[c].to_pylist() for c in table.column_names), strict=True):
        found.setdefault(cve, []).append(f"{maker}:{product}")
    return {cve: tuple(keys) for cve, keys in found.items()}


def keys_of_ref(ref: str) -> tuple[str, ...]:
    """The product keys known for one CVE; none for an unknown one."""
    return keys_by_ref().get(ref, ())


def backtest_summary() -> dict[str, list[dict[str, object]]]:
    """The last back-test of this machine, else the packaged one, in aggregate (operations.forecast.Backtest.kept)."""
    own = backtest_file()
    text = (own if own.exists() else packaged_backtest_path()).read_text(encoding="utf-8")
    found: dict[str, list[dict[str, object]]] = json.loads(text)
    return found


def readable_editions(*, outside: bool) -> QuerySet[Edition]:
    """The editions whose figures a reader may fetch: published and replaced ones, on this machine specimens too."""
    shown = [Edition.Status.PUBLISHED, Edition.Status.REPLACED]
    return Edition.objects.filter(status__in=shown if outside else [*shown, Edition.Status.SPECIMEN])


def out_editions() -> QuerySet[Edition]:
    """Everything that was ever published, newest first: published, replaced and withdrawn editions."""
    return Edition.objects.filter(status__in=OUT).select_related("replaces").order_by("-number", "-revision")


def newest_withdrawn() -> Edition | None:
    """The newest edition that was out, where it was withdrawn: readers see an older one in its place, or none."""
    newest = out_editions().first()
    return newest if newest is not None and newest.status == Edition.Status.WITHDRAWN else None


def newest_published() -> Edition | None:
    """The published edition of the highest number."""
    return visible_edition(outside=True)


def shown_replies(*, keys: Collection[str] | None = None, origin: str = "live") -> dict[str, Reply]:
    """Product -> the newest accepted reply of its maker, which its page shows complete."""
    found = Reply.objects.filter(decision=Reply.Decision.ACCEPTED, origin=origin)
    moved: Mapping[str, str] = {}
    if keys is not None:
        moved = former_keys(keys=keys)
        found = found.filter(product_key__in={*keys, *moved})
    return {moved.get(r.product_key, r.product_key): r for r in found.order_by("sent_at", "id")}


def lacks_kinds(*, edition: Edition) -> list[str]:
    """The kinds of evidence that an edition does not have."""
    return edition.lacks
