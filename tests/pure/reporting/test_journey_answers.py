"""The way through the questions always ends, reaches every page, and asks nothing twice."""

import random

import pytest
from hypothesis import given as hypothesis_given
from hypothesis import settings
from hypothesis import strategies as st
from report_answers import SHELF, any_answer, by_chance, chosen, finish

from bluelamp.kernel.advice.domain.crimes import CRIMES
from bluelamp.kernel.advice.queries import all_advice
from bluelamp.reporting.domain.journey import EVERYTHING, advising, barred, flags, progress, sent, walk
from bluelamp.reporting.domain.question import Flag, Kind
from bluelamp.reporting.domain.showing import page, rows
from bluelamp.reporting.domain.values import NOT_SURE, Answer, Codes, Seen, Words, from_json, given, to_json

ORDER = [q.id for q in SHELF.questions]
ASKING = [q for q in SHELF.questions if not q.tells]
seeds = st.integers(0, 2**32).map(random.Random)
stray = st.fixed_dictionaries({}, optional={q.id: any_answer(q) for q in ASKING})


@hypothesis_given(stray, seeds)
@settings(max_examples=60)
def test_from_any_answers_the_journey_ends_and_order_is_stable(
    answers: dict[str, Answer], chance: random.Random
) -> None:
    before = walk(shelf=SHELF, answers=answers)
    held, way = finish(pick=by_chance(chance), answers=answers)
    assert way.is_complete and way.asked[-1] == "check"
    assert list(way.asked) == sorted(way.asked, key=ORDER.index)
    assert way.asked[: len(before.asked)] == before.asked, "what was asked before stays where it was"
    assert set(way.in_effect) | set(way.aside) == set(held) and not set(way.in_effect) & set(way.aside)
    assert walk(shelf=SHELF, answers=dict(reversed(held.items()))) == way


@hypothesis_given(seeds)
@settings(max_examples=60)
def test_never_more_pages_than_were_said(chance: random.Random) -> None:
    held: dict[str, Answer] = {}
    pick, said = by_chance(chance), walk(shelf=SHELF, answers=held).at_most + 1
    while (way := walk(shelf=SHELF, answers=held)).next:
        assert 1 <= way.at_most <= said - 1, "each page answered is one less to come"
        said = way.at_most
        question = SHELF.by_id[way.next]
        seen = advising(shelf=SHELF, question=question, answers=held).seen
        held[question.id] = given(seen) if question.tells else pick(question)


def test_every_page_is_reached_by_some_answers() -> None:
    missing = set(ORDER)
    for seed in range(400):
        _, way = finish(pick=by_chance(random.Random(seed)))
        missing -= set(way.asked)
        if not missing:
            return
    pytest.fail(f"never asked: {sorted(missing)}")


def test_not_sure_everywhere_reaches_the_end() -> None:
    held, way = finish(pick=lambda _: NOT_SURE)
    assert way.is_complete
    told = sent(shelf=SHELF, answers=held)
    assert all(a == NOT_SURE for a in told.values()) and {"danger", "what-happened", "when", "where"} <= set(told)
    assert barred(shelf=SHELF, answers=held) == EVERYTHING
    assert all(row.lines == ("I am not sure",) for row in rows(shelf=SHELF, answers=held, language="en"))


@hypothesis_given(st.data(), seeds)
@settings(max_examples=60)
def test_changing_an_answer_back_restores_everything(data: st.DataObject, chance: random.Random) -> None:
    held, way = finish(pick=by_chance(chance))
    name = data.draw(st.sampled_from([i for i in way.asked if not SHELF.by_id[i].tells]))
    other = {**held, name: data.draw(any_answer(SHELF.by_id[name]))}
    changed = walk(shelf=SHELF, answers=other)
    earlier = set(ORDER[: ORDER.index(name)])
    assert [i for i in changed.asked if i in earlier] == [i for i in way.asked if i in earlier]
    assert set(changed.in_effect) | set(changed.aside) == set(held), "nothing is lost"
    assert walk(shelf=SHELF, answers={**other, name: held[name]}) == way


