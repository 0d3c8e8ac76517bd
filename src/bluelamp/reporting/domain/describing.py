"""The shelf as JSON, so that others can build forms of their own that ask the same."""

from typing import Any

from bluelamp.reporting.domain.conditions import All, Condition, Either, Has, Not
from bluelamp.reporting.domain.programs import must_be_said
from bluelamp.reporting.domain.question import LANGUAGES, NOT_SURE_CODE, Question, Shelf


def described(*, shelf: Shelf) -> dict[str, Any]:
    """Every question that is answered, in order, with its words in both languages."""
    return {
        "version": shelf.version,
        "sections": [{"id": s.id, "name": dict(s.names), "machine_drafted": s.machine_drafted} for s in shelf.sections],
        "questions": [_question(shelf, question) for question in shelf.questions if not question.tells],
    }


def condition_json(condition: Condition) -> dict[str, Any] | None:
    """A condition in the form of its file (conditions.py); None for one that always holds."""
    match condition:
        case Has(question, codes):
            return {"question": question, "has": sorted(codes)}
        case Not(part):
            return {"not": condition_json(part)}
        case All(parts):
            inner = [found for part in parts if (found := condition_json(part)) is not None]
            return {"all": inner} if len(inner) > 1 else inner[0] if inner else None
        case Either(parts):
            return {"any": [condition_json(part) for part in parts]}


def _question(shelf: Shelf, question: Question) -> dict[str, Any]:
    kept = shelf.retentions[question.retention]
    return {
        "id": question.id,
        "section": question.section,
        "kind": str(question.kind),
        "optional": question.optional,
        "must_be_said": must_be_said(question),
        "never_show_again": question.abuse_sensitive,
        "asked_if": condition_json(question.asked_if),
        "limit": question.limit,
        "ways": list(question.ways),
        "alone": sorted(question.alone),
        "options": [_option(question, code) for code in question.options],
        "label": {n: question.wording[n].label for n in LANGUAGES},
        "hint": {n: question.wording[n].hint for n in LANGUAGES},
        "why": {n: question.wording[n].why for n in LANGUAGES},
        "not_sure": {n: question.wording[n].not_sure or shelf.phrase(key=NOT_SURE_CODE, language=n) for n in LANGUAGES},
        "kept": {n: kept.sentences[n] for n in LANGUAGES},
    }


def _option(question: Question, code: str) -> dict[str, Any]:
    words = {n: question.wording[n] for n in LANGUAGES}
    return {
        "code": code,
        "label": {n: words[n].options[code] for n in LANGUAGES},
        "hint": {n: words[n].option_hints.get(code, "") for n in LANGUAGES},
    }
