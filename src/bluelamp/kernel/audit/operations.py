"""Writes of the log: an entry, its link in the chain, the day's signed head."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

from django.db import DEFAULT_DB_ALIAS, connections, models, transaction

from bluelamp.kernel.audit.domain.chain import GENESIS, link_hash
from bluelamp.kernel.audit.domain.heads import sign, write_head
from bluelamp.kernel.audit.models import Entry, Link, Sealer, SignedHead
from bluelamp.kernel.audit.queries import as_head, contents, heads_folder, newest_head, unsealed
from bluelamp.kernel.audit.signing import SigningKeyError, signing_key
from bluelamp.kernel.vault.keyfiles import replace_private

_COLUMNS = [field for field in Entry._meta.concrete_fields if not field.primary_key]
_INSERT = (
    f"INSERT INTO {Entry._meta.db_table} ({', '.join(str(field.column) for field in _COLUMNS)}) "  # noqa: S608
    f"VALUES ({', '.join(['%s'] * len(_COLUMNS))}) RETURNING id"
)
_BATCH = 1_000
_LOOK = 50_000
_SETTLING = timedelta(hours=1)

_LENGTHS = {
    field.name: field.max_length
    for field in Entry._meta.concrete_fields
    if isinstance(field, models.CharField) and field.max_length
}

_OUTCOMES = frozenset(Entry.Outcome.values)


def record(
    *,
    actor: str,
    action: str,
    subject: str = "",
    capacity: str = "",
    purpose: str = "",
    scope: str = "",
    outcome: str = "done",
    detail: Mapping[str, str | int] | None = None,
    request_id: str = "",
    now: datetime,
) -> Entry:
    """Write one entry, in the caller's transaction: what is rolled back is not in the log.

    So a refusal or a failure is recorded outside the transaction that it ends. `detail` holds a few ids, codes, counts.
    Raises ValueError for a value that cannot be stored; nothing is cut silently.
    """
    entry = Entry(
        at=now,
        actor=actor,
        capacity=capacity,
        purpose=purpose,
        scope=scope,
        action=action,
        subject=subject,
        outcome=outcome,
        detail=dict(detail or {}),
        request_id=request_id,
    )
    _check(entry)
    _insert(entry)
    return entry


def seal_entries(*, now: datetime, whole: bool = False) -> int:
    """Link every committed entry that is not in the chain yet; give their number. Two sealers take turns.

    PostgreSQL may commit a lower id after a higher one, so an entry is linked when it becomes visible. Entries of long
    ago are not looked at each time: one whose transaction stayed open for over an hour is linked by a run with `whole`,
    which the signing of a day's head begins with.
    """
    sealed, after = 0, 0 if whole else _settled()
    while True:
        ids = list(unsealed(after=after).values_list("pk", flat=True)[:_LOOK])
        for first in range(0, len(ids), _BATCH):
            sealed += _link(ids[first : first + _BATCH], now=now)
        if len(ids) < _LOOK:
            return sealed
        after = ids[-1]


def sign_head(*, now: datetime, new_key: bool = False) -> SignedHead | None:
    """Seal what waits, sign the end of the chain, export it to HOME/audit/heads; once a day (UTC).

    Gives the newest head, or None where the log is empty. Raises SigningKeyError where the key that signed before is
    gone or was exchanged, unless `new_key` asks for a new one; and where it asks, but the day is signed already.
    """
    seal_entries(now=now, whole=True)
    with transaction.atomic():
        _lock()
        last, head = newest_head(), None
        end = Link.objects.order_by("seq").last()
        day = now.astimezone(UTC).date()
        if new_key and last and last.day >= day:
            raise SigningKeyError(f"The head of {last.day} is signed already. Begin with a new key on a later day.")
        if end and not (last and last.day >= day):
            key = signing_key(expected=last.public_key if last else "", replace=new_key)
            signed = sign(key=key, day=day, signed_at=now.astimezone(UTC), seq=end.seq, hash=end.hash)
            head = SignedHead.objects.create(**asdict(signed))
    _export_heads()
    return head or last


def _link(ids: list[int], *, now: datetime) -> int:
    """Link some entries, less those that another sealer linked since they were looked for, in one transaction."""
    with transaction.atomic():
        sealer = _lock()
        done = set(Link.objects.filter(entry__in=ids).values_list("entry_id", flat=True))
        held = contents(ids=[entry for entry in ids if entry not in done])
        end = Link.objects.order_by("seq").last()
        seq, previous = (end.seq, end.hash) if end else (0, GENESIS)
        links = []
        for entry in sorted(held):
            seq, previous = seq + 1, link_hash(previous=previous, content=held[entry])
            links.append(Link(seq=seq, entry_id=entry, hash=previous))
        Link.objects.bulk_create(links)
        _settle(sealer, newest=ids[-1], now=now)
    return len(links)


def _settled() -> int:
    return Sealer.objects.values_list("settled", flat=True).first() or 0


def _lock() -> Sealer:
    """The sealer's row, held until the transaction ends."""
    Sealer.objects.get_or_create(pk=1)
    return Sealer.objects.select_for_update().get(pk=1)


def _settle(sealer: Sealer, *, newest: int, now: datetime) -> None:
    """Move the mark below which a run does not look: to the newest id of at least an hour ago."""
    if sealer.next_at is None or now - sealer.next_at >= _SETTLING:
        sealer.settled, sealer.next_at = sealer.next_settled, now
        sealer.next_settled = max(newest, sealer.next_settled)
        sealer.save()


def _export_heads() -> None:
    """Write the file of each head that has none, whole or not at all."""
    folder = heads_folder()
    folder.mkdir(parents=True, exist_ok=True)
    for row in SignedHead.objects.order_by("day"):
        path = folder / f"{row.day.isoformat()}.json"
        if not path.exists():
            replace_private(path=path, content=write_head(as_head(row)))


def _insert(entry: Entry) -> None:
    """Store an entry by one statement prepared once: building it anew for each entry takes longer than running it."""
    using = connections[DEFAULT_DB_ALIAS]
    held = [(field, getattr(entry, field.attname)) for field in _COLUMNS]
    # A text is stored as it is, and eight of ten columns are texts.
    values = [value if type(value) is str else field.get_db_prep_save(value, using) for field, value in held]
    with using.cursor() as cursor:
        cursor.execute(_INSERT, values)
        entry.pk = cursor.fetchone()[0]
    entry._state.adding, entry._state.db = False, using.alias


def _check(entry: Entry) -> None:
    if entry.at.utcoffset() is None:
        raise ValueError("An audit entry needs a time with its zone.")
    if not entry.actor or not entry.action or entry.outcome not in _OUTCOMES:
        raise ValueError("An audit entry needs an actor, an action, and an outcome that is done, refused or failed.")
    for name, most in _LENGTHS.items():
        value = getattr(entry, name)
        if len(value) > most or not _storable(value):
            raise ValueError(f"The audit entry's {name} is longer than {most} characters or cannot be stored.")
    for key, value in entry.detail.items():
        if not isinstance(value, str | int) or not _storable(f"{key}{value}"):
            raise ValueError(f"The audit entry's detail {key!r} is not a short text or a whole number.")


def _storable(text: str) -> bool:
    """PostgreSQL stores no NUL, and neither database half of a surrogate pair."""
    return "\x00" not in text and (text.isascii() or not any("\ud800" <= c <= "\udfff" for c in text))
