"""Keys of programs and their buckets: the pure rules."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bluelamp.kernel.clients.domain.bucket import Bucket
from bluelamp.kernel.clients.domain.keys import digest, new_key, read_key

NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)


@given(st.binary(min_size=40, max_size=40), st.sampled_from(["live", "test"]))
def test_a_new_key_is_read_again_and_its_beginning_tells_the_sandbox(drawn: bytes, origin: str) -> None:
    parts = iter((drawn[:8], drawn[8:]))
    prefix, key = new_key(origin=origin, draw=lambda _: next(parts))
    assert read_key(key) == (prefix, digest(key)) and prefix.startswith(f"bl_{origin}_")
    assert drawn[8:].hex() not in prefix


@given(st.text(max_size=120))
def test_no_other_text_is_a_key(text: str) -> None:
    assert read_key(text) is None


def test_a_key_with_anything_around_it_is_none() -> None:
    _, key = new_key(origin="live")
    for wrong in (f" {key}", f"{key}\n", key.upper(), key[:-1], f"{key}0", key.replace("live", "test") + "x"):
        assert read_key(wrong) is None


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 50)), max_size=60), st.integers(1, 100))
def test_no_minute_gives_more_than_two_buckets(calls: list[tuple[int, int]], per_minute: int) -> None:
    """What was saved up and what came meanwhile, and never more."""
    bucket, at, taken = Bucket(float(per_minute), NOW, per_minute), NOW, []
    for seconds, cost in calls:
        at += timedelta(seconds=seconds)
        bucket, wait = bucket.take(cost, now=at)
        assert 0 <= bucket.tokens <= per_minute
        if not wait:
            taken.append((at, min(cost, per_minute)))
    for start, _ in taken:
        assert sum(c for t, c in taken if start <= t < start + timedelta(seconds=60)) <= 2 * per_minute


def test_who_waits_as_told_is_let_in() -> None:
    bucket, _ = Bucket(60.0, NOW, 60).take(60, now=NOW)
    bucket, wait = bucket.take(10, now=NOW)
    assert wait == 10
    assert bucket.take(10, now=NOW + timedelta(seconds=wait))[1] == 0


def test_a_clock_set_back_fills_nothing() -> None:
    bucket, _ = Bucket(60.0, NOW, 60).take(60, now=NOW)
    back, wait = bucket.take(1, now=NOW - timedelta(hours=1))
    assert wait and back.at == NOW
