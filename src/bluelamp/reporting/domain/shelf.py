"""Reading the files of questions, and the rules that they keep."""

import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from bluelamp.kernel.approvals.domain.versions import version_hash
from bluelamp.reporting.domain.conditions import ALWAYS, All, ConditionError, mentions, read_condition
from bluelamp.reporting.domain.problems import ERROR_CODES
from bluelamp.reporting.domain.question import (
    CHOOSING,
    LANGUAGES,
    NOT_SURE_CODE,
    Flag,
    Kind,
    Question,
    Retention,
    Section,
    Shelf,
    Wording,
)

CONTACT_WAYS = ("email", "phone")
DEFAULT_LIMIT = 500
LARGEST_LIMIT = 10_000
_NO_OPTIONS = frozenset({"given", "skipped", NOT_SURE_CODE})
_KEYS = frozenset(
    {"id", "kind", "options", "alone", "flags", "optional", "abuse_sensitive", "helplines", "limit"}
    | {"retention", "topics", "topics_from", "ways", "asked_if", *LANGUAGES}
)
_WORDING_KEYS = frozenset(Wording.__dataclass_fields__)


class ShelfError(ValueError):
    """A file of questions breaks a rule; the message names the question and the rule."""


def read_shelf(*, common: str, sections: Sequence[tuple[str, str]]) -> Shelf:
    """The shelf of `common` and of each section's id and file, in this order. Raises ShelfError."""
    shared = _toml("common", common)
    files = [(name, _toml(name, text)) for name, text in sections]
    try:
        shelf = Shelf(
            questions=tuple(q for name, raw in files for q in _questions(name, raw)),
            sections=tuple(_section(name, raw) for name, raw in files),
            retentions={key: _retention(key, raw) for key, raw in shared["retention"].items()},
            phrases={n: _phrases(shared[n]) for n in LANGUAGES},
            version=version_hash(content={"common": shared, "files": [[name, raw] for name, raw in files]}),
        )
    except (KeyError, TypeError, AttributeError, ValueError) as problem:
        if isinstance(problem, ShelfError):
            raise
        raise ShelfError(f"a part is missing or has another form ({problem}).") from problem
    broken = broken_rules(shelf=shelf)
    if broken:
        raise ShelfError(f"{'; '.join(broken)}.")
    return shelf


def broken_rules(*, shelf: Shelf) -> list[str]:
    """Which rules a shelf breaks, one phrase each."""
    ids = [q.id for q in shelf.questions]
    found = [f"the question {i!r} stands twice" for i in sorted({i for i in ids if ids.count(i) > 1})]
    found += [] if shelf.questions and shelf.questions[-1].kind is Kind.CHECK else ["the last page must check answers"]
    found += [f"{q.id}: only the last page checks answers" for q in shelf.questions[:-1] if q.kind is Kind.CHECK]
    if shelf.questions and shelf.questions[-1].asked_if != ALWAYS:
        found.append("the last page must always come")
    for n in LANGUAGES:
        found += [f"{n}: the sentence {c!r} is missing" for c in sorted(ERROR_CODES - set(shelf.phrases[n]))]
    if set(shelf.phrases["en"]) != set(shelf.phrases["cy"]):
        found.append("the languages have different shared sentences")
    earlier: dict[str, Question] = {}
    for question in shelf.questions:
        rules = (*_form(question, shelf), *_words(question), *_condition(question, earlier))
        found += [f"{question.id}: {rule}" for rule in rules]
        earlier[question.id] = question
    return found


