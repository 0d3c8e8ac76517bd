"""What the program worked out of a report, in the officer's words: reasons of flags, codes, links, what is missing."""

from dataclasses import dataclass

from bluelamp.reporting.domain.classifying import REASON
from bluelamp.reporting.domain.completeness import Completeness, completeness
from bluelamp.reporting.domain.flagging import Source
from bluelamp.reporting.domain.linking import Reason, ReasonKind, sentence
from bluelamp.reporting.domain.offences import Suggestion, fit_words, note
from bluelamp.reporting.facts import link_weights, offences, signals, useful_questions
from bluelamp.reporting.models import Report, ReportFlag
from bluelamp.reporting.operations.enriching import Answers, all_answers, offence_suggestions
from bluelamp.reporting.questions import questions


@dataclass(frozen=True)
class Code:
    """A suggested offence code: its fit and its reasons in words."""

    code: str
    title: str
    verified: bool
    fit: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Suggestions:
    """All that is suggested; `notes` say what a reader of codes must know."""

    codes: tuple[Code, ...]
    notes: tuple[str, ...]
    missing: Completeness


def suggestions(*, report: Report, answers: Answers, language: str) -> Suggestions:
    """What the answers point to, and what would help to know. None of it decides anything."""
    found = offence_suggestions(report=report, answers=answers)
    every = (*((found.first,) if found.first else ()), *found.alternatives)
    return Suggestions(
        codes=tuple(_code(one, language) for one in every),
        notes=tuple(note(table=offences(), name=name, language=language) for name in found.notes),
        missing=completeness(
            useful=useful_questions(), shelf=questions(), answers=all_answers(report=report), kinds=tuple(report.kinds)
        ),
    )


def is_of_model(flag: ReportFlag) -> bool:
    """Whether the model raised a flag."""
    return flag.source.partition(":")[0] == Source.MODEL


def flag_reason(flag: ReportFlag, *, language: str) -> str:
    """Why a flag was raised, in a sentence; "" where its rule is gone."""
    source = flag.source.partition(":")[0]
    if source == Source.ANSWER:
        meaning = next((m for f, m in signals().meanings.items() if f == flag.code), None)
        return (meaning.cy if language == "cy" else meaning.en) if meaning else ""
    if source == Source.MODEL:
        return REASON[language == "cy"]
    rule = next((rule for rule in signals().rules if rule.id == flag.reason), None)
    return (rule.cy if language == "cy" else rule.en) if rule else ""


def link_reason(code: str, *, language: str) -> str:
    """Why two reports may belong together, in a sentence; "" for a code that is no reason of ours."""
    if code not in set(ReasonKind):
        return ""
    return sentence(weights=link_weights(), reason=Reason(ReasonKind(code), 0, 1), language=language)


def _code(one: Suggestion, language: str) -> Code:
    return Code(
        code=one.offence.code,
        title=one.offence.title,
        verified=one.offence.verified,
        fit=fit_words(table=offences(), fit=one.fit, language=language),
        reasons=tuple(because.cy if language == "cy" else because.en for because in one.reasons),
    )
