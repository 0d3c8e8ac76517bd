"""What waits on the desk's first page, by capacity."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bluelamp.index.permissions import SIGN
from bluelamp.index.publishing_queries import (
    drafts,
    due_fixes,
    previews_of,
    untold_previews,
    waiting_replies,
    waiting_sign_offs,
    watched_findings,
)
from bluelamp.index.queries import newest_edition
from bluelamp.kernel.audit.queries import newest_head, waiting_for_seal
from bluelamp.kernel.outbox.queries import load
from bluelamp.kernel.people.domain.actor import Actor
from bluelamp.kernel.people.queries import Numbers, numbers
from bluelamp.project.permission_table import TABLE
from bluelamp.reporting.queries.queue import Numbers as DeskNumbers
from bluelamp.reporting.queries.queue import desk_numbers


@dataclass(frozen=True)
class Card:
    """One thing to do or to know, with the page for it; `urgent` where it should not wait."""

    title: str
    words: str
    address: str
    urgent: bool = False


def cards_for(*, actor: Actor, now: datetime) -> list[Card]:
    """The cards of a person in a capacity, those that should not wait first."""
    cards = [card for make in _CARDS.get(actor.capacity, ()) for card in make(actor, now)]
    return sorted(cards, key=lambda card: not card.urgent)


def _people(_actor: Actor, now: datetime) -> list[Card]:
    return [_accounts(numbers(now=now))]


def _people_and_recovery(_actor: Actor, now: datetime) -> list[Card]:
    found = numbers(now=now)
    return [_accounts(found), _recovery(found.resets)]


def _accounts(found: Numbers) -> Card:
    alone = found.administrators < 2
    words = ngettext("%(n)d open account.", "%(n)d open accounts.", found.accounts) % {"n": found.accounts}
    if alone:
        words += " " + _("Name a second administrator: a lost second factor takes two.")
    return Card(_("People"), words, reverse("desk:people"), urgent=alone)


def _recovery(number: int) -> Card:
    words = ngettext("%(n)d request waits for a second person.", "%(n)d requests wait for a second person.", number)
    return Card(_("Recovery"), words % {"n": number}, reverse("desk:resets"), urgent=number > 0)


def _work(_actor: Actor, _now: datetime) -> list[Card]:
    found = load()
    words = _("%(waiting)d waiting, %(dead)d given up.") % {"waiting": found.waiting, "dead": found.dead}
    return [Card(_("Work queue"), words, reverse("desk:work"), urgent=found.dead > 0)]


def _audit(_actor: Actor, now: datetime) -> list[Card]:
    head, waiting = newest_head(), waiting_for_seal()
    signed = _("Last signed on %(day)s.") % {"day": head.day} if head else _("No head has been signed yet.")
    words = ngettext("%(n)d entry waits for its seal.", "%(n)d entries wait for their seal.", waiting) % {"n": waiting}
    late = head is None or (now.date() - head.day).days > 1
    return [Card(_("Audit log"), f"{signed} {words}", reverse("desk:audit"), urgent=late)]


def _edition(_actor: Actor, _now: datetime) -> list[Card]:
    edition = newest_edition()
    if edition is None:
        return [Card(_("Security Index"), _("There is no edition yet."), reverse("index:home"))]
    words = _("Newest edition: %(number)s, %(status)s.") % {"number": edition.number, "status": edition.status}
    return [Card(_("Security Index"), words, reverse("index:table"))]


def _publishing(_actor: Actor, _now: datetime) -> list[Card]:
    numbers = {
        "drafts": drafts().count(),
        "replies": waiting_replies().count(),
        "fixes": due_fixes(today=timezone.localdate()).count(),
        "findings": watched_findings().count(),
    }
    words = ", ".join(
        (
            ngettext("%(n)d draft", "%(n)d drafts", numbers["drafts"]) % {"n": numbers["drafts"]},
            ngettext("%(n)d reply to decide", "%(n)d replies to decide", numbers["replies"])
            % {"n": numbers["replies"]},
            ngettext("%(n)d fix due", "%(n)d fixes due", numbers["fixes"]) % {"n": numbers["fixes"]},
            ngettext("%(n)d change of evidence", "%(n)d changes of evidence", numbers["findings"])
            % {"n": numbers["findings"]},
        )
    )
    waits = any(numbers[name] for name in ("replies", "fixes", "findings"))
    return [Card(_("Editions"), words + ".", reverse("desk:editions"), urgent=waits)]


def _signature(actor: Actor, _now: datetime) -> list[Card]:
    """Editions that wait for this person's signature; none, no card."""
    if actor.capacity not in TABLE[SIGN.code]:
        return []
    waiting = waiting_sign_offs(person=actor.user_id, capacity=actor.capacity)
    if not waiting:
        return []
    numbers = ", ".join(edition.label for edition in waiting)
    words = ngettext(
        "Edition %(numbers)s waits for your signature.", "Editions %(numbers)s wait for your signature.", len(waiting)
    )
    alone = reverse("desk:edition", args=[waiting[0].pk])
    address = alone if len(waiting) == 1 else reverse("desk:editions")
    return [Card(_("Sign-off"), words % {"numbers": numbers}, address, urgent=True)]


