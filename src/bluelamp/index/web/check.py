"""Check my home: from a list of devices to three jobs in order. The list lives in the address and nowhere else."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import formats, timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from bluelamp.index.domain.confirmed import confirmations
from bluelamp.index.domain.home_check import Device, Job, plan_of
from bluelamp.index.domain.home_names import KINDS
from bluelamp.index.models import Edition, EditionRow
from bluelamp.index.web import home_list, reads
from bluelamp.index.web.home_list import Entry, Understood
from bluelamp.index.web.page import render_page
from bluelamp.index.web.statements import listed_sightings, no_evidence
from bluelamp.kernel.advice.queries import Shown, advice_for, all_advice, common, show

# Which text of advice, and which page of an authority, a job without a device of its own rests on.
_GENERAL = {"mail": "account-hacked", "phone": "phone", "router": "router"}
_SAYS_SO = {
    "password": "ncsc-smart-devices",
    "updates": "ncsc-top-tips",
    "mail": "ncsc-two-step",
    "phone": "ncsc-top-tips",
    "router": "ncsc-smart-devices",
}
# What to do and why, by reason; "ended" where a confirmed product is no longer supported either.
_WORDS: dict[str, tuple[Promise, Promise]] = {
    "exploited": (
        gettext_lazy("Update %(name)s today"),
        gettext_lazy(
            "%(publisher)s confirmed on %(on)s that attackers had used a weakness in it; the maker's newest update is "
            "the way to mend it."
        ),
    ),
    "ended": (
        gettext_lazy("Ask about a replacement for %(name)s"),
        gettext_lazy(
            "%(publisher)s confirmed on %(on)s that attackers had used a weakness in it, and as far as we know its "
            "maker no longer supports it."
        ),
    ),
    "unsupported": (
        gettext_lazy("Ask about a replacement for %(name)s"),
        gettext_lazy("As far as we know its maker no longer supports it, so weaknesses found now may not be mended."),
    ),
    "exploited-before": (
        gettext_lazy("See that %(name)s has every update"),
        gettext_lazy("%(publisher)s confirmed earlier, last on %(on)s, that attackers had used a weakness in it."),
    ),
    "password": (
        gettext_lazy("Set a password of your own"),
        gettext_lazy("Criminals try the passwords that devices are sold with, and those used elsewhere."),
    ),
    "updates": (
        gettext_lazy("Switch on automatic updates"),
        gettext_lazy("Updates mend weaknesses before criminals make use of them."),
    ),
    "mail": (
        gettext_lazy("Switch on two-step verification for your e-mail"),
        gettext_lazy("Whoever gets into your e-mail can set new passwords for everything else."),
    ),
    "phone": (
        gettext_lazy("Switch on automatic updates on your phone"),
        gettext_lazy(
            "A phone opens most of what you own, and updates mend weaknesses before criminals make use of them."
        ),
    ),
    "router": (
        gettext_lazy("Set a password of your own for your router"),
        gettext_lazy(
            "Everything in a home that goes online goes through it, and criminals try the passwords routers are sold "
            "with."
        ),
    ),
}


@dataclass(frozen=True)
class Source:
    """Who says so, and where it can be read; no address where that is a page of ours that is linked anyway."""

    words: str
    address: str


@dataclass(frozen=True)
class ShownJob:
    """One job in words: what, which devices, why in one sentence, who says so, and the steps to read."""

    what: str
    devices: tuple[str, ...]
    why: str
    source: Source
    steps: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ShownDevice:
    """One device of the list with what is known of it."""

    read: Understood
    evidence: str
    confirmed: bool


@dataclass(frozen=True)
class _Said:
    """The newest confirmation of a product: the source's publisher, title and address, the day, whether inside."""

    publisher: str
    title: str
    address: str
    on: date
    inside: bool


@require_safe
def check(request: HttpRequest) -> HttpResponse:
    """A form for devices and, once there are some, three jobs."""
    edition = reads.shown_edition(request)
    entries, problems = home_list.read_entries(request.GET)
    read, more = home_list.understand(entries, preferred=reads.with_evidence(edition))
    keys = [one.product.key for one in read if one.product is not None]
    rows = reads.shown_rows(edition=edition, keys=keys)
    plan = plan_of(devices=[_device(one, rows, edition) for one in read])
    kept = [one.entry for one in read]
    # The form sends its field even when nothing was written there.
    nothing = "d" in request.GET and not read and not problems and not more
    response = render_page(
        request,
        "index/check.html",
        edition=edition,
        crumbs=((_("Check my home"), ""),),
        problems=[*problems, *more],
        nothing=nothing,
        devices=[_shown_device(one, rows, edition) for one in read],
        jobs=[_shown_job(job, rows, edition) for job in plan.jobs] if read else [],
        waiting=plan.waiting,
        typed="\n".join(entry.value for entry in kept if entry.field == "d"),
        products=" ".join(entry.value for entry in kept if entry.field == "p"),
        kinds=[(code, Entry("k", code) in kept) for code in KINDS],
        most=home_list.MOST,
    )
    # The address holds what somebody owns: no cache keeps the page, and no other page is told the address.
    response["Cache-Control"] = "no-store, private"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _device(one: Understood, rows: dict[str, EditionRow], edition: Edition | None) -> Device:
    product = one.product
    row = rows.get(product.key) if product else None
    # A job says that it was confirmed: what was only seen attacked brings none of its own.
    said = _said(row, edition) if row is not None and edition is not None and row.dates_ever else None
    return Device(
        name=one.name,
        kind=one.kind,
        product_key=product.key if product else "",
        dates=row.dates if row and said and said.inside else 0,
        dates_ever=row.dates_ever if row and said else 0,
        newest=said.on if said else None,
        ended=bool(product and product.support == "ended"),
    )


