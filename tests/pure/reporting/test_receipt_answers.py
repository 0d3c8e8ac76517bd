"""Answers are proven one by one; the receipt alone tells none of them, nor which questions were asked."""

import json
import random
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from report_answers import SHELF, by_chance, finish

from bluelamp.reporting.domain.answer_proofs import (
    LARGEST_FILE,
    STEP,
    Committed,
    commit,
    disclosure_digest,
    verify_answers,
)
from bluelamp.reporting.domain.jose import ReceiptError
from bluelamp.reporting.domain.receipts import ReceiptFacts, make_receipt
from bluelamp.reporting.domain.references import new_reference
from bluelamp.reporting.domain.values import Answer, Codes
from bluelamp.reporting.domain.values import given as was_given

REFERENCE = new_reference(choice=random.Random(1).choice)
OTHER_REFERENCE = new_reference(choice=random.Random(2).choice)


def journey(seed: int) -> dict[str, Answer]:
    return finish(pick=by_chance(random.Random(seed)))[0]


def committed(seed: int, reference: str = REFERENCE) -> Committed:
    return commit(reference=reference, answers=journey(seed), shelf=SHELF, draw=random.Random(seed).randbytes)


def facts(made: Committed, reference: str = REFERENCE) -> ReceiptFacts:
    return ReceiptFacts(
        reference=reference,
        received_at=datetime(2026, 11, 28, tzinfo=UTC),
        language="en",
        origin="test",
        routed_to="Gwent Police",
        shelf_version=SHELF.version,
        commitments=made.commitments,
    )


def refused(made: Committed, file: object) -> ReceiptError:
    content = file if isinstance(file, bytes) else json.dumps(file).encode()
    with pytest.raises(ReceiptError) as caught:
        verify_answers(facts=facts(made), answers_file=content)
    return caught.value


@given(st.integers(0, 2**32))
@settings(max_examples=60)
def test_every_answer_that_may_be_shown_is_proven(seed: int) -> None:
    answers, made = journey(seed), committed(seed)
    shown = {
        name: answer
        for name, answer in answers.items()
        if not SHELF.by_id[name].abuse_sensitive and not SHELF.by_id[name].tells
    }
    assert verify_answers(facts=facts(made), answers_file=made.answers_file) == shown


@given(st.integers(0, 2**32))
@settings(max_examples=60)
def test_the_receipt_looks_the_same_whatever_was_answered(seed: int) -> None:
    """Neither a question's id nor the number of answers is in it: digests, as many for every journey."""
    made = committed(seed)
    payload = json.loads(make_receipt(facts=facts(made)))
    assert payload["answers"].keys() == {"_sd"}
    assert len(payload["answers"]["_sd"]) == STEP
    assert all(len(digest) == 43 for digest in payload["answers"]["_sd"])
    assert payload["answers"]["_sd"] == sorted(payload["answers"]["_sd"])


def test_the_longest_journey_has_fewer_answers_than_a_receipt_has_digests() -> None:
    asked = [q for q in SHELF.questions if not q.tells and not q.abuse_sensitive]
    assert len(asked) < STEP


def test_what_is_sensitive_leaves_no_trace_in_receipt_or_file() -> None:
    sensitive = [q.id for q in SHELF.questions if q.abuse_sensitive]
    assert sensitive
    answers = {name: was_given(Codes(("yes",))) for name in (*sensitive, "nonesuch")}
    made = commit(reference=REFERENCE, answers=answers, shelf=SHELF, draw=random.Random(1).randbytes)
    nothing = commit(reference=REFERENCE, answers={}, shelf=SHELF, draw=random.Random(1).randbytes)
    assert made == nothing and len(made.commitments) == STEP


def test_more_answers_than_digests_make_the_next_step() -> None:
    shelf = replace(SHELF, questions=tuple(replace(SHELF.by_id["story"], id=f"story-{n}") for n in range(STEP + 1)))
    answers = {q.id: was_given(Codes(("yes",))) for q in shelf.questions}
    made = commit(reference=REFERENCE, answers=answers, shelf=shelf, draw=random.Random(1).randbytes)
    assert len(made.commitments) == 2 * STEP
    assert len(verify_answers(facts=facts(made), answers_file=made.answers_file)) == STEP + 1


