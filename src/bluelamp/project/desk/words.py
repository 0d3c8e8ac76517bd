"""Capacities, scopes, actions and times in words."""

from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from bluelamp.kernel.people.domain.scopes import NATIONAL
from bluelamp.kernel.people.models import Organisation
from bluelamp.kernel.places.queries import force_by_slug, is_force
from bluelamp.ui.labels import Label

LONDON = ZoneInfo("Europe/London")
CAPACITIES: dict[str, Label] = {
    "supporting-organisation": _("Supporting organisation"),
    "triage-officer": _("Triage officer"),
    "crime-registrar": _("Crime registrar"),
    "safeguarding-officer": _("Safeguarding officer"),
    "control-room-operator": _("Control-room operator"),
    "analyst": _("Analyst"),
    "head-of-profession": _("Head of profession"),
    "outreach-author": _("Outreach author"),
    "outreach-approver": _("Outreach approver"),
    "cyber-authority-approver": _("Cyber-authority approver"),
    "maker": _("Maker"),
    "partner-analyst": _("Partner analyst"),
    "learner": _("Learner"),
    "specials-coordinator": _("Specials' coordinator"),
    "special": _("Special"),
    "employer": _("Employer"),
    "administrator": _("Administrator"),
    "auditor": _("Auditor"),
}


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


def start_of(day: date) -> datetime:
    """The first moment of a day in London."""
    return datetime.combine(day, time(), tzinfo=LONDON)


def end_of(day: date) -> datetime:
    """The first moment after a day in London."""
    return start_of(day + timedelta(days=1))
