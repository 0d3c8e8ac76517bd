"""The life of a report: states, what leads from one to another, and the codes of what is done with it.

received -> registered -> recorded | not-recorded | handed-over; a returned hand-over is registered again; a new
decision may follow a decision; the reporter may withdraw at any time, which closes nothing that is a crime already.
"""

CHANNELS = ("web", "offline", "bulk", "api", "open311", "desk")
STATES = ("received", "registered", "recorded", "not-recorded", "handed-over", "withdrawn")
CLOSED = ("recorded", "not-recorded", "handed-over", "withdrawn")
OUTCOMES = ("recorded", "not-recorded", "handed-over", "advised", "duplicate")
# What a reporter writes: message, addition, correction, withdrawal, complaint; what the police write: the others.
POST_KINDS = (
    "message",
    "addition",
    "correction",
    "withdrawal",
    "complaint",
    "question",
    "answer",
    "decision",
    "helped",
)

_AFTER = {
    "received": {"registered", "recorded", "not-recorded", "handed-over", "withdrawn"},
    "registered": {"recorded", "not-recorded", "handed-over", "withdrawn"},
    # A reporter who writes again, a review, or a hand-over that came back opens a report again.
    "not-recorded": {"registered", "recorded", "handed-over"},
    "handed-over": {"registered", "recorded", "not-recorded"},
    # A cancelled crime record (Home Office Counting Rules, section C) goes back to the desk.
    "recorded": {"registered"},
    "withdrawn": {"registered", "recorded"},
}


def may_become(*, state: str, new: str) -> bool:
    """Whether a report in one state may come into another."""
    return new in _AFTER.get(state, set())


def is_closed(state: str) -> bool:
    """Whether nothing is left to decide."""
    return state in CLOSED


# Reasons of the desk's list that say that nothing of the kind happened: such a report is no sighting.
UNFOUNDED = frozenset({"mistake", "not-police"})


def counts_as_sighting(*, outcome: str, reason: str) -> bool:
    """Whether a decided report is evidence that its product was a target."""
    return outcome != "duplicate" and reason not in UNFOUNDED
