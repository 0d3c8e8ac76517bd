"""From the answers of a journey to what a report holds: its three parts, where it goes, which flags it raises."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

from bluelamp.kernel.messaging.domain.addresses import Kind
from bluelamp.kernel.places.queries import find_place
from bluelamp.reporting.domain.flagging import Raised, acted_on, raise_flags
from bluelamp.reporting.domain.journey import Answers, flags, sent
from bluelamp.reporting.domain.placing import Settled, settle
from bluelamp.reporting.domain.question import Flag
from bluelamp.reporting.domain.routing import Route, route
from bluelamp.reporting.domain.values import Contact, Devices, to_json
from bluelamp.reporting.facts import routes, signals
from bluelamp.reporting.questions import meaning, questions

NATIONAL = "national"


@dataclass(frozen=True)
class Prepared:
    """What is to be stored of a report. `parts`: answers as JSON by how long they are kept (content, safety, contact).

    `contact_ids` holds each address for messages with an id for it; `messages` says whether any may be sent.
    """

    parts: Mapping[str, Mapping[str, Any]]
    kinds: tuple[str, ...]
    products: tuple[str, ...]
    raised: tuple[Raised, ...]
    route: Route
    place: Settled
    anonymous: bool
    watched: bool
    contact_ids: Mapping[tuple[Kind, str], UUID]
    messages: bool

    @property
    def scope(self) -> str:
        """Who works on it: the force that it goes to, or the national desk."""
        return self.route.first if self.route.first.startswith("force:") else NATIONAL


def prepare(*, answers: Answers, chosen: str = "") -> Prepared:
    """What a report with these answers holds. `chosen`: the body that the person wants instead, among those offered."""
    shelf, told = questions(), sent(shelf=questions(), answers=answers)
    said = flags(shelf=shelf, answers=answers)
    raised = raise_flags(signals=signals(), shelf=shelf, answers=answers)
    place = place_of(answers=told)
    found = propose(answers=answers, place=place, flags=acted_on(signals=signals(), raised=raised))
    if chosen in found.alternatives:
        rest = tuple(dict.fromkeys((found.first, *found.alternatives)))
        found = Route(chosen, "chosen", tuple(body for body in rest if body != chosen), found.boundary)
    parts: dict[str, dict[str, Any]] = {"content": {}, "safety": {}, "contact": {}}
    for name, answer in told.items():
        kept = shelf.by_id[name].retention
        parts["content" if kept == "report" else kept][name] = to_json(answer)
    return Prepared(
        parts=parts,
        kinds=meaning.kinds(told),
        products=_products(told),
        raised=raised,
        route=found,
        place=place,
        anonymous=meaning.is_anonymous(told) or meaning.contact_of(told) is None,
        watched=Flag.PRIVATE not in said,
        contact_ids=_contact_ids(meaning.contact_of(told)),
        messages=Flag.PRIVATE in said and Flag.UNSAFE_CONTACT not in said,
    )


def propose(*, answers: Answers, place: Settled | None = None, flags: frozenset[Flag] = frozenset()) -> Route:
    """Where a report with these answers goes, and where else it may go. `flags`: those that words raised, too."""
    shelf = questions()
    place = place or place_of(answers=sent(shelf=shelf, answers=answers))
    case = meaning.routing_case(shelf=shelf, answers=answers, force=place.force, also=place.also)
    return route(routes=routes(), case=replace(case, flags=case.flags | flags))


def place_of(*, answers: Answers) -> Settled:
    """The place that decides, as far as its name is known."""
    words = meaning.place_to_find(answers)
    return settle(text=words.text, find=_find) if words else Settled()


def _find(text: str) -> list[Any]:
    """Places of this name. Words that can be no name, such as ones in letters that are not Latin, have none.

    A place that nobody knows must never keep a report from being sent.
    """
    try:
        return find_place(text=text, limit=20, exact=True)
    except ValueError:
        return []


def _contact_ids(contact: Contact | None) -> dict[tuple[Kind, str], UUID]:
    ways: list[tuple[Kind, str]] = [("email", contact.email), ("sms", contact.phone)] if contact else []
    return {way: uuid4() for way in ways if way[1]}


def _products(told: Answers) -> tuple[str, ...]:
    held = [a.value for a in told.values() if isinstance(a.value, Devices)]
    return tuple(dict.fromkeys(d.product_key for value in held for d in value.devices if d.product_key))
