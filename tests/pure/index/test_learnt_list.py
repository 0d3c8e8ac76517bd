"""The learnt watch list: no future reaches it, its parts add up, and what it learns is what came."""

import math
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bluelamp.index.domain.comparison import Facts, prepare, ranked
from bluelamp.index.domain.labels import day_number, positives, seen_before
from bluelamp.index.domain.learning import (
    SIGNALS,
    NothingToLearnError,
    Origin,
    forecast,
    from_record,
    learn,
    learnt_score,
    origins,
    room,
    to_record,
    windows,
)
from bluelamp.index.domain.signals import CATALOGUED, KIND, MAKER, OWN, PROOF, RECENT, SHARE, VOLUME, signals
from bluelamp.index.domain.trying import parts_of, try_variants

AS_OF = date(2023, 7, 1)
days = st.dates(date(2021, 1, 1), date(2024, 6, 1))
cves = st.integers(1, 15).map(lambda i: f"CVE-{i}")
products = st.sampled_from(["router", "routers", "camera", "cameras", "gateway"])
worlds = st.builds(
    Facts,
    kev=st.lists(st.tuples(cves, st.sampled_from("abcx"), days), max_size=15),
    pairs=st.lists(st.tuples(cves, st.sampled_from("abc?"), products), min_size=1, max_size=30),
    published=st.dictionaries(cves, days, max_size=15),
    catalogued=st.dictionaries(cves, days, max_size=5),
    proofs=st.dictionaries(cves, days, max_size=5),
)


def scores(facts: Facts) -> dict[tuple[str, str], float]:
    prepared = prepare(facts)
    order, found = ranked(prepared=prepared, as_of=AS_OF, method=learnt_score)
    return {prepared.keys[i]: float(s) for i, s in zip(order, found, strict=True)}


def before(dated: dict[str, date]) -> dict[str, date]:
    return {cve: on for cve, on in dated.items() if on < AS_OF}


def past_of(world: Facts) -> Facts:
    """Only what happened before AS_OF; a pair of a CVE of which nothing was known then is later evidence too."""
    past = Facts(
        kev=[k for k in world.kev if k[2] < AS_OF],
        pairs=world.pairs,
        published=before(dict(world.published)),
        catalogued=before(dict(world.catalogued)),
        proofs=before(dict(world.proofs)),
    )
    known = {*past.published, *past.catalogued, *past.proofs, *(cve for cve, _, _ in past.kev)}
    return replace(past, pairs=[p for p in past.pairs if p[0] in known])


@settings(deadline=None)
@given(worlds)
def test_nothing_from_the_day_on_reaches_signals_labels_or_weights(world: Facts) -> None:
    assert scores(world) == pytest.approx(scores(past_of(world)), abs=1e-7)


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 10_000))
def test_nothing_of_a_busy_world_leaks_back_either(seed: int) -> None:
    rng = np.random.default_rng(seed)

    def some(first: date, last: date) -> date:
        return first + timedelta(days=int(rng.integers(0, (last - first).days)))

    # Many listings and CVEs on both sides of the day, so that a leak of a month shows in some product.
    names = [f"CVE-{i}" for i in range(300)]
    maker = {cve: f"m{rng.integers(12)}" for cve in names}
    # Up to six products of one maker: which three an entry counts for depends on what is counted by when.
    pairs = [(cve, maker[cve], f"product{p}") for cve in names for p in rng.permutation(8)[: 1 + int(rng.integers(6))]]
    published = {cve: some(date(2021, 1, 1), date(2024, 6, 1)) for cve in names}
    later = [cve for cve in names if rng.random() < 0.3]
    world = Facts(
        kev=[(cve, maker[cve], some(published[cve], date(2024, 7, 1))) for cve in later],
        pairs=pairs,
        published=published,
        catalogued={cve: some(published[cve], date(2024, 7, 1)) for cve in names if rng.random() < 0.05},
        proofs={cve: some(published[cve], date(2024, 7, 1)) for cve in names if rng.random() < 0.05},
    )
    learn(history=prepare(world).history, as_of=AS_OF)
    assert scores(world) == pytest.approx(scores(past_of(world)), abs=1e-6)


