"""Working days of the United Kingdom: neither a weekend nor a bank holiday of any of its parts, by rule.

England and Wales, Scotland, and Northern Ireland have different holidays. A day that is free in any of them is no
working day here, so that nobody has fewer days than they are promised. Holidays by royal proclamation that no
rule foresees are in ONCE.
"""

from collections.abc import Iterator
from datetime import date, timedelta

MONDAY, FRIDAY, SATURDAY = 0, 4, 5
# By proclamation, or moved by it: what the rules below do not say.
ONCE = frozenset({date(2022, 6, 2), date(2022, 6, 3), date(2022, 9, 19), date(2023, 5, 8), date(2026, 6, 15)})
# The day that 2022's proclamation moved.
MOVED_AWAY = frozenset({date(2022, 5, 30)})


def easter(year: int) -> date:
    """Easter Sunday of the western churches (the anonymous Gregorian algorithm)."""
    golden = year % 19
    century, in_century = divmod(year, 100)
    leaps, rest = divmod(century, 4)
    moon = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leaps - moon + 15) % 30
    weekday = (32 + 2 * rest + 2 * (in_century // 4) - epact - in_century % 4) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def bank_holidays(year: int) -> frozenset[date]:
    """The bank holidays of a year in any part of the United Kingdom, substitute days included."""
    sunday = easter(year)
    found = {
        sunday - timedelta(days=2),
        sunday + timedelta(days=1),  # not in Scotland
        _first_monday(year, 5),
        _last_monday(year, 5),
        _first_monday(year, 8),  # Scotland
        _last_monday(year, 8),  # not in Scotland
        _substitute(date(year, 3, 17)),  # Northern Ireland
        _substitute(date(year, 7, 12)),  # Northern Ireland
        _substitute(date(year, 11, 30)),  # Scotland
        *_two_days(date(year, 1, 1)),  # the second in Scotland
        *_two_days(date(year, 12, 25)),
    }
    return frozenset((found - MOVED_AWAY) | {day for day in ONCE if day.year == year})


def is_working_day(day: date) -> bool:
    """Whether every part of the country works."""
    return day.weekday() < SATURDAY and day not in bank_holidays(day.year)


def after_working_days(*, start: date, days: int) -> date:
    """The day on which so many working days have passed entirely since `start`, which does not count itself.

    Ten working days from a Monday without holidays end with the Monday two weeks later; what waits for them may go on
    the day after. Raises ValueError for fewer than one.
    """
    if days < 1:
        raise ValueError("At least one working day must pass.")
    for number, day in enumerate(_working_days(start), start=1):
        if number == days:
            return day
    raise AssertionError("days never end")


def _working_days(start: date) -> Iterator[date]:
    day = start
    while True:
        day += timedelta(days=1)
        if is_working_day(day):
            yield day


def _first_monday(year: int, month: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(MONDAY - first.weekday()) % 7)


def _last_monday(year: int, month: int) -> date:
    last = date(year, month, 31)
    return last - timedelta(days=last.weekday())


def _substitute(day: date) -> date:
    """The day itself, or the Monday after a weekend."""
    return day + timedelta(days=max(0, 7 - day.weekday())) if day.weekday() >= SATURDAY else day


def _two_days(first: date) -> tuple[date, date]:
    """Two holidays in a row, each moved to the next weekday that is free of the other."""
    second = first + timedelta(days=1)
    moved = _substitute(first)
    if first.weekday() == SATURDAY:
        return moved, moved + timedelta(days=1)  # Saturday and Sunday: Monday and Tuesday
    if second.weekday() == SATURDAY:
        return first, _substitute(second)  # Friday stays, Saturday moves to Monday
    if first.weekday() == SATURDAY + 1:
        # Sunday moves past the holiday on Monday where both are free: to the Tuesday.
        return second, second + timedelta(days=1)
    return first, second
