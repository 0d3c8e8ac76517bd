"""What a correction changed, product by product: told in the open, in the revisions log and in every export."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

# Every figure that an export holds.
COMPARED = (
    "product_name",
    "maker_name",
    "category",
    "dates",
    "dates_before",
    "dates_ever",
    "rate",
    "shrunk",
    "low",
    "high",
    "jeffreys_low",
    "jeffreys_high",
    "band",
    "rank_low",
    "rank_high",
    "trend",
    "ebgm",
    "eb05",
    "leaning_on",
    "dates_without",
    "base_dates",
    "since_base",
    "base_trend",
    "first_seen",
    "last_seen",
    "crimes",
    "crime_rate",
    "crime_low",
    "crime_high",
)
# Those that say how a product compares with others: they move with the others' evidence too.
COMPARING = frozenset({"shrunk", "low", "high", "rank_low", "rank_high", "ebgm", "eb05"})
NEW, GONE, CHANGED = "new", "gone", "changed"


@dataclass(frozen=True)
class Change:
    """One difference of one product; `field` is "" where the whole product came or went. Values are text."""

    product_key: str
    product_name: str
    kind: str
    field: str = ""
    before: str = ""
    after: str = ""

    def to_dict(self) -> dict[str, str]:
        """The change as plain values."""
        return asdict(self)


Rows = Mapping[str, Mapping[str, Any]]


def changes(*, before: Rows, after: Rows) -> tuple[Change, ...]:
    """Every difference between two revisions, by product and then in the order of COMPARED."""
    found: list[Change] = []
    for key in sorted(before.keys() | after.keys()):
        old, new = before.get(key), after.get(key)
        if old is None or new is None:
            present = new or old or {}
            found.append(Change(key, str(present.get("product_name", key)), GONE if new is None else NEW))
            continue
        for field in COMPARED:
            was, is_now = old.get(field), new.get(field)
            if str(was) != str(is_now):
                found.append(Change(key, str(new["product_name"]), CHANGED, field, _text(was), _text(is_now)))
    return tuple(found)


def is_own(change: Mapping[str, str]) -> bool:
    """Whether a change, as `Change.to_dict` gives it, is of the product's own evidence, name or band."""
    return change["field"] not in COMPARING


def _text(value: object) -> str:
    return "" if value is None else str(value)
