"""No word of the journey stands outside the catalogues: every page is looked at in an invented language.

In it every text of the catalogues is in brackets; what a page shows outside of brackets was never translated.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from html.parser import HTMLParser
from typing import Any

import pytest
from django.template import engines
from django.utils.translation import trans_real
from report_answers import SHELF, chosen
from report_pages import WAYS, Journey

from bluelamp.kernel.advice import queries as advice
from bluelamp.reporting.domain.question import Question, Section, Shelf, Wording
from bluelamp.reporting.domain.routing import Routes

pytestmark = pytest.mark.django_db(databases=["default", "vault"])
# Names and codes that no language changes, and what people typed.
_SAME = re.compile(
    r"Bluelamp|English|Cymraeg|UTC|CF10 1AA|\w+@example\.com|He wrote to me\.|Twice\.|near the library, CF101AA|"
    r"My bell|old laptop|ring:videodoorbell|AB1|March|November|last spring|\b[2-9FHJ-MQRTWXY]{3}\b|£"
)
_DATA = ("text", "stay", "stayed", "none", "list", "press", "over", "loading", "found")
_TELLING = {"alt", "title", "aria-label", "placeholder", *(f"data-{name}" for name in _DATA)}


def bracketed(text: str) -> str:
    """A text in the invented language, longer than in English as other languages are."""
    return f"⟦{text} {'~' * (len(text) // 3)}⟧" if text else text


class _Bare(HTMLParser):
    """The words that a page shows."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[str] = []
        self._hidden = 0
        self._same = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in ("script", "style", "svg")
        self._same += tag == "ol" and ("class", "bl-recovery") in attrs
        self.shown += [value or "" for name, value in attrs if name in _TELLING]

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("script", "style", "svg")
        self._same -= tag == "ol" and self._same > 0

    def handle_data(self, data: str) -> None:
        if not self._hidden and not self._same:
            self.shown.append(data)


def hard_coded(page: str) -> list[str]:
    """What stands outside of brackets and has letters."""
    parser = _Bare()
    parser.feed(page)
    text = " ".join(parser.shown)
    while "⟦" in text:
        text, before = re.sub(r"⟦[^⟦⟧]*⟧", " ", text), text
        assert text != before, "a bracket is cut in two"
    return [part for part in re.findall(r"[^\W\d_]{2,}[^\n<]{0,60}", _SAME.sub(" ", text)) if part.strip(" ,")]