@settings(deadline=None)
@given(worlds)
def test_order_and_repeats_change_nothing_and_signals_are_finite(world: Facts) -> None:
    twice = replace(world, kev=[*world.kev, *world.kev][::-1], pairs=[*world.pairs, *world.pairs][::-1])
    assert scores(world) == pytest.approx(scores(twice), abs=1e-7)
    found = signals(history=prepare(world).history, as_of=day_number(AS_OF))
    signed = SIGNALS.index(KIND)
    assert np.isfinite(found.columns).all() and (np.delete(found.columns, signed, axis=1) >= 0).all()


def test_origins_take_the_longest_window_that_is_over() -> None:
    assert origins(as_of=date(2022, 6, 30)) == ()
    assert origins(as_of=date(2022, 7, 1)) == (Origin(date(2022, 4, 1), 91),)
    assert origins(as_of=AS_OF) == (
        Origin(date(2022, 4, 1), 365),
        Origin(date(2022, 7, 1), 365),
        Origin(date(2022, 10, 1), 182),
        Origin(date(2023, 1, 1), 91),
        Origin(date(2023, 4, 1), 91),
    )
    assert all(o.on + timedelta(days=o.days) <= AS_OF for o in origins(as_of=AS_OF))


def world_of(size: int = 40) -> Facts:
    """Products 0, 4, 8, ... of their own makers are listed each year, the others never; all have CVEs each year."""
    pairs, published, kev = [], {}, []
    for i in range(size):
        for year in (2021, 2022):
            cve = f"CVE-{year}-{i}"
            pairs.append((cve, f"m{i}", f"product{i}"))
            published[cve] = date(year, 1 + i % 12, 5)
            if i % 4 == 0:
                kev.append((cve, f"m{i}", date(year, 12, 1) if year == 2021 else date(2022, 8, 1 + i % 28)))
    return Facts(kev=kev, pairs=pairs, published=published)


def test_what_was_listed_before_is_learnt_and_parts_add_up() -> None:
    prepared = prepare(world_of())
    learnt = learn(history=prepared.history, as_of=AS_OF)
    own = SIGNALS.index(OWN)
    assert learnt.weights[own] > 0 and min(learnt.weights) >= 0
    found = forecast(history=prepared.history, learnt=learnt, as_of=AS_OF)
    assert found.parts.sum(axis=1) == pytest.approx(found.score)
    assert found.chance == pytest.approx(1 / (1 + np.exp(-(learnt.intercept + found.score))))
    assert (found.expected >= 0).all()
    listed = np.array([int(prepared.keys[i][1][7:]) % 4 == 0 for i in found.products])
    assert found.score[listed].min() > found.score[~listed].max()
    seen = windows(history=prepared.history, as_of=AS_OF)
    assert learnt.came_true == (seen.counted > 0).sum() and seen.counted.sum() == 20


