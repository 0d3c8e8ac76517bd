"""Advice and helplines on pages of the journey, and whether somebody is reading now."""

from dataclasses import dataclass, field, replace
from datetime import date

from django.conf import settings
from django.utils import timezone

from bluelamp.kernel.advice.domain.texts import Helpline
from bluelamp.kernel.advice.queries import Shown, all_advice, common, helplines, show
from bluelamp.reporting.domain.flagging import Level
from bluelamp.reporting.domain.question import chosen_language
from bluelamp.reporting.domain.watching import Watching, watching
from bluelamp.reporting.facts import signals
from bluelamp.reporting.operations.preparing import NATIONAL
from bluelamp.reporting.queries.casework import is_somebody_reading
from bluelamp.reporting.questions.meaning import DANGER_HELP


@dataclass(frozen=True)
class Told:
    """What a page tells besides its own words.

    `first` and `last` are the steps that all texts safe from abuse begin and end with; here they are said once.
    """

    advice: tuple[Shown, ...] = ()
    first: str = ""
    last: str = ""
    helplines: tuple[Helpline, ...] = ()
    watching: Watching | None = None
    minutes: int = field(default_factory=lambda: signals().minutes[Level.IMMEDIATE])


def told(*, question: str, topics: tuple[str, ...], abuse_safe: bool, lines: bool, language: str) -> Told:
    """Advice on topics (codes of texts), helplines, and on pages of danger who reads."""
    found = advice_on(topics=topics, abuse_safe=abuse_safe, language=language, today=timezone.localdate())
    with_lines = lines or any(one.helplines for one in found)
    safe, spoken = bool(found) and abuse_safe, chosen_language(language)
    return Told(
        advice=tuple(replace(one, steps=one.steps[1:-1]) for one in found) if safe else found,
        first=common().first[spoken] if safe else "",
        last=common().last[spoken] if safe else "",
        helplines=helplines(language=language) if with_lines else (),
        watching=reading_now() if question in DANGER_HELP else None,
    )


def advice_on(*, topics: tuple[str, ...], abuse_safe: bool, language: str, today: date) -> tuple[Shown, ...]:
    """The texts of these topics, in their order."""
    texts = {advice.code: advice for advice in all_advice()}
    chosen = (texts[topic] for topic in topics if topic in texts)
    return tuple(show(advice=a, abuse_safe=abuse_safe, language=language, today=today) for a in chosen)


def reading_now(*, scope: str = NATIONAL) -> Watching:
    """Whether an officer is on duty now who reads reports of a scope; where no place is known yet, the national desk.

    The hours (BLUELAMP_DUTY_HOURS) are told too, but only an officer who is there makes it "now".
    """
    there = is_somebody_reading(scope=scope, now=timezone.now())
    return watching(hours=settings.BLUELAMP_DUTY_HOURS, on_duty=there)
