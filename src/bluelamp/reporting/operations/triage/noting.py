"""Words of officers: notes that no reporter sees, and questions that a reporter answers."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from bluelamp.kernel.people.domain.actor import Actor
from bluelamp.reporting import permissions
from bluelamp.reporting.domain.casework import LONGEST_TEXT
from bluelamp.reporting.facts import desk
from bluelamp.reporting.models import OfficerNote, Post
from bluelamp.reporting.operations.answering import post_to_reporter
from bluelamp.reporting.operations.sealed import report_records, seal_json
from bluelamp.reporting.operations.triage.common import changed, held, permitted, person_of, require_one_of, written


def add_note(*, actor: Actor, report_id: UUID, text: str, now: datetime) -> OfficerNote:
    """Keep an officer's words about a report, sealed with it. Raises MissingError."""
    report = permitted(actor=actor, action=permissions.NOTE, report_id=report_id, now=now)
    words = written(text, longest=LONGEST_TEXT)
    with transaction.atomic():
        report = held(report)
        made = OfficerNote.objects.create(
            report=report,
            sealed=seal_json(record=report_records(report.pk)[0], content={"text": words}, now=now),
            by_id=person_of(actor),
            role=actor.capacity,
            at=now,
        )
        changed(actor=actor, report=report, action=permissions.NOTE, act="note", shown=False, now=now)
    return made


def ask(*, actor: Actor, report_id: UUID, request: str, more: str = "", now: datetime) -> Post:
    """Ask a reporter for something that they already have (RED-LINES 12): a request of the table, and words to it.

    Raises MissingError for an unknown request. There is no asking without one of the table.
    """
    report = permitted(actor=actor, action=permissions.WRITE, report_id=report_id, now=now)
    require_one_of(request, desk().requests, what="request")
    text = question_text(request=request, more=more, language=report.language)
    with transaction.atomic():
        report = held(report)
        post = post_to_reporter(actor=actor, report=report.pk, kind="question", text=text, now=now)
        changed(actor=actor, report=report, action=permissions.WRITE, act="asked", step=False, now=now, request=request)
    return post


def answer(*, actor: Actor, report_id: UUID, text: str, now: datetime) -> Post:
    """Answer a reporter who wrote. Raises MissingError."""
    report = permitted(actor=actor, action=permissions.WRITE, report_id=report_id, now=now)
    words = written(text, longest=LONGEST_TEXT)
    with transaction.atomic():
        report = held(report)
        post = post_to_reporter(actor=actor, report=report.pk, kind="answer", text=words, now=now)
        changed(actor=actor, report=report, action=permissions.WRITE, act="answered", step=False, now=now)
    return post


def question_text(*, request: str, more: str, language: str) -> str:
    """A question as the reporter reads it."""
    words = desk().requests[request].name(language)
    extra = more.replace("\r\n", "\n").strip()
    return f"{words}\n\n{written(extra, longest=1_000, what='more')}" if extra else words
