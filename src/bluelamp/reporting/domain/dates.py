"""Dates as people in the United Kingdom write them, in English or Welsh.

`today` is always the day in the United Kingdom. A day after it is refused: nothing has happened then yet.
"""

import re
from datetime import date, timedelta

from bluelamp.reporting.domain.tidying import plain_form
from bluelamp.reporting.domain.values import Precision, When

OLDEST_YEARS = 120
LONGEST_TEXT = 200

_MONTHS = (
    "january jan ionawr ion|february feb febr chwefror chwef|march mar mawrth maw|april apr ebrill ebr|may mai|"
    "june jun mehefin meh|july jul gorffennaf gorff|august aug awst|september sep sept medi|"
    "october oct hydref hyd|november nov tachwedd tach|december dec rhagfyr rhag"
)
MONTHS = {word: number for number, words in enumerate(_MONTHS.split("|"), 1) for word in words.split()}
# The first month of each; a winter is named by the year in which it ends. "Hydref" is autumn and October: the autumn
# holds both; "mis Hydref" is October only.
_SEASONS = {
    "spring": 3,
    "gwanwyn": 3,
    "summer": 6,
    "haf": 6,
    "autumn": 9,
    "fall": 9,
    "hydref": 9,
    "winter": 12,
    "gaeaf": 12,
}
_DAYS_AGO = {"today": 0, "heddiw": 0, "yesterday": 1, "ddoe": 1, "echdoe": 2}
_NAMES_OF_DAYS = re.compile(
    r"\b(?:mon|tue|tues|wed|weds|thu|thur|thurs|fri|sat|sun|monday|tuesday|wednesday|thursday|friday|saturday|sunday"
    r"|dydd (?:llun|mawrth|mercher|iau|gwener|sadwrn|sul))\b(?=.*\d)"
)
_ORDINAL = re.compile(r"(?<=\d)\s*(?:st|nd|rd|th|af|ail|ydd|fed|eg|ain)\b")
_FILLING = re.compile(r"\b(?:the|of|on|in|at|about|around|approximately|approx|circa|sometime|tua|ym|yn|ar|o|y|yr)\b")
_NUMBERS = (
    "a an one un|two couple dau dwy|three few tri tair|four pedwar pedair|five pump|six chwech|seven saith|"
    "eight wyth|nine naw|ten deg"
)
_COUNT = {word: number for number, words in enumerate(_NUMBERS.split("|"), 1) for word in words.split()}
_UNITS = {
    **dict.fromkeys(("day", "days", "diwrnod", "dydd", "dyddiau"), 1),
    **dict.fromkeys(("week", "weeks", "wythnos", "wythnosau"), 7),
    **dict.fromkeys(("fortnight", "fortnights", "pythefnos"), 14),
    **dict.fromkeys(("month", "months", "mis", "misoedd"), 30),
    **dict.fromkeys(("year", "years", "blwyddyn", "flwyddyn", "mlynedd", "blynyddoedd"), 365),
}
# Part of a month: the first and last day in it.
_PARTS = {
    **dict.fromkeys(("early", "beginning", "start", "dechrau"), (1, 10)),
    **dict.fromkeys(("mid", "middle", "canol"), (11, 20)),
    **dict.fromkeys(("late", "end", "diwedd"), (21, 31)),
}


class DateError(ValueError):
    """A text or three boxes are no day; `code` names the problem and `field` the box."""

    def __init__(self, code: str, field: str = "day") -> None:
        """`code` is one of the error codes of dates."""
        super().__init__(code)
        self.code = code
        self.field = field


def read_boxes(*, day: str, month: str, year: str, today: date) -> date:
    """The day of three boxes. A whole date in the first box is read too. Raises DateError."""
    parts = {"day": plain_form(day), "month": plain_form(month), "year": plain_form(year)}
    if parts["day"] and not parts["month"] and not parts["year"]:
        if parts["day"].isdecimal() and len(parts["day"]) <= 2:
            raise DateError("month-missing", "month")
        return read_day(text=day, today=today)
    for name, part in parts.items():
        if not part:
            raise DateError(f"{name}-missing", name)
    number = _whole(_ORDINAL.sub("", parts["day"]))
    if number is None:
        raise DateError("not-a-date", "day")
    which = _month(parts["month"])
    if which is None:
        raise DateError("not-a-date", "month")
    return _checked(_made(_year(parts["year"], today), which, number), today=today)


