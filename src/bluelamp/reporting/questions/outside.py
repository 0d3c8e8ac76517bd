"""What the words of other programs mean in our questions: those of Open311 (GeoReport v2)."""

from collections.abc import Mapping

from bluelamp.reporting.domain.question import Question, Shelf

KIND = "what-happened"
# Attributes of every service: who sends must say these, because "not sure" would raise or hide an alarm.
SAID = ("danger", "seen-by", "threats", "contact-safe")
USED = frozenset({KIND, *SAID, "story", "where", "where-place", "contact-choice", "contact", "name"})


def kinds_of_crime(shelf: Shelf) -> tuple[str, ...]:
    """The codes of what can have happened: the services."""
    return shelf.by_id[KIND].options


def attributes_of(shelf: Shelf, *, service: str) -> tuple[Question, ...]:
    """The questions that a service asks beyond GeoReport's own fields, in order: those that could come for this kind.

    Which of them are asked in the end hangs on answers; what is not asked is left aside.
    """
    own = USED - set(SAID)
    asking = [q for q in shelf.questions if not q.tells and q.id not in own]
    return tuple(q for q in asking if service in kinds_of_crime(shelf) and q.id != KIND)


def answers_of(*, service: str, fields: Mapping[str, str], attributes: Mapping[str, object]) -> dict[str, object]:
    """GeoReport's fields and a service's attributes as raw answers (domain/programs.py); empty ones count as none."""
    raw: dict[str, object] = {KIND: [service]}
    place = fields.get("address_string") or _point(fields)
    if fields.get("description"):
        raw["story"] = fields["description"]
    if place:
        raw |= {"where": "place", "where-place": place}
    ways = {way: fields[way] for way in ("email", "phone") if fields.get(way)}
    if ways:
        raw |= {"contact-choice": "named", "contact": ways}
    else:
        raw["contact-choice"] = "anonymous"
    name = " ".join(filter(None, (fields.get("first_name"), fields.get("last_name"))))
    if name and ways:
        raw["name"] = name
    return {**raw, **attributes}


def _point(fields: Mapping[str, str]) -> str:
    lat, long = fields.get("lat", ""), fields.get("long", "")
    return f"{lat}, {long}" if lat and long else ""
