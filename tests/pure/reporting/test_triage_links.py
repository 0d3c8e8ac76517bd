"""Pairs of reports: the same either way round, never less for more evidence, found without comparing all."""

import random
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import h3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.reporting import facts
from bluelamp.reporting.domain.linking import (
    Fingerprint,
    LinkingError,
    ReasonKind,
    Verdict,
    blocking_keys,
    compare,
    read_weights,
    search_keys,
    sentence,
)
from bluelamp.reporting.domain.observables import ObservableKind
from bluelamp.reporting.domain.shingles import PLACES, bands, likeness, signature

WEIGHTS = facts.link_weights()
KEY = b"a key of sixteen"
CARDIFF = h3.latlng_to_cell(51.48, -3.18, 7)
NEXT = sorted(set(h3.grid_disk(CARDIFF, 1)) - {CARDIFF})[0]
FAR = h3.latlng_to_cell(53.8, -1.55, 7)
STORY = (
    "I paid two hundred pounds for a new phone on a market website and the seller sent me an empty box and then "
    "stopped answering all my messages and closed the account"
)
OTHER = (
    "The camera above our back door turned round at night and a voice said my name through it while the children slept"
)
SIGNATURES = [signature(text=t, key=KEY) for t in (STORY, STORY + " today", OTHER)]

fingerprints = st.builds(
    lambda days, **parts: Fingerprint(**parts, first=days and days[0], last=days and days[0] + timedelta(days[1])),
    days=st.none() | st.tuples(st.dates(date(2026, 1, 1), date(2026, 3, 1)), st.integers(0, 90)),
    report=st.sampled_from("abcdef"),
    products=st.frozensets(st.sampled_from(["ring:doorbell", "apple:iphone"]), max_size=2),
    observables=st.frozensets(
        st.tuples(st.sampled_from(ObservableKind), st.sampled_from(["h1", "h2", "h3"])), max_size=4
    ),
    contacts=st.frozensets(st.sampled_from(["c1", "c2"]), max_size=2),
    cell=st.sampled_from(["", CARDIFF, NEXT, FAR]),
    kinds=st.frozensets(st.sampled_from(["phone-stolen", "camera-accessed"]), max_size=2),
    text=st.sampled_from([(), *SIGNATURES]),
)


def like(one: Fingerprint, other: Fingerprint) -> tuple[int, Verdict, set[tuple[ReasonKind, int]]]:
    match = compare(weights=WEIGHTS, one=one, other=other)
    return match.score, match.verdict, {(r.kind, r.points) for r in match.reasons}


@given(fingerprints, fingerprints)
def test_a_pair_is_the_same_either_way_round(one: Fingerprint, other: Fingerprint) -> None:
    assert like(one, other) == like(other, one)
    score, verdict, reasons = like(one, other)
    assert 0 <= score <= 100 and score == min(100, sum(points for _, points in reasons))
    assert (verdict is Verdict.APART) == (score < WEIGHTS.linked)


@given(fingerprints, fingerprints, fingerprints)
def test_more_evidence_never_lowers_a_score(one: Fingerprint, other: Fingerprint, more: Fingerprint) -> None:
    richer = replace(
        one,
        products=one.products | more.products,
        observables=one.observables | more.observables,
        contacts=one.contacts | more.contacts,
        kinds=one.kinds | more.kinds,
        cell=one.cell or more.cell,
        first=one.first or more.first,
        last=one.last or more.last,
        text=one.text or more.text,
    )
    order = list(Verdict)
    before, after = like(one, other), like(richer, other)
    assert before[0] <= after[0] and order.index(before[1]) <= order.index(after[1])


@given(fingerprints, fingerprints)
def test_a_linked_pair_shares_a_key_unless_only_texts_tie_it(one: Fingerprint, other: Fingerprint) -> None:
    _score, verdict, reasons = like(one, other)
    texts = {ReasonKind.SAME_TEXT, ReasonKind.SIMILAR_TEXT}
    if verdict is not Verdict.APART and {kind for kind, _ in reasons} - texts:
        assert search_keys(one) & blocking_keys(other)


