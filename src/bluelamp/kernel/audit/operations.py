"""Writes of the log."""

from collections.abc import Mapping
from datetime import datetime

from bluelamp.kernel.audit.models import Entry

_LENGTHS = {
    name: Entry._meta.get_field(name).max_length
    for name in ("actor", "capacity", "purpose", "scope", "action", "subject", "request_id")
}


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

    So a refusal or a failure is recorded outside the transaction that it ends. `detail` holds a few ids, codes and counts.
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
    entry.save(force_insert=True)
    return entry


def _check(entry: Entry) -> None:
    if entry.at.utcoffset() is None:
        raise ValueError("An audit entry needs a time with its zone.")
    if not entry.actor or not entry.action or entry.outcome not in Entry.Outcome.values:
        raise ValueError("An audit entry needs an actor, an action, and an outcome that is done, refused or failed.")
    for name, most in _LENGTHS.items():
        value = getattr(entry, name)
        if len(value) > (most or 0) or not _storable(value):
            raise ValueError(f"The audit entry's {name} is longer than {most} characters or cannot be stored.")
    for key, value in entry.detail.items():
        if not isinstance(value, str | int) or not _storable(f"{key}{value}"):
            raise ValueError(f"The audit entry's detail {key!r} is not a short text or a whole number.")


def _storable(text: str) -> bool:
    """PostgreSQL stores no NUL, and neither database half of a surrogate pair."""
    return "\x00" not in text and (text.isascii() or not any("\ud800" <= c <= "\udfff" for c in text))
