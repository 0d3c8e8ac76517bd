"""What every staff page shows of the person at work: name, capacity, menu. Public pages never evaluate it."""

from dataclasses import dataclass, field
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from bluelamp.kernel.people.domain.actions import Action
from bluelamp.kernel.people.domain.actor import Actor
from bluelamp.project.desk.words import capacity_words, scope_words
from bluelamp.project.permission_table import ROUTES, TABLE
from bluelamp.ui.labels import Label

MENU: tuple[tuple[str, Label], ...] = (
    ("desk:home", _("Desk")),
    ("triage:queue", _("Reports")),
    ("desk:editions", _("Editions")),
    ("desk:calendar", _("Release calendar")),
    ("desk:early", _("Before release")),
    ("desk:previews", _("Your products")),
    ("behalf:own", _("Your reports")),
    ("desk:people", _("People")),
    ("desk:organisations", _("Organisations")),
    ("desk:maker-links", _("Makers")),
    ("desk:clients", _("Programs")),
    ("desk:resets", _("Recovery")),
    ("desk:work", _("Work queue")),
    ("desk:messages", _("Messages")),
    ("desk:audit", _("Audit log")),
)


_NAMES = frozenset(name for name, _label in MENU)


@dataclass(frozen=True)
class Item:
    """One entry of the menu."""

    address: str
    label: Label
    current: bool = False


@dataclass(frozen=True)
class Staff:
    """The person at work, in words."""

    signed_in: bool = False
    name: str = ""
    capacity: Label = ""
    scope: Label = ""
    menu: SafeString = field(default_factory=SafeString)
    demo: bool = False


def staff(request: HttpRequest) -> dict[str, object]:
    """Context processor: `staff`, worked out only where a template asks for it."""
    return {"staff": SimpleLazyObject(lambda: _staff(request))}


def open_to(*, view_name: str, capacity: str) -> bool:
    """Whether a page is open to a capacity by the permission table."""
    rule = ROUTES[view_name]
    return capacity in TABLE[rule.code] if isinstance(rule, Action) else True


def _staff(request: HttpRequest) -> Staff:
    if not getattr(request, "signed_in", False):
        return Staff(demo=settings.BLUELAMP_DEMO)
    actor: Actor = request.__dict__["actor"]
    here = request.resolver_match.view_name if request.resolver_match else ""
    return Staff(
        signed_in=True,
        name=str(request.user),
        capacity=capacity_words(actor.capacity),
        scope=scope_words(actor.scope),
        menu=_menu(get_language(), actor.capacity, here if here in _NAMES else ""),
        demo=settings.BLUELAMP_DEMO,
    )


# Few: capacities times pages of the menu times languages. Nothing in it is of a person; whether somebody still holds
# the capacity was asked before, in this very request.
@lru_cache(maxsize=512)
def _menu(_language: str | None, capacity: str, here: str) -> SafeString:
    """The menu of a capacity in the language in use, on one of its own pages or ("") elsewhere."""
    items = [
        Item(reverse(name), label, current=name == here)
        for name, label in MENU
        if open_to(view_name=name, capacity=capacity)
    ]
    return render_to_string("desk/menu.html", {"items": items})
