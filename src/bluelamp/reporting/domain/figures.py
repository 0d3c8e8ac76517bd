"""The public tables of a quarter, made from counts and protected."""

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from bluelamp.reporting.domain.suppression import Shown, protect, protect_groups

# Never by place (RED-LINES 7): abuse, stalking, sexual offences, children, self-harm.
NO_PLACE_KINDS = frozenset({"tracker-stalking", "online-harassment", "sextortion"})
NO_PLACE_FLAGS = frozenset({"abuse", "watched", "child", "child-images", "self-harm"})


@dataclass(frozen=True)
class Counted:
    """One report or crime as it is counted: the day, the force ("" for none or none that may be told), products."""

    on: date
    force: str
    products: tuple[str, ...]


def may_have_place(*, kinds: Iterable[str], flags: Iterable[str]) -> bool:
    """Whether a report may be counted by place."""
    return not (NO_PLACE_KINDS & set(kinds) or NO_PLACE_FLAGS & set(flags))


def quarter_of(day: date) -> str:
    """The quarter of a day: "2026-Q3"."""
    return f"{day.year}-Q{(day.month + 2) // 3}"


def quarter_days(quarter: str) -> tuple[date, date]:
    """The first day of a quarter, and the first day after it. Raises ValueError for another form."""
    year, _, number = quarter.partition("-Q")
    if number not in ("1", "2", "3", "4"):
        raise ValueError(f"{quarter!r} is no quarter such as 2026-Q3.")
    first = date(int(year), int(number) * 3 - 2, 1)
    return first, date(first.year + 1, 1, 1) if number == "4" else date(first.year, first.month + 3, 1)


OTHERS = "others"


def tables(*, counted: Iterable[Counted], categories: Mapping[str, str], named: Container[str]) -> dict[str, Any]:
    """What may be shown of one quarter, as JSON: by month, by force, by category and product family.

    `categories` holds product -> category, `named` those that the published Index names: no other is named here
    (RED-LINES 1), and what they have stands under `OTHERS`. Who names two products counts for each of them. The forces'
    total leaves out what may not be told by place.
    """
    months: Counter[str] = Counter()
    forces: Counter[str] = Counter()
    families: dict[str, Counter[str]] = defaultdict(Counter)
    for one in counted:
        months[f"{one.on:%Y-%m}"] += 1
        if one.force:
            forces[one.force] += 1
        for product in set(one.products):
            families[categories.get(product) or OTHERS][product if product in named else OTHERS] += 1
    groups = protect_groups(families)
    return {
        "months": _json(protect(months)),
        "forces": _json(protect(forces)),
        "categories": {name: _json(shown) for name, shown in sorted(groups.items())},
    }


def _json(shown: Shown) -> dict[str, Any]:
    return {"counts": dict(sorted(shown.counts.items())), "total": shown.total}
