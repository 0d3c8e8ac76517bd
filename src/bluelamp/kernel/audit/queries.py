"""Reads of the log: rows in order of the chain, search, export."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import BigIntegerField, FilteredRelation, OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.functions import Cast

from bluelamp.kernel.audit.domain.chain import FIELDS, GENESIS, canonical_detail, canonical_time
from bluelamp.kernel.audit.domain.checking import Row
from bluelamp.kernel.audit.domain.heads import Head
from bluelamp.kernel.audit.models import Entry, Link, Sealer, SignedHead
from bluelamp.kernel.prepared import Prepared, PreparedCounts, Slot

FORMAT = "bluelamp-audit-v1"
_PAGE = 2_000

_AFTER = Slot("after", BigIntegerField())
_NEWEST_HEAD = Prepared(lambda: SignedHead.objects.order_by("-day")[:1])
_SEALER = Prepared(lambda: Sealer.objects.filter(pk=1))
_WAITING = PreparedCounts(waiting=lambda: _unsealed(_AFTER))


@dataclass(frozen=True)
class AuditFilters:
    """Which entries. Empty means any; `start` is included, `end` is not; `action` ending in a dot takes all under it.

    `before` is an entry's id: only older ones, for the next page. `limit` None gives all.
    """

    actor: str = ""
    action: str = ""
    subject: str = ""
    outcome: str = ""
    start: datetime | None = None
    end: datetime | None = None
    before: int | None = None
    limit: int | None = 100


def search(*, filters: AuditFilters) -> QuerySet[Entry]:
    """Entries, newest first, each with its link where it is sealed."""
    found = Entry.objects.filter(_wanted(filters)).select_related("link").order_by("-id")
    return found[: filters.limit]


def unsealed(*, after: int = 0) -> QuerySet[Entry]:
    """Committed entries with an id above `after` that are not in the chain yet, oldest first."""
    return _unsealed(after)


def _unsealed(after: int | Slot) -> QuerySet[Entry]:
    # The bound stands on both sides of the join, so that only the links in question are read.
    near = FilteredRelation("link", condition=Q(link__entry_id__gt=after))
    return Entry.objects.annotate(near=near).filter(near__isnull=True, pk__gt=after).order_by("id")


def contents(*, ids: Iterable[int]) -> dict[int, dict[str, object]]:
    """What the database holds of some entries, as it is hashed. Times and JSON are read as text, so that a value that
    was tampered with cannot stop the reading.
    """
    wanted = Entry.objects.filter(pk__in=ids).order_by()
    as_text = wanted.annotate(at_text=Cast("at", TextField()), detail_text=Cast("detail", TextField()))
    columns = [{"at": "at_text", "detail": "detail_text"}.get(name, name) for name in FIELDS]
    return {row[0]: _content(row) for row in as_text.values_list(*columns)}


def chain_rows() -> Iterator[Row]:
    """Every link with its entry's content, in order. Read in pages, so that memory stays flat."""
    links = Link.objects.order_by("seq").values_list("seq", "hash", "entry_id")
    page = list(links[:_PAGE])
    while page:
        held = contents(ids=[entry for _, _, entry in page])
        for seq, sha256, entry in page:
            yield Row(seq=seq, hash=sha256, entry=entry, content=held.get(entry))
        page = list(links.filter(seq__gt=page[-1][0])[:_PAGE])


def export(*, filters: AuditFilters) -> Iterator[dict[str, Any]]:
    """The sealed entries in order of the chain, oldest first, then the signed heads: each a JSON object of one line.

    Every entry carries the hash before it and its own, so that a stranger can check it (docs/reference/audit.md).
    """
    yield {"kind": "about", "format": FORMAT}
    before = Subquery(Link.objects.filter(seq=OuterRef("seq") - 1).values("hash")[:1])
    wanted = Link.objects.filter(_wanted(filters, of="entry__")).order_by("seq").annotate(previous=before)
    links = wanted.values_list("seq", "previous", "hash", "entry_id")
    left = filters.limit
    page = list(links[: _PAGE if left is None else min(_PAGE, left)])
    while page:
        held = contents(ids=[row[3] for row in page])
        for seq, previous, sha256, entry in page:
            line = {"seq": seq, "previous": previous or GENESIS, "hash": sha256, "entry": held.get(entry)}
            yield {"kind": "entry", **line}
        left = None if left is None else left - len(page)
        page = list(links.filter(seq__gt=page[-1][0])[: _PAGE if left is None else min(_PAGE, left)])
    for head in SignedHead.objects.order_by("day"):
        yield {"kind": "head", **asdict(as_head(head))}


def newest_head() -> SignedHead | None:
    """The head that was signed last."""
    return _NEWEST_HEAD.first()


def waiting_for_seal() -> int:
    """How many entries wait for the sealer. Looks no further back than the sealer does every minute."""
    settled = _SEALER.first()
    return _WAITING.read(after=settled.settled if settled else 0)["waiting"]


def as_head(row: SignedHead) -> Head:
    """A stored head as it was signed."""
    return Head(
        day=row.day,
        signed_at=row.signed_at,
        seq=row.seq,
        hash=row.hash,
        key_id=row.key_id,
        public_key=row.public_key,
        signature=row.signature,
    )


def heads_folder() -> Path:
    """Where the signed heads are exported to, a file for each day."""
    return Path(settings.BLUELAMP_HOME) / "audit" / "heads"


def _wanted(filters: AuditFilters, *, of: str = "") -> Q:
    action = f"{of}action__startswith" if filters.action.endswith(".") else f"{of}action"
    pairs = {
        f"{of}actor": filters.actor,
        action: filters.action,
        f"{of}subject": filters.subject,
        f"{of}outcome": filters.outcome,
        f"{of}at__gte": filters.start,
        f"{of}at__lt": filters.end,
        f"{of}pk__lt": filters.before,
    }
    return Q(**{name: value for name, value in pairs.items() if value not in (None, "")})


def _content(row: tuple[Any, ...]) -> dict[str, object]:
    content: dict[str, object] = dict(zip(FIELDS, row, strict=True))
    return {**content, "at": canonical_time(str(content["at"])), "detail": canonical_detail(str(content["detail"]))}