def test_signals_of_one_product_by_hand() -> None:
    day = date(2023, 1, 1)
    facts = Facts(
        kev=[("CVE-1", "a", date(2022, 1, 1))],
        pairs=[("CVE-1", "a", "p"), ("CVE-2", "a", "p"), ("CVE-3", "b", "q")],
        published={"CVE-1": date(2021, 6, 1), "CVE-2": date(2022, 12, 2), "CVE-3": date(2015, 1, 1)},
        catalogued={"CVE-1": date(2021, 7, 1)},
        proofs={"CVE-2": day},
    )
    found = signals(history=prepare(facts).history, as_of=day_number(day))
    of = {name: found.columns[0, i] for i, name in enumerate(SIGNALS)}
    assert of[OWN] == pytest.approx(math.log1p(0.5 / 0.03)) and found.own.tolist() == [0.5, 0]
    assert of[VOLUME] == pytest.approx(math.log1p(2)) and of[RECENT] == pytest.approx(math.log(4000 / 60))
    # The proof of concept is of the day itself: not yet known.
    assert (of[CATALOGUED], of[PROOF]) == (1, 0)
    # One maker with two recent CVEs, one listed, borrows from itself alone: (1 + shape) / (2 + rate), one CVE a year.
    assert 0 < of[SHARE] < math.log1p(1 / 0.01)
    other = {name: found.columns[1, i] for i, name in enumerate(SIGNALS)}
    assert other[OWN] == other[SHARE] == other[VOLUME] == other[CATALOGUED] == 0


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 200))
def test_twice_as_much_of_everything_adds_no_more_than_a_doubling_to_any_signal(n: int) -> None:
    def seen(size: int) -> np.ndarray:
        facts = Facts(
            kev=[(f"CVE-{i}", "a", date(2023, 6, 30)) for i in range(size)],
            pairs=[(f"CVE-{i}", "a", "p") for i in range(size)],
            published={f"CVE-{i}": date(2023, 6, 1) for i in range(size)},
        )
        return signals(history=prepare(facts).history, as_of=day_number(AS_OF)).columns[0]

    assert (seen(2 * n) - seen(n) <= math.log(2) + 1e-9).all()


def test_a_makers_listings_fade_by_half_in_three_years_and_a_share_looks_back_four() -> None:
    day = date(2023, 1, 1)

    def seen(*, listed: date, published: date) -> dict[str, float]:
        facts = Facts(
            kev=[("CVE-1", "a", listed)],
            pairs=[("CVE-1", "a", "old"), ("CVE-2", "a", "new"), ("CVE-3", "a", "new"), ("CVE-4", "b", "other")],
            published={c: date(2022, 12, 2) for c in ("CVE-2", "CVE-3", "CVE-4")} | {"CVE-1": published},
        )
        found = signals(history=prepare(facts).history, as_of=day_number(day))
        at = next(i for i, p in enumerate(found.products) if prepare(facts).keys[p] == ("a", "new"))
        return {name: float(found.columns[at, i]) for i, name in enumerate(SIGNALS)}

    three_years = seen(listed=day - timedelta(days=1095), published=day - timedelta(days=1096))
    assert three_years[MAKER] == pytest.approx(math.log1p(0.5 / 0.03))
    # Listed yesterday both times; what was published more than four years ago says nothing of what is published now.
    yesterday = day - timedelta(days=1)
    inside, outside = (seen(listed=yesterday, published=day - timedelta(days=d)) for d in (1460, 1461))
    assert outside[SHARE] < inside[SHARE]
    assert outside[MAKER] == inside[MAKER]


def test_one_more_listing_never_lowers_the_own_signal_or_the_chance_under_the_same_weights() -> None:
    base = world_of()
    more = replace(base, kev=[*base.kev, ("CVE-2021-1", "m1", date(2023, 6, 1))])
    learnt = learn(history=prepare(base).history, as_of=AS_OF)
    found, lifted = (forecast(history=prepare(f).history, learnt=learnt, as_of=AS_OF) for f in (base, more))
    at = prepare(base).keys.index(("m1", "product1"))
    place = found.products.tolist().index(at)
    assert lifted.chance[place] > found.chance[place] and lifted.expected[place] > found.expected[place]


def test_without_anything_to_learn_from_every_signal_weighs_the_same() -> None:
    facts = replace(world_of(), kev=[])
    prepared = prepare(facts)
    with pytest.raises(NothingToLearnError):
        learn(history=prepared.history, as_of=AS_OF)
    with pytest.raises(NothingToLearnError):
        learn(history=prepared.history, as_of=date(2022, 6, 30))
    found = learnt_score(history=prepared.history, as_of=day_number(AS_OF))
    assert found == pytest.approx(signals(history=prepared.history, as_of=day_number(AS_OF)).columns.sum(axis=1))


