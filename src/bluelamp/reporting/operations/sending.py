"""Sending: from a finished draft, or from answers that a program gives, to a report. Twice the same is one report."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction

from bluelamp.kernel.audit.operations import record
from bluelamp.kernel.events import ReportReceived
from bluelamp.kernel.messaging.operations.contacts import add_contact
from bluelamp.kernel.messaging.sealing import contact_record
from bluelamp.kernel.outbox.operations import announce
from bluelamp.reporting.domain.journey import Answers, walk
from bluelamp.reporting.domain.priority import priority
from bluelamp.reporting.domain.references import new_reference
from bluelamp.reporting.facts import word_list
from bluelamp.reporting.models import Draft, Report, ReportContact, ReportProduct, Step
from bluelamp.reporting.operations import drafts, receipts
from bluelamp.reporting.operations.counting import day_of
from bluelamp.reporting.operations.digests import words_digest
from bluelamp.reporting.operations.flags import raise_on
from bluelamp.reporting.operations.journey_counts import count_page, count_took
from bluelamp.reporting.operations.preparing import Prepared, prepare
from bluelamp.reporting.operations.sealed import report_records, seal_new_json
from bluelamp.reporting.questions import questions

WORDS_SHOWN = timedelta(minutes=60)


class NotFinishedError(ValueError):
    """The answers do not reach the end; `next` is the question that is open."""

    def __init__(self, following: str) -> None:
        super().__init__(f"The question {following!r} is not answered.")
        self.next = following


@dataclass(frozen=True)
class Origin:
    """Where a report comes from. `client` and `client_key` name it among those of one program; `by` for the audit log.

    `organisation`: on whose behalf it was sent, where a supporting organisation did.
    """

    channel: str
    origin: str = "live"
    client: str = ""
    client_key: str = ""
    by: str = "reporter"
    burst: bool = False
    organisation: UUID | None = None


@dataclass(frozen=True)
class Sent:
    """A report that was taken in. `words` open it; they are empty where it had been taken in before."""

    report: Report
    words: tuple[str, ...]


def send(*, token: str, last: Answers | None = None, burst: bool = False, now: datetime) -> Sent:
    """Send the draft of a browser; the words can be read in it for another hour (`drafts.open_draft`).

    `last`: what was answered on the page that sends. Sent again it is the same report. Raises DraftGoneError,
    NotFinishedError.
    """
    draft = drafts.open_draft(token=token, now=now)
    draft = replace(draft, answers={**draft.answers, **(last or {})})
    if draft.sent:
        return Sent(Report.objects.get(pk=draft.sent), draft.words)
    _finished(draft.answers)
    prepared, words = prepare(answers=draft.answers, chosen=draft.chosen), word_list().draw()
    made = _sealed(prepared, draft.answers, words=words, language=draft.language, origin=draft.origin, now=now)
    with transaction.atomic():
        row = Draft.objects.select_for_update().filter(pk=draft.id).first()
        if row is None:
            raise drafts.DraftGoneError("The draft was destroyed meanwhile.")
        if row.sent_as is None:
            made.draft = draft.id
            _store(made, prepared, Origin("web", draft.origin, burst=burst), now=now)
            drafts.becomes_sent(row=row, draft=replace(draft, words=words), report=made.pk, until=now + WORDS_SHOWN)
            count_page(page=questions().questions[-1].id, what="sent", day=day_of(now))
            if draft.origin == "live":
                count_took(started=row.started_at, now=now)
            return Sent(made, words)
    # Another click was quicker.
    return send(token=token, now=now)


def take_in(
    *,
    answers: Answers,
    language: str,
    origin: Origin,
    chosen: str = "",
    beside: Callable[[Sent], None] | None = None,
    now: datetime,
) -> Sent:
    """Take in answers that a program or an officer gives. Raises NotFinishedError.

    The same `client` and `client_key` again give the same report, without its words: they are not kept. `beside` is
    called in the transaction that stores a new report, for what must not be without it.
    """
    if origin.client_key:
        before = Report.objects.filter(client=origin.client, client_key=origin.client_key).first()
        if before:
            return Sent(before, ())
    _finished(answers)
    prepared, words = prepare(answers=answers, chosen=chosen), word_list().draw()
    made = _sealed(prepared, answers, words=words, language=language, origin=origin.origin, now=now)
    try:
        with transaction.atomic():
            _store(made, prepared, origin, now=now)
            if beside:
                beside(Sent(made, words))
    except IntegrityError:
        before = Report.objects.filter(client=origin.client, client_key=origin.client_key).first()
        if not origin.client_key or before is None:
            raise
        return Sent(before, ())
    return Sent(made, words)


def _finished(answers: Answers) -> None:
    way = walk(shelf=questions(), answers=answers)
    if not way.is_complete:
        raise NotFinishedError(way.next)


def _sealed(
    prepared: Prepared, answers: Answers, *, words: tuple[str, ...], language: str, origin: str, now: datetime
) -> Report:
    """The row with its sealed parts and receipt, not stored yet: keys of the vault are made outside the transaction."""
    made = Report(
        id=uuid4(),
        reference=_free_reference(),
        language=language,
        origin=origin,
        scope=prepared.scope,
        body=prepared.route.first,
        route_reason=prepared.route.reason,
        alternatives=list(prepared.route.alternatives),
        boundary=prepared.route.boundary,
        kinds=list(prepared.kinds),
        anonymous=prepared.anonymous,
        watched=prepared.watched,
        quiet=prepared.watched,
        words_digest=words_digest(words),
        shelf_version=questions().version,
        answers_given=sum(1 for part in prepared.parts.values() for held in part.values() if held["state"] == "given"),
        received_at=now,
    )
    receipt = receipts.make(report=made, answers=answers, flagged=bool(prepared.raised))
    made.receipt = receipt.receipt
    content, safety, contact = report_records(made.pk)
    addresses = [contact_record(contact_id) for contact_id in prepared.contact_ids.values()]
    held = {
        content: {"answers": prepared.parts["content"], "proof": receipt.answers_file.decode()},
        safety: prepared.parts["safety"],
        contact: prepared.parts["contact"],
    }
    sealed = seal_new_json(parts=held, others=addresses, now=now)
    made.content, made.safety, made.contact = sealed[content], sealed[safety], sealed[contact]
    return made


def _store(made: Report, prepared: Prepared, origin: Origin, *, now: datetime) -> None:
    """Store the report and all that belongs to it, in the caller's transaction."""
    made.channel, made.burst = origin.channel, origin.burst
    made.client, made.client_key, made.organisation_id = origin.client, origin.client_key, origin.organisation
    made.priority = priority(raised=prepared.raised, burst=origin.burst)
    made.save(force_insert=True)
    ReportProduct.objects.bulk_create(ReportProduct(report=made, product_key=key) for key in prepared.products)
    raise_on(report=made, raised=prepared.raised, now=now)
    Step.objects.create(report=made, at=now, act="received", role="reporter", by=origin.by, shown=True)
    _contacts(made, prepared, now=now)
    detail: dict[str, str | int] = {"channel": origin.channel, "origin": origin.origin}
    record(actor=origin.by, action="reporting.send", subject=f"report:{made.pk}", detail=detail, now=now)
    announce(event=ReportReceived(report=made.pk), now=now)


def _free_reference() -> str:
    """A reference that no report has. Two that are drawn at once and alike are refused by the table."""
    while Report.objects.filter(reference=(drawn := new_reference())).exists():
        pass
    return drawn


def _contacts(made: Report, prepared: Prepared, *, now: datetime) -> None:
    """Addresses for messages. One that is not safe is recorded too: no other part of the program may write there."""
    for (kind, address), contact_id in prepared.contact_ids.items():
        contact = add_contact(
            kind=kind,
            address=address,
            safe=prepared.messages,
            language=made.language,
            contact_id=contact_id,
            by="reporter",
            now=now,
        )
        ReportContact.objects.create(report=made, contact=contact)
