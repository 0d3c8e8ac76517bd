"""Clocks of the desk count real hours, whatever the wall clock does, and never hide that something is late."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.reporting.domain.clocks import (
    ESCALATE_AFTER,
    Standing,
    comes_back,
    duty_clock,
    hand_over_clock,
    recording_clock,
)

LONDON = ZoneInfo("Europe/London")
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
FIRST, LAST = NOON.replace(year=2020, tzinfo=None), NOON.replace(year=2035, tzinfo=None)
moments = st.datetimes(FIRST, LAST, timezones=st.sampled_from([UTC, LONDON]))


def test_a_duty_item_runs_is_soon_due_and_is_late() -> None:
    at = {
        minutes: duty_clock(raised_at=NOON, minutes=20, acknowledged_at=None, now=NOON + timedelta(minutes=minutes))
        for minutes in (0, 15, 16, 20, 21, 41, 81)
    }
    assert [c.standing for c in at.values()] == [
        Standing.RUNNING,
        Standing.RUNNING,
        Standing.SOON,
        Standing.SOON,
        Standing.LATE,
        Standing.LATE,
        Standing.LATE,
    ]
    assert [c.escalation for c in at.values()] == [0, 0, 0, 0, 1, 2, 3]
    assert at[0].next_step == NOON + timedelta(minutes=20) and at[81].next_step is None
    assert at[21].left == timedelta(minutes=-1)


def test_an_acknowledged_item_is_done_and_says_if_it_was_late() -> None:
    now = NOON + timedelta(days=3)
    done = duty_clock(raised_at=NOON, minutes=15, acknowledged_at=NOON + timedelta(minutes=15), now=now)
    late = duty_clock(raised_at=NOON, minutes=15, acknowledged_at=NOON + timedelta(minutes=16), now=now)
    assert (done.standing, late.standing) == (Standing.DONE, Standing.DONE_LATE)
    assert done.is_done and late.is_done and late.escalation == 0 and late.next_step is None


@pytest.mark.parametrize("day", [datetime(2026, 3, 28, 20, tzinfo=LONDON), datetime(2026, 10, 24, 20, tzinfo=LONDON)])
def test_twenty_four_hours_over_a_clock_change_are_twenty_four_hours(day: datetime) -> None:
    clock = recording_clock(reported_at=day, recorded_at=None, now=day)
    assert clock.due - day.astimezone(UTC) == timedelta(hours=24)
    assert clock.due.astimezone(LONDON).hour in (19, 21)  # the wall clock shows another hour


def test_the_repeated_hour_of_autumn_is_told_apart() -> None:
    first = datetime(2026, 10, 25, 1, 30, tzinfo=LONDON)
    second = first.replace(fold=1)
    clock = duty_clock(raised_at=first, minutes=30, acknowledged_at=None, now=second)
    assert clock.standing is Standing.LATE and clock.left == timedelta(minutes=-30)


def test_a_hand_over_that_nobody_acknowledges_comes_back() -> None:
    before, after = (
        hand_over_clock(handed_at=NOON, acknowledged_at=None, now=NOON + timedelta(hours=h), hours=48) for h in (48, 49)
    )
    assert not comes_back(clock=before) and comes_back(clock=after)
    done = hand_over_clock(handed_at=NOON, acknowledged_at=NOON, now=NOON + timedelta(hours=49), hours=48)
    assert not comes_back(clock=done)


@pytest.mark.parametrize("wrong", [0, -1, 60 * 24 * 367])
def test_a_clock_without_sense_is_refused(wrong: int) -> None:
    with pytest.raises(ValueError, match="minutes"):
        duty_clock(raised_at=NOON, minutes=wrong, acknowledged_at=None, now=NOON)
    with pytest.raises(ValueError, match="hours"):
        hand_over_clock(handed_at=NOON, acknowledged_at=None, now=NOON, hours=wrong)


def test_a_force_may_record_sooner_never_later() -> None:
    assert recording_clock(reported_at=NOON, recorded_at=None, now=NOON, hours=12).due == NOON + timedelta(hours=12)
    with pytest.raises(ValueError, match="24"):
        recording_clock(reported_at=NOON, recorded_at=None, now=NOON, hours=25)


@pytest.mark.parametrize("place", ["raised_at", "acknowledged_at", "now"])
def test_a_time_without_zone_is_refused(place: str) -> None:
    times = {"raised_at": NOON, "acknowledged_at": NOON, "now": NOON} | {place: datetime(2026, 6, 1)}  # noqa: DTZ001
    with pytest.raises(ValueError, match="zone"):
        duty_clock(minutes=5, **times)  # type: ignore[arg-type]


@given(moments, st.integers(1, 5000), moments, moments)
def test_time_only_makes_a_clock_more_pressing(raised: datetime, minutes: int, one: datetime, two: datetime) -> None:
    early, late = sorted((one.astimezone(UTC), two.astimezone(UTC)))
    clocks = [duty_clock(raised_at=raised, minutes=minutes, acknowledged_at=None, now=now) for now in (early, late)]
    order = [Standing.RUNNING, Standing.SOON, Standing.LATE]
    assert order.index(clocks[0].standing) <= order.index(clocks[1].standing)
    assert 0 <= clocks[0].escalation <= clocks[1].escalation <= len(ESCALATE_AFTER)
    assert clocks[0].due == clocks[1].due == raised.astimezone(UTC) + timedelta(minutes=minutes)
    assert (clocks[1].escalation > 0) == (clocks[1].standing is Standing.LATE)


@given(moments, st.integers(1, 5000), st.integers(-12, 12))
def test_the_zone_in_which_a_time_is_told_does_not_matter(raised: datetime, minutes: int, shift: int) -> None:
    zone = timezone(timedelta(hours=shift))
    now = raised.astimezone(UTC) + timedelta(minutes=minutes // 2)
    same = duty_clock(
        raised_at=raised.astimezone(zone), minutes=minutes, acknowledged_at=None, now=now.astimezone(zone)
    )
    assert same == duty_clock(raised_at=raised, minutes=minutes, acknowledged_at=None, now=now)
