"""Reports that were sent, for tests of what comes after."""

from datetime import datetime, timedelta

from report_answers import chosen, finish

from bluelamp.kernel.outbox.operations import Outcome, claim, deliver
from bluelamp.reporting.operations.sending import Origin, Sent, take_in

OPEN_LIFE = {
    "danger": "no",
    "seen-by": "no",
    "urgent": "none",
    "what-happened": "account-hacked",
    "affected": "account",
    "contact-choice": "named",
    "contact-safe": "yes",
}
WATCHED = {"seen-by": "yes", "go-on": "here"}


def sent_report(codes: dict[str, str] | None = None, *, language: str = "en", now: datetime) -> Sent:
    """One report from answers with these codes, as if it had come from the journey; its words with it."""
    answers, _ = finish(pick=chosen({**OPEN_LIFE, **(codes or {})}))
    return take_in(answers=answers, language=language, origin=Origin("web", "test"), now=now)


def deliver_all(*, now: datetime) -> None:
    """Deliver the events that wait, as the worker does."""
    while taken := claim(now=now, lease=timedelta(minutes=5)):
        assert deliver(delivery=taken, clock=lambda: now, jitter=0) is Outcome.DONE
