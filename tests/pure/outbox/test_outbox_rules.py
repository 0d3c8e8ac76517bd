"""The outbox's rules: what an event may hold, when to try again, what is kept of an error, what may be installed."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.kernel import events
from bluelamp.kernel.events import EditionBuilt, Event
from bluelamp.kernel.outbox.domain.codec import PayloadError, check_event_type, decode, encode
from bluelamp.kernel.outbox.domain.errors import PermanentError, TemporaryError, describe
from bluelamp.kernel.outbox.domain.retry import MAX_ATTEMPTS, delay
from bluelamp.kernel.outbox.registry import Handler, Job, RegistryError, handlers_of, install, installed


@dataclass(frozen=True)
class Everything(Event):
    one: UUID
    two: str
    three: int
    four: date


@dataclass(frozen=True)
class Grown(Event):
    """A newer Everything would look like this: a field more, with a default."""

    number: int
    extra: str = "none"


@dataclass(frozen=True)
class Talkative(Event):
    report: dict[str, str]


A = Everything(one=UUID(int=7), two="acme:r", three=-3, four=date(2026, 2, 28))


@pytest.fixture(autouse=True)
def registry() -> Iterator[None]:
    before = installed()
    yield
    install(handlers=before.handlers, jobs=before.jobs)


ids = st.text(st.characters(categories=("L", "N", "P")), max_size=200)


@given(st.builds(Everything, one=st.uuids(), two=ids, three=st.integers(), four=st.dates()))
def test_every_event_comes_back_as_it_was(event: Everything) -> None:
    assert decode(event=Everything, payload=encode(event=event)) == event


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("one", str(UUID(int=7))),
        ("two", "Ann Smith"),
        ("two", "a\x00b"),
        ("two", "a\nb"),
        ("two", "x" * 201),
        ("two", None),
        ("three", True),
        ("three", 1.0),
        ("four", datetime(2026, 1, 1)),  # noqa: DTZ001
    ],
)
def test_an_event_holds_ids_of_the_stated_type_only(field: str, value: Any) -> None:
    with pytest.raises(PayloadError) as caught:
        encode(event=replace(A, **{field: value}))
    assert "Ann" not in str(caught.value)


@pytest.mark.parametrize(
    "change",
    [
        {"one": "no uuid"},
        {"one": 7},
        {"two": 7},
        {"three": "7"},
        {"three": True},
        {"three": None},
        {"four": "2026-02-30"},
        {"five": 5},
        {"two": "Ann Smith"},
    ],
)
def test_a_stored_payload_that_does_not_fit_is_told_from_one_that_does(change: dict[str, Any]) -> None:
    payload = encode(event=A)
    assert decode(event=Everything, payload=payload) == A
    with pytest.raises(PayloadError) as caught:
        decode(event=Everything, payload={**payload, **change})
    assert "Ann" not in describe(caught.value)
    assert isinstance(caught.value, TemporaryError), "a worker of the right version may come"


def test_an_older_payload_fits_a_grown_event_but_a_field_without_default_must_be_there() -> None:
    assert decode(event=Grown, payload={"number": 1}) == Grown(number=1)
    with pytest.raises(PayloadError, match="do not make a Grown"):
        decode(event=Grown, payload={"extra": "x"})


def test_names_and_fields_of_all_events_can_be_stored() -> None:
    every = [e for e in vars(events).values() if isinstance(e, type) and issubclass(e, Event) and e is not Event]
    assert EditionBuilt in every
    for event in every:
        check_event_type(event=event)
        assert len(event.__name__) <= 60


def test_the_wait_grows_to_an_hour_and_is_the_same_for_the_same_jitter() -> None:
    waits = [delay(attempts=n, jitter=0) for n in range(1, 12)]
    assert waits[:3] == [timedelta(seconds=s) for s in (10, 30, 90)]
    assert waits == sorted(waits) and waits[-1] == timedelta(hours=1)
    assert delay(attempts=10**9, jitter=0) == timedelta(hours=1), "a job may fail for years"
    assert sum(waits[: MAX_ATTEMPTS - 1], timedelta()) > timedelta(hours=2)
    for n in (1, 5, 9):
        assert delay(attempts=n, jitter=1) == 0.8 * delay(attempts=n, jitter=0)
        assert delay(attempts=n, jitter=0.3) == delay(attempts=n, jitter=0.3)
    for attempts, jitter in ((0, 0.5), (1, -0.1), (1, 1.1)):
        with pytest.raises(ValueError, match="attempts start at 1"):
            delay(attempts=attempts, jitter=jitter)


def _raised(error: Exception) -> Exception:
    try:
        raise error
    except type(error) as caught:
        return caught


def test_only_our_own_words_and_the_systems_are_kept_of_an_error() -> None:
    assert describe(_raised(PermanentError("no edition 7"))) == "PermanentError: no edition 7"
    assert describe(_raised(ConnectionRefusedError(111, "Connection refused", "ann@example.org"))) == (
        "ConnectionRefusedError: Connection refused"
    )
    for leaky in (ValueError("ann@example.org"), KeyError("ann@example.org"), OSError("ann@example.org")):
        kept = describe(_raised(leaky))
        assert "ann" not in kept and kept.startswith(type(leaky).__name__)
    assert __name__ in describe(_raised(ValueError("x"))), "the place in the code helps who repairs it"
    assert describe(ValueError("never raised")) == "ValueError"
    long = describe(_raised(TemporaryError("a\x00b\n" + "x" * 1_000)))
    assert len(long) == 300 and long.isprintable()


def nothing(**_more: object) -> None:
    """A handler."""


def test_the_registry_refuses_what_would_go_wrong_later_and_then_changes_nothing() -> None:
    good = Handler("one", EditionBuilt, nothing)
    job = Job("clean", "Clean", timedelta(hours=1), nothing)
    install(handlers=[good], jobs=[job])
    for handlers, jobs in (
        ([good, Handler("one", Everything, nothing)], []),
        ([], [job, replace(job, title="Other")]),
        ([replace(good, name="Bad Name")], []),
        ([replace(good, name="x" * 61)], []),
        ([replace(good, name="")], []),
        ([], [replace(job, every=timedelta(0))]),
        ([], [replace(job, longest=timedelta(seconds=-1))]),
        ([Handler("talk", Talkative, nothing)], []),
        ([Handler("none", int, nothing)], []),  # type: ignore[arg-type]
    ):
        with pytest.raises((RegistryError, PayloadError)):
            install(handlers=handlers, jobs=jobs)
        assert installed().handlers == (good,) and installed().jobs == (job,)


def test_handlers_come_in_their_order_and_hear_their_own_event_only() -> None:
    names = [f"h{uuid4().hex[:6]}" for _ in range(5)]
    handlers = [Handler(n, EditionBuilt if i % 2 else Everything, nothing) for i, n in enumerate(names)]
    install(handlers=handlers, jobs=[])
    assert [h.name for h in handlers_of(event=EditionBuilt)] == names[1::2]
    assert handlers_of(event=Event) == ()
