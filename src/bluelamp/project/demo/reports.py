"""Invented reports in several states, so that the triage desk has something on it. All of origin `test`."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from bluelamp.kernel.people.domain.actor import Actor
from bluelamp.kernel.people.models import Grant, User, Vetting
from bluelamp.kernel.people.operations.accounts import new_account
from bluelamp.project.demo.cast import address
from bluelamp.reporting.domain.journey import through_telling, walk
from bluelamp.reporting.domain.question import Kind, Question
from bluelamp.reporting.domain.values import (
    NOT_SURE,
    SKIPPED,
    Answer,
    Codes,
    Contact,
    Device,
    Devices,
    Whereabouts,
    Words,
    given,
)
from bluelamp.reporting.facts import desk
from bluelamp.reporting.models import Duty, Report
from bluelamp.reporting.operations.sending import Origin, take_in
from bluelamp.reporting.operations.triage import (
    assigning,
    campaigns,
    deciding,
    duty,
    handing,
    linking,
    noting,
    recording,
)
from bluelamp.reporting.questions import questions

_CLIENT = "demonstration"
_NEIGHBOUR = "Bethan"
_USUAL = {
    "danger": "no",
    "seen-by": "no",
    "urgent": "none",
    "threats": "no",
    "where": "place",
    "who-known": "stranger",
    "contact-choice": "named",
    "contact-safe": "yes",
    "when": "exact",
}
Story = tuple[str, Mapping[str, str]]
# What each says, and how it differs from a usual one. `place`, `device` and `hours` are not questions.
_STORIES: dict[str, Story] = {
    "danger": (
        "My former partner turns the lights on and off through the app. He stands outside now.",
        {"what-happened": "tracker-stalking camera-accessed", "danger": "yes", "who-known": "partner", "hours": "0"},
    ),
    "abuse": (
        "Somebody talks to my child through the camera in the kitchen. I think it is my brother-in-law.",
        {"what-happened": "camera-accessed", "seen-by": "yes", "go-on": "here", "who-known": "family", "hours": "6"},
    ),
    "child": (
        "A stranger in a game asked my daughter for pictures and now wants money.",
        {"what-happened": "sextortion", "urgent": "child-pictures", "hours": "3"},
    ),
    "new": ("My phone was taken from the table at a café.", {"what-happened": "phone-stolen", "hours": "2"}),
    "taken": (
        "The car was gone in the morning; both keys are here.",
        {"what-happened": "keyless-theft", "hours": "30"},
    ),
    "waiting": (
        "Somebody writes to me from new accounts every day and knows where I work.",
        {"what-happened": "online-harassment", "hours": "20"},
    ),
    "recorded": (
        "My van was opened without the key and the tools are gone.",
        {"what-happened": "keyless-theft", "hours": "90"},
    ),
    "advised": ("I lost my phone on a walk and cannot find it.", {"what-happened": "phone-stolen", "hours": "70"}),
    "handed": (
        "My doorbell camera showed rooms of another house. It happened at my mother's in Cardiff.",
        {"what-happened": "camera-accessed", "hours": "12"},
    ),
    "welsh": (
        "Mae rhywun yn ysgrifennu ataf ar y we bob nos.",
        {"what-happened": "online-harassment", "language": "cy", "hours": "26"},
    ),
    "wave-one": (
        "A text said I must pay for a parcel. I did not.",
        {"what-happened": "online-harassment", "hours": "5"},
    ),
    "wave-two": (
        "Got a text about a parcel fee.",
        {"what-happened": "online-harassment", "hours": "4", "burst": "yes"},
    ),
    "theirs": (
        "My phone was stolen at the station in Bath, and I live in Cardiff.",
        {"what-happened": "phone-stolen", "place": "Cardiff", "hours": "8"},
    ),
    "old": ("Somebody took my tablet from the train.", {"what-happened": "phone-stolen", "hours": "9600"}),
}


def make_reports(*, now: datetime) -> None:
    """Make the reports, once. The cast must be there."""
    if Report.objects.filter(client=_CLIENT).exists():
        return
    made = {name: _report(name, story, now=now) for name, story in _STORIES.items()}
    dev, farah, elin = _actor("Dev"), _actor("Farah"), _actor("Elin")
    seen = Duty.objects.get(report=made["abuse"], kind="abuse")
    duty.acknowledge(actor=farah, duty_id=seen.pk, now=now - timedelta(hours=4))
    assigning.take(actor=dev, report_id=made["taken"].pk, now=now - timedelta(hours=20))
    noting.add_note(
        actor=dev,
        report_id=made["taken"].pk,
        text="Like the van last week: look at both.",
        now=now - timedelta(hours=2),
    )
    linking.link_by_hand(
        actor=dev, report_id=made["taken"].pk, reference=made["recorded"].reference, now=now - timedelta(hours=1)
    )
    _decide(dev, made["waiting"], "recorded", "crime", now=now - timedelta(hours=2))
    _decide(dev, made["recorded"], "recorded", "crime", now=now - timedelta(hours=80))
    recording.record_crime(
        actor=elin, report_id=made["recorded"].pk, number="52/TEST/26", offence="48", now=now - timedelta(hours=76)
    )
    _decide(dev, made["advised"], "advised", "not-police", now=now - timedelta(hours=60))
    # The cast is a week old, and a review comes after a year: only its day is set.
    _decide(dev, made["old"], "not-recorded", "not-enough", now=now - timedelta(days=5))
    Report.objects.filter(pk=made["old"].pk).update(review_on=(now - timedelta(days=1)).date())
    _hand_over(dev, made["handed"], to="force:south-wales", now=now - timedelta(hours=3))
    _hand_over(_neighbour(now=now), made["theirs"], to="force:avon-and-somerset", now=now - timedelta(hours=1))
    noting.ask(actor=dev, report_id=made["welsh"].pk, request="message", now=now - timedelta(hours=1))
    wave = campaigns.open_campaign(actor=dev, title="Texts about a parcel", now=now - timedelta(hours=1))
    for name in ("wave-one", "wave-two"):
        reference = made[name].reference
        campaigns.add_report(actor=dev, campaign_id=wave.pk, reference=reference, now=now - timedelta(hours=1))


def _report(name: str, story: Story, *, now: datetime) -> Report:
    text, more = story
    origin = Origin("web", "test", client=_CLIENT, client_key=name, by="system", burst=more.get("burst") == "yes")
    when = now - timedelta(hours=int(more["hours"]))
    answers = _answers({**_USUAL, **more}, text=text, place=more.get("place", "Bristol"), name=name)
    return take_in(answers=answers, language=more.get("language", "en"), origin=origin, now=when).report


def _answers(codes: Mapping[str, str], *, text: str, place: str, name: str) -> dict[str, Answer]:
    """A journey to its end with these codes; the rest is not sure or left out."""
    shelf = questions()
    answers: dict[str, Answer] = {}
    values: dict[str, Answer] = {
        "story": given(Words(text)),
        "where-place": given(Whereabouts(place, "")),
        "device": given(Devices((Device("", "phone, black"),))),
        "contact": given(Contact(f"{name}@reporter.example", "")),
    }
    while (way := walk(shelf=shelf, answers=(answers := dict(through_telling(shelf=shelf, answers=answers))))).next:
        question = shelf.by_id[way.next]
        answers[question.id] = values.get(question.id) or _one(question, codes.get(question.id, ""))
    return answers


def _one(question: Question, code: str) -> Answer:
    if code and question.kind in (Kind.CHOICE, Kind.CHOICES):
        return given(Codes(tuple(code.split())))
    return SKIPPED if question.optional else NOT_SURE


def _decide(actor: Actor, report: Report, outcome: str, reason: str, *, now: datetime) -> None:
    text = _text(reason, report)
    deciding.decide(actor=actor, report_id=report.pk, outcome=outcome, reason=reason, text=text, now=now)


def _text(reason: str, report: Report, body: str = "") -> str:
    return desk().reasons[reason].text(report.language).replace("{body}", body)


def _hand_over(actor: Actor, report: Report, *, to: str, now: datetime) -> None:
    text = _text("their-area", report, "the other force")
    handing.hand_over(actor=actor, report_id=report.pk, to=to, reason="their-area", text=text, now=now)


def _actor(first: str) -> Actor:
    grant = Grant.objects.filter(person__email=address(first)).order_by("given_at").exclude(capacity="learner").first()
    if grant is None:
        raise LookupError(f"{first} has no capacity: make the cast first")
    return Actor(
        user_id=grant.person_id, capacity=grant.capacity, scope=grant.scope, purpose=grant.purpose, grant_id=grant.pk
    )


def _neighbour(*, now: datetime) -> Actor:
    """An invented officer of the force next door, who hands a report over."""
    person = User.objects.filter(email=address(_NEIGHBOUR)).first()
    if person is None:
        person = new_account(email=address(_NEIGHBOUR), name=f"{_NEIGHBOUR} Bowen", origin="test")
        start = now.astimezone(UTC) - timedelta(days=7)
        Vetting.objects.create(
            person=person, level="mv", expires_on=(now + timedelta(days=365)).date(), recorded_at=start
        )
        Grant.objects.create(
            person=person,
            capacity="triage-officer",
            scope="force:south-wales",
            purpose="Demonstration",
            starts_at=start,
            ends_at=start + timedelta(days=365),
            given_at=start,
        )
    return _actor(_NEIGHBOUR)
