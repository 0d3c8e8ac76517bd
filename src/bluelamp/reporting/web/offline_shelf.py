"""The questions as one JSON text in both languages, for the page that works without a connection."""

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from bluelamp.kernel.advice.domain.crimes import CRIMES
from bluelamp.kernel.advice.domain.texts import Words
from bluelamp.kernel.advice.queries import all_advice, helplines
from bluelamp.reporting.domain.conditions import All, Condition, Either, Has, Not
from bluelamp.reporting.domain.question import LANGUAGES, Question, Shelf, Wording
from bluelamp.reporting.domain.showing import field_names
from bluelamp.reporting.facts import offline_words
from bluelamp.reporting.questions import questions


@dataclass(frozen=True)
class Packed:
    """The JSON text, and a name that changes with it."""

    body: bytes
    version: str


@cache
def packed() -> Packed:
    """The shelf of this program, with the texts of advice on its pages and the words of the page itself."""
    body = json.dumps(shelf_json(questions()), ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    return Packed(body, hashlib.sha256(body).hexdigest()[:16])


def shelf_json(shelf: Shelf) -> dict[str, Any]:
    """What `walk.js` and `render.js` read."""
    return {
        "shelf": shelf.version,
        "sections": [{"id": s.id, "names": dict(s.names)} for s in shelf.sections],
        "questions": [_question(q) for q in shelf.questions],
        "retentions": {key: dict(kept.sentences) for key, kept in shelf.retentions.items()},
        "phrases": {n: dict(shelf.phrases[n]) for n in LANGUAGES},
        "texts": {n: dict(offline_words()[n]) for n in LANGUAGES},
        "crimes": list(CRIMES),
        "advice": _advice(_topics(shelf)),
        "helplines": {
            n: [{"name": h.name, "number": h.number, "who": h.who} for h in helplines(language=n)] for n in LANGUAGES
        },
    }


def _question(question: Question) -> dict[str, Any]:
    held: dict[str, Any] = {
        "id": question.id,
        "section": question.section,
        "kind": str(question.kind),
        "asked_if": _condition(question.asked_if),
        "options": list(question.options),
        "alone": sorted(question.alone),
        "flags": {code: sorted(map(str, flags)) for code, flags in question.flags.items()},
        "optional": question.optional,
        "helplines": question.helplines,
        "limit": question.limit,
        "retention": question.retention,
        "topics": list(question.topics),
        "topics_from": question.topics_from,
        "fields": list(field_names(question)),
    }
    return held | {n: _wording(question.wording[n]) for n in LANGUAGES}


def _wording(words: Wording) -> dict[str, Any]:
    held = {
        "label": words.label,
        "hint": words.hint,
        "why": words.why,
        "body": list(words.body),
        "options": dict(words.options),
        "option_hints": dict(words.option_hints),
        "not_sure": words.not_sure,
        "errors": dict(words.errors),
    }
    return {key: value for key, value in held.items() if value}


def _condition(condition: Condition) -> dict[str, Any]:
    match condition:
        case Has(question, codes):
            return {"question": question, "has": sorted(codes)}
        case Not(part):
            return {"not": _condition(part)}
        case All(parts):
            return {"all": [_condition(part) for part in parts]}
        case Either(parts):
            return {"any": [_condition(part) for part in parts]}


def _topics(shelf: Shelf) -> frozenset[str]:
    """Every id of advice that a page can show."""
    found = {topic for question in shelf.questions for topic in question.topics}
    sources = {question.topics_from for question in shelf.questions} - {""}
    return frozenset(found | {code for name in sources for code in shelf.by_id[name].options if code in CRIMES})


def _advice(topics: frozenset[str]) -> dict[str, Any]:
    return {
        topic: [{n: _steps(advice.words[n]) for n in LANGUAGES} for advice in all_advice() if topic in advice.crimes]
        for topic in sorted(topics)
    }


def _steps(words: Words) -> dict[str, Any]:
    return {"title": words.title, "steps": words.steps, "safe": words.safe_steps}


def _helplines(language: str) -> list[dict[str, str]]:
    return [{"name": h.name, "number": h.number, "who": h.who} for h in helplines(language=language)]