def test_a_record_is_read_back_and_another_version_refused() -> None:
    learnt = learn(history=prepare(world_of()).history, as_of=AS_OF)
    record = to_record(learnt)
    again = from_record(record)
    assert again.weights == pytest.approx(learnt.weights, abs=1e-6) and again.origins == learnt.origins
    assert to_record(again) == record
    with pytest.raises(ValueError, match="version"):
        from_record({**record, "version": 0})


def test_a_signal_that_foretells_is_missed_when_it_is_left_out() -> None:
    found = {t.variant: t for t in try_variants(history=prepare(world_of(120)).history)}
    assert len(found) == 1 + len(SIGNALS) + 4
    whole, blind = found["as it is"], found[f"without: {OWN}"]
    assert whole.likelihood > blind.likelihood and 0 < whole.ap <= 1
    # A maker's part depends on its own name only.
    assert parts_of(makers=["a", "b", "c"])[1:].tolist() == parts_of(makers=["b", "c"]).tolist()


def test_a_year_is_worth_less_to_a_newcomer_where_newcomers_have_become_more() -> None:
    assert room(own=np.array([0.0, 0.2, 0.0]), newcomers=4).tolist() == [2.0, 1.0, 2.0]
    assert room(own=np.array([0.5]), newcomers=3).tolist() == [1.0]
    # Where everybody has been listed by now, a newcomer of then is still watched for some time.
    assert room(own=np.array([0.0, 0.0]), newcomers=0).tolist() == [0.5, 0.5]


def test_candidates_that_come_later_take_the_places_of_others_and_make_no_new_ones() -> None:
    """Twenty of two hundred are listed for the first time in a year; then four hundred more stand beside them."""
    old = [(f"CVE-2021-{i}", f"m{i}", f"product{i}") for i in range(200)]
    late = [(f"CVE-2023-{i}", f"late{i}", f"product{i}") for i in range(400)]
    published = {**{c: date(2021, 3, 1) for c, _, _ in old}, **{c: date(2023, 6, 1) for c, _, _ in late}}
    kev = [(old[i * 10][0], old[i * 10][1], date(2022, 7, 5) + timedelta(days=15 * i)) for i in range(20)]
    expected = []
    for pairs in (old, old + late):
        history = prepare(Facts(kev=kev, pairs=pairs, published={c: published[c] for c, _, _ in pairs})).history
        found = forecast(history=history, learnt=learn(history=history, as_of=AS_OF), as_of=AS_OF)
        listed = signals(history=history, as_of=day_number(AS_OF)).own > 0
        expected.append(float(found.expected[~listed].sum()))
    assert expected[1] == pytest.approx(expected[0], rel=0.25)


def test_windows_labels_and_candidates_end_on_the_right_day() -> None:
    def facts(listed: date, first: date = date(2021, 1, 1)) -> Facts:
        return Facts(kev=[("CVE-1", "a", listed)], pairs=[("CVE-1", "a", "p")], published={"CVE-1": first})

    start, year = date(2022, 4, 1), timedelta(days=365)
    for listed, came in ((start, 1), (start + year - timedelta(days=1), 1), (start + year, 0)):
        prepared = prepare(facts(listed))
        seen = windows(history=prepared.history, as_of=start + year)
        assert seen.counted[seen.origin == 0].tolist() == [came], listed
        hits = positives(labelled=prepared.labelled, as_of=day_number(start), products=1)
        assert hits.tolist() == [bool(came)], listed
        before = seen_before(labelled=prepared.labelled, as_of=day_number(start), products=1)
        assert before.tolist() == [False]
    assert seen_before(
        labelled=prepare(facts(start - timedelta(days=1))).labelled, as_of=day_number(start), products=1
    ).tolist() == [True]
    # Published on the day itself: not yet known.
    assert prepare(facts(start, first=AS_OF)).candidates(AS_OF).tolist() == []
