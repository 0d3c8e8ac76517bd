"""Usual times, from counts by whole minutes or days: the median, and only where enough were counted.

Counts stand for no person, so they may be kept and told. A median of few would tell of somebody (RED-LINES 7).
"""

import math
from collections.abc import Mapping
from datetime import timedelta

TOOK, DECIDED = "took", "decided"
LONGEST_MINUTES, LONGEST_DAYS = 180, 365
LEAST_TOLD = 50


def bucket(*, took: timedelta, unit: timedelta, longest: int) -> str:
    """The whole units that a time takes, rounded up, from "001"; what took longer than the longest counts as that."""
    return f"{min(longest, max(1, math.ceil(took / unit))):03}"


def usual(*, counts: Mapping[str, int], least: int = LEAST_TOLD) -> int | None:
    """The units in which half of those that were counted were done; None where fewer than `least` were."""
    total = sum(counts.values())
    if total < least:
        return None
    reached = 0
    for units, number in sorted(counts.items()):
        reached += number
        if 2 * reached >= total:
            return int(units)
    return None
