"""Taking the receipt away: only in the browser that sent, never where somebody may be watching."""

import json
from datetime import UTC, datetime

import pytest
from django.test import Client
from report_answers import chosen, finish

from bluelamp.reporting.domain.jose import read_jwk_set
from bluelamp.reporting.domain.receipts import verify
from bluelamp.reporting.operations import drafts, sending

pytestmark = pytest.mark.django_db(databases=["default", "vault"])
CODES = {"danger": "no", "urgent": "none", "what-happened": "account-hacked", "affected": "account"}
FILES = ("receipt.json", "receipt.pdf", "answers.json")


def browser(**codes: str) -> Client:
    """A browser that has just sent a report."""
    now = datetime.now(tz=UTC)
    answers, _ = finish(pick=chosen({**CODES, **codes}))
    _draft, token = drafts.begin(language="en", now=now)
    drafts.answer_all(token=token, given=answers, now=now)
    sending.send(token=token, now=now)
    made = Client(headers={"host": "localhost"})
    made.cookies["bluelamp-report"] = token
    return made


def test_the_receipt_is_taken_away_and_anybody_can_check_it_with_the_published_keys() -> None:
    sender = browser(**{"seen-by": "no"})
    assert "Receipt to print" in sender.get("/report/sent/").content.decode()
    receipt = sender.get("/report/sent/receipt.json")
    keys = read_jwk_set(Client(headers={"host": "localhost"}).get("/report/receipt-keys.json").content)
    assert verify(receipt=receipt.content, keys=keys).facts.origin == "live"
    assert receipt["Cache-Control"] == "no-store" and "attachment" in receipt["Content-Disposition"]
    assert sender.get("/report/sent/receipt.pdf").content.startswith(b"%PDF")
    assert json.loads(sender.get("/report/sent/answers.json").content)["answers"]
    assert sender.get("/cy/report/sent/receipt.pdf").content.startswith(b"%PDF")


def test_who_may_be_watched_is_offered_nothing_to_take_away() -> None:
    sender = browser(**{"seen-by": "yes", "go-on": "here"})
    assert "receipt" not in sender.get("/report/sent/").content.decode().lower()
    assert {sender.get(f"/report/sent/{name}").status_code for name in FILES} == {404}


def test_a_stranger_and_a_browser_that_left_get_nothing() -> None:
    sender = browser(**{"seen-by": "no"})
    stranger = Client(headers={"host": "localhost"})
    assert {stranger.get(f"/report/sent/{name}").status_code for name in FILES} == {404}
    sender.post("/report/sent/", {"done": "1"})
    assert {sender.get(f"/report/sent/{name}").status_code for name in FILES} == {404}
