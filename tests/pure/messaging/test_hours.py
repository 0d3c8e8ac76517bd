"""Contact hours by the clock on the wall: compared minute by minute with the clock itself, over both clock changes."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bluelamp.kernel.messaging.domain.hours import LONDON, Hours, is_open, next_open
from bluelamp.kernel.messaging.domain.retry import MOST_ATTEMPTS, try_again_at

clocks = st.times().map(lambda t: t.replace(second=0, microsecond=0))
hours_of_a_day = st.tuples(clocks, clocks).filter(lambda p: p[0] != p[1]).map(lambda p: Hours(*p))
# The nights of the clock changes in 2026 (29 March, 25 October) and any other time.
moments = st.one_of(
    st.integers(0, 2 * 1440).map(lambda n: datetime(2026, 3, 28, tzinfo=UTC) + timedelta(minutes=n)),
    st.integers(0, 2 * 1440).map(lambda n: datetime(2026, 10, 24, tzinfo=UTC) + timedelta(minutes=n)),
    st.integers(0, 365 * 1440).map(lambda n: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=n)),
)


def on_the_wall(moment: datetime) -> time:
    return moment.astimezone(LONDON).time()


@given(moment=moments, hours=hours_of_a_day)
@example(moment=datetime(2026, 3, 28, 2, 1, tzinfo=UTC), hours=Hours(start=time(1, 1), end=time(2, 1)))
def test_the_next_opening_is_the_first_minute_inside_the_hours(moment: datetime, hours: Hours) -> None:
    found = next_open(moment=moment, hours=hours)
    assert is_open(moment=found, hours=hours) and found >= moment
    first = next(m for m in (moment + timedelta(minutes=n) for n in range(4 * 1440)) if is_open(moment=m, hours=hours))
    assert found == first


@given(moment=moments, hours=hours_of_a_day)
def test_open_is_what_the_clock_says(moment: datetime, hours: Hours) -> None:
    clock, start, end = on_the_wall(moment), hours.start, hours.end
    inside = start <= clock < end if start < end else not end <= clock < start
    assert is_open(moment=moment, hours=hours) is inside


@pytest.mark.parametrize(
    ("moment", "hours", "expected"),
    [
        # Nine o'clock is an hour earlier by UTC in summer.
        ("2026-03-28T20:00", "09:00-17:00", "2026-03-29T08:00"),
        ("2026-03-27T20:00", "09:00-17:00", "2026-03-28T09:00"),
        ("2026-10-24T20:00", "09:00-17:00", "2026-10-25T09:00"),
        # Across midnight.
        ("2026-01-05T12:00", "22:00-06:00", "2026-01-05T22:00"),
        ("2026-01-05T05:59", "22:00-06:00", "2026-01-05T05:59"),
        ("2026-01-05T06:00", "22:00-06:00", "2026-01-05T22:00"),
        # Half past one to a quarter to two does not exist on 29 March: the next day then.
        ("2026-03-29T00:00", "01:30-01:45", "2026-03-30T00:30"),
        # It comes twice on 25 October: after the first, the second.
        ("2026-10-25T00:45", "01:30-01:45", "2026-10-25T01:30"),
    ],
)
def test_known_hard_times(moment: str, hours: str, expected: str) -> None:
    start, end = (time.fromisoformat(t) for t in hours.split("-"))
    found = next_open(moment=datetime.fromisoformat(f"{moment}+00:00"), hours=Hours(start, end))
    assert found == datetime.fromisoformat(f"{expected}+00:00")


def test_no_hours_are_every_hour_and_an_empty_span_is_refused() -> None:
    assert next_open(moment=datetime(2026, 1, 1, 3, tzinfo=UTC), hours=None) == datetime(2026, 1, 1, 3, tzinfo=UTC)
    with pytest.raises(ValueError, match="different"):
        Hours(time(9), time(9))


def test_waits_grow_and_end() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    waits = [try_again_at(attempts=n, now=now) for n in range(1, MOST_ATTEMPTS)]
    assert all(w is not None and w > now for w in waits) and waits == sorted(waits, key=str)
    assert len(set(waits)) == MOST_ATTEMPTS - 1 and try_again_at(attempts=MOST_ATTEMPTS, now=now) is None