def test_answers_of_pages_that_are_not_asked_any_more_are_kept_and_not_sent() -> None:
    held, _ = finish(pick=chosen({"seen-by": "no", "lost": "money", "where": "place"}))
    assert "money" in sent(shelf=SHELF, answers=held)
    changed = {**held, "lost": given(Codes(("nothing",)))}
    after = walk(shelf=SHELF, answers=changed)
    assert "money" in after.aside and not after.reaches("money") and after.is_complete
    assert "money" not in sent(shelf=SHELF, answers=changed)
    assert not any(row.question == "money" for row in rows(shelf=SHELF, answers=changed, language="en"))


@hypothesis_given(seeds)
@settings(max_examples=40)
def test_going_back_to_pages_that_tell_never_leads_in_a_circle(chance: random.Random) -> None:
    held, way = finish(pick=by_chance(chance))
    for name in way.asked:
        if SHELF.by_id[name].tells:
            seen = advising(shelf=SHELF, question=SHELF.by_id[name], answers=held).seen
            held[name] = given(seen)
            assert walk(shelf=SHELF, answers=held).is_complete, name


def test_back_leads_through_every_page_to_the_first() -> None:
    _, way = finish(pick=chosen({"danger": "yes", "seen-by": "yes", "go-on": "helplines"}))
    page_now, seen = "check", []
    while page_now:
        seen.append(page_now)
        page_now = way.before(page_now)
    assert tuple(reversed(seen)) == way.asked and way.before("nonesuch") == ""


def test_a_page_that_appears_after_a_change_is_asked_before_the_end() -> None:
    held, _ = finish(pick=chosen({"seen-by": "no", "lost": "nothing", "affected": "none"}))
    changed = walk(shelf=SHELF, answers={**held, "lost": given(Codes(("money",)))})
    assert changed.next == "money" and not changed.is_complete and changed.before("money") == "lost"
    assert changed.at_most >= 4 and "kept" in changed.aside, "what comes later waits, kept"


def test_advice_that_changed_is_shown_again() -> None:
    held, _ = finish(pick=chosen({"seen-by": "no", "what-happened": "phishing"}))
    changed = {**held, "what-happened": given(Codes(("phishing", "sim-swap")))}
    assert walk(shelf=SHELF, answers=changed).next == "safe-now"
    shown = page(shelf=SHELF, question="safe-now", answers=changed, language="en")
    assert shown.topics == ("phishing", "sim-swap") and not shown.abuse_safe
    helped = {**changed, "seen-by": NOT_SURE, "go-on": given(Codes(("here",)))}
    watched = page(shelf=SHELF, question="safe-now", answers=helped, language="en")
    assert watched.topics == shown.topics and watched.abuse_safe


@pytest.mark.parametrize("seen", ["yes", "not-sure"])
def test_somebody_who_may_be_watched_gets_safe_advice_and_no_trace(seen: str) -> None:
    held, way = finish(
        pick=chosen({"seen-by": seen, "go-on": "here", "what-happened": "camera-accessed", "call-offer": "no"})
    )
    assert way.is_complete
    assert Flag.WATCHED in flags(shelf=SHELF, answers=held)
    assert barred(shelf=SHELF, answers=held) == EVERYTHING == {"draft", "save", "download", "message", "install"}
    assert held["safe-now"].value == Seen(("camera-accessed",), abuse_safe=True)
    assert "contact" not in way.asked and "call-offer" in way.asked, "a call at a safe time instead of messages"


def test_nothing_is_kept_before_somebody_said_that_only_they_look() -> None:
    assert barred(shelf=SHELF, answers={}) == EVERYTHING
    assert barred(shelf=SHELF, answers={"danger": given(Codes(("no",)))}) == EVERYTHING
    private = {"danger": given(Codes(("no",))), "seen-by": given(Codes(("no",)))}
    assert barred(shelf=SHELF, answers=private) == frozenset()


@pytest.mark.parametrize("who", ["partner", "family"])
def test_abused_by_somebody_close_is_never_sent_away(who: str) -> None:
    held, way = finish(
        pick=chosen({"seen-by": "no", "who-known": who, "contact-choice": "confidential", "contact-safe": "no"})
    )
    assert way.is_complete and "close-help" in way.asked and "story" in way.asked
    raised = flags(shelf=SHELF, answers=held)
    assert {Flag.ABUSE, Flag.UNSAFE_CONTACT} <= raised
    assert barred(shelf=SHELF, answers=held) == {"message", "draft", "install"}
    helped = page(shelf=SHELF, question="close-help", answers=held, language="en")
    assert helped.helplines and helped.abuse_safe
    told = " ".join(helped.body)
    assert "do not send you away" in told and "999" not in helped.label


