"""Which flags make work for a person who is on duty, and how soon it must be acknowledged."""

from collections.abc import Iterable

from bluelamp.reporting.domain.flagging import LEVELS, Level, Raised
from bluelamp.reporting.domain.question import Flag

_DUTY_OF = {
    Flag.DANGER: "danger",
    Flag.SELF_HARM: "danger",
    Flag.THREAT_TO_KILL: "danger",
    Flag.WEAPON: "danger",
    Flag.LIVE_ATTACK: "live-attack",
    Flag.CHILD_IMAGES: "child",
    Flag.CHILD: "child",
    Flag.STALKING: "abuse",
    Flag.ABUSE: "abuse",
    Flag.WATCHED: "abuse",
    Flag.VULNERABLE: "vulnerable",
    Flag.MONEY_NOW: "money-now",
    Flag.CALL_BACK: "call-back",
}
# Every flag is the work of somebody, but for these: they bar what must not be done with a contact.
NO_DUTY = frozenset({Flag.PRIVATE, Flag.UNSAFE_CONTACT})
KINDS = tuple(dict.fromkeys(_DUTY_OF.values()))


def duties(raised: Iterable[Raised]) -> dict[str, Level]:
    """The kinds of duty that flags make, each with its most urgent level."""
    found: dict[str, Level] = {}
    for one in raised:
        if one.flag in NO_DUTY:
            continue
        kind = _DUTY_OF[one.flag]
        found[kind] = max(found.get(kind, one.level), one.level, key=LEVELS.index)
    return dict(sorted(found.items(), key=lambda pair: (-LEVELS.index(pair[1]), KINDS.index(pair[0]))))
