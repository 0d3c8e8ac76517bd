"""Run by itself on a home: sends reports in many states into its databases and prints how each is opened, as JSON.

So that the pages of following do not depend on the pages of the journey.
"""

import json
import os
import sys
from datetime import UTC, datetime, timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bluelamp.project.settings")
django.setup()

from cast import actor, who  # noqa: E402
from django.db import connections  # noqa: E402
from sent_reports import WATCHED, sent_report  # noqa: E402

from bluelamp.kernel.audit.operations import record  # noqa: E402
from bluelamp.reporting.models import CrimeRecord, HandOver, Report, ReportContact  # noqa: E402
from bluelamp.reporting.operations import answering, following, posts  # noqa: E402
from bluelamp.reporting.operations.erasing import erase_report  # noqa: E402
from bluelamp.reporting.operations.following import open_follow  # noqa: E402
from bluelamp.reporting.operations.sending import Sent  # noqa: E402

NOW = datetime.now(tz=UTC) - timedelta(days=1)
OWN_WORD = "Blodeuwedd"
LONG = f"It was {'very ' * 30}{'long' * 60}.\n\nAnd then it stopped."


def new() -> Sent:
    """Nothing happened yet."""
    return sent_report(now=NOW)


def busy() -> Sent:
    """Everything happened that can stand on the page."""
    sent = sent_report(now=NOW - timedelta(days=30))
    report, officer = sent.report, actor("triage-officer")
    Report.objects.filter(pk=report.pk).update(state="registered", registered_at=NOW)
    follow, token = open_follow(words=sent.words, now=NOW)
    for kind in posts.WRITTEN:
        posts.write(follow=follow, kind=kind, text=LONG, about="story" if kind == "correction" else "", now=NOW)
    posts.ask_for_call(follow=follow, text="Mondays.", now=NOW)
    for kind in answering.TO_REPORTER:
        answering.post_to_reporter(actor=officer, report=report.pk, kind=kind, text=LONG, now=NOW)
    answering.tell_it_helped(report=report.pk, how="alert", code="A-2026-7", now=NOW)
    answering.tell_it_helped(report=report.pk, how="edition", code="2026-12", now=NOW)
    for action in ("read", "read-safety", "read-contact", "assign", "decide", "hand-over", "record", "link"):
        record(
            actor=officer.audit_id,
            capacity=officer.capacity,
            action=f"reporting.{action}",
            subject=f"report:{report.pk}",
            now=NOW,
        )
    ReportContact.objects.filter(report=report, contact__kind="sms").update(verified_at=NOW)
    following.leave(token=token)
    return sent


def recorded() -> Sent:
    """There is a crime number."""
    sent = sent_report(now=NOW)
    CrimeRecord.objects.create(
        report=sent.report, force="kent", number="46/1/26", offence="x", recorded_at=NOW, by=who("crime-registrar")
    )
    Report.objects.filter(pk=sent.report.pk).update(state="recorded", closed_at=NOW)
    return sent


def handed_over() -> Sent:
    """Another body has it and has not said so."""
    sent = sent_report(now=NOW)
    HandOver.objects.create(
        report=sent.report, to="force:kent", at=NOW, by=who("triage-officer"), due_at=NOW + timedelta(days=7)
    )
    Report.objects.filter(pk=sent.report.pk).update(state="handed-over", closed_at=NOW)
    return sent


def quiet() -> Sent:
    """Only "received" can be read."""
    return sent_report(WATCHED, now=NOW)


def guarded() -> Sent:
    """An own word opens it."""
    sent = sent_report(WATCHED, now=NOW)
    following.set_own_word(report=sent.report.pk, word=OWN_WORD, now=NOW)
    return sent


def deleted() -> Sent:
    """What was told is gone."""
    sent = sent_report(now=NOW)
    erase_report(report=sent.report.pk, by="system", reason="asked", now=NOW)
    return sent


def main() -> None:
    """Send them all."""
    found = {}
    for make in (new, busy, recorded, handed_over, quiet, guarded, deleted):
        sent = make()
        own = OWN_WORD if make is guarded else ""
        found[make.__name__] = {"words": " ".join(sent.words), "own": own, "reference": sent.report.reference}
    connections.close_all()
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
