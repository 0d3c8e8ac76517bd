"""The decision whether a person may do something: capacity, grant in force, vetting, scope."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from bluelamp.kernel.people.domain.capacities import CAPACITIES
from bluelamp.kernel.people.domain.scopes import covers


@dataclass(frozen=True)
class GrantFacts:
    """What the decision needs of a grant. Times are aware; `ends_at` is the first moment it is no longer in force."""

    capacity: str
    scope: str
    starts_at: datetime
    ends_at: datetime
    revoked: bool
    active: bool
    vetting: frozenset[str]


@dataclass(frozen=True)
class Decision:
    """`reason` is "" where allowed, else a code that the audit log keeps."""

    allowed: bool
    reason: str = ""


def in_force(*, grant: GrantFacts, now: datetime) -> Decision:
    """Whether a grant may be used at all: its account, its dates, its vetting. `vetting` holds the levels valid now."""
    needed = CAPACITIES[grant.capacity].vetting if grant.capacity in CAPACITIES else frozenset()
    failures = (
        ("unknown-capacity", grant.capacity not in CAPACITIES),
        ("account-closed", not grant.active),
        ("revoked", grant.revoked),
        ("not-yet", now < grant.starts_at),
        ("expired", now >= grant.ends_at),
        ("vetting", bool(needed) and not needed & grant.vetting),
    )
    reason = next((code for code, failed in failures if failed), "")
    return Decision(not reason, reason)


def decide(*, allowed: Collection[str], grant: GrantFacts | None, scope: str, now: datetime) -> Decision:
    """Whether the holder of a grant may do an action that the table allows to the capacities `allowed`, in a scope."""
    if grant is None:
        return Decision(False, "no-grant")
    force = in_force(grant=grant, now=now)
    if not force.allowed:
        return force
    if grant.capacity not in allowed:
        return Decision(False, "wrong-capacity")
    return Decision(True) if covers(granted=grant.scope, wanted=scope) else Decision(False, "wrong-scope")
