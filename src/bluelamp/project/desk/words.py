"""Capacities, scopes, actions and times in words."""

from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bluelamp.kernel.people.domain.scopes import NATIONAL
from bluelamp.kernel.people.models import Organisation
from bluelamp.kernel.places.queries import force_by_slug, is_force
from bluelamp.ui.labels import CAPACITIES, Label

LONDON = ZoneInfo("Europe/London")


def capacity_words(code: str) -> Label:
    """A capacity's name."""
    return CAPACITIES.get(code, code)


def scope_words(scope: str) -> Label:
    """Where a grant reaches, in words."""
    kind, _colon, name = scope.partition(":")
    if scope == NATIONAL:
        return _("the whole country")
    if kind == "force" and is_force(name):
        return force_by_slug(name).name
    if kind == "organisation":
        found = Organisation.objects.filter(pk=UUID(name)).first()
        return found.name if found else scope
    return scope


def message_words(state: str) -> Label:
    """What became of messages to people."""
    return _MESSAGES.get(state, state)


def way_words(*, kind: str, language: str) -> str:
    """How a message goes and in which language."""
    way = gettext("e-mail") if kind == "email" else gettext("text message")
    return f"{way}, {gettext('Welsh') if language == 'cy' else gettext('English')}"


_MESSAGES: dict[str, Label] = {
    "queued": _("Waiting to be sent"),
    "waiting-hours": _("Waiting for the hours of the person"),
    "sending": _("Being handed over"),
    "sent": _("Handed over"),
    "delivered": _("Delivered"),
    "failed": _("Failed"),
    "suppressed": _("Not sent: no messages wanted or possible"),
    "unsafe": _("Not sent: messages are not safe"),
    "held": _("Held after a restore: may have been sent"),
    "dropped": _("Not sent again after a restore"),
}


def start_of(day: date) -> datetime:
    """The first moment of a day in London."""
    return datetime.combine(day, time(), tzinfo=LONDON)


def end_of(day: date) -> datetime:
    """The first moment after a day in London."""
    return start_of(day + timedelta(days=1))