def _shown_device(one: Understood, rows: dict[str, EditionRow], edition: Edition | None) -> ShownDevice:
    row = rows.get(one.product.key) if one.product else None
    if one.household:
        return ShownDevice(one, _("We hold no evidence about this device. That is not a sign that it is safe."), False)
    if one.unknown:
        return ShownDevice(one, _("We know no product by this name. That is not a sign that it is safe."), False)
    if one.unsure:
        return ShownDevice(one, _("We are not sure which product this is, so we looked for no evidence."), False)
    if one.product is None:
        return ShownDevice(one, _("A kind of device. Write the maker and the name, and we look for evidence."), False)
    if row is None or not row.dates_ever or edition is None:
        return ShownDevice(one, no_evidence(), False)
    said = _said(row, edition)
    if said is None:
        return ShownDevice(
            one, _("Seen attacked, not confirmed as exploited; newest %(on)s.") % {"on": _day(row.last_seen)}, False
        )
    told = {"publisher": said.publisher, "on": _day(said.on)}
    if said.inside:
        return ShownDevice(one, _("Confirmed exploited, newest %(on)s: %(publisher)s.") % told, True)
    return ShownDevice(one, _("Confirmed exploited before the period, last on %(on)s: %(publisher)s.") % told, True)


def _shown_job(job: Job, rows: dict[str, EditionRow], edition: Edition | None) -> ShownJob:
    device = job.devices[0] if job.devices else None
    row = rows.get(device.product_key) if device else None
    told = {"name": device.name if device else ""}
    said = _said(row, edition) if row is not None and edition is not None else None
    if said is not None:
        told |= {"publisher": said.publisher, "on": _day(said.on)}
    what, why = _WORDS["ended" if device and device.ended and job.reason == "exploited" else job.reason]
    shared = job.reason in ("password", "updates")
    return ShownJob(
        what=what % told,
        devices=tuple(d.name for d in job.devices) if shared else (),
        why=why % told,
        source=_source(job, said),
        steps=_steps(job),
    )


def _source(job: Job, said: _Said | None) -> Source:
    if job.reason in _SAYS_SO:
        page = common().sources[_SAYS_SO[job.reason]]
        return Source(words=f"{page.publisher}: {page.title}", address=page.url)
    if job.reason == "unsupported" or said is None:
        return Source(words=_("Bluelamp's catalogue of products"), address="")
    return Source(words=f"{said.publisher}: {said.title}", address=said.address)


def _steps(job: Job) -> tuple[tuple[str, str], ...]:
    """(title, address) of what to read: the advice, and a confirmed product's own page."""
    texts = _general(job.reason) if job.reason in _GENERAL else _advice(job)
    found = [(text.title, reverse("advice:topic", args=[text.code])) for text in texts[:1]]
    if job.reason in ("exploited", "exploited-before", "unsupported"):
        device = job.devices[0]
        found.append((_("What we know of %(name)s") % {"name": device.name}, _address(device)))
    return tuple(found)


def _address(device: Device) -> str:
    return reverse("index:product", args=[device.product_key])


def _advice(job: Job) -> list[Shown]:
    language, today = translation.get_language() or "en", timezone.localdate()
    return advice_for(
        category=job.kind,
        product_key=job.devices[0].product_key if len(job.devices) == 1 else "",
        abuse_safe=False,
        language=language,
        today=today,
    )


def _general(reason: str) -> list[Shown]:
    language, today = translation.get_language() or "en", timezone.localdate()
    return [
        show(advice=a, abuse_safe=False, language=language, today=today)
        for a in all_advice()
        if a.code == _GENERAL[reason]
    ]


def _said(row: EditionRow, edition: Edition) -> _Said | None:
    """Who last confirmed a product as exploited, and when, by no copy of another source; None where nobody did.

    What sensors and partners saw, crimes, and copies are newer at times, but their sources confirmed nothing. Of
    several that confirmed on one day the first by id is named.
    """
    found = confirmations(sightings=listed_sightings(row=row), copies=edition.copies)
    if not found:
        return None
    newest = max(s["on"] for s in found)
    source = min(str(s["source"]) for s in found if s["on"] == newest)
    stated = reads.sources_of(edition).get(source, {})
    on = date.fromisoformat(newest)
    return _Said(
        publisher=str(stated.get("publisher", source)),
        title=str(stated.get("title", "")),
        address=str(stated.get("url", "")),
        on=on,
        inside=on >= edition.period_start,
    )


def _day(day: date) -> str:
    return str(formats.date_format(day, "j F Y"))
