"""Makers' previews, their replies, what is decided about them, and the fixes that they announce."""

from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from bluelamp.index import permissions
from bluelamp.index.domain.replies import JUDGED_RULES, PREVIEW_DAYS, Broken, broken_rules
from bluelamp.index.models import Edition, EditionRow, MakerLink, Preview, Reply
from bluelamp.index.operations.drafting import EditionError, changed, hold_draft, own_id, said
from bluelamp.index.publishing_queries import SUBJECT, drafts, evidence_hash, makers_of, previews_of, unpreviewed
from bluelamp.kernel.approvals.operations import void
from bluelamp.kernel.catalogue.models import Maker
from bluelamp.kernel.events import PreviewOpened, ReplyAccepted, ReplyRefused
from bluelamp.kernel.outbox.operations import announce
from bluelamp.kernel.people.domain.actor import Actor
from bluelamp.kernel.people.models import Organisation
from bluelamp.kernel.people.operations.permit import note, require
from bluelamp.kernel.workdays import after_working_days


class ReplyRefusedError(EditionError):
    """A reply breaks rules of form; `rules` are their codes, `broken` says of each what breaks it."""

    def __init__(self, broken: tuple[Broken, ...]) -> None:
        self.broken = broken
        self.rules = tuple(b.rule for b in broken)
        super().__init__("The reply does not keep to the published rules: " + ", ".join(self.rules))


def link_maker(*, actor: Actor, organisation_id: UUID, maker_key: str, how_known: str, now: datetime) -> MakerLink:
    """Say that an organisation speaks for a maker of the catalogue, and how that was made sure of.

    Raises NotPermittedError, EditionError.
    """
    require(actor=actor, action=permissions.LINK, subject=f"organisation:{organisation_id}", now=now)
    how_known = said(how_known, "Say how you made sure that the organisation speaks for the maker.", least=1)[:200]
    if not Organisation.objects.filter(pk=organisation_id).exists():
        raise EditionError("There is no such organisation.")
    if not Maker.objects.filter(key=maker_key).exists():
        raise EditionError("The catalogue has no such maker: write its key as in the address of its page.")
    try:
        with transaction.atomic():
            made = MakerLink.objects.create(
                organisation_id=organisation_id,
                maker_key=maker_key,
                how_known=how_known,
                linked_by_id=own_id(actor),
                linked_at=now,
            )
            subject = f"organisation:{organisation_id}"
            note(actor=actor, action=permissions.LINK.code, subject=subject, maker=maker_key, now=now)
    except IntegrityError as known:
        raise EditionError("This organisation is linked to this maker already.") from known
    return made


def end_link(*, actor: Actor, link_id: UUID, now: datetime) -> None:
    """End what an organisation may say for a maker. Raises NotPermittedError."""
    require(actor=actor, action=permissions.LINK, subject=f"maker-link:{link_id}", now=now)
    with transaction.atomic():
        if MakerLink.objects.filter(pk=link_id, ended_at=None).update(ended_at=now):
            note(actor=actor, action="index.unlink-maker", subject=f"maker-link:{link_id}", now=now)


def open_previews(*, actor: Actor, edition_id: UUID, told: str, today: date, now: datetime) -> list[Preview]:
    """Open the preview of every product that a draft names for the first time, and that its maker was not shown so.

    `told` says how makers without an account are told. Ten working days begin after `today`, a day in London. Raises
    NotPermittedError, EditionError.
    """
    require(actor=actor, action=permissions.PREVIEW, subject=f"edition:{edition_id}", now=now)
    told = said(told, "Say how makers without an account are told.", least=1)[:200]
    with transaction.atomic():
        edition = hold_draft(edition_id=edition_id)
        ends = after_working_days(start=today, days=PREVIEW_DAYS)
        made = Preview.objects.bulk_create(
            Preview(
                edition=edition,
                product_key=row.product_key,
                maker_key=row.maker_key,
                evidence_hash=evidence_hash(row),
                opened_at=now,
                opened_by_id=own_id(actor),
                ends_on=ends,
                told=told,
            )
            for row in unpreviewed(edition=edition)
        )
        for preview in made:
            announce(event=PreviewOpened(preview=preview.pk), now=now)
        subject = f"edition:{edition.pk}"
        note(actor=actor, action=permissions.PREVIEW.code, subject=subject, number=str(len(made)), now=now)
    return made


