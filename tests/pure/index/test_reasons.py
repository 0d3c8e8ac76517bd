"""Why a product differs between two editions: the reasons add up, and each says what happened."""

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.index.domain.combining import monthly_dates
from bluelamp.index.domain.naming import SourceFact
from bluelamp.index.domain.parameters import Parameters
from bluelamp.index.domain.period import months_back, period_ending
from bluelamp.index.domain.reasons import (
    BAND,
    BAND_METHOD,
    BAND_OTHERS,
    CAME_FROM,
    CODES,
    COUNTED_LESS,
    FIRST_NAMED,
    KIND,
    LATE,
    LEFT,
    NAMED_AGAIN,
    NEW,
    NOT_SHOWN,
    REMOVED,
    RENAMED,
    WENT_TO,
    Issue,
    Reason,
    Sighting,
    Standing,
    explain,
)

AUTHORITY = SourceFact(id="list", authority=True, derived_from=None)
PARTNER = SourceFact(id="partner", authority=False, derived_from=None)
SENSOR = SourceFact(id="sensor", authority=False, derived_from=None)
COPY = SourceFact(id="copy", authority=False, derived_from="list")
SOURCES = {s.id: s for s in (AUTHORITY, PARTNER, SENSOR, COPY)}
KINDS = {"list": "exploited", "partner": "partner_sighting", "sensor": "attack_telemetry", "copy": "exploited"}
THEN, TODAY = date(2026, 4, 30), date(2026, 5, 31)


def issue(end: date = THEN, *, months: int = 24, method: str = "m") -> Issue:
    return Issue(period=period_ending(end=end, months=months), sources=SOURCES, method=method)


def seen(*days: date, source: str = "list", ref: str = "CVE-1") -> frozenset[Sighting]:
    return frozenset(Sighting(on=d, source=source, kind=KINDS[source], ref=ref) for d in days)


def standing(
    sightings: frozenset[Sighting],
    *,
    end: date,
    months: int = 24,
    name: str = "Acme",
    band: str = "high",
    category: str = "router",
) -> Standing:
    """A product as the method of the Index counts it."""
    counted: dict[int, Counter[tuple[str, SourceFact]]] = {}
    for source, kind, on in {(s.source, s.kind, s.on) for s in sightings if s.on <= end}:
        counted.setdefault(months_back(on=on, end=end), Counter())[kind, SOURCES[source]] += 1
    dates = monthly_dates(months=counted, parameters=Parameters())
    monthly = [dates.get(m, 0) for m in range(months - 1, -1, -1)]
    inside = frozenset(s for s in sightings if s.on <= end)
    return Standing(name=name, category=category, band=band, monthly=tuple(monthly), sightings=inside)


def why(before: frozenset[Sighting], now: frozenset[Sighting], **more: object) -> tuple[Reason, ...]:
    return explain(
        before=standing(before, end=THEN),
        now=standing(now, end=TODAY),
        then=issue(),
        today=issue(TODAY),
        **more,  # type: ignore[arg-type]
    )


OLD = date(2026, 1, 10)


def test_new_dates_say_their_months() -> None:
    found = why(seen(OLD), seen(OLD, date(2026, 5, 3), date(2026, 5, 20)))
    assert found == (Reason(NEW, 2, ("2026-05",)),)


def test_dates_leave_because_time_moves_on() -> None:
    assert why(seen(OLD, date(2024, 5, 15)), seen(OLD, date(2024, 5, 15))) == (Reason(LEFT, 1, ("2024-05",)),)


def test_an_entry_that_came_late_is_not_called_new() -> None:
    assert why(seen(OLD), seen(OLD, date(2026, 4, 30))) == (Reason(LATE, 1, ("2026-04",)),)
    assert why(seen(OLD), seen(OLD, date(2026, 5, 1))) == (Reason(NEW, 1, ("2026-05",)),)


def test_an_entry_taken_back() -> None:
    assert why(seen(OLD, date(2026, 2, 1)), seen(OLD)) == (Reason(REMOVED, 1, ("2026-02",)),)


def test_a_second_number_on_a_known_day_is_no_reason() -> None:
    assert why(seen(OLD), seen(OLD) | seen(OLD, ref="CVE-2")) == ()


def test_a_copy_is_no_reason() -> None:
    assert why(seen(OLD), seen(OLD) | seen(date(2026, 5, 4), source="copy")) == ()


def test_a_product_that_was_not_named_before() -> None:
    now = standing(seen(OLD, date(2026, 5, 3)), end=TODAY)
    common = {"then": issue(), "today": issue(TODAY)}
    assert explain(before=None, now=now, **common) == (Reason(FIRST_NAMED, 2, ("2026-01", "2026-05")),)  # type: ignore[arg-type]
    (again,) = explain(before=None, now=now, named_earlier=True, **common)  # type: ignore[arg-type]
    assert again.code == NAMED_AGAIN


def test_a_product_that_is_not_shown_any_more() -> None:
    days = (date(2024, 5, 15), OLD)
    common = {"then": issue(), "today": issue(TODAY), "before": standing(seen(*days), end=THEN), "now": None}
    withheld = explain(still_seen=seen(*days), **common)  # type: ignore[arg-type]
    assert withheld == (Reason(LEFT, 1, ("2024-05",)), Reason(NOT_SHOWN, 1)), "nothing was removed: it is withheld"
    removed = explain(**common)  # type: ignore[arg-type]
    assert removed == (Reason(LEFT, 1, ("2024-05",)), Reason(REMOVED, 1, ("2026-01",)), Reason(NOT_SHOWN, 0))


