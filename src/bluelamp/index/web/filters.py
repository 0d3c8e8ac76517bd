"""What a reader may filter and sort the table by. Unknown values are told, never guessed at."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from bluelamp.index.models import EditionRow
from bluelamp.index.web.history import WHOLE
from bluelamp.kernel.catalogue.domain.categories import CATEGORIES, GROUPS

LONGEST_TEXT = 100
BANDS = ("high", "low", "cannot-tell")
# The period is "".
TIMES = (WHOLE,)
SORTS: dict[str, tuple[str, ...]] = {
    "newest": ("-last_seen", "product_name", "product_key"),
    "name": ("product_name", "product_key"),
    "dates": ("-dates", "-last_seen", "product_name", "product_key"),
    "low": ("-low", "-last_seen", "product_name", "product_key"),
}
WHOLE_SORTS = {**SORTS, "dates": ("-dates_ever", *SORTS["dates"][1:]), "low": ("-dates_ever", *SORTS["low"][1:])}
SORT_LABELS: dict[str, str | Promise] = {
    "newest": gettext_lazy("Newest confirmed"),
    "name": gettext_lazy("Name"),
    "dates": gettext_lazy("Confirmed dates"),
    "low": gettext_lazy("Lower end of the interval"),
}
SORT_SENTENCES: dict[str, str | Promise] = {
    "newest": gettext_lazy("Sorted by the date last confirmed, newest first."),
    "name": gettext_lazy("Sorted by name, A to Z."),
    "dates": gettext_lazy("Sorted by the number of confirmed dates in the period, most first."),
    "low": gettext_lazy("Sorted by the lower end of the 90 per cent interval, highest first."),
}


WHOLE_SENTENCES: dict[str, str | Promise] = {
    **SORT_SENTENCES,
    "dates": gettext_lazy("Sorted by the number of confirmed dates of the whole time, most first."),
    "low": gettext_lazy("Sorted by the lower end of the 90 per cent interval of the whole time, highest first."),
}


@dataclass(frozen=True)
class Filters:
    """One reader's choice; "" means no limit. `time` is WHOLE or, for the period, ""."""

    group: str = ""
    category: str = ""
    maker: str = ""
    band: str = ""
    text: str = ""
    sort: str = "newest"
    time: str = ""

    @property
    def narrowed(self) -> bool:
        """Whether any product may be left out."""
        return bool(self.group or self.category or self.maker or self.band or self.text)


def words(text: str) -> list[str]:
    """The words of a search text."""
    return text.split()


def cut(text: str) -> tuple[str, bool]:
    """A search text without needless spaces, at most LONGEST_TEXT long, and whether it was cut."""
    text = " ".join(text.split())
    return text[:LONGEST_TEXT].rstrip(), len(text) > LONGEST_TEXT


def read_filters(query: Mapping[str, str], *, makers: Mapping[str, str]) -> tuple[Filters, list[str]]:
    """The filters of a query string, and a plain sentence for each value that could not be used."""
    problems: list[str] = []

    def known(name: str, allowed: Mapping[str, object] | tuple[str, ...]) -> str:
        value = query.get(name, "")
        if value and value not in allowed:
            problems.append(not_known(value))
            return ""
        return value

    text, was_cut = cut(query.get("q", ""))
    if was_cut:
        problems.append(too_long())
    found = Filters(
        group=known("group", GROUPS),
        category=known("category", CATEGORIES),
        maker=known("maker", makers),
        band=known("band", BANDS),
        text=text,
        sort=known("sort", SORTS) or "newest",
        time=known("time", TIMES),
    )
    return found, problems


def not_known(value: str) -> str:
    """What a reader is told whose choice is none of those there are."""
    return gettext("“%(value)s” is not one of the choices, so it was left out.") % {"value": value[:40]}


def too_long() -> str:
    """What a reader is told whose search text was cut."""
    return gettext("The search text was longer than %(most)d characters, so the rest was left out.") % {
        "most": LONGEST_TEXT
    }


def apply_filters(rows: QuerySet[EditionRow], filters: Filters) -> QuerySet[EditionRow]:
    """The rows that a choice keeps, in its order."""
    exact = {
        "group": filters.group,
        "category": filters.category,
        "maker_key": filters.maker,
        "band": filters.band,
    }
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    for word in words(filters.text):
        rows = rows.filter(Q(product_name__icontains=word) | Q(maker_name__icontains=word))
    return rows.order_by(*(WHOLE_SORTS if filters.time else SORTS)[filters.sort])
