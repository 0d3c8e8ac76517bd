"""What the checks of an edition found, on its page: what waits first, long lists and what is settled folded."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from bluelamp.index.domain.checks import BLOCK, CHECKS
from bluelamp.index.models import Check, Edition
from bluelamp.project.desk.publishing_words import CHECK_NAMES, told_check
from bluelamp.ui.labels import Label

# So many of one check stand open; more are folded under their number.
OPEN = 8
Told = tuple[Check, str]


@dataclass(frozen=True)
class Group:
    """The findings of one check in one state."""

    name: Label
    findings: list[Told]

    @property
    def folded(self) -> bool:
        """Whether there are so many that only their number stands open."""
        return len(self.findings) > OPEN


def check_groups(*, edition: Edition, may_acknowledge: bool) -> dict[str, Any]:
    """What the template needs: what forbids publishing, what waits for an answer, what was answered.

    The form to acknowledge is there only where something waits and the reader may.
    """
    found = [told_check(c) for c in edition.checks.select_related("acknowledged_by")]
    waits = [told for told in found if told[0].severity != BLOCK and told[0].acknowledged_at is None]
    return {
        "checks_found": len(found),
        "forbids": _groups([told for told in found if told[0].severity == BLOCK]),
        "waits": _groups(waits),
        "answered": [told for told in found if told[0].acknowledged_at is not None],
        "acknowledgeable": may_acknowledge and bool(waits),
    }


def _groups(found: list[Told]) -> list[Group]:
    by_check: dict[str, list[Told]] = defaultdict(list)
    for told in found:
        by_check[told[0].check_code].append(told)
    return [Group(CHECK_NAMES[code], by_check[code]) for code in CHECKS if code in by_check]
