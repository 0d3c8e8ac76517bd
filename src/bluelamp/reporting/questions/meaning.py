"""What the packaged questions mean to the rest of the program: the only code that knows their ids."""

from collections.abc import Mapping

from bluelamp.reporting.domain.journey import Answers, flags, sent
from bluelamp.reporting.domain.question import Shelf
from bluelamp.reporting.domain.routing import Case, Setting
from bluelamp.reporting.domain.values import Answer, Codes, Contact, When, Whereabouts

_SETTINGS = {"place": Setting.PLACE, "rail": Setting.RAIL, "online": Setting.ONLINE}
USED = frozenset(
    {"what-happened", "where", "where-place", "home-area", "nation", "lost", "when-day", "when-between", "when-about"}
    | {"when-began", "contact", "safe-number", "contact-choice", "danger-help", "threats-help"}
)
# Pages that say whether somebody is reading now (RED-LINES 9).
DANGER_HELP = frozenset({"danger-help", "threats-help"})


def kinds(answers: Mapping[str, Answer]) -> tuple[str, ...]:
    """The kinds of crime, as routing names them; `not-sure` where none was chosen."""
    value = _value(answers, "what-happened")
    return value.codes if isinstance(value, Codes) else ("not-sure",)


def place_to_find(answers: Mapping[str, Answer]) -> Whereabouts | None:
    """The place that decides the force: where it happened, or else where the person lives; None for none."""
    for name in ("where-place", "home-area"):
        value = _value(answers, name)
        if isinstance(value, Whereabouts):
            return value
    return None


def time_of(answers: Mapping[str, Answer]) -> When | None:
    """When it happened or began; None where the person is not sure."""
    for name in ("when-day", "when-between", "when-about", "when-began"):
        value = _value(answers, name)
        if isinstance(value, When):
            return value
    return None


def contact_of(answers: Mapping[str, Answer]) -> Contact | None:
    """How to reach the person by messages; None for no way. Ask `journey.barred` before any use."""
    value = _value(answers, "contact")
    return value if isinstance(value, Contact) else None


def safe_number(answers: Mapping[str, Answer]) -> str:
    """The number for a call at a safe time; "" for none. A call only, never a message."""
    value = _value(answers, "safe-number")
    return value.phone if isinstance(value, Contact) else ""


def is_anonymous(answers: Mapping[str, Answer]) -> bool:
    """Whether the person wants to stay unknown."""
    value = _value(answers, "contact-choice")
    return isinstance(value, Codes) and value.codes == ("anonymous",)


def routing_case(*, shelf: Shelf, answers: Answers, force: str, also: tuple[str, ...] = ()) -> Case:
    """What routing decides on. `force` and `also` come from looking up `place_to_find` ("" where it was not found)."""
    told = sent(shelf=shelf, answers=answers)
    where, nation, lost = (_value(told, name) for name in ("where", "nation", "lost"))
    return Case(
        kinds=kinds(told),
        setting=_SETTINGS[where.codes[0]] if isinstance(where, Codes) else Setting.UNKNOWN,
        nation=nation.codes[0] if isinstance(nation, Codes) else "",
        force=force,
        also=also,
        flags=flags(shelf=shelf, answers=answers),
        # Not sure, or not asked, may be a loss: only "nothing" is none.
        harmed=not (isinstance(lost, Codes) and lost.codes == ("nothing",)),
    )


def _value(answers: Mapping[str, Answer], name: str) -> object:
    return answers[name].value if name in answers else None
