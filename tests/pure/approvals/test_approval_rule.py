"""The rule of approval by its invariants, and that a version's hash tells every two contents apart."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.kernel.approvals.domain.rule import Vote, state_after
from bluelamp.kernel.approvals.domain.versions import is_version_hash, version_hash

people = st.sampled_from(["ann", "bob", "cai", "dee", "asker"])
votes = st.lists(st.builds(Vote, person=people, decision=st.sampled_from(["approve", "reject"])), max_size=8)
content = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(votes=votes, needed=st.integers(1, 4))
def test_approved_means_enough_distinct_others_and_nobody_against(votes: list[Vote], needed: int) -> None:
    state = state_after(votes=votes, needed=needed, asker="asker")
    others = {v.person for v in votes if v.decision == "approve" and v.person != "asker"}
    against = any(v.decision == "reject" for v in votes if v.person != "asker")
    assert (state == "approved") is (len(others) >= needed and not against)
    assert (state == "rejected") is against


def test_the_same_person_twice_and_the_asker_do_not_count() -> None:
    twice = [Vote("ann", "approve"), Vote("ann", "approve"), Vote("asker", "approve")]
    assert state_after(votes=twice, needed=2, asker="asker") == "open"
    assert state_after(votes=[], needed=0, asker="asker") == "open", "nobody is never enough"


@given(one=content, other=content)
def test_two_contents_have_one_hash_only_if_they_are_the_same(one: object, other: object) -> None:
    same = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    assert (version_hash(content=one) == version_hash(content=other)) is same  # type: ignore[arg-type]
    assert is_version_hash(version_hash(content=one))  # type: ignore[arg-type]


def test_the_order_of_keys_is_no_change_and_the_order_of_a_list_is() -> None:
    assert version_hash(content={"a": "1", "b": "2"}) == version_hash(content={"b": "2", "a": "1"})
    assert version_hash(content=["a", "b"]) != version_hash(content=["b", "a"])
    assert version_hash(content="é") != version_hash(content="e\u0301")


@pytest.mark.parametrize("bad", [1.5, {1: "a"}, {"a": b"x"}, [{"a": float("nan")}], {"a": {1, 2}}])
def test_what_has_no_exact_form_is_refused(bad: object) -> None:
    with pytest.raises(TypeError):
        version_hash(content=bad)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["", "a" * 63, "A" * 64, "g" * 64, "a" * 64 + "\n"])
def test_a_hash_has_one_form(text: str) -> None:
    assert not is_version_hash(text)