def _untold(_actor: Actor, _now: datetime) -> list[Card]:
    """Previews whose makers the program could not tell; none, no card."""
    number = untold_previews(today=timezone.localdate()).count()
    if not number:
        return []
    words = ngettext(
        "%(n)d preview runs whose maker has no account: tell the maker as you wrote down.",
        "%(n)d previews run whose makers have no account: tell the makers as you wrote down.",
        number,
    )
    return [Card(_("Makers"), words % {"n": number}, reverse("desk:editions"))]


def _own_products(actor: Actor, _now: datetime) -> list[Card]:
    running = previews_of(organisation=actor.scope.partition(":")[2]).filter(ends_on__gte=timezone.localdate())
    days = [preview.ends_on for preview in running]
    if not days:
        words = _("What is to be published about them, and your replies.")
    else:
        words = ngettext(
            "%(n)d preview is open; you can reply until the end of %(day)s.",
            "%(n)d previews are open; of the first you can reply until the end of %(day)s.",
            len(days),
        ) % {"n": len(days), "day": date_format(min(days), "j F Y")}
    return [Card(_("Your products"), words, reverse("desk:previews"), urgent=bool(days))]


def _officer(actor: Actor, now: datetime) -> list[Card]:
    found = desk_numbers(scope=actor.scope, me=actor.user_id, now=now)
    words = ngettext("%(n)d duty is open.", "%(n)d duties are open.", found.duties) % {"n": found.duties}
    if found.late:
        words += " " + ngettext("%(n)d is late.", "%(n)d are late.", found.late) % {"n": found.late}
    cards = [Card(_("Duties"), words, reverse("triage:duties"), urgent=found.duties > 0), _reports(found)]
    if found.coming:
        told = ngettext(
            "%(n)d report was handed over to you: say that you have it.",
            "%(n)d reports were handed over to you: say that you have them.",
            found.coming,
        )
        address = reverse("triage:handovers")
        cards.append(Card(_("Hand-overs"), told % {"n": found.coming}, address, urgent=True))
    return cards


def _registrar(actor: Actor, now: datetime) -> list[Card]:
    found = desk_numbers(scope=actor.scope, me=actor.user_id, now=now)
    number = found.waiting
    words = ngettext("%(n)d report waits for a number.", "%(n)d reports wait for a number.", number) % {"n": number}
    return [Card(_("Crime numbers"), words, reverse("triage:numbers"), urgent=number > 0), _reports(found)]


def _reports(found: DeskNumbers) -> Card:
    words = _("%(open)d to decide, %(mine)d with you.") % {"open": found.to_decide, "mine": found.mine}
    return Card(_("Reports"), words, reverse("triage:queue"))


_CARDS: dict[str, tuple[Callable[[Actor, datetime], list[Card]], ...]] = {
    "administrator": (_people_and_recovery, _work),
    "auditor": (_audit, _people),
    "triage-officer": (_officer,),
    "safeguarding-officer": (_officer,),
    "crime-registrar": (_registrar,),
    "analyst": (_signature, _edition, _publishing, _untold),
    "head-of-profession": (_signature, _edition, _publishing),
    "outreach-author": (_edition,),
    "outreach-approver": (_edition,),
    "cyber-authority-approver": (_edition,),
    "partner-analyst": (_edition,),
    "maker": (_edition, _own_products),
}
