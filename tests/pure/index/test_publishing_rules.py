"""The pure rules of publishing: working days, checks, replies, the calendar, corrections, the life of an edition."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.index.domain import checks, life
from bluelamp.index.domain.calendar import CORRECTION, REGULAR, CalendarError, check_date, check_move
from bluelamp.index.domain.checks import Cell, Entry, SourceState, Standing, differencing
from bluelamp.index.domain.life import Readiness, may_become, obstacles
from bluelamp.index.domain.replies import broken_rules
from bluelamp.index.domain.revising import changes, is_own
from bluelamp.kernel.workdays import after_working_days, bank_holidays, easter, is_working_day


@pytest.mark.parametrize(
    ("year", "day"), [(2019, (4, 21)), (2024, (3, 31)), (2025, (4, 20)), (2026, (4, 5)), (2038, (4, 25))]
)
def test_easter(year: int, day: tuple[int, int]) -> None:
    assert easter(year) == date(year, *day)


def test_the_holidays_of_2026_and_2027_in_every_part_of_the_country() -> None:
    assert sorted(bank_holidays(2026)) == [
        date(2026, 1, 1),
        date(2026, 1, 2),  # Scotland
        date(2026, 3, 17),  # Northern Ireland
        date(2026, 4, 3),
        date(2026, 4, 6),
        date(2026, 5, 4),
        date(2026, 5, 25),
        date(2026, 6, 15),  # Scotland, by proclamation
        date(2026, 7, 13),  # Northern Ireland, substitute
        date(2026, 8, 3),  # Scotland
        date(2026, 8, 31),
        date(2026, 11, 30),  # Scotland
        date(2026, 12, 25),
        date(2026, 12, 28),  # substitute
    ]
    assert {date(2027, 12, 27), date(2027, 12, 28), date(2027, 1, 4)} <= bank_holidays(2027)


@pytest.mark.parametrize(
    ("first", "free"),
    [
        (2020, {date(2020, 12, 25), date(2020, 12, 28)}),
        (2021, {date(2021, 12, 27), date(2021, 12, 28)}),
        (2022, {date(2022, 12, 26), date(2022, 12, 27), date(2022, 6, 2), date(2022, 6, 3), date(2022, 9, 19)}),
        (2023, {date(2023, 1, 2), date(2023, 1, 3), date(2023, 5, 8)}),
    ],
)
def test_substitute_days_and_proclamations(first: int, free: set[date]) -> None:
    assert free <= bank_holidays(first)
    assert date(2022, 5, 30) not in bank_holidays(2022)


def test_ten_working_days_over_christmas_and_without_holidays() -> None:
    assert after_working_days(start=date(2026, 9, 7), days=10) == date(2026, 9, 21)
    # 21 December 2026: 22 23 24, then 29 30 31, then 5 6 7 8 January (1, 2: new year; 4 January is Scotland's).
    assert after_working_days(start=date(2026, 12, 21), days=10) == date(2027, 1, 8)
    assert after_working_days(start=date(2026, 9, 5), days=1) == date(2026, 9, 7)
    with pytest.raises(ValueError, match="At least one"):
        after_working_days(start=date(2026, 9, 5), days=0)


@given(st.dates(date(2020, 1, 1), date(2090, 1, 1)), st.integers(1, 30))
def test_working_days_are_counted_one_by_one(start: date, days: int) -> None:
    end = after_working_days(start=start, days=days)
    between = [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]
    assert sum(map(is_working_day, between)) == days and is_working_day(end)


KEV = SourceState("kev", "The list", "exploited", "daily", date(2026, 8, 1), rows=100)


def codes(found: list[checks.Finding]) -> list[tuple[str, str]]:
    return [(f.code, f.subject) for f in found]


def test_coverage_names_what_is_missing_and_what_came_in_partly() -> None:
    gone = replace(KEV, id="crimes", looked_on=None)
    partly = replace(KEV, id="wild", put_aside=20, unmapped=50)
    found = codes(checks.coverage(sources=[KEV, gone, partly], kinds_seen=["exploited"]))
    assert ("source-missing", "crimes") in found and ("kind-missing", "recorded_crime") in found
    assert {("source-put-aside", "wild"), ("source-unmapped", "wild")} <= set(found)
    assert not [c for c in found if c[1] == "kev"] and ("kind-missing", "exploited") not in found


@pytest.mark.parametrize(("cadence", "days"), [("daily", 4), ("monthly", 62), ("irregular", 92)])
def test_a_source_is_stale_by_its_own_cadence(cadence: str, days: int) -> None:
    source = replace(KEV, cadence=cadence)
    assert checks.stale(sources=[source], today=date(2026, 8, 1) + timedelta(days=days)) == []
    found = checks.stale(sources=[source], today=date(2026, 8, 1) + timedelta(days=days + 1))
    assert codes(found) == [("source-stale", "kev")]


def test_jumps_against_the_base() -> None:
    base = {"a": Standing("A", "high", 6), "b": Standing("B", "cannot-tell", 2), "c": Standing("C", "cannot-tell", 1)}
    same = checks.jumps(base=base, draft=base)
    assert same == []
    draft = {"a": Standing("A", "cannot-tell", 3), "b": Standing("B", "cannot-tell", 4), "n": Standing("N", "high", 9)}
    found = codes(checks.jumps(base=base, draft=draft))
    assert found == [
        ("product-new", "n"),
        ("product-gone", "c"),
        ("band-changed", "a"),
        ("dates-jump", "a"),
        ("many-new", ""),
        ("many-gone", ""),
    ]
    assert codes(checks.jumps(base=None, draft=draft)) == [("no-base", "")]


def test_removed_and_late_entries_are_told_by_product_and_source() -> None:
    old = {Entry("a", "kev", date(2026, 1, 1), "CVE-1"), Entry("a", "kev", date(2026, 2, 1), "CVE-2")}
    now = {Entry("a", "kev", date(2026, 2, 1), "CVE-2"), Entry("b", "kev", date(2026, 3, 1), "CVE-3")}
    (gone,) = checks.removed(before=old, now=now, names={"a": "A"})
    assert gone.subject == "a@kev" and gone.values["refs"] == "CVE-1" and gone.severity == checks.ASK
    kwargs = {"start": date(2026, 1, 1), "names": {}}
    (late,) = checks.late(before=old, now=now, end=date(2026, 3, 1), **kwargs)  # type: ignore[arg-type]
    assert late.subject == "b@kev"
    assert checks.late(before=old, now=now, end=date(2026, 2, 28), **kwargs) == []  # type: ignore[arg-type]


def cell(label: str, atoms: str, count: int) -> Cell:
    return Cell(label, frozenset(atoms), count)


@pytest.mark.parametrize(
    ("cells", "caught"),
    [
        ([cell("all", "abc", 20), cell("ab", "ab", 15)], True),  # five are left: between 1 and 9
        ([cell("all", "abc", 60), cell("ab", "ab", 20)], False),
        ([cell("all", "abc", 15), cell("ab", "ab", 15)], False),  # nothing is left
        ([cell("all", "abc", 20), cell("ab", "ab", 4)], False),  # the part is not shown
        ([cell("all", "abc", 12), cell("ab", "ab", 6)], True),  # "fewer than 10" is known to be 5 to 9
        ([cell("all", "abc", 60), cell("a", "a", 25), cell("b", "b", 30)], True),  # only both together
        ([cell("3", "ab", 15), cell("3.1", "ab", 20)], True),  # a correction that tells how many came late
        ([cell("3", "ab", 15), cell("3.1", "ab", 16)], False),  # both read "about 15"
        ([cell("3", "ab", 15), cell("3.1", "ab", 40)], False),
        ([cell("x", "ab", 15), cell("y", "bc", 20)], False),  # neither holds the other
    ],
)
def test_no_count_under_ten_can_be_computed(cells: list[Cell], caught: bool) -> None:
    assert bool(differencing(cells)) is caught
    assert all(f.severity == checks.BLOCK for f in differencing(cells))


@given(st.integers(5, 200), st.integers(5, 200))
def test_what_passes_never_bounds_the_rest_below_ten(whole: int, part: int) -> None:
    if part > whole:
        return
    found = differencing([cell("w", "ab", whole), cell("p", "a", part)])
    known, less = checks.known_of(whole), checks.known_of(part)
    assert known and less and known.low <= whole <= known.high and less.low <= part <= less.high
    if not found and whole > part:
        assert known.high - less.low >= 10


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Too short.", "too-short"),
        ("word " * 700, "too-long"),
        ("See our notes at https://acme.example/fix for all details.", "link"),
        ("The update is on support.acme.com since last month.", "link"),
        ("Write to security@acme.example and we will answer you.", "contact"),
        ("Our help desk answers on 020 7946 0958 every working day.", "contact"),
        ("Our help desk answers on +44 20 7946 0958 every working day.", "contact"),
        ("<b>We have fixed this weakness</b> in all our routers.", "markup"),
        ("We have [fixed this](it) in all of our routers by now.", "markup"),
        ("We have fixed this\u202e in all our routers, we think so.", "control"),
    ],
)
def test_replies_that_break_a_rule_of_form(text: str, rule: str) -> None:
    assert rule in {broken.rule for broken in broken_rules(text)}


@pytest.mark.parametrize(
    "text",
    [
        "We fixed CVE-2026-12345 in version 1.2.3 on 3 March 2026.\n\nDevices update by themselves; 95 % have it.",
        "Trwsiwyd y gwendid hwn yn fersiwn 2.0.1. Mae ein dyfeisiau yn diweddaru eu hunain.",
        "The entry of 12 May names the DIR-823X, which we do not make. It is made by another company.",
    ],
)
def test_replies_that_a_person_may_judge(text: str) -> None:
    assert broken_rules(text) == ()


TODAY = date(2026, 9, 1)


def test_the_calendar_is_announced_ahead_and_never_brought_forward() -> None:
    check_date(kind=REGULAR, on=TODAY + timedelta(days=28), today=TODAY)
    check_date(kind=CORRECTION, on=TODAY, today=TODAY)
    for kind, on in ((REGULAR, TODAY + timedelta(days=27)), (CORRECTION, TODAY - timedelta(days=1)), ("other", TODAY)):
        with pytest.raises(CalendarError):
            check_date(kind=kind, on=on, today=TODAY)
    check_move(old=TODAY, new=TODAY + timedelta(days=1), today=TODAY, reason="late evidence")
    for new, reason in ((TODAY + timedelta(days=1), " "), (TODAY, "x"), (TODAY - timedelta(days=1), "x")):
        with pytest.raises(CalendarError):
            check_move(old=TODAY, new=new, today=TODAY, reason=reason)


READY = Readiness(
    status="draft",
    origin="live",
    evidence_origins=frozenset({"live"}),
    release_on=TODAY,
    release_cancelled=False,
    checked=True,
    open_checks=0,
    blocking_checks=0,
    unpreviewed=(),
    previews_end=TODAY - timedelta(days=1),
    replies_waiting=0,
    approved=True,
    compared_is_current=True,
)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"status": "specimen"}, life.IS_SPECIMEN),
        ({"status": "published"}, life.NOT_DRAFT),
        ({"origin": "test"}, life.NOT_LIVE),
        ({"evidence_origins": frozenset({"live", "exercise"})}, life.NOT_LIVE),
        ({"release_on": None}, life.NO_DATE),
        ({"release_on": TODAY + timedelta(days=1)}, life.TOO_EARLY),
        ({"release_cancelled": True}, life.DATE_CANCELLED),
        ({"checked": False}, life.NOT_CHECKED),
        ({"open_checks": 1}, life.CHECKS_OPEN),
        ({"blocking_checks": 1}, life.CHECKS_BLOCK),
        ({"unpreviewed": ("a:b",)}, life.NO_PREVIEW),
        ({"previews_end": TODAY}, life.PREVIEW_RUNS),
        ({"replies_waiting": 1}, life.REPLY_WAITS),
        ({"approved": False}, life.NOT_APPROVED),
        ({"compared_is_current": False}, life.SUPERSEDED),
    ],
)
def test_each_obstacle_alone_stops_an_edition(change: dict[str, object], code: str) -> None:
    assert obstacles(facts=READY, today=TODAY) == ()
    assert obstacles(facts=replace(READY, **change), today=TODAY) == (code,)  # type: ignore[arg-type]


def test_a_specimen_never_becomes_anything() -> None:
    everything = ("specimen", "draft", "published", "replaced", "withdrawn")
    assert not any(may_become(status="specimen", wanted=w) for w in everything)
    assert not any(may_become(status="withdrawn", wanted=w) for w in everything)
    assert may_become(status="published", wanted="replaced") and not may_become(status="replaced", wanted="published")


def test_what_a_correction_changed_product_by_product() -> None:
    before = {"a": {"product_name": "A", "dates": 2, "band": "high"}, "b": {"product_name": "B", "dates": 1}}
    after = {"a": {"product_name": "A", "dates": 3, "band": "high"}, "c": {"product_name": "C", "dates": 1}}
    found = changes(before=before, after=after)
    assert [(c.product_key, c.kind, c.field, c.before, c.after) for c in found] == [
        ("a", "changed", "dates", "2", "3"),
        ("b", "gone", "", "", ""),
        ("c", "new", "", "", ""),
    ]
    assert changes(before=before, after=before) == ()


def test_what_only_compares_with_others_is_told_apart_from_a_products_own_change() -> None:
    before = {
        "a": {"product_name": "A", "dates": 2, "eb05": 1.0},
        "b": {"product_name": "B", "rank_low": 1, "low": 0.1},
    }
    after = {"a": {"product_name": "A", "dates": 3, "eb05": 2.0}, "b": {"product_name": "B", "rank_low": 2, "low": 0.2}}
    found = [c.to_dict() for c in changes(before=before, after=after)]
    assert [(c["product_key"], c["field"]) for c in found if is_own(c)] == [("a", "dates")]
    assert is_own({"product_key": "c", "field": "", "kind": "gone"})