def read_day(*, text: str, today: date) -> date:
    """One day from words or figures: "27/3/2026", "27 March 2026", "27ain o Fawrth" and so on. Raises DateError."""
    if len(text) > LONGEST_TEXT:
        raise DateError("not-a-date")
    words = _cleaned(text)
    if words in _DAYS_AGO:
        return today - timedelta(days=_DAYS_AGO[words])
    iso = re.fullmatch(r"(\d{4})[-/. ](\d{1,2})[-/. ](\d{1,2})", words)
    if iso:
        return _checked(_made(*map(int, iso.groups())), today=today)
    figures = re.fullmatch(r"(\d{1,2})\s?[-/. ]\s?(\d{1,2})\s?[-/. ]\s?(\d{4}|\d{2})", words)
    if figures:
        first, second = int(figures[1]), int(figures[2])
        # Day first, as here; the other order only where it is the only one that is a day.
        day, month = (second, first) if second > 12 >= first else (first, second)
        return _checked(_made(_year(figures[3], today), month, day), today=today)
    return _checked(_named_day(words, today), today=today)


def read_about(*, text: str, today: date) -> When | None:
    """The days that "spring 2026", "last week", "March" or "3 weeks ago" mean; None where we cannot tell.

    Raises DateError for a time that has not come yet or is too long ago.
    """
    words = _cleaned(text) if len(text) <= LONGEST_TEXT else ""
    found = _a_day(text, today) or _ago(words, today) or _last(words, today) or _period(words, today)
    if found is None:
        return None
    first, last, precision = found
    if first > today:
        raise DateError("future")
    if last < _oldest(today):
        raise DateError("too-early")
    return When(first, min(last, today), precision, "")


def check_order(*, first: date, last: date) -> None:
    """Raises DateError where the last day comes before the first."""
    if last < first:
        raise DateError("end-first", "last-day")


_Found = tuple[date, date, Precision] | None


def _cleaned(text: str) -> str:
    words = plain_form(text).replace(",", " ").replace("'", "").replace("\u2019", "")
    words = _ORDINAL.sub("", _NAMES_OF_DAYS.sub(" ", words)).replace("mis hydref", "october")
    # "Mis Mawrth" is March; in "mis diwethaf" and "tri mis yn ôl" the word counts.
    return re.sub(r"^mis (?!diwethaf|h[wo]n|ol)", "", " ".join(_FILLING.sub(" ", words).split()))


def _a_day(text: str, today: date) -> _Found:
    try:
        day = read_day(text=text, today=today)
    except DateError as problem:
        if problem.code in ("future", "too-early"):
            raise
        return None
    return day, day, Precision.DAY


