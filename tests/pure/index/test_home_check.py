"""Three jobs: always three, in the fixed order, whatever the order of the list."""

from datetime import date
from itertools import permutations
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.index.domain.home_check import JOBS, PASSWORD_KINDS, UPDATE_KINDS, Device, Reason, plan_of

NEW, OLD = date(2026, 7, 1), date(2026, 1, 1)
SEEN = Device("Seen router", "router", "a:r", dates=2, dates_ever=3, newest=NEW)
SEEN_EARLIER = Device("Seen camera", "camera", "a:c", dates=9, dates_ever=9, newest=OLD)
ENDED = Device("Ended storage", "nas", "a:n", ended=True)
BEFORE = Device("Before printer", "printer", "a:p", dates_ever=1, newest=date(2022, 3, 4))
devices = st.builds(
    Device,
    name=st.text(min_size=1, max_size=4),
    kind=st.sampled_from([*PASSWORD_KINDS, *UPDATE_KINDS, "", "library"]),
    product_key=st.sampled_from(["", "a:b", "a:c"]),
    dates=st.integers(0, 3),
    dates_ever=st.integers(0, 3),
    newest=st.sampled_from([None, NEW, OLD]),
    ended=st.booleans(),
)


def reasons(*own: Device) -> list[str]:
    return [job.reason for job in plan_of(devices=own).jobs]


def test_confirmed_before_unsupported_before_earlier_before_passwords_before_updates() -> None:
    phone = Device("My phone", "phone-system")
    assert reasons(phone, BEFORE, ENDED, SEEN) == ["exploited", "unsupported", "exploited-before"]
    assert reasons(phone, BEFORE) == ["exploited-before", "password", "updates"]
    assert plan_of(devices=[phone, BEFORE, ENDED, SEEN]).waiting == 4  # three kinds' passwords, the phone's updates


def test_the_newest_confirmation_comes_first_and_the_unmendable_before_it() -> None:
    assert [j.devices[0].name for j in plan_of(devices=[SEEN_EARLIER, SEEN]).jobs[:2]] == ["Seen router", "Seen camera"]
    ended = Device("Ended camera", "camera", "a:e", dates=1, dates_ever=1, newest=OLD, ended=True)
    assert plan_of(devices=[SEEN, ended]).jobs[0].devices == (ended,)


def test_one_product_has_one_job_of_its_own() -> None:
    both = Device("Both", "nas", "a:b", dates=1, dates_ever=1, newest=NEW, ended=True)
    assert reasons(both) == ["exploited", "password", "mail"]


def test_devices_of_a_kind_share_a_job_and_the_router_comes_first() -> None:
    cameras = [Device(f"Camera {n}", "camera") for n in "ba"]
    jobs = plan_of(devices=[*cameras, Device("Router", "router")]).jobs
    assert [j.kind for j in jobs] == ["router", "camera", ""]
    assert [d.name for d in jobs[1].devices] == ["Camera a", "Camera b"]


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ((), ["mail", "phone", "router"]),
        ((Device("Thing"),), ["mail", "phone", "router"]),
        ((Device("A", "router"),), ["password", "mail", "phone"]),
        ((Device("A", "router"), Device("B", "phone-system")), ["password", "updates", "mail"]),
    ],
)
def test_general_jobs_fill_up_without_saying_a_thing_twice(own: tuple[Device, ...], expected: list[str]) -> None:
    assert reasons(*own) == expected


def test_order_of_the_list_has_no_effect() -> None:
    own = [SEEN, SEEN_EARLIER, ENDED, BEFORE, Device("Thing")]
    assert len({plan_of(devices=order) for order in permutations(own)}) == 1


@given(st.lists(devices, max_size=20))
def test_always_three_jobs_in_the_order_of_reasons(own: list[Device]) -> None:
    plan = plan_of(devices=own)
    places = [get_args(Reason).index(job.reason) for job in plan.jobs]
    assert len(plan.jobs) == JOBS and places == sorted(places) and plan.waiting >= 0
    if any(d.dates for d in own):
        assert plan.jobs[0].reason == "exploited"
    else:
        assert "exploited" not in {job.reason for job in plan.jobs}