def look_at_preview(*, actor: Actor, preview_id: UUID, now: datetime) -> tuple[Preview, EditionRow] | None:
    """The preview that a maker opens, with the row that is to be published.

    None where it is not one of its own, or the draft was built anew since without the product. Who looked and when is
    in the audit log. Raises NotPermittedError.
    """
    require(actor=actor, action=permissions.REPLY, scope=actor.scope, subject=f"preview:{preview_id}", now=now)
    preview = previews_of(organisation=_organisation(actor)).filter(pk=preview_id).first()
    if preview is None:
        return None
    row = preview.edition.rows.get(product_key=preview.product_key)
    with transaction.atomic():
        Preview.objects.filter(pk=preview.pk, first_seen_at=None).update(first_seen_at=now)
        note(actor=actor, action="index.look-at-preview", subject=f"preview:{preview.pk}", now=now)
    return preview, row


def reply(
    *,
    actor: Actor,
    product_key: str,
    text: str,
    language: str = "en",
    claims_error: bool = False,
    fix_on: date | None = None,
    now: datetime,
) -> Reply:
    """Take in what a maker says about a product of its own that is named or is to be named.

    The text is kept word for word. Raises NotPermittedError, ReplyRefusedError (rules of form), EditionError.
    """
    require(actor=actor, action=permissions.REPLY, scope=actor.scope, subject=f"product:{product_key}", now=now)
    organisation = _organisation(actor)
    maker_key = product_key.partition(":")[0]
    known = EditionRow.objects.filter(product_key=product_key, named=True).exclude(edition__status="specimen")
    row = known.order_by("-edition__number", "-edition__revision").first()
    if row is None or row.maker_key not in makers_of(organisation=organisation):
        note(actor=actor, action=permissions.REPLY.code, subject=f"product:{product_key}", outcome="refused", now=now)
        raise EditionError(f"{maker_key} is no maker that your organisation speaks for, or the product is not named.")
    broken = broken_rules(text)
    if broken:
        raise ReplyRefusedError(broken)
    with transaction.atomic():
        made = Reply.objects.create(
            product_key=product_key,
            maker_key=row.maker_key,
            organisation_id=organisation,
            author_id=own_id(actor),
            origin=row.edition.origin,
            text=text.strip().replace("\r\n", "\n"),
            language=language,
            claims_error=claims_error,
            fix_on=fix_on,
            sent_at=now,
        )
        note(actor=actor, action=permissions.REPLY.code, subject=f"reply:{made.pk}", product=product_key, now=now)
    return made


def accept_reply(
    *, actor: Actor, reply_id: UUID, error_found: bool | None = None, error_reason: str = "", now: datetime
) -> Reply:
    """Accept a reply: it is shown complete from now on. Where it claims an error, say whether there is one and why.

    A proven error forbids publishing the product. What was approved of drafts that name the product is void: their
    content is another one now. Raises NotPermittedError, EditionError.
    """
    require(actor=actor, action=permissions.DECIDE, subject=f"reply:{reply_id}", now=now)
    with transaction.atomic():
        held = _hold_reply(reply_id)
        _judge_error(held, error_found, error_reason)
        held.decision, held.decided_by_id, held.decided_at = Reply.Decision.ACCEPTED, actor.user_id, now
        held.save()
        _void_drafts(held, "A maker's reply was accepted.", now)
        announce(event=ReplyAccepted(reply=held.pk), now=now)
        note(actor=actor, action="index.accept-reply", subject=f"reply:{held.pk}", error=str(error_found), now=now)
    return held