def _toml(name: str, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise ShelfError(f"{name}: this is no TOML ({problem}).") from problem


def _section(name: str, raw: Mapping[str, Any]) -> Section:
    return Section(name, {n: raw[n]["name"] for n in LANGUAGES}, raw["cy"].get("machine_drafted", False))


def _phrases(raw: Mapping[str, str]) -> dict[str, str]:
    return {key: str(text) for key, text in raw.items()}


def _retention(key: str, raw: Mapping[str, Any]) -> Retention:
    days = int(raw["days"])
    return Retention(
        key, days, raw["since"], {n: raw[n].format(days=days, months=round(days / 30.4)) for n in LANGUAGES}
    )


def _questions(section: str, raw: Mapping[str, Any]) -> list[Question]:
    shared = read_condition(raw["asked_if"]) if "asked_if" in raw else ALWAYS
    found = []
    for one in raw["question"]:
        name = one.get("id", "?")
        if set(one) - _KEYS:
            raise ShelfError(f"{name}: unknown parts {sorted(set(one) - _KEYS)}.")
        try:
            own = read_condition(one["asked_if"]) if "asked_if" in one else ALWAYS
        except ConditionError as problem:
            raise ShelfError(f"{name}: {problem}.") from problem
        both = tuple(c for c in (shared, own) if c != ALWAYS)
        found.append(
            Question(
                id=one["id"],
                section=section,
                kind=Kind(one["kind"]),
                wording={n: _wording(name, one[n]) for n in LANGUAGES},
                asked_if=both[0] if len(both) == 1 else All(both),
                options=tuple(one.get("options", ())),
                alone=frozenset(one.get("alone", ())),
                flags={code: frozenset(map(Flag, flags)) for code, flags in one.get("flags", {}).items()},
                optional=one.get("optional", False),
                abuse_sensitive=one.get("abuse_sensitive", False),
                helplines=one.get("helplines", False),
                limit=one.get("limit", DEFAULT_LIMIT),
                retention=one.get("retention", ""),
                topics=tuple(one.get("topics", ())),
                topics_from=one.get("topics_from", ""),
                ways=tuple(one.get("ways", CONTACT_WAYS if one["kind"] == Kind.CONTACT else ())),
            )
        )
    return found


def _wording(name: str, raw: Mapping[str, Any]) -> Wording:
    if set(raw) - _WORDING_KEYS:
        raise ShelfError(f"{name}: unknown words {sorted(set(raw) - _WORDING_KEYS)}.")
    return Wording(**{**raw, "body": tuple(raw.get("body", ()))})


def _form(question: Question, shelf: Shelf) -> list[str]:
    rules = []
    if (question.kind in CHOOSING) != (len(question.options) >= 2):
        rules.append("a choice needs two options, and only a choice has options")
    if len(set(question.options)) != len(question.options) or NOT_SURE_CODE in question.options:
        rules.append("an option stands twice, or is the answer that every question has")
    if not question.alone <= set(question.options) or set(question.flags) - {*question.options, NOT_SURE_CODE}:
        rules.append("a rule is about an option that is not there")
    if question.tells:
        if question.retention or question.optional:
            rules.append("a page that only tells keeps nothing")
    elif question.retention not in shelf.retentions:
        rules.append("it does not say how long the answer is kept")
    if (question.kind is Kind.CONTACT) != bool(question.ways) or set(question.ways) - set(CONTACT_WAYS):
        rules.append("a contact has ways, and only a contact")
    if not 0 < question.limit <= LARGEST_LIMIT:
        rules.append(f"the limit must be from 1 to {LARGEST_LIMIT}")
    return rules


def _words(question: Question) -> list[str]:
    rules = []
    english, welsh = (question.wording[n] for n in LANGUAGES)
    for n in LANGUAGES:
        words = question.wording[n]
        if set(words.options) != set(question.options) or set(words.option_hints) - set(question.options):
            rules.append(f"{n}: the options have other words")
        if not words.label.strip() or not all(t.strip() for t in words.all_texts):
            rules.append(f"{n}: a text is empty")
        if not question.tells and not words.why:
            rules.append(f"{n}: it does not say why we ask")
        if question.kind is Kind.INFO and not words.body:
            rules.append(f"{n}: a page that tells has nothing to tell")
        if set(words.errors) - ERROR_CODES:
            rules.append(f"{n}: an error has an unknown code")
    parts = [
        (len(w.body), set(w.option_hints), set(w.errors), bool(w.hint), bool(w.not_sure)) for w in (english, welsh)
    ]
    if parts[0] != parts[1]:
        rules.append("the languages say different things")
    return rules


def _condition(question: Question, earlier: Mapping[str, Question]) -> list[str]:
    rules = []
    for has in mentions(question.asked_if):
        asked = earlier.get(has.question)
        if asked is None:
            rules.append(f"it looks at {has.question!r}, which does not come before it")
        elif has.codes - {*asked.options, *_NO_OPTIONS}:
            rules.append(f"it looks for an option that {has.question!r} does not have")
    source = earlier.get(question.topics_from)
    if question.topics_from and (source is None or source.kind not in CHOOSING):
        rules.append("its advice comes from a question that is not there")
    return rules
