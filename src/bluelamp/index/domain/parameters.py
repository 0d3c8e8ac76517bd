"""The choices of the method, fixed before any figure is seen, and kept with every edition."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

# 2: what a category says is itself uncertain; bands hold beside all products; trends are exact and beside all others.
FORMULAS = 2


@dataclass(frozen=True)
class Parameters:
    """What may be chosen. Raises ValueError for a choice that gives no figures.

    `period_months`: length of the period, and of the one before. `level`: probability inside an interval.
    `high_threshold`: confirmed dates a year. `rank_confidence`: pairwise probability that counts as certain.
    `smallest_category`: a category of fewer products borrows the prior of all. `lone_source_dates`: dates a month that
    one source, neither an authority nor confirmed by a second, may add, and `lone_period_dates` in a whole period;
    `unconfirmed_dates`: dates a month that all who are no authority may add. `decimals`: of published figures.
    `formulas`: which formulas make the figures of them, raised whenever the same input would give others, so that an
    edition's reasons can say that the method changed; this program has the newest only.
    """

    period_months: int = 24
    level: float = 0.90
    high_threshold: float = 0.5
    rank_confidence: float = 0.95
    smallest_category: int = 5
    lone_source_dates: int = 1
    lone_period_dates: int = 2
    unconfirmed_dates: int = 2
    decimals: int = 3
    formulas: int = FORMULAS

    def __post_init__(self) -> None:
        sound = (
            self.period_months >= 1
            and 0 < self.level < 1
            and self.high_threshold > 0
            and 0.5 <= self.rank_confidence < 1
            and self.smallest_category >= 1
            and self.lone_source_dates >= 0
            and self.lone_period_dates >= 0
            and self.unconfirmed_dates >= 0
            and self.decimals >= 0
            and self.formulas == FORMULAS
        )
        if not sound:
            raise ValueError("A parameter is out of its range.")

    def to_dict(self) -> dict[str, Any]:
        """The parameters as plain values."""
        return asdict(self)

    @staticmethod
    def from_dict(values: Mapping[str, Any]) -> "Parameters":
        """The parameters from plain values; a missing one has its default. Raises TypeError for an unknown one.

        `formulas` are this program's whatever an edition was made with: it has no others to make figures with.
        """
        unknown = set(values) - {f.name for f in fields(Parameters)}
        if unknown:
            raise TypeError(f"Unknown parameters: {sorted(unknown)}")
        return Parameters(**{k: v for k, v in values.items() if k != "formulas"})
