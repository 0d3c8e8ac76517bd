"""What the checks found, and what stands in the way of publishing, in words."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext, gettext_noop, ngettext
from django.utils.translation import gettext_lazy as _

from bluelamp.index import sign_off_queries
from bluelamp.index.models import Check
from bluelamp.ui.labels import BANDS, KINDS_OF_EVIDENCE, Label

_FINDINGS: dict[str, Label] = {
    "kind-missing": _("There is no evidence of this kind: %(kind)s."),
    "source-missing": _("Nothing of this source is loaded: %(title)s."),
    "source-put-aside": _("%(title)s: %(number)s of %(of)s rows were put aside."),
    "source-unmapped": _("%(title)s: %(number)s of %(of)s rows belong to no product."),
    "product-new": _("%(name)s comes in."),
    "product-gone": _("%(name)s goes out."),
    "band-changed": _("%(name)s: band from %(before)s to %(after)s."),
    "dates-jump": _("%(name)s: from %(before)s to %(after)s dates."),
    "many-gone": _("%(number)s of %(of)s products go out."),
    "small-difference": _("A count of crimes under ten could be computed: %(subject)s and %(less)s. Withhold a count."),
    "error-proven": _("%(name)s: an error in the evidence is proven. Withhold the product, or mend and build anew."),
    "preview-missing": _("%(name)s is named for the first time and its maker has not been shown this evidence."),
}

# The same with a number that is inflected.
_COUNTED: dict[str, tuple[str, str]] = {
    "entry-removed": (
        gettext_noop("%(name)s: %(source)s took back %(number)s entry (%(refs)s)."),
        gettext_noop("%(name)s: %(source)s took back %(number)s entries (%(refs)s)."),
    ),
    "cve-rejected": (
        gettext_noop("%(name)s: %(number)s entry of %(source)s no longer counts: its CVE was rejected (%(refs)s)."),
        gettext_noop("%(name)s: %(number)s entries of %(source)s no longer count: their CVE was rejected (%(refs)s)."),
    ),
    "entry-late": (
        gettext_noop("%(name)s: %(source)s added %(number)s entry about the period (%(refs)s)."),
        gettext_noop("%(name)s: %(source)s added %(number)s entries about the period (%(refs)s)."),
    ),
    "source-stale": (
        gettext_noop("%(title)s was last looked at %(days)s day ago; %(allowed)s are allowed."),
        gettext_noop("%(title)s was last looked at %(days)s days ago; %(allowed)s are allowed."),
    ),
    "many-new": (
        gettext_noop("%(number)s product comes in; the earlier edition has %(of)s."),
        gettext_noop("%(number)s products come in; the earlier edition has %(of)s."),
    ),
    "no-base": (
        gettext_noop("There is no earlier edition to compare the %(number)s product with."),
        gettext_noop("There is no earlier edition to compare the %(number)s products with."),
    ),
}

CHECK_NAMES: dict[str, Label] = {
    "coverage": _("Coverage"),
    "stale": _("Sources not looked at for long"),
    "jumps": _("Jumps"),
    "differencing": _("Small counts"),
    "removed": _("Entries taken back"),
    "late": _("Late entries"),
    "errors": _("Errors"),
    "previews": _("Previews"),
}

OBSTACLES: dict[str, Label] = {
    "is-specimen": _("It is a specimen."),
    "not-draft": _("It is no draft."),
    "not-live": _("It, or its evidence, is not live: it can never be published."),
    "no-date": _("It has no date in the calendar."),
    "too-early": _("Its date has not come."),
    "date-cancelled": _("Its date was cancelled."),
    "not-checked": _("The checks have not been run since it was changed."),
    "checks-open": _("What the checks found has not been acknowledged, or is new."),
    "checks-block": _("A check forbids it."),
    "no-preview": _("A maker has not been shown what is said of its product."),
    "preview-runs": _("Makers' ten working days are not over."),
    "reply-waits": _("A maker's reply waits for a decision."),
    "not-approved": _("An analyst and the head of profession have not both signed this version."),
    "superseded": _("What it was compared with is no longer the newest edition: build it anew."),
}


def finding_words(*, code: str, subject: str, values: Mapping[str, Any]) -> str:
    """One finding as a sentence."""
    bands = {name: str(BANDS.get(value, value)) for name, value in values.items() if code == "band-changed"}
    told = {**values, **bands, "subject": subject, "kind": KINDS_OF_EVIDENCE.get(subject, subject)}
    if code in _COUNTED:
        one, many = _COUNTED[code]
        return ngettext(one, many, int(values.get("number", values.get("days", 2)))) % told
    return str(_FINDINGS[code]) % told if code in _FINDINGS else f"{code} {subject}"


def told_check(check: Check) -> tuple[Check, str]:
    """A finding that was stored, with its sentence."""
    return check, finding_words(code=check.code, subject=check.subject, values=check.values)


def obstacle_words(codes: tuple[str, ...]) -> list[Label]:
    """What stands in the way, as sentences."""
    return [OBSTACLES.get(code, code) for code in codes]


# Why somebody whose capacity signs is not asked to.
NOT_SIGNING: dict[str, Label] = {
    sign_off_queries.ASKED: _(
        "You asked for the sign-off, so others must sign: another analyst and the head of profession."
    ),
    sign_off_queries.SIGNED: _("You have decided about this version."),
    sign_off_queries.CAPACITY_SIGNED: _("Somebody has signed in your capacity; the other signature is missing."),
}


def void_words(past: sign_off_queries.PastSignOff) -> str:
    """Why an earlier sign-off counts no more: the program's sentence in the reader's language, a person's as it is."""
    return past.reason if past.rejected_by else gettext(past.reason)