def _ago(words: str, today: date) -> _Found:
    match = re.fullmatch(r"(?:(\d{1,3}|[a-z]+) )?([a-z]+) (?:ago|back|yn ol|ol)", words)
    if not match or match[2] not in _UNITS:
        return None
    counted = match[1] or "a"
    number = int(counted) if counted.isdecimal() else _COUNT.get(counted)
    if number is None:
        return None
    unit = _UNITS[match[2]]
    # As exact as people mean it: a fifth of the time either way, at least a day.
    middle, slack = today - timedelta(days=number * unit), max(1, number * unit // 5, unit // 4)
    return middle - timedelta(days=slack), min(today, middle + timedelta(days=slack)), Precision.ABOUT


def _last(words: str, today: date) -> _Found:
    match = re.fullmatch(r"(last|this|past) ([a-z]+)|([a-z]+) (diwethaf|hon|hwn)", words)
    if not match:
        return None
    unit = match[2] or match[3]
    now = (match[1] or match[4]) in ("this", "hon", "hwn")
    month = today.replace(day=1)
    if unit in ("week", "wythnos"):
        monday = today - timedelta(days=today.weekday() + (0 if now else 7))
        return monday, monday + timedelta(days=6), Precision.ABOUT
    if unit in ("month", "mis"):
        start = month if now else (month - timedelta(days=1)).replace(day=1)
        return start, _end_of_month(start), Precision.MONTH
    if unit in ("year", "blwyddyn", "flwyddyn"):
        year = today.year - (0 if now else 1)
        return date(year, 1, 1), date(year, 12, 31), Precision.YEAR
    if unit == "night":
        return today - timedelta(days=1), today, Precision.ABOUT
    return _season(unit, None, today) or _month_of(unit, None, today)


def _period(words: str, today: date) -> _Found:
    if re.fullmatch(r"\d{4}", words):
        year = _year(words, today)
        return date(year, 1, 1), date(year, 12, 31), Precision.YEAR
    figures = re.fullmatch(r"(\d{1,2})[-/. ](\d{4})", words)
    if figures and 1 <= int(figures[1]) <= 12:
        start = date(_year(figures[2], today), int(figures[1]), 1)
        return start, _end_of_month(start), Precision.MONTH
    match = re.fullmatch(r"(?:([a-z]+)[- ])?([a-z]+)(?: (\d{4}|\d{2}))?", words)
    if not match or (match[1] and match[1] not in _PARTS):
        return None
    year_or_none = _year(match[3], today) if match[3] else None
    if not match[1]:
        christmas = _christmas(match[2], year_or_none, today)
        if christmas:
            return christmas
    found = _season(match[2], year_or_none, today) or _month_of(match[2], year_or_none, today)
    if found and match[1] and found[2] is Precision.MONTH:
        from_day, to_day = _PARTS[match[1]]
        end = found[1]
        return found[0].replace(day=from_day), end.replace(day=min(to_day, end.day)), Precision.ABOUT
    return found


def _christmas(word: str, year: int | None, today: date) -> _Found:
    if word not in ("christmas", "xmas", "nadolig"):
        return None
    chosen = year if year is not None else today.year - (1 if today < date(today.year, 12, 24) else 0)
    return date(chosen, 12, 24), date(chosen, 12, 27), Precision.ABOUT


def _season(word: str, year: int | None, today: date) -> _Found:
    if word not in _SEASONS:
        return None
    month = _SEASONS[word]
    chosen = year if year is not None else _latest_year(month, today)
    start_year = chosen - 1 if month == 12 and year is not None else chosen
    if start_year < 2:
        raise DateError("too-early")
    start = date(start_year, month, 1)
    return start, _end_of_month(_end_of_month(_end_of_month(start) + timedelta(1)) + timedelta(1)), Precision.SEASON


def _month_of(word: str, year: int | None, today: date) -> _Found:
    month = _month(word)
    if month is None or word.isdecimal():
        return None
    start = date(year if year is not None else _latest_year(month, today), month, 1)
    return start, _end_of_month(start), Precision.MONTH


def _latest_year(month: int, today: date) -> int:
    return today.year if month <= today.month else today.year - 1


def _named_day(words: str, today: date) -> date:
    for form in (
        r"(?P<d>\d{1,2})[- ]?(?P<m>[a-z]+)\.?(?:[- ]?(?P<y>\d{4}|\d{2}))?",
        r"(?P<m>[a-z]+)\.? (?P<d>\d{1,2})(?: (?P<y>\d{4}))?",
    ):
        match = re.fullmatch(form, words)
        month = _month(match["m"]) if match else None
        if match and month:
            if match["y"]:
                return _made(_year(match["y"], today), month, int(match["d"]))
            # Without a year: the last time that day came.
            this = _made(today.year if (month, int(match["d"])) != (2, 29) else 2024, month, int(match["d"]))
            return this if this <= today else _made(this.year - 1, month, this.day)
    raise DateError("not-a-date")


def _month(word: str) -> int | None:
    number = _whole(word)
    if number is not None:
        return number if 1 <= number <= 12 else None
    plain = word.strip(".")
    if plain in MONTHS:
        return MONTHS[plain]
    # Welsh changes the first letter after some words: o Fawrth, ym Mawrth, o Dachwedd, o Ragfyr, o Orffennaf.
    return {"fawrth": 3, "fai": 5, "fehefin": 6, "orffennaf": 7, "fedi": 9, "dachwedd": 11, "ragfyr": 12}.get(plain)


def _whole(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[0-9]{1,4}", text) else None


def _year(text: str, today: date) -> int:
    number = _whole(text)
    if number is None or len(text) not in (2, 4):
        raise DateError("not-a-date", "year")
    if len(text) == 4:
        return max(number, 1)
    # Two figures: of this century unless that is more than a year ahead.
    return 2000 + number if 2000 + number <= today.year + 1 else 1900 + number


def _made(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError as problem:
        raise DateError("not-a-date", "day") from problem


def _checked(day: date, *, today: date) -> date:
    if day > today:
        raise DateError("future")
    if day < _oldest(today):
        raise DateError("too-early", "year")
    return day


def _oldest(today: date) -> date:
    return date(today.year - OLDEST_YEARS, 1, 1)


def _end_of_month(day: date) -> date:
    following = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    return following - timedelta(days=1)
