"""The life of an edition, and what must be true before it is published. No framework.

specimen                      may never be published
draft -> published -> replaced (by a correction) | withdrawn
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

SPECIMEN, DRAFT, PUBLISHED, REPLACED, WITHDRAWN = "specimen", "draft", "published", "replaced", "withdrawn"
_NEXT = {
    SPECIMEN: frozenset[str](),
    DRAFT: frozenset({PUBLISHED}),
    PUBLISHED: frozenset({REPLACED, WITHDRAWN}),
    REPLACED: frozenset({WITHDRAWN}),
    WITHDRAWN: frozenset[str](),
}
NEEDED_APPROVALS = 2
SIGNING_CAPACITIES = ("analyst", "head-of-profession")

# Why an edition cannot be published yet.
IS_SPECIMEN, NOT_DRAFT, NOT_LIVE = "is-specimen", "not-draft", "not-live"
NO_DATE, TOO_EARLY, DATE_CANCELLED = "no-date", "too-early", "date-cancelled"
NOT_CHECKED, CHECKS_OPEN, CHECKS_BLOCK = "not-checked", "checks-open", "checks-block"
NO_PREVIEW, PREVIEW_RUNS, REPLY_WAITS = "no-preview", "preview-runs", "reply-waits"
NOT_APPROVED, SUPERSEDED = "not-approved", "superseded"


def may_become(*, status: str, wanted: str) -> bool:
    """Whether an edition of one status may take another."""
    return wanted in _NEXT.get(status, frozenset())


@dataclass(frozen=True)
class Readiness:
    """What is known of a draft at the moment of publishing. `release_on` is its date in the calendar."""

    status: str
    origin: str
    evidence_origins: frozenset[str]
    release_on: date | None
    release_cancelled: bool
    checked: bool
    open_checks: int
    blocking_checks: int
    unpreviewed: Sequence[str]
    previews_end: date | None
    replies_waiting: int
    approved: bool
    compared_is_current: bool


def obstacles(*, facts: Readiness, today: date) -> tuple[str, ...]:
    """The codes of everything that stands in the way of publishing today; none where it may go out."""
    asked = (
        (IS_SPECIMEN, facts.status == SPECIMEN),
        (NOT_DRAFT, facts.status not in (SPECIMEN, DRAFT)),
        (NOT_LIVE, facts.origin != "live" or bool(facts.evidence_origins - {"live"})),
        (NO_DATE, facts.release_on is None),
        (DATE_CANCELLED, facts.release_cancelled),
        (TOO_EARLY, facts.release_on is not None and today < facts.release_on),
        (NOT_CHECKED, not facts.checked),
        (CHECKS_OPEN, facts.open_checks > 0),
        (CHECKS_BLOCK, facts.blocking_checks > 0),
        (NO_PREVIEW, bool(facts.unpreviewed)),
        # Ten working days have passed only when the tenth is over.
        (PREVIEW_RUNS, facts.previews_end is not None and today <= facts.previews_end),
        (REPLY_WAITS, facts.replies_waiting > 0),
        (NOT_APPROVED, not facts.approved),
        (SUPERSEDED, not facts.compared_is_current),
    )
    return tuple(code for code, stands in asked if stands)