def test_products_that_the_catalogue_put_together() -> None:
    other = date(2026, 2, 2)
    assert why(seen(OLD), seen(OLD, other), came=seen(other)) == (Reason(CAME_FROM, 1, ("2026-02",)),)
    assert why(seen(OLD, other), seen(OLD), went=seen(other)) == (Reason(WENT_TO, 1, ("2026-02",)),)
    moved = explain(before=None, now=standing(seen(OLD), end=TODAY), then=issue(), today=issue(TODAY), came=seen(OLD))
    assert moved == (Reason(CAME_FROM, 1, ("2026-01",)),), "a new key is no first naming"


@pytest.mark.parametrize(
    ("more", "then", "code"),
    [
        ({}, {}, BAND_OTHERS),
        ({"category": "camera"}, {}, BAND),
        ({}, {"method": "other"}, BAND_METHOD),
    ],
)
def test_a_band_that_its_own_dates_do_not_explain(more: dict[str, str], then: dict[str, str], code: str) -> None:
    found = explain(
        before=standing(seen(OLD), end=THEN),
        now=standing(seen(OLD), end=TODAY, band="cannot-tell", **more),
        then=issue(**then),  # type: ignore[arg-type]
        today=issue(TODAY),
    )
    assert found[-1] == Reason(code, before="high", after="cannot-tell")
    assert [r.code for r in found[:-1]] == ([KIND] if more else [])


def test_a_band_with_dates_of_its_own_and_another_name() -> None:
    found = explain(
        before=standing(seen(OLD), end=THEN),
        now=standing(seen(OLD, date(2026, 5, 2)), end=TODAY, band="cannot-tell", name="Acme Two"),
        then=issue(),
        today=issue(TODAY),
    )
    assert [r.code for r in found] == [NEW, RENAMED, BAND]


def test_sensors_that_move_on_with_time_show_as_that() -> None:
    """A date a month, two a period, whatever a sensor saw alone: a month is new, and an older one counts no more."""
    every = [date(2024, 5, 1) + timedelta(days=n) for n in range(760)]
    found = why(seen(*every, source="sensor"), seen(*every, source="sensor"))
    assert [(r.code, r.count) for r in found] == [(NEW, 1), (COUNTED_LESS, 1)]


def test_sources_put_together_otherwise_are_not_called_removed() -> None:
    """Two sources saw three days each in one month: without the second, one day of the first is counted."""
    days = [date(2026, 3, d) for d in (1, 2, 3)]
    as_exploited = frozenset(Sighting(d, "partner", "exploited", "P") for d in days)
    others = frozenset(Sighting(d, "sensor", "exploited", "S") for d in days)
    found = why(as_exploited | others, as_exploited)
    assert found == (Reason(COUNTED_LESS, 1),)


DAYS = st.dates(min_value=date(2023, 6, 1), max_value=date(2026, 7, 31))
SEEN = st.frozensets(
    st.builds(
        lambda on, source, ref: Sighting(on=on, source=source, kind=KINDS[source], ref=ref),
        DAYS,
        st.sampled_from(sorted(SOURCES)),
        st.sampled_from(["A", "B"]),
    ),
    max_size=30,
)
ENDS = st.dates(min_value=date(2026, 1, 1), max_value=date(2026, 7, 31))


@given(SEEN, SEEN, SEEN, SEEN, SEEN, ENDS, ENDS, st.sampled_from([1, 12, 24]), st.sampled_from(range(3)))
def test_the_reasons_add_up(
    common: frozenset[Sighting],
    gone: frozenset[Sighting],
    fresh: frozenset[Sighting],
    came: frozenset[Sighting],
    went: frozenset[Sighting],
    end_then: date,
    end_today: date,
    months: int,
    missing: int,
) -> None:
    before = None if missing == 1 else standing(common | gone, end=end_then, months=months)
    now = None if missing == 2 else standing(common | fresh, end=end_today)
    found = explain(
        before=before,
        now=now,
        then=issue(end_then, months=months),
        today=issue(end_today),
        came=came,
        went=went,
        still_seen=common,
    )
    difference = (now.dates if now else 0) - (before.dates if before else 0)
    assert sum(r.dates for r in found) == difference
    assert len({r.code for r in found}) == len(found) and all(r.code in CODES and r.count >= 0 for r in found)
    if before and now and difference:
        assert any(r.dates for r in found), "a change of dates has a reason"


AUTHORITYS = st.frozensets(st.builds(lambda on: Sighting(on, "list", "exploited", "A"), DAYS), max_size=30)


@given(AUTHORITYS, AUTHORITYS, AUTHORITYS, ENDS, ENDS)
def test_of_one_authority_every_reason_is_a_plain_set_of_days(
    common: frozenset[Sighting],
    gone: frozenset[Sighting],
    fresh: frozenset[Sighting],
    one: date,
    other: date,
) -> None:
    """Nothing is left to the way of counting: new, late, left and removed explain all."""
    end_then, end_today = sorted((one, other))
    then, today = issue(end_then), issue(end_today)
    was, now = {s.on for s in common | gone}, {s.on for s in common | fresh}
    found = {
        r.code: r.count
        for r in explain(
            before=standing(common | gone, end=end_then),
            now=standing(common | fresh, end=end_today),
            then=then,
            today=today,
        )
    }
    inside = {d for d in was if d in then.period}
    expected = {
        NEW: len({d for d in now if d in today.period and d > end_then}),
        LATE: len({d for d in now - was if d in today.period and d <= end_then}),
        LEFT: len({d for d in inside if d < today.period.start}),
        REMOVED: len({d for d in inside - now if d >= today.period.start}),
    }
    assert found == {code: n for code, n in expected.items() if n}
    assert len({d for d in now if d in today.period}) == (
        len(inside) + expected[NEW] + expected[LATE] - expected[LEFT] - expected[REMOVED]
    )
