"""When a request is decided: enough distinct people for it, or one against it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Decision = Literal["approve", "reject"]
State = Literal["open", "approved", "rejected"]


@dataclass(frozen=True)
class Vote:
    """What one person (a text id) decided."""

    person: str
    decision: Decision


def state_after(*, votes: Iterable[Vote], needed: int, asker: str) -> State:
    """The state that votes lead to. A person counts once, the asker never; one rejection decides."""
    counted = [v for v in votes if v.person != asker]
    if any(v.decision == "reject" for v in counted):
        return "rejected"
    return "approved" if len({v.person for v in counted}) >= max(needed, 1) else "open"
