"""When a question is asked: a small language over the answers before it. Data, never code.

In a file: `{ question = "when", has = ["exact"] }`, `{ all = [...] }`, `{ any = [...] }`, `{ not = {...} }`.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Any

DEEPEST = 6


class ConditionError(ValueError):
    """A condition has another form; the message says which part."""


@dataclass(frozen=True)
class Has:
    """The answer to a question is, or holds, one of these codes.

    Codes are those of its options, `not-sure`, `skipped`, and `given` for an answer of any other kind. A question that
    is not asked has none.
    """

    question: str
    codes: frozenset[str]


@dataclass(frozen=True)
class All:
    """Every part holds; without parts always."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True)
class Either:
    """At least one part holds."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True)
class Not:
    """The part does not hold."""

    part: "Condition"


Condition = Has | All | Either | Not
ALWAYS = All(())


def read_condition(raw: object, *, depth: int = 0) -> Condition:
    """A condition from a file. Raises ConditionError."""
    if depth > DEEPEST:
        raise ConditionError("a condition is nested too deeply")
    match raw:
        case {"question": str(question), "has": list(codes), **rest} if not rest and codes:
            if not all(isinstance(code, str) for code in codes):
                raise ConditionError(f"the codes of {question!r} must be text")
            return Has(question, frozenset(codes))
        case {"all": list(parts), **rest} if not rest and parts:
            return All(tuple(read_condition(part, depth=depth + 1) for part in parts))
        case {"any": list(parts), **rest} if not rest and parts:
            return Either(tuple(read_condition(part, depth=depth + 1) for part in parts))
        case {"not": part, **rest} if not rest:
            return Not(read_condition(part, depth=depth + 1))
    raise ConditionError(f"this is no condition: {_short(raw)}")


def mentions(condition: Condition) -> tuple[Has, ...]:
    """Every question that a condition looks at, with the codes."""
    match condition:
        case Has():
            return (condition,)
        case Not(part):
            return mentions(part)
        case All(parts) | Either(parts):
            return tuple(has for part in parts for has in mentions(part))


def holds(*, condition: Condition, codes: Mapping[str, frozenset[str]], still_open: Container[str] = ()) -> bool | None:
    """Whether a condition holds; None where that hangs on a question which is still open."""
    match condition:
        case Has(question, wanted):
            if question in codes:
                return bool(codes[question] & wanted)
            return None if question in still_open else False
        case Not(part):
            inner = holds(condition=part, codes=codes, still_open=still_open)
            return None if inner is None else not inner
        case All(parts):
            found = [holds(condition=part, codes=codes, still_open=still_open) for part in parts]
            return False if False in found else None if None in found else True
        case Either(parts):
            found = [holds(condition=part, codes=codes, still_open=still_open) for part in parts]
            return True if True in found else None if None in found else False


def _short(raw: Any) -> str:
    text = repr(raw)
    return text if len(text) <= 80 else text[:77] + "..."
