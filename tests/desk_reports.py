"""Reports for tests of the desk, and officers of several forces."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zlib import crc32

from report_answers import chosen, finish

from bluelamp.kernel.people.domain.actor import Actor
from bluelamp.kernel.people.models import Grant, User, Vetting
from bluelamp.reporting.domain.values import Answer, Codes, Contact, Whereabouts, Words, given
from bluelamp.reporting.models import Report
from bluelamp.reporting.operations.sending import Origin, take_in

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)  # a Thursday
HOME, AWAY = "force:avon-and-somerset", "force:south-wales"
PLACES = {HOME: "Bristol", AWAY: "Cardiff"}
STORY = "They read my private mail about the blue bicycle."
_LIFE = {
    "danger": "no",
    "seen-by": "no",
    "urgent": "none",
    "what-happened": "online-harassment",
    "affected": "phone",
    "where": "place",
    "who-known": "stranger",
    "threats": "no",
    "contact-choice": "named",
}


def officer(capacity: str, scope: str = HOME) -> Actor:
    """A new officer with a capacity for a scope, vetted."""
    name = f"{capacity}-{uuid4().hex[:8]}"
    start = NOW - timedelta(days=400)
    person = User.objects.create(
        username=name, email=f"{name}@desk.example", first_name=capacity, last_name=scope[-12:]
    )
    Vetting.objects.create(person=person, level="mv", expires_on=(NOW + timedelta(days=2000)).date(), recorded_at=start)
    grant = Grant.objects.create(
        person=person,
        capacity=capacity,
        scope=scope,
        purpose="Test",
        starts_at=start,
        ends_at=NOW + timedelta(days=2000),
        given_at=start,
    )
    return Actor(user_id=person.pk, capacity=capacity, scope=scope, purpose="Test", grant_id=grant.pk)


def filed(
    codes: dict[str, str] | None = None,
    *,
    scope: str = HOME,
    email: str = "kim@reporter.example",
    language: str = "en",
    burst: bool = False,
    story: str = STORY,
    now: datetime = NOW,
) -> Report:
    """A report that came in for a force, written by the same person unless `email` says otherwise."""
    answers, _ = finish(pick=chosen({**_LIFE, **(codes or {})}))
    more: dict[str, Answer] = {"story": given(Words(story)), "where-place": given(Whereabouts(PLACES[scope], ""))}
    if "contact" in answers and answers["contact"].value:
        more["contact"] = given(Contact(email, f"+4477009{crc32(email.encode()) % 100_000:05}"))
    answers.update({name: value for name, value in more.items() if name in answers})
    origin = Origin("web", "live", burst=burst)
    report = take_in(answers=answers, language=language, origin=origin, now=now).report
    assert report.scope == scope, report.scope
    return report


def flagged_codes(*urgent: str) -> dict[str, str]:
    """Answers that say something urgent."""
    return {"urgent": " ".join(urgent)}


__all__ = ["AWAY", "HOME", "NOW", "STORY", "Codes", "filed", "flagged_codes", "officer"]
