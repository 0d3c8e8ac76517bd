"""Flags about safety raised from a report: by answers, by rules over answers, and by words in a person's own texts.

Rules only raise. No rule lowers, and there is no care for "not": "he did not say that he would kill me" raises too,
because a person reads the words and decides. The table is data (`facts/signals.toml`); a force may add phrases and
rules, make a level more urgent and a clock shorter, never the reverse (RED-LINES 9).
"""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from bluelamp.reporting.domain.conditions import Condition, ConditionError, holds, mentions, read_condition
from bluelamp.reporting.domain.journey import Answers, sent
from bluelamp.reporting.domain.phrases import PhraseError, compile_phrases, found_in, words_of
from bluelamp.reporting.domain.question import CHOOSING, LANGUAGES, Flag, Shelf
from bluelamp.reporting.domain.values import Answer, Devices, When, Whereabouts, Words

# Said by answers, but nothing to act on: it takes bars away, and is no flag of the desk.
NO_ALARM = frozenset({Flag.PRIVATE})


class Level(StrEnum):
    """How soon a person must look."""

    IMMEDIATE = "immediate"
    TODAY = "today"
    SOON = "soon"


LEVELS = (Level.SOON, Level.TODAY, Level.IMMEDIATE)  # from the least urgent


class Source(StrEnum):
    """What raised a flag: an answer, a rule over answers, words in a text, the model."""

    ANSWER = "answer"
    RULE = "rule"
    WORDS = "words"
    MODEL = "model"


class SignalsError(ValueError):
    """The table breaks a rule; the message says where."""


@dataclass(frozen=True)
class Raised:
    """A flag that was raised. `question`: where; never what was written there. `en`, `cy`: the reason."""

    flag: Flag
    rule: str
    level: Level
    source: Source
    question: str
    en: str
    cy: str

    def reason(self, *, language: str) -> str:
        """Why, in a sentence."""
        return self.cy if language == "cy" else self.en


@dataclass(frozen=True)
class Meaning:
    """What a flag means. `implies`: flags that routing and the journey act on where only this one was raised."""

    level: Level
    implies: frozenset[Flag]
    en: str
    cy: str


@dataclass(frozen=True)
class Rule:
    """One rule: `when` looks at answers, `phrases` at texts; a rule has one of them."""

    id: str
    flag: Flag
    level: Level
    when: Condition | None
    phrases: tuple[str, ...]
    en: str
    cy: str


@dataclass(frozen=True)
class Signals:
    """The table: minutes to acknowledge by level, meanings (the most urgent first), rules and their patterns by id."""

    minutes: Mapping[Level, int]
    meanings: Mapping[Flag, Meaning]
    rules: tuple[Rule, ...]
    patterns: Mapping[str, re.Pattern[str] | None]


def read_signals(*, text: str, changes: Sequence[str] = ()) -> Signals:
    """The table of `text`, tightened by `changes` (TOML texts of a force). Raises SignalsError.

    A change may give fewer `[minutes]`, a more urgent `level` of a flag, new rules, and a rule of an id that is there:
    its phrases are added. Whatever would loosen is refused.
    """
    try:
        signals = _table(tomllib.loads(text))
        for change in changes:
            signals = _tightened(signals, tomllib.loads(change))
    except (KeyError, TypeError, AttributeError, ValueError) as problem:
        if isinstance(problem, SignalsError):
            raise
        raise SignalsError(f"the table of signals has another form ({problem}).") from problem
    return signals


def raise_flags(*, signals: Signals, shelf: Shelf, answers: Answers) -> tuple[Raised, ...]:
    """Every flag that a report raises, each rule at most once a question, the most urgent first."""
    told = sent(shelf=shelf, answers=answers)
    found = [
        *_from_answers(signals, shelf, told),
        *_from_rules(signals, told),
        *_from_words(signals, texts_of(answers=told)),
    ]
    return _most_urgent_first(signals, found)


def raised_by_words(*, signals: Signals, texts: Mapping[str, str]) -> tuple[Raised, ...]:
    """The flags that words in texts raise, by the page or the kind of message that each text comes from."""
    return _most_urgent_first(signals, _from_words(signals, texts))


def acted_on(*, signals: Signals, raised: Iterable[Raised]) -> frozenset[Flag]:
    """The flags with those that they imply: for routing, and for what must not be done with a report."""
    flags = {r.flag for r in raised}
    return frozenset(flags.union(*(signals.meanings[f].implies for f in flags)))


def texts_of(*, answers: Mapping[str, Answer]) -> dict[str, str]:
    """The texts in a person's own words, by question. Names and numbers of contact are none."""
    found: dict[str, str] = {}
    for name, answer in answers.items():
        match answer.value:
            case Words(text) | When(text=text) | Whereabouts(text=text):
                found[name] = text
            case Devices(devices):
                found[name] = "\n".join(device.text for device in devices)
    return {name: text for name, text in found.items() if text.strip()}


def _from_answers(signals: Signals, shelf: Shelf, told: Answers) -> list[Raised]:
    found = []
    for name, answer in told.items():
        question = shelf.by_id.get(name)
        if question is None or question.kind not in CHOOSING:
            continue
        for flag in sorted({f for code in answer.codes for f in question.flags.get(code, ())} - NO_ALARM):
            meaning = signals.meanings[flag]
            found.append(Raised(flag, f"answer:{flag}", meaning.level, Source.ANSWER, name, meaning.en, meaning.cy))
    return found