def test_the_same_answers_twice_look_different() -> None:
    first, second = (
        commit(reference=REFERENCE, answers=journey(1), shelf=SHELF, draw=random.Random(n).randbytes) for n in (1, 2)
    )
    assert not set(first.commitments) & set(second.commitments)


def test_the_holder_may_show_one_answer_only() -> None:
    made = committed(3)
    file = json.loads(made.answers_file)
    for entry in file["answers"]:
        found = verify_answers(facts=facts(made), answers_file=json.dumps({**file, "answers": [entry]}).encode())
        assert list(found) == [entry["question"]]


@pytest.mark.parametrize("member", ["question", "answer", "salt"])
def test_an_answer_that_was_changed_is_not_proven(member: str) -> None:
    made = committed(3)
    for place, entry in enumerate(json.loads(made.answers_file)["answers"]):
        file = json.loads(made.answers_file)
        other: dict[str, Any] = {"question": "x", "answer": {"state": "not-sure"}, "salt": "A" * 22}
        if entry["answer"] == other["answer"]:
            other["answer"] = {"state": "skipped"}
        file["answers"][place][member] = other[member]
        problem = refused(made, file)
        assert (problem.code, problem.about) == ("not-proven", file["answers"][place]["question"])


@pytest.mark.parametrize("number", [1, 1.5, float("nan")])
def test_a_number_is_refused_before_its_form_matters(number: float) -> None:
    """JSON writes numbers in several forms; no answer of ours has one."""
    made = committed(3)
    file = json.loads(made.answers_file)
    file["answers"][0]["answer"] = {"state": number}
    assert refused(made, file).code == "form"


def test_answers_of_two_questions_exchanged_are_not_proven() -> None:
    made = committed(3)
    file = json.loads(made.answers_file)
    first, second = file["answers"][:2]
    first["question"], second["question"] = second["question"], first["question"]
    assert refused(made, file).code == "not-proven"


def test_answers_of_another_report_are_refused_also_under_this_reference() -> None:
    made, other = committed(3), committed(4, OTHER_REFERENCE)
    assert refused(made, other.answers_file).code == "other-report"
    assert refused(made, {**json.loads(other.answers_file), "reference": REFERENCE}).code == "not-proven"


def test_an_answer_shown_twice_is_refused() -> None:
    made = committed(3)
    file = json.loads(made.answers_file)
    assert refused(made, {**file, "answers": [file["answers"][0]] * 2}).code == "form"


def test_a_decoy_cannot_be_opened_by_its_own_digest() -> None:
    made = committed(3)
    entry = {"question": made.commitments[0], "answer": {"state": "not-sure"}, "salt": made.commitments[0][:22]}
    file = {**json.loads(made.answers_file), "answers": [entry]}
    assert refused(made, file).code in {"not-proven", "form"}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "not-json"),
        (b"\xff", "not-json"),
        (b"[]", "form"),
        (b"{}", "form"),
        (b'{"format":"bluelamp-answers-v1","format":""}', "duplicate-member"),
        (b" " * (LARGEST_FILE + 1), "too-large"),
        ({"format": "x", "reference": REFERENCE, "answers": []}, "form"),
        ({"format": "bluelamp-answers-v1", "reference": REFERENCE, "answers": {}}, "form"),
        ({"format": "bluelamp-answers-v1", "reference": REFERENCE, "answers": ["x"]}, "form"),
        ({"format": "bluelamp-answers-v1", "reference": REFERENCE, "answers": [], "more": 1}, "form"),
        ({"format": "bluelamp-answers-v1", "reference": ["x"], "answers": []}, "other-report"),
    ],
)
def test_a_file_of_another_form_is_refused(content: object, code: str) -> None:
    assert refused(committed(3), content).code == code


def test_a_digest_is_made_as_the_standard_says() -> None:
    """RFC 9901, section 4.2.3: the example's disclosure and its digest."""
    text = "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0"
    assert disclosure_digest(text) == "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0"
