"""A rehearsal: an edition of origin exercise on its whole way to the day of publication, under a clock of its own.

It uses what the desk uses, operation by operation. It ends where the program must refuse: an exercise is never
published (RED-LINES 17), so that nothing can be corrected or withdrawn here either. That nothing but its origin stands
in the way at the end is what shows that every step was done.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from bluelamp.index.domain.calendar import NOTICE_DAYS
from bluelamp.index.domain.life import NOT_LIVE
from bluelamp.index.domain.replies import PREVIEW_DAYS
from bluelamp.index.models import Edition
from bluelamp.index.operations.checking import acknowledge, run_checks
from bluelamp.index.operations.previews import accept_reply, look_at_preview, open_previews, reply
from bluelamp.index.operations.publishing import NotReadyError, publish
from bluelamp.index.operations.releasing import announce_release, give_early_access, take_date
from bluelamp.index.operations.signing import ask_sign_off, sign
from bluelamp.index.publishing_queries import content_hash, open_checks
from bluelamp.kernel.workdays import after_working_days
from bluelamp.project.demo.editions import INVENTED, SAID, actor_of, invented_draft

ORIGIN = "exercise"
# From the announcement to the day, so that ten working days fit in at any time of the year.
DAYS = NOTICE_DAYS + 2
_LOOKED = "Rehearsal: each finding was looked at"
Tell = Callable[[datetime, str], None]


class RehearsalError(RuntimeError):
    """The rehearsal did not end where it must; the message says what stands in the way."""


def rehearse(*, now: datetime, tell: Tell) -> Edition:
    """Take a draft to the day of its publication, which is `now`. The cast and some evidence must be there.

    `tell` is given the rehearsed time and a sentence for each step. Raises RehearsalError.
    """
    begin = now - timedelta(days=DAYS)
    edition = _announced_and_drafted(begin, now, tell)
    _previewed(edition, begin, tell)
    over = begin + (after_working_days(start=begin.date(), days=PREVIEW_DAYS) - begin.date()) + timedelta(days=1)
    _checked(edition, over, tell)
    _replied(edition, over, tell)
    _signed(edition, over, tell)
    _refused(edition, now, tell)
    return edition


def _announced_and_drafted(begin: datetime, day: datetime, tell: Tell) -> Edition:
    head = actor_of("Isla")
    release = announce_release(actor=head, kind="regular", on=day.date(), origin=ORIGIN, today=begin.date(), now=begin)
    tell(begin, f"Isla (head of profession) announces {day.date()}. Of an exercise nothing is in the public calendar.")
    edition = invented_draft(origin=ORIGIN, now=begin)
    tell(begin, f"Hari (analyst) drafts edition {edition.label} for {edition.period_start} to {edition.period_end}.")
    take_date(actor=actor_of("Hari"), edition_id=edition.pk, release_id=release.pk, now=begin)
    tell(begin, "Hari takes the date.")
    kofi = actor_of("Kofi").user_id
    assert kofi is not None  # noqa: S101 - a member of the cast
    give_early_access(
        actor=head, edition_id=edition.pk, user_id=kofi, why="Prepares alerts", starts_at=begin, now=begin
    )
    tell(begin, "Isla puts Kofi on the access list: he sees the draft under Before release, and each look is logged.")
    return edition


def _previewed(edition: Edition, begin: datetime, tell: Tell) -> None:
    made = open_previews(
        actor=actor_of("Hari"), edition_id=edition.pk, told="Rehearsal: nobody", today=begin.date(), now=begin
    )
    tell(begin, f"Hari opens {len(made)} previews; makers may reply until the end of {made[0].ends_on}.")
    own = next(preview for preview in made if preview.product_key == INVENTED)
    look_at_preview(actor=actor_of("Mina"), preview_id=own.pk, now=begin + timedelta(days=1))
    tell(begin + timedelta(days=1), "Mina (maker) looks at the preview of her camera: the whole public page.")


def _checked(edition: Edition, at: datetime, tell: Tell) -> None:
    found = run_checks(actor=actor_of("Hari"), edition_id=edition.pk, now=at)
    waiting = list(open_checks(edition=edition).values_list("pk", flat=True))
    if waiting:
        acknowledge(actor=actor_of("Hari"), check_ids=waiting, reason=_LOOKED, now=at)
    tell(at, f"Hari runs the checks: {len(found)} findings, {len(waiting)} of them acknowledged with a reason now.")


def _replied(edition: Edition, at: datetime, tell: Tell) -> None:
    sent = reply(actor=actor_of("Mina"), product_key=INVENTED, text=SAID, now=at)
    tell(at, "Mina replies.")
    accept_reply(actor=actor_of("Hari"), reply_id=sent.pk, now=at)
    tell(at, "Hari accepts the reply: it is shown complete, so the draft is another one now. The checks are run again.")
    _checked(edition, at, tell)


def _signed(edition: Edition, at: datetime, tell: Tell) -> None:
    ask_sign_off(actor=actor_of("Hari"), edition_id=edition.pk, now=at)
    tell(at, "Hari asks for the sign-off; he may not sign himself.")
    for first, words in (("Zara", "the second analyst"), ("Isla", "the head of profession")):
        shown = content_hash(edition=Edition.objects.get(pk=edition.pk))
        sign(actor=actor_of(first), edition_id=edition.pk, version_hash=shown, now=at)
        tell(at, f"{first}, {words}, reads it and signs version {shown[:12]}.")


def _refused(edition: Edition, now: datetime, tell: Tell) -> None:
    try:
        publish(actor=actor_of("Isla"), edition_id=edition.pk, today=now.date(), now=now)
    except NotReadyError as refused:
        if refused.obstacles != (NOT_LIVE,):
            raise RehearsalError("More stands in the way: " + ", ".join(refused.obstacles)) from refused
    else:
        raise RehearsalError("An exercise was published: this must never be.")
    tell(now, "Isla publishes, and is refused for one reason only: it is an exercise. A live draft would be out now.")
