"""What can be wrong with an answer. Each code has a sentence in both languages, which says how to put it right."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as default

_CODES = (
    "missing-choice missing-choices missing-text missing-date missing-about missing-place missing-device "
    "missing-numbers missing-contact missing-money unknown-option alone too-long too-many "
    "day-missing month-missing year-missing not-a-date future too-early end-first "
    "money-unclear money-negative money-zero money-too-large bad-email bad-phone"
)
ERROR_CODES = frozenset(_CODES.split())


@dataclass(frozen=True)
class Problem:
    """Something to put right: the code, the field that holds it, and what the sentence names."""

    code: str
    field: str = "value"
    values: Mapping[str, str] = default(default_factory=dict)