def refuse_reply(
    *,
    actor: Actor,
    reply_id: UUID,
    rule: str,
    reason: str,
    error_found: bool | None = None,
    error_reason: str = "",
    now: datetime,
) -> Reply:
    """Refuse a reply by one of the published rules, with a reason that the maker reads. It may send another.

    A claimed error is decided all the same. Raises NotPermittedError, EditionError.
    """
    require(actor=actor, action=permissions.DECIDE, subject=f"reply:{reply_id}", now=now)
    reason = said(reason, "Say why: the maker reads it.")
    if rule not in JUDGED_RULES:
        raise EditionError("Name the published rule that the reply breaks.")
    with transaction.atomic():
        held = _hold_reply(reply_id)
        _judge_error(held, error_found, error_reason)
        held.decision, held.decided_by_id, held.decided_at = Reply.Decision.REFUSED, actor.user_id, now
        held.refused_rule, held.decision_reason = rule, reason
        held.save()
        if held.error_found:
            _void_drafts(held, "An error was found in the evidence.", now)
        announce(event=ReplyRefused(reply=held.pk), now=now)
        note(actor=actor, action="index.refuse-reply", subject=f"reply:{held.pk}", rule=rule, now=now)
    return held


def close_error(*, actor: Actor, reply_id: UUID, reason: str, now: datetime) -> None:
    """Say that a proven error has been mended in the evidence, so that it no longer forbids publishing.

    Raises NotPermittedError, EditionError.
    """
    require(actor=actor, action=permissions.DECIDE, subject=f"reply:{reply_id}", now=now)
    reason = said(reason, "Say how the error was mended.")
    with transaction.atomic():
        held = Reply.objects.select_for_update().filter(pk=reply_id, error_found=True).first()
        if held is None:
            raise EditionError("There is no such error.")
        held.error_found, held.error_reason = False, f"{held.error_reason} | {reason}"[:500]
        held.save(update_fields=["error_found", "error_reason"])
        _void_drafts(held, "An error was mended.", now)
        note(actor=actor, action="index.close-error", subject=f"reply:{held.pk}", now=now)


def note_fix(*, actor: Actor, reply_id: UUID, there: bool, now: datetime) -> None:
    """Note what became of a fix whose announced day has come. Raises NotPermittedError, EditionError."""
    require(actor=actor, action=permissions.DECIDE, subject=f"reply:{reply_id}", now=now)
    with transaction.atomic():
        held = Reply.objects.select_for_update().filter(pk=reply_id, decision="accepted", fix_outcome="").first()
        if held is None or held.fix_on is None:
            raise EditionError("No fix of this reply waits.")
        held.fix_outcome, held.fix_noted_at = "there" if there else "not-there", now
        held.save(update_fields=["fix_outcome", "fix_noted_at"])
        _void_drafts(held, "It was noted what became of an announced fix.", now)
        note(actor=actor, action="index.note-fix", subject=f"reply:{held.pk}", there=str(there), now=now)


def _organisation(actor: Actor) -> str:
    kind, _, name = actor.scope.partition(":")
    if kind != "organisation":
        raise EditionError("A maker's account belongs to an organisation.")
    return name


def _hold_reply(reply_id: UUID) -> Reply:
    held = Reply.objects.select_for_update().filter(pk=reply_id, decision="").first()
    if held is None:
        raise EditionError("There is no such reply, or somebody has decided about it.")
    return held


def _judge_error(held: Reply, error_found: bool | None, error_reason: str) -> None:
    """Note in a held reply whether it showed an error; one that claims an error must be answered."""
    if not held.claims_error:
        return
    if error_found is None:
        raise EditionError("The maker says that the evidence is wrong: say whether it is.")
    held.error_found = error_found
    held.error_reason = said(error_reason, "Say how you found out whether the evidence is wrong.")


def _void_drafts(held: Reply, reason: str, now: datetime) -> None:
    """What was checked and approved of drafts that name the product does not hold any more."""
    for edition in drafts().filter(rows__product_key=held.product_key, origin=held.origin).order_by("pk"):
        locked = Edition.objects.select_for_update().get(pk=edition.pk)
        if locked.status == Edition.Status.DRAFT:
            changed(edition=locked, reason=reason, now=now)
        else:
            void(subject_type=SUBJECT, subject_id=str(locked.pk), reason=reason, now=now)
