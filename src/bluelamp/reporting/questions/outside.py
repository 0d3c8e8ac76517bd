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


# Rows of the table that businesses fill in, by column (domain/tables.py).
EXAMPLES: tuple[Mapping[str, str], ...] = (
    {
        "danger": "no",
        "seen-by": "no",
        "urgent": "none",
        "what-happened": "phone-stolen",
        "story": "A work phone was taken from the van.",
        "affected": "phone",
        "device": "iPhone 12",
        "device-numbers": "490154203237518",
        "when": "exact",
        "when-day": "27/03/2026",
        "where": "place",
        "where-place": "Cardiff, CF10 1AA",
        "lost": "things",
        "for-whom": "organisation",
        "organisation": "Example Vans Ltd",
        "contact-choice": "named",
        "contact email": "security@example.com",
        "contact-safe": "yes",
    },
    {
        "danger": "no",
        "seen-by": "no",
        "urgent": "none",
        "what-happened": "camera-accessed",
        "threats": "no",
        "story": "Somebody moved the camera in the shop at night.",
        "affected": "camera",
        "device": "Shop camera",
        "when": "between",
        "when-between first": "2026-03-27",
        "when-between last": "2026-03-29",
        "where": "place",
        "where-place": "Hay-on-Wye",
        "lost": "nothing",
        "for-whom": "organisation",
        "organisation": "Example Shops Ltd",
        "contact-choice": "anonymous",
    },
)


def for_supporting(*, organisation: str) -> dict[str, object]:
    """What is known without asking where a supporting organisation reports."""
    return {"for-whom": "supporting", "organisation": organisation}