def _from_rules(signals: Signals, told: Answers) -> list[Raised]:
    codes = {name: answer.codes for name, answer in told.items()}
    return [
        Raised(rule.flag, rule.id, rule.level, Source.RULE, mentions(rule.when)[0].question, rule.en, rule.cy)
        for rule in signals.rules
        if rule.when is not None and holds(condition=rule.when, codes=codes)
    ]


def _most_urgent_first(signals: Signals, found: Iterable[Raised]) -> tuple[Raised, ...]:
    order = list(signals.meanings)
    return tuple(sorted(dict.fromkeys(found), key=lambda r: (-LEVELS.index(r.level), order.index(r.flag))))


def _from_words(signals: Signals, texts: Mapping[str, str]) -> list[Raised]:
    found = []
    for name, text in texts.items():
        words = words_of(text)
        for rule in signals.rules:
            if rule.phrases and found_in(pattern=signals.patterns[rule.id], words=words):
                found.append(Raised(rule.flag, rule.id, rule.level, Source.WORDS, name, rule.en, rule.cy))
    return found


def _table(raw: Mapping[str, Any]) -> Signals:
    meanings = {Flag(name): _meaning(one) for name, one in raw["flag"].items()}
    missing = set(Flag) - NO_ALARM - set(meanings)
    if missing:
        raise SignalsError(f"these flags have no meaning: {sorted(missing)}.")
    rules = tuple(_rule(one, meanings) for one in raw["rule"])
    return _checked(Signals({level: int(raw["minutes"][level]) for level in LEVELS}, meanings, rules, {}))


def _checked(signals: Signals) -> Signals:
    ids = [rule.id for rule in signals.rules]
    if len(set(ids)) != len(ids) or not all(ids):
        raise SignalsError("every rule needs an id of its own.")
    soon, today, immediate = (signals.minutes[level] for level in LEVELS)
    if not 1 <= immediate <= today <= soon:
        raise SignalsError("the minutes must be at least 1, and fewer for a more urgent level.")
    patterns = {}
    for rule in signals.rules:
        if (rule.when is None) != bool(rule.phrases):
            raise SignalsError(f"{rule.id}: a rule looks at answers or at words.")
        if LEVELS.index(rule.level) < LEVELS.index(signals.meanings[rule.flag].level):
            raise SignalsError(f"{rule.id}: a rule may be more urgent than its flag, not less.")
        try:
            patterns[rule.id] = compile_phrases(rule.phrases)
        except PhraseError as problem:
            raise SignalsError(f"{rule.id}: {problem}.") from problem
    return replace(signals, patterns=patterns)


def _meaning(raw: Mapping[str, Any]) -> Meaning:
    en, cy = _sentences(raw)
    return Meaning(Level(raw["level"]), frozenset(map(Flag, raw.get("implies", ()))), en, cy)


def _rule(raw: Mapping[str, Any], meanings: Mapping[Flag, Meaning]) -> Rule:
    flag = Flag(raw["flag"])
    try:
        when = read_condition(raw["when"]) if "when" in raw else None
    except ConditionError as problem:
        raise SignalsError(f"{raw['id']}: {problem}.") from problem
    en, cy = _sentences(raw)
    phrases = (*raw.get("words_en", ()), *raw.get("words_cy", ()))
    return Rule(raw["id"], flag, Level(raw.get("level", meanings[flag].level)), when, phrases, en, cy)


def _sentences(raw: Mapping[str, Any]) -> tuple[str, str]:
    en, cy = (str(raw[n]) for n in LANGUAGES)
    if not (en.strip() and cy.strip()):
        raise SignalsError("a sentence is empty.")
    return en, cy


def _tightened(signals: Signals, raw: Mapping[str, Any]) -> Signals:
    minutes = dict(signals.minutes)
    for name, value in raw.get("minutes", {}).items():
        level = Level(name)
        if not 1 <= int(value) <= minutes[level]:
            raise SignalsError(f"a force may shorten the {minutes[level]} minutes of {level}, not lengthen them.")
        minutes[level] = int(value)
    meanings = dict(signals.meanings)
    for name, one in raw.get("flag", {}).items():
        flag, level = Flag(name), Level(one["level"])
        if LEVELS.index(level) < LEVELS.index(meanings[flag].level):
            raise SignalsError(f"a force may make {flag} more urgent, not less.")
        meanings[flag] = replace(meanings[flag], level=level)
    # A rule of before is at least as urgent as its flag is now.
    rules = {r.id: replace(r, level=max(r.level, meanings[r.flag].level, key=LEVELS.index)) for r in signals.rules}
    for one in raw.get("rule", ()):
        before = rules.get(one["id"])
        rules[one["id"]] = _extended(before, one) if before else _rule(one, meanings)
    return _checked(Signals(minutes, meanings, tuple(rules.values()), {}))


def _extended(rule: Rule, raw: Mapping[str, Any]) -> Rule:
    if set(raw) - {"id", "words_en", "words_cy"} or rule.when is not None:
        raise SignalsError(f"{rule.id}: a force may only add phrases to a rule that is there.")
    return replace(rule, phrases=(*rule.phrases, *raw.get("words_en", ()), *raw.get("words_cy", ())))
