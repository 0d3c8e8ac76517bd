"""What goes into the method and what comes out: integer counts, products, published figures."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class CountRow:
    """One integer of the frozen input: dates and events of one product, kind and source in one period month.

    A row with a `model_key` counts that model by itself; the product's own row has none. `product_key` is "" where only
    the maker is known. `months_back` is 0 for the newest period month.
    """

    maker_key: str
    product_key: str
    model_key: str
    kind: str
    source: str
    months_back: int
    dates: int
    events: int


@dataclass(frozen=True)
class ProductFact:
    """A product of the catalogue that has a category; `units` in use, 0 where no source states them."""

    key: str
    maker_key: str
    category: str
    units: int = 0


@dataclass(frozen=True)
class Base:
    """The base edition that trends are held against: dates in its period by product, as long as this one's.

    `months` are the whole months since its period ended, at most a period's: periods that overlap share dates, and only
    what came after the base is independent of it.
    """

    dates: Mapping[str, int]
    months: int


@dataclass(frozen=True)
class Figure:
    """The published figures of one product. Rates are confirmed dates a year.

    `dates`, `dates_before` and `dates_ever` are of the period, the one before, and all time; `low` and `high` bound the
    shrunk interval; `trend_high` is None where there is no upper bound; `monthly` holds the period, oldest month first.
    `ebgm` and `eb05` say how many times more often than the average of its category, and at least how many.
    `leaning_on` is the source without which the fewest dates would be left ("" where none matters), `dates_without` how
    many. `base_dates` are those of the base edition's period, None where there is no base; `since_base` those in the
    whole months since it ended (at most a period). `base_trend` compares the two rates; "" before such a month is over.
    `crime_*` are recorded crimes per 1,000 units and year, None without units or with too few crimes.
    """

    product_key: str
    maker_key: str
    category: str
    dates: int
    dates_before: int
    dates_ever: int
    recorded_crimes: int
    rate: float
    shrunk: float
    low: float
    high: float
    jeffreys_low: float
    jeffreys_high: float
    band: str
    rank_low: int
    rank_high: int
    trend: str
    trend_low: float | None
    trend_high: float | None
    monthly: tuple[int, ...]
    named: bool
    ebgm: float
    eb05: float
    leaning_on: str
    dates_without: int
    base_dates: int | None
    since_base: int | None
    base_trend: str
    base_low: float | None
    base_high: float | None
    units: int
    crime_rate: float | None
    crime_low: float | None
    crime_high: float | None
    crime_ratio: float | None
