"""Recorded crimes by units in use, as far as they may be shown (RED-LINES 7)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from bluelamp.index.domain.naming import LEAST_CRIMES
from bluelamp.stats.units import excess_ratio, rate_interval, rate_per_thousand

# A rate with its units gives the count back, so it is made from what may be shown: at least 10, rounded to 5.
LEAST_SHOWN, ROUNDED_TO = 10, 5
FEW_CRIMES = f"{LEAST_CRIMES}-{LEAST_SHOWN - 1}"


def public_crimes(*, crimes: int) -> str:
    """A count of crimes as it may be published: "" below five, "5-9" below ten, then rounded to 5."""
    if crimes < LEAST_CRIMES:
        return ""
    return str(shown_crimes(crimes=crimes) or FEW_CRIMES)


@dataclass(frozen=True)
class StatedUnits:
    """Units of a product in use on a day, who states it, where, under which licence ("" where it is not stated)."""

    product_key: str
    units: int
    as_of: date
    source: str
    address: str
    licence: str


def chosen_units(*, stated: Iterable[StatedUnits], end: date) -> dict[str, tuple[StatedUnits, ...]]:
    """Product -> what is stated of it, the one that counts first. The order of input has no effect.

    That is the newest up to the period's end, else the first after it. Of several of one day the largest number holds,
    so that a contradiction makes no rate higher; then the first source by name.
    """
    found: dict[str, list[StatedUnits]] = {}
    for one in set(stated):
        found.setdefault(one.product_key, []).append(one)

    def order(one: StatedUnits) -> tuple[bool, int, int, str, str, str]:
        days = (one.as_of - end).days
        return days > 0, abs(days), -one.units, one.source, one.address, one.licence

    return {key: tuple(sorted(found[key], key=order)) for key in sorted(found)}


@dataclass(frozen=True)
class CrimeRates:
    """Recorded crimes per 1,000 units in use and year with an interval; how often beside the average of its kind."""

    rate: float | None
    low: float | None
    high: float | None
    ratio: float | None


NO_RATES = CrimeRates(rate=None, low=None, high=None, ratio=None)


def shown_crimes(*, crimes: int) -> int:
    """The number of crimes that may be shown: rounded to 5 (halves up), 0 for fewer than 10."""
    return (crimes + ROUNDED_TO // 2) // ROUNDED_TO * ROUNDED_TO if crimes >= LEAST_SHOWN else 0


def crime_rates(*, counted: Mapping[str, tuple[int, int]], years: float, level: float) -> dict[str, CrimeRates]:
    """Rates of those products of one category whose units are known and whose crimes may be shown.

    `counted` holds crimes and units in use by product. The ratio compares with the average unit of these products, and
    is None where there is only one: products with too few crimes to be shown are left out of the average, since counted
    as none they would make it too low and every ratio too high. Raises ValueError for a negative number.
    """
    rounded = {key: (shown_crimes(crimes=crimes), units) for key, (crimes, units) in counted.items() if units}
    shown = {key: pair for key, pair in rounded.items() if pair[0]}
    if not shown:
        return {}
    events, units = ([pair[i] for pair in shown.values()] for i in (0, 1))
    among = dict(zip(shown, excess_ratio(events=events, units=units), strict=True))
    found = {}
    for key, (crimes, used) in shown.items():
        low, high = rate_interval(events=crimes, units=used, years=years, level=level)
        rate = rate_per_thousand(events=crimes, units=used, years=years)
        ratio = float(among[key]) if len(shown) > 1 else None
        found[key] = CrimeRates(rate=float(rate), low=float(low), high=float(high), ratio=ratio)
    return found
