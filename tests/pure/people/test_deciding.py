"""The decision: every reason to refuse, and their order."""

import contextlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.kernel.people.domain.actions import Action
from bluelamp.kernel.people.domain.capacities import CAPACITIES
from bluelamp.kernel.people.domain.deciding import GrantFacts, decide
from bluelamp.kernel.people.domain.scopes import ScopeError, covers, scope_kind

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
GRANT = GrantFacts("analyst", "national", NOW - DAY, NOW + DAY, False, True, frozenset({"mv"}))


def reason(grant: GrantFacts | None, scope: str = "", at: datetime = NOW) -> str:
    return decide(allowed={"analyst", "maker"}, grant=grant, scope=scope, now=at).reason


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, ""),
        ({"revoked": True}, "revoked"),
        ({"active": False}, "account-closed"),
        ({"vetting": frozenset()}, "vetting"),
        ({"vetting": frozenset({"dv"})}, "vetting"),
        ({"capacity": "learner"}, "wrong-capacity"),
        ({"capacity": "wizard"}, "unknown-capacity"),
        ({"capacity": "maker", "vetting": frozenset()}, ""),
        ({"starts_at": NOW + timedelta(seconds=1)}, "not-yet"),
        ({"ends_at": NOW}, "expired"),
        ({"ends_at": NOW + timedelta(microseconds=1)}, ""),
    ],
)
def test_reasons(change: dict[str, object], expected: str) -> None:
    assert reason(replace(GRANT, **change)) == expected  # type: ignore[arg-type]


def test_without_a_grant_nothing_is_allowed() -> None:
    assert reason(None) == "no-grant"


@pytest.mark.parametrize(
    ("granted", "wanted", "expected"),
    [
        ("national", "force:kent", True),
        ("force:kent", "force:kent", True),
        ("force:kent", "force:essex", False),
        ("force:kent", "national", False),
        ("force:kent", "", True),
        ("organisation:1", "organisation:2", False),
    ],
)
def test_scopes(granted: str, wanted: str, expected: bool) -> None:
    assert covers(granted=granted, wanted=wanted) is expected


@given(st.text())
def test_only_three_kinds_of_scope(text: str) -> None:
    with contextlib.suppress(ScopeError):
        assert scope_kind(text) in ("national", "force", "organisation")


@pytest.mark.parametrize(
    "text", ["", "force:", "force:Kent", "force:kent\n", "organisation:x", "National", "force:kent;"]
)
def test_bad_scopes(text: str) -> None:
    with pytest.raises(ScopeError):
        scope_kind(text)


@pytest.mark.parametrize("code", ["see", "people.See", "people.", "people.see all", "people.see\n"])
def test_action_codes(code: str) -> None:
    with pytest.raises(ValueError, match="package"):
        Action(code, "x")


def test_capacities_hold_together() -> None:
    for capacity in CAPACITIES.values():
        assert capacity.scopes and capacity.does
        for other in capacity.apart_from:
            assert capacity.code in CAPACITIES[other].apart_from
    assert not CAPACITIES["administrator"].vetting & {"nonesuch"}