@given(st.lists(fingerprints, max_size=8, unique_by=lambda f: f.report), st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(reports: list[Fingerprint], rng: random.Random) -> None:
    shuffled = list(reports)
    rng.shuffle(shuffled)
    for report in reports:
        assert _found(report, reports) == _found(report, shuffled)


def _found(report: Fingerprint, among: list[Fingerprint]) -> list[tuple[str, int]]:
    keys = search_keys(report)
    near = (other for other in among if other.report != report.report and keys & blocking_keys(other))
    return sorted((other.report, like(report, other)[0]) for other in near)


def test_links_are_not_passed_on() -> None:
    one, middle, last = (
        Fingerprint(n, observables=frozenset(o))
        for n, o in (
            ("a", {(ObservableKind.EMAIL, "h1")}),
            ("b", {(ObservableKind.EMAIL, "h1"), (ObservableKind.PHONE, "h2")}),
            ("c", {(ObservableKind.PHONE, "h2")}),
        )
    )
    assert like(one, middle)[1] is like(middle, last)[1] is Verdict.LINKED
    assert like(one, last) == (0, Verdict.APART, set())


def test_a_campaign_is_linked_and_no_duplicate() -> None:
    shared = frozenset({(ObservableKind.EMAIL, "h1"), (ObservableKind.DOMAIN, "h2"), (ObservableKind.IBAN, "h3")})
    day = date(2026, 2, 2)
    one, other = (
        Fingerprint(
            n, observables=shared, kinds=frozenset({"phishing"}), first=day, last=day, cell=CARDIFF, text=SIGNATURES[0]
        )
        for n in "ab"
    )
    assert like(one, other)[:2] == (100, Verdict.LINKED)


def test_the_same_person_and_event_twice_is_a_duplicate() -> None:
    day = date(2026, 2, 2)
    one = Fingerprint(
        "a",
        contacts=frozenset({"c1"}),
        kinds=frozenset({"phone-stolen"}),
        first=day,
        last=day,
        cell=CARDIFF,
        text=SIGNATURES[0],
    )
    again = replace(one, report="b", first=day - timedelta(1), cell=NEXT, text=SIGNATURES[1])
    score, verdict, reasons = like(one, again)
    assert verdict is Verdict.DUPLICATE and score == 90
    assert reasons == {(ReasonKind.SAME_CONTACT, 40), (ReasonKind.SAME_TEXT, 40), (ReasonKind.SAME_CRIME_NEAR, 10)}
    # The same person, another event.
    another = replace(again, first=day + timedelta(90), last=day + timedelta(90), text=SIGNATURES[2])
    assert like(one, another)[1] is Verdict.LINKED


def test_near_means_neighbouring_cells_and_a_week() -> None:
    day = date(2026, 2, 2)
    one = Fingerprint("a", products=frozenset({"p"}), cell=CARDIFF, first=day, last=day)
    for cell, apart, linked in (
        (CARDIFF, 0, True),
        (NEXT, 7, True),
        (NEXT, -7, True),
        (NEXT, 8, False),
        (FAR, 0, False),
        ("", 0, False),
    ):
        when = day + timedelta(apart)
        other = replace(one, report="b", cell=cell, first=when, last=when)
        assert (like(one, other)[1] is Verdict.LINKED) is linked, (cell, apart)
    vague = replace(one, report="b", first=day - timedelta(63))
    assert like(one, vague)[1] is Verdict.APART and not [k for k in blocking_keys(vague) if k.startswith("p:")]
    coarser = replace(one, report="b", cell=h3.cell_to_parent(CARDIFF, 6))
    assert like(one, coarser)[1] is Verdict.APART


def test_a_british_account_counts_once() -> None:
    both = frozenset({(ObservableKind.IBAN, "h1"), (ObservableKind.BANK_ACCOUNT, "h2")})
    assert like(Fingerprint("a", observables=both), Fingerprint("b", observables=both))[2] == {
        (ReasonKind.SAME_ACCOUNT, 50)
    }


def test_reasons_tell_nothing_of_the_other_report() -> None:
    one = Fingerprint("a", observables=frozenset({(ObservableKind.EMAIL, "secret-hash")}), contacts=frozenset({"c1"}))
    match = compare(weights=WEIGHTS, one=one, other=replace(one, report="b"))
    words = [sentence(weights=WEIGHTS, reason=r, language=n) for r in match.reasons for n in ("en", "cy")]
    assert len(set(words)) == 4 and "secret" not in repr(match) and all(w.endswith(".") for w in words)


@pytest.mark.parametrize(
    "wrong", [{"first": date(2026, 1, 1)}, {"cell": "nonsense"}, {"first": date(2026, 1, 2), "last": date(2026, 1, 1)}]
)
def test_a_fingerprint_without_sense_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        Fingerprint("a", **wrong)  # type: ignore[arg-type]


def test_texts_are_alike_by_their_words_and_need_enough_of_them() -> None:
    same, near, far = SIGNATURES
    assert len(same) == PLACES and likeness(same, same) == 1
    assert likeness(same, near) > 0.8 and likeness(same, far) < 0.1
    assert signature(text="my phone was stolen", key=KEY) == () and likeness((), ()) == 0 and bands(()) == ()
    assert signature(text=STORY.upper() + "!!!", key=KEY) == same
    assert likeness(same, signature(text=STORY, key=KEY[::-1])) < 0.2
    with pytest.raises(ValueError, match="16"):
        signature(text=STORY, key=b"short")


def test_the_estimate_of_likeness_is_near_the_truth() -> None:
    rng = random.Random(1)
    errors = []
    for _ in range(40):
        words = [f"w{rng.randrange(10**6)}" for _ in range(120)]
        cut = rng.randrange(10, 110)
        other = words[:cut] + [f"v{rng.randrange(10**6)}" for _ in range(120 - cut)]
        sets = [{" ".join(w[i : i + 3]) for i in range(118)} for w in (words, other)]
        truth = len(sets[0] & sets[1]) / len(sets[0] | sets[1])
        errors.append(likeness(*(signature(text=" ".join(w), key=KEY) for w in (words, other))) - truth)
    assert abs(sum(errors) / len(errors)) < 0.05 and max(map(abs, errors)) < 0.25


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("[reason.same-host]", "[reason.same-hosts]", "another form"),
        ("points = 60", "points = 0", "at least 1"),
        ("duplicate = 70", "duplicate = 10", "as many"),
        ("linked = 30", "", "another form"),
        ("The two texts are alike.", " ", "sentence"),
    ],
)
def test_a_broken_table_of_reasons_says_why(old: str, new: str, says: str) -> None:
    text = (Path(facts.__file__).parent / "linking.toml").read_text("utf-8")
    with pytest.raises(LinkingError, match=says):
        read_weights(text=text.replace(old, new, 1))
