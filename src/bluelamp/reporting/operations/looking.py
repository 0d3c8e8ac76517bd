"""The reporter's page, put together: what anybody with the words may see, or everything.

Reading what the police wrote marks it as read, so this is a write.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from bluelamp.reporting.domain.routing import DESK, Route, reason
from bluelamp.reporting.domain.showing import one_day, shown
from bluelamp.reporting.domain.telling import Standing, complaint_by, look_words, step_words, tell
from bluelamp.reporting.domain.values import from_json
from bluelamp.reporting.facts import routes, telling
from bluelamp.reporting.models import Post, Report
from bluelamp.reporting.operations.following import Following
from bluelamp.reporting.operations.sealed import open_json, report_records
from bluelamp.reporting.operations.steps import open_post
from bluelamp.reporting.queries.following import facts_of, name_of, steps_of, who_looked
from bluelamp.reporting.questions import questions


@dataclass(frozen=True)
class Received:
    """All that the words alone show, the same bytes whatever happened since."""

    on: date


@dataclass(frozen=True)
class Line:
    """One line of a list: a day, who, and what."""

    on: date
    role: str
    what: str


@dataclass(frozen=True)
class Said:
    """One post as it is read. `about`: the question that a correction is for; `how`, `code`: what the report helped."""

    id: UUID
    kind: str
    mine: bool
    role: str
    at: datetime
    text: str
    about: str = ""
    how: str = ""
    code: str = ""
    is_new: bool = False
    answer_by: date | None = None


@dataclass(frozen=True)
class Everything:
    """The whole page."""

    reference: str
    standing: Standing
    body: str
    route_reason: str
    steps: tuple[Line, ...]
    looks: tuple[Line, ...]
    posts: tuple[Said, ...]
    protection: "Protection"
    may_withdraw: bool


@dataclass(frozen=True)
class Protection:
    """What keeps a report from other eyes. `silent`: no message leaves for it."""

    quiet: bool
    watched: bool
    own_word: bool
    erased: bool

    @property
    def silent(self) -> bool:
        """Whether no message may leave."""
        return self.quiet or self.watched or self.erased


@dataclass(frozen=True)
class Told:
    """One answer as it was sent."""

    id: str
    label: str
    lines: tuple[str, ...]


def received(*, follow: Following) -> Received:
    """What everybody with the words may see."""
    return Received(_day(Report.objects.only("received_at").get(pk=follow.report).received_at))


def everything(*, follow: Following, language: str, now: datetime) -> Everything:
    """The whole page; marks what the police wrote as read. Raises NotFullError."""
    follow.require_full()
    report = Report.objects.select_related("crime").get(pk=follow.report)
    table, shelf = telling(), questions()
    # Whoever works on it, wherever it was routed to: what is not a force's is at the desk until it is handed over.
    at = name_of(body=report.scope if report.scope.startswith("force:") else DESK, language=language)
    standing = tell(
        table=table,
        facts=facts_of(report=report, language=language),
        body=at,
        day=lambda day: one_day(shelf=shelf, day=day, language=language),
        today=_day(now),
        language=language,
    )
    return Everything(
        reference=report.reference,
        standing=standing,
        body=_sentences(name_of(body=report.body, language=language)),
        route_reason=_why(report, language),
        steps=tuple(
            Line(_day(s.at), s.role, step_words(table=table, act=s.act, language=language))
            for s in steps_of(report=report)
        ),
        looks=tuple(
            Line(look.day, look.role, look_words(table=table, action=look.action, language=language))
            for look in who_looked(report=report)
        ),
        posts=_posts(report, language=language, now=now),
        protection=_protection(report),
        may_withdraw=report.state != "withdrawn" and report.erased_at is None,
    )


def protection(*, follow: Following) -> Protection:
    """What keeps the report from other eyes. Raises NotFullError."""
    follow.require_full()
    return _protection(Report.objects.get(pk=follow.report))


def told(*, follow: Following, language: str) -> tuple[Told, ...]:
    """The answers as they were sent, to be corrected; none that is sensitive to abuse. Raises NotFullError."""
    follow.require_full()
    report = Report.objects.get(pk=follow.report)
    if report.erased_at is not None:
        return ()
    held = open_json(record=report_records(report.pk)[0], sealed=report.content)["answers"]
    return tuple(
        Told(name, _label(name, language), _lines(name, raw, language)) for name, raw in held.items() if _is_shown(name)
    )


def _protection(report: Report) -> Protection:
    return Protection(
        quiet=report.quiet,
        watched=report.watched,
        own_word=report.own_word != "",
        erased=report.erased_at is not None,
    )


def _is_shown(name: str) -> bool:
    """Whether an answer may stand outside the journey."""
    question = questions().by_id.get(name)
    return question is not None and not question.tells and not question.abuse_sensitive


def _lines(name: str, raw: Any, language: str) -> tuple[str, ...]:
    shelf = questions()
    return shown(shelf=shelf, question=shelf.by_id[name], answer=from_json(raw), language=language)


def _posts(report: Report, *, language: str, now: datetime) -> tuple[Said, ...]:
    opened = [(post, open_post(post=post, report=report)) for post in report.posts.order_by("at", "id")]
    found = [_said(post, held, language) for post, held in opened if held is not None]
    explained = {said.at for said in found if said.kind == "decision"}
    found += [said for said in _decisions(report) if said.at not in explained]
    Post.objects.filter(report=report, from_reporter=False, read_at=None).update(read_at=now)
    return tuple(sorted(found, key=lambda said: (said.at, str(said.id))))


def _said(post: Post, held: Mapping[str, Any], language: str) -> Said:
    return Said(
        id=post.pk,
        kind=post.kind,
        mine=post.from_reporter,
        role=post.role,
        at=post.at,
        text=held.get("text", ""),
        about=_label(held["about"], language) if held.get("about") else "",
        how=held.get("how", ""),
        code=held.get("code", ""),
        is_new=not post.from_reporter and post.read_at is None,
        answer_by=complaint_by(table=telling(), made=_day(post.at)) if post.kind == "complaint" else None,
    )


def _decisions(report: Report) -> list[Said]:
    """The words of decisions, for those that have no post of their own beside them."""
    found = []
    for row in report.decisions.order_by("at", "id"):
        if bytes(row.sealed) and not (report.erased_at and row.at <= report.erased_at):
            held = open_json(record=report_records(report.pk)[0], sealed=row.sealed)
            text = held if isinstance(held, str) else held.get("text", "")
            found.append(Said(row.pk, "decision", False, "", row.at, text))
    return found


def _label(name: str, language: str) -> str:
    question = questions().by_id.get(name)
    return question.wording["cy" if language == "cy" else "en"].label if question else ""


def _why(report: Report, language: str) -> str:
    """Why it went there; nothing where the row of that reason is no longer in the table."""
    found = Route(report.body, report.route_reason, (), report.boundary)
    if all(row.id != report.route_reason for row in routes().rows):
        return ""
    return _sentences(reason(routes=routes(), found=found, language=language))


def _sentences(text: str) -> str:
    """A name of a body that begins a sentence begins it with a capital."""
    return re.sub(r"(?:^|(?<=[.!?] ))[a-z]", lambda first: first[0].upper(), text)


def _day(at: datetime) -> date:
    return timezone.localtime(at).date()