def test_somebody_who_may_be_tracked_gets_the_advice_that_warns_first() -> None:
    held, _ = finish(pick=chosen({"seen-by": "no", "what-happened": "tracker-stalking", "who-known": "stranger"}))
    assert held["safe-now"].value == Seen(("tracker-stalking",), abuse_safe=True)


def test_a_call_is_a_short_way() -> None:
    held, way = finish(pick=chosen({"danger": "no", "seen-by": "yes", "go-on": "call", "where": "place"}))
    assert [i for i in way.asked] == [
        "danger", "seen-by", "go-on", "where", "where-place", "safe-number", "safe-when", "name", "needs", "check",
    ]  # fmt: skip
    assert Flag.CALL_BACK in flags(shelf=SHELF, answers=held)


def test_danger_shows_help_at_once_and_never_stops_the_way() -> None:
    for answer in (given(Codes(("yes",))), NOT_SURE):
        way = walk(shelf=SHELF, answers={"danger": answer})
        assert way.next == "danger-help"
        assert Flag.DANGER in flags(shelf=SHELF, answers={"danger": answer})
        assert "999" in page(shelf=SHELF, question="danger-help", answers={"danger": answer}, language="cy").label
    _, way = finish(pick=chosen({"danger": "yes"}))
    assert way.is_complete


def test_pictures_of_children_go_to_those_who_deal_with_them() -> None:
    held, way = finish(pick=chosen({"seen-by": "no", "urgent": "child-pictures"}))
    assert {Flag.CHILD, Flag.CHILD_IMAGES} <= flags(shelf=SHELF, answers=held)
    told = " ".join(SHELF.by_id["child-pictures-help"].wording["en"].body)
    assert "Report Remove" in told and "Internet Watch Foundation" in told and "CEOP" in told
    assert "child-pictures-help" in way.asked


def test_answers_that_do_not_fit_are_asked_again() -> None:
    wrong: dict[str, Answer] = {
        "danger": given(Codes(("maybe",))),
        "seen-by": given(Words("yes")),
    }
    assert walk(shelf=SHELF, answers=wrong).next == "danger"
    two = {"danger": given(Codes(("yes", "no")))}
    assert walk(shelf=SHELF, answers=two).next == "danger"
    assert walk(shelf=SHELF, answers={"nonesuch": NOT_SURE}).aside == {"nonesuch": NOT_SURE}
    assert walk(shelf=SHELF, answers={"danger-help": NOT_SURE, "danger": given(Codes(("yes",)))}).next == "danger-help"


@hypothesis_given(seeds)
@settings(max_examples=40)
def test_stored_answers_are_the_same_again(chance: random.Random) -> None:
    held, _ = finish(pick=by_chance(chance))
    assert {i: from_json(to_json(a)) for i, a in held.items()} == held


def test_progress_is_in_words_and_counts_only_what_can_come() -> None:
    text = progress(shelf=SHELF, answers={}, question="danger", language="en")
    assert text == "Part 1 of 9: your safety"
    held, _ = finish(pick=chosen({"seen-by": "yes", "go-on": "call"}))
    assert progress(shelf=SHELF, answers=held, question="check", language="en") == "Part 4 of 4: check and send"
    assert progress(shelf=SHELF, answers=held, question="check", language="cy") == "Rhan 4 o 4: gwirio ac anfon"


def test_topics_are_advice_that_exists() -> None:
    topics = {a.code for a in all_advice()}
    assert set(CRIMES) <= set(SHELF.by_id["what-happened"].options)
    assert set(SHELF.by_id["what-happened"].options) - set(CRIMES) == {"something-else"}
    assert set(CRIMES) <= topics and {t for q in SHELF.questions for t in q.topics} <= topics


def test_the_order_of_the_journey() -> None:
    first = [
        "danger",
        "seen-by",
        "what-happened",
        "safe-now",
        "device",
        "when",
        "where",
        "lost",
        "who-known",
        "under-18",
    ]
    wanted = [*first, "contact-choice", "check"]
    assert sorted(wanted, key=ORDER.index) == wanted
    assert SHELF.questions[-1].kind is Kind.CHECK
