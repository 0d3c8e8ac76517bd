"""Public counts that identify nobody: at least 10, rounded to 5, and no hidden count that the others give away.

Primary suppression hides every count from 1 to 9 (RED-LINES 7). Where a table is shown with its total, what is hidden
could be found by subtracting; secondary suppression therefore hides more until the hidden counts of every group add up
to at least 10 and are at least two (the Government Statistical Service's guidance on tables calls this complementary
suppression). Totals are rounded on their own, never summed from rounded parts.
"""

from collections.abc import Mapping
from dataclasses import dataclass

LEAST, ROUNDED_TO = 10, 5


@dataclass(frozen=True)
class Shown:
    """A table as it is published: count by key, None where it is hidden, and its total (None where hidden too)."""

    counts: Mapping[str, int | None]
    total: int | None


def rounded(count: int) -> int:
    """The nearest multiple of 5; halves go up. Only for counts of at least 10 or of 0."""
    return (count + ROUNDED_TO // 2) // ROUNDED_TO * ROUNDED_TO


def protect(counts: Mapping[str, int]) -> Shown:
    """A table of counts of one kind with its total. The order of keys has no effect on what is hidden.

    Raises ValueError for a negative count.
    """
    if any(count < 0 for count in counts.values()):
        raise ValueError("A count cannot be negative.")
    hidden = {key for key, count in counts.items() if 0 < count < LEAST}
    total = sum(counts.values())
    for key in sorted((k for k in counts if k not in hidden and counts[k]), key=lambda k: (counts[k], k)):
        if not _needs_more(hidden, counts):
            break
        hidden.add(key)
    if _needs_more(hidden, counts) or 0 < total < LEAST:
        # Nothing is left to hide behind: the total would give the hidden count away.
        return Shown({key: None if counts[key] else 0 for key in counts}, None if total else 0)
    return Shown({key: None if key in hidden else rounded(counts[key]) for key in counts}, rounded(total))


def protect_groups(groups: Mapping[str, Mapping[str, int]]) -> Mapping[str, Shown]:
    """Tables whose totals are themselves the cells of a table: a group whose total is hidden shows no part of itself.

    A part is hidden in its own group's table; the groups' totals are protected together, as one table.
    """
    whole = protect({name: sum(parts.values()) for name, parts in groups.items()})
    found: dict[str, Shown] = {}
    for name, parts in groups.items():
        inner = protect(parts)
        if whole.counts[name] is None:
            found[name] = Shown({key: None if count else 0 for key, count in parts.items()}, None)
        else:
            found[name] = Shown(inner.counts, whole.counts[name])
    return found


def _needs_more(hidden: set[str], counts: Mapping[str, int]) -> bool:
    return bool(hidden) and (len(hidden) < 2 or sum(counts[key] for key in hidden) < LEAST)
