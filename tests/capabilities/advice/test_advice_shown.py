"""Which advice a reader gets, and what the commands say about reviews."""

import json
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from bluelamp.kernel.advice import queries
from bluelamp.kernel.advice.queries import Shown, advice_for, all_advice, due_for_review
from bluelamp.kernel.catalogue.models import Maker, Product
from bluelamp.project.cli import advice as advice_command
from bluelamp.project.cli.app import app

TODAY = date(2026, 12, 1)
pytestmark = pytest.mark.django_db
run = CliRunner().invoke


def shown(**place: Any) -> list[Shown]:
    return advice_for(**{"abuse_safe": False, "language": "en", "today": TODAY, **place})


def codes(**place: Any) -> list[str]:
    return [s.code for s in shown(**place)]


def test_advice_by_category_crime_and_product() -> None:
    maker = Maker.objects.create(key="acme", name="Acme")
    Product.objects.create(key="acme:cam", maker=maker, name="Acme Cam", category="camera")
    Product.objects.create(key="acme:thing", maker=maker, name="Acme Thing")
    assert codes(category="camera") == codes(product_key="acme:cam") == ["camera"]
    assert codes(crime="phishing") == ["phishing"]
    assert codes(product_key="acme:cam", crime="camera-accessed") == ["camera-accessed", "camera"]
    assert codes() == codes(category="nonesuch") == codes(product_key="acme:thing") == codes(product_key="x:y") == []
    assert codes(product_key="acme:cam", category="router") == ["router"], "the category that was asked for counts"


def test_what_is_written_for_a_product_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    router = next(a for a in all_advice() if a.code == "router")
    own = type(router)(**{**router.__dict__, "code": "own", "categories": (), "products": ("acme:box",)})
    everything = (*all_advice(), own)
    monkeypatch.setattr(queries, "all_advice", lambda: everything)
    assert codes(product_key="acme:box", category="router", crime="phishing") == ["own", "phishing", "router"]


def test_the_safe_variant_replaces_the_steps_and_brings_helplines() -> None:
    (plain,), (safe,) = shown(category="camera"), shown(category="camera", abuse_safe=True)
    assert not plain.abuse_safe and not plain.helplines and safe.abuse_safe
    assert safe.steps[0].startswith("Change nothing yet") and not set(safe.steps) & set(plain.steps)
    assert safe.helplines[0].number == "0808 2000 247" and len(safe.helplines) == 5
    assert plain.version == safe.version


def test_welsh_is_welsh_says_who_drafted_it_and_any_other_language_is_english() -> None:
    (welsh,), (english,) = shown(category="router", language="cy"), shown(category="router", language="pl")
    assert welsh.title == "Gofalu am eich llwybrydd" and welsh.machine_drafted
    assert english.language == "en" and not english.machine_drafted


def test_late_advice_is_still_shown_and_says_so() -> None:
    text = all_advice()[0]
    place = {"category": text.categories[0]} if text.categories else {"crime": text.crimes[0]}
    assert not shown(**place, today=text.review_by)[0].review_overdue
    late = shown(**place, today=date(2030, 1, 1))
    assert late and late[0].review_overdue and late[0].steps


def clock(year: int) -> SimpleNamespace:
    return SimpleNamespace(now=lambda tz: datetime(year, 12, 1, tzinfo=tz))


def test_the_commands_list_texts_and_name_late_reviews(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(advice_command, "datetime", clock(2026))
    listed = json.loads(run(app, ["advice", "list", "--json"]).output)
    assert len(listed) == len(all_advice()) and listed[0]["sources"] and len(listed[0]["version"]) == 64
    assert run(app, ["advice", "list"]).exit_code == 0
    fine = run(app, ["advice", "check", "--json"])
    assert fine.exit_code == 0 and json.loads(fine.output)["due"] == []
    monkeypatch.setattr(advice_command, "datetime", clock(2030))
    late = run(app, ["advice", "check", "--json"])
    assert late.exit_code == 1 and json.loads(late.output)["overdue"] == len(all_advice())
    assert run(app, ["advice", "check"]).exit_code == 1


def test_due_reviews_come_in_order() -> None:
    assert list(due_for_review(by=date(2026, 1, 1))) == []
    due = list(due_for_review(by=date(2030, 1, 1)))
    assert [a.review_by for a in due] == sorted(a.review_by for a in due) and len(due) == len(all_advice())
