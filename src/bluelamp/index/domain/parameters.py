"""The choices of the method, fixed before any figure is seen, and kept with every edition."""

from dataclasses import asdict, dataclass, fields
from typing import Any


@dataclass(frozen=True)
class Parameters:
    """`high_threshold` is in confirmed dates a year; `smallest_category` in products; `decimals` of published figures."""

    period_months: int = 24
    level: float = 0.90
    high_threshold: float = 0.5
    rank_confidence: float = 0.95
    smallest_category: int = 5
    decimals: int = 3

    def to_dict(self) -> dict[str, Any]:
        """The parameters as plain values."""
        return asdict(self)

    @staticmethod
    def from_dict(values: dict[str, Any]) -> "Parameters":
        """The parameters from plain values. Raises TypeError for an unknown one."""
        unknown = set(values) - {f.name for f in fields(Parameters)}
        if unknown:
            raise TypeError(f"Unknown parameters: {sorted(unknown)}")
        return Parameters(**values)
