"""Which flags make work for a person who is on duty, and by when it must be acknowledged."""

from collections.abc import Iterable
from datetime import timedelta

from bluelamp.reporting.domain.question import Flag

DUTY_OF = {
    Flag.DANGER: "danger",
    Flag.CHILD_IMAGES: "child",
    Flag.CHILD: "child",
    Flag.ABUSE: "abuse",
    Flag.WATCHED: "abuse",
    Flag.CALL_BACK: "call-back",
    Flag.LIVE_ATTACK: "live-attack",
}
CLOCKS = {"immediate": timedelta(minutes=15), "today": timedelta(hours=4), "soon": timedelta(hours=24)}
_LEVELS = {
    Flag.DANGER: "immediate",
    Flag.CHILD_IMAGES: "immediate",
    Flag.LIVE_ATTACK: "immediate",
    Flag.CHILD: "today",
    Flag.ABUSE: "today",
    Flag.WATCHED: "today",
    Flag.CALL_BACK: "today",
}


def level_of(flag: Flag) -> str:
    """How soon a flag must be looked at: a key of `CLOCKS`."""
    return _LEVELS.get(flag, "soon")


def duties(flags: Iterable[Flag]) -> dict[str, str]:
    """The kinds of duty that flags make, each with its most urgent level, the most urgent first."""
    urgency = list(CLOCKS)
    found: dict[str, str] = {}
    for flag in sorted((f for f in set(flags) if f in DUTY_OF), key=lambda f: (urgency.index(level_of(f)), f)):
        found.setdefault(DUTY_OF[flag], level_of(flag))
    return found
