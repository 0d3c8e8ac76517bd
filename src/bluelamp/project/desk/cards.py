"""What waits on the desk's first page, by capacity."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bluelamp.index.publishing_queries import drafts, due_fixes, waiting_replies, watched_findings
from bluelamp.index.queries import newest_edition
from bluelamp.kernel.audit.queries import newest_head, waiting_for_seal
from bluelamp.kernel.outbox.queries import load
from bluelamp.kernel.people.queries import Numbers, numbers


@dataclass(frozen=True)
class Card:
    """One thing to do or to know, with the page for it; `urgent` where it should not wait."""

    title: str
    words: str
    address: str
    urgent: bool = False


def cards_for(*, capacity: str, now: datetime) -> list[Card]:
    """The cards of a capacity, those that should not wait first."""
    cards = [card for make in _CARDS.get(capacity, ()) for card in make(now)]
    return sorted(cards, key=lambda card: not card.urgent)


def _people(now: datetime) -> list[Card]:
    return [_accounts(numbers(now=now))]


def _people_and_recovery(now: datetime) -> list[Card]:
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


def _work(_now: datetime) -> list[Card]:
    found = load()
    words = _("%(waiting)d waiting, %(dead)d given up.") % {"waiting": found.waiting, "dead": found.dead}
    return [Card(_("Work queue"), words, reverse("desk:work"), urgent=found.dead > 0)]


def _audit(now: datetime) -> list[Card]:
    head, waiting = newest_head(), waiting_for_seal()
    signed = _("Last signed on %(day)s.") % {"day": head.day} if head else _("No head has been signed yet.")
    words = ngettext("%(n)d entry waits for its seal.", "%(n)d entries wait for their seal.", waiting) % {"n": waiting}
    late = head is None or (now.date() - head.day).days > 1
    return [Card(_("Audit log"), f"{signed} {words}", reverse("desk:audit"), urgent=late)]


def _edition(_now: datetime) -> list[Card]:
    edition = newest_edition()
    if edition is None:
        return [Card(_("Security Index"), _("There is no edition yet."), reverse("index:home"))]
    words = _("Newest edition: %(number)s, %(status)s.") % {"number": edition.number, "status": edition.status}
    return [Card(_("Security Index"), words, reverse("index:table"))]


def _publishing(_now: datetime) -> list[Card]:
    numbers = {
        "drafts": drafts().count(),
        "replies": waiting_replies().count(),
        "fixes": due_fixes(today=timezone.localdate()).count(),
        "findings": watched_findings().count(),
    }
    words = _(
        "%(drafts)d drafts, %(replies)d replies to decide, %(fixes)d fixes due, %(findings)d changes of evidence."
    )
    waits = any(numbers[name] for name in ("replies", "fixes", "findings"))
    return [Card(_("Editions"), words % numbers, reverse("desk:editions"), urgent=waits)]


def _own_products(_now: datetime) -> list[Card]:
    return [
        Card(_("Your products"), _("What is to be published about them, and your replies."), reverse("desk:previews"))
    ]


_CARDS: dict[str, tuple[Callable[[datetime], list[Card]], ...]] = {
    "administrator": (_people_and_recovery, _work),
    "auditor": (_audit, _people),
    "analyst": (_edition, _publishing),
    "head-of-profession": (_edition, _publishing),
    "outreach-author": (_edition,),
    "outreach-approver": (_edition,),
    "cyber-authority-approver": (_edition,),
    "partner-analyst": (_edition,),
    "maker": (_edition, _own_products),
}