@pytest.fixture
def invented(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The program in the invented language."""
    monkeypatch.setattr(trans_real, "gettext", bracketed)
    from django.utils import translation

    for name in ("gettext", "gettext_lazy"):
        monkeypatch.setattr(translation._trans, name, bracketed, raising=False)
    monkeypatch.setattr(
        translation._trans, "ngettext", lambda one, many, n: bracketed(one if n == 1 else many), raising=False
    )
    made = _shelf(SHELF)
    for module in ("journey", "journey_answers", "journey_body", "journey_keeping", "start", "journey_sent"):
        monkeypatch.setattr(f"bluelamp.reporting.web.{module}.questions", lambda: made)
    from bluelamp.reporting.facts import routes

    table = _routes(routes())
    for module in ("journey_answers", "journey_sent"):
        monkeypatch.setattr(f"bluelamp.reporting.web.{module}.routes", lambda: table)
    monkeypatch.setattr("bluelamp.reporting.web.journey_sent.spoken", lambda _reference, language: bracketed(language))
    texts, common = tuple(_deep(text) for text in advice.all_advice()), _deep(advice.common())
    for module in ("bluelamp.kernel.advice.queries", "bluelamp.reporting.web.journey_advice"):
        monkeypatch.setattr(f"{module}.all_advice", lambda: texts)
        monkeypatch.setattr(f"{module}.common", lambda: common)
    _forget_templates()
    yield
    _forget_templates()


def _forget_templates() -> None:
    """Parts of pages that are worked out once (`steady`) are kept with the templates."""
    for loader in engines["django"].engine.template_loaders:  # type: ignore[attr-defined]
        loader.reset()


def _shelf(shelf: Shelf) -> Shelf:
    return replace(
        shelf,
        questions=tuple(_question(question) for question in shelf.questions),
        sections=tuple(Section(s.id, {n: bracketed(t) for n, t in s.names.items()}, False) for s in shelf.sections),
        retentions={k: replace(r, sentences=_words(r.sentences)) for k, r in shelf.retentions.items()},
        phrases={n: {k: t if k == "months" else bracketed(t) for k, t in p.items()} for n, p in shelf.phrases.items()},
    )


def _question(question: Question) -> Question:
    return replace(question, wording={n: _wording(w) for n, w in question.wording.items()})


def _wording(words: Wording) -> Wording:
    return Wording(
        label=bracketed(words.label),
        hint=bracketed(words.hint),
        why=bracketed(words.why),
        body=tuple(map(bracketed, words.body)),
        options=_words(words.options),
        option_hints=_words(words.option_hints),
        not_sure=bracketed(words.not_sure),
        errors=_words(words.errors),
    )


def _words(texts: Mapping[str, str]) -> dict[str, str]:
    return {name: bracketed(text) for name, text in texts.items()}


def _routes(routes: Routes) -> Routes:
    return replace(
        routes,
        rows=tuple(replace(row, sentences=_words(row.sentences)) for row in routes.rows),
        names={body: _words(words) for body, words in routes.names.items()},
        forces={slug: replace(f, name=bracketed(f.name)) for slug, f in routes.forces.items()},
    )


_KEPT = frozenset({"code", "categories", "products", "crimes", "url", "version", "reviewed_on", "review_by"})


def _deep(value: Any) -> Any:
    """The same with every text that is read in brackets."""
    if isinstance(value, str):
        return bracketed(value)
    if isinstance(value, tuple):
        return tuple(_deep(part) for part in value)
    if isinstance(value, Mapping):
        return {key: _deep(part) for key, part in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: _deep(getattr(value, f.name)) for f in fields(value) if f.name not in _KEPT})
    return value


def test_every_word_comes_from_a_catalogue(invented: None, settings: Any) -> None:
    settings.BLUELAMP_DUTY_HOURS = "always"
    found: dict[str, list[str]] = {}
    for way in WAYS:
        journey = Journey()
        for path in ("/report/", "/report/before/", "/report/resume/", "/report/nothing/"):
            found[path] = hard_coded(journey.client.get(path).content.decode())
        found["wrong words"] = hard_coded(journey.client.post("/report/resume/", {"words": "x y"}).content.decode())
        journey.begin()
        while journey.question is not None:
            name = journey.question.id
            found[name] = hard_coded(journey.page())
            if name == "check":
                found["body"] = hard_coded(journey.client.get("/report/to/").content.decode())
                saved = journey.client.post("/report/save/")
                found["saved"] = hard_coded(saved.content.decode()) if saved.status_code == 200 else []
                journey.follow(journey.send({}))
                continue
            if not journey.question.tells and not journey.question.optional:
                found[f"{name}, wrong"] = hard_coded(journey.send({}).content.decode())
            journey.answer(chosen(way))
        found["sent"] = hard_coded(journey.client.get("/report/sent/").content.decode())
        found["sent, wrong"] = hard_coded(journey.client.post("/report/sent/", {"words": "x"}).content.decode())
    assert set(SHELF.by_id) <= set(found)
    assert not {page: words for page, words in found.items() if words}


def test_a_word_that_is_hard_coded_is_seen() -> None:
    assert hard_coded("<p>⟦ok ~⟧ Send it</p>") == ["Send it"]
    assert [w.strip() for w in hard_coded("<p>⟦a ⟦b⟧ c⟧</p><a aria-label='Menu'>⟦x⟧</a>")] == ["Menu"]
