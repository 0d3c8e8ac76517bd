"""The public figures of a quarter: frozen when it is over, checked by one person, published by another."""

from collections.abc import Callable, Collection
from datetime import date, datetime, time
from uuid import UUID

from django.db import transaction

from bluelamp.kernel.catalogue.queries import products_with_category
from bluelamp.kernel.people.domain.actor import Actor
from bluelamp.kernel.people.operations.permit import note, require
from bluelamp.reporting import permissions
from bluelamp.reporting.domain.figures import Counted, quarter_days, quarter_of, tables
from bluelamp.reporting.models import CrimeRecord, PublicFigures, Report
from bluelamp.reporting.operations.counting import LONDON, day_of, place_told


class FiguresError(ValueError):
    """Figures that cannot be checked or published; the message says why in one sentence."""


def freeze_figures(*, named: Callable[[], Collection[str]], now: datetime) -> PublicFigures | None:
    """Freeze the figures of the quarter before this one, once; None where they are there or there is nothing to count.

    `named` gives the products that the published Index names: only they may stand in a public table (RED-LINES 1).
    What is learnt later changes nothing, so that no two publications of a quarter can be subtracted.
    """
    first_of_this, _ = quarter_days(quarter_of(day_of(now)))
    quarter = quarter_of(date.fromordinal(first_of_this.toordinal() - 1))
    if PublicFigures.objects.filter(quarter=quarter).exists():
        return None
    first, after = (datetime.combine(day, time(), tzinfo=LONDON) for day in quarter_days(quarter))
    reports = Report.objects.filter(origin="live", received_at__gte=first, received_at__lt=after)
    crimes = CrimeRecord.objects.filter(
        report__origin="live", recorded_at__gte=first, recorded_at__lt=after, cancelled_at=None
    )
    if not reports.exists() and not crimes.exists():
        return None
    kept = reports.exclude(decisions__outcome="duplicate").prefetch_related("products", "flags")
    of_crimes = crimes.select_related("report").prefetch_related("report__products", "report__flags")
    counted = {
        "reports": [_counted(report, day_of(report.received_at)) for report in kept],
        "crimes": [_counted(crime.report, day_of(crime.recorded_at)) for crime in of_crimes],
    }
    categories, names = {key: category for key, _, _, category, _ in products_with_category()}, frozenset(named())
    made = {kind: tables(counted=rows, categories=categories, named=names) for kind, rows in counted.items()}
    return PublicFigures.objects.create(quarter=quarter, tables=made, made_at=now)


def check_figures(*, actor: Actor, figures_id: UUID, now: datetime) -> PublicFigures:
    """An analyst looked at frozen figures and stands by them. Raises NotPermittedError, FiguresError."""
    subject = f"figures:{figures_id}"
    require(actor=actor, action=permissions.CHECK_FIGURES, subject=subject, now=now)
    with transaction.atomic():
        held = _waiting(figures_id)
        held.checked_by_id, held.checked_at = actor.user_id, now
        held.save(update_fields=["checked_by", "checked_at"])
        note(actor=actor, action=permissions.CHECK_FIGURES.code, subject=subject, quarter=held.quarter, now=now)
    return held


def publish_figures(*, actor: Actor, figures_id: UUID, now: datetime) -> PublicFigures:
    """Publish figures that somebody else checked. Raises NotPermittedError, FiguresError."""
    subject = f"figures:{figures_id}"
    require(actor=actor, action=permissions.PUBLISH_FIGURES, subject=subject, now=now)
    with transaction.atomic():
        held = _waiting(figures_id)
        if held.checked_by_id is None:
            raise FiguresError("Nobody has checked these figures yet.")
        if held.checked_by_id == actor.user_id:
            raise FiguresError("You checked these figures: another person must publish them.")
        held.published_by_id, held.published_at = actor.user_id, now
        held.save(update_fields=["published_by", "published_at"])
        note(actor=actor, action=permissions.PUBLISH_FIGURES.code, subject=subject, quarter=held.quarter, now=now)
    return held


def _waiting(figures_id: UUID) -> PublicFigures:
    held = PublicFigures.objects.select_for_update().filter(pk=figures_id, published_at=None).first()
    if held is None:
        raise FiguresError("There are no such figures, or they are published.")
    return held


def _counted(report: Report, on: date) -> Counted:
    return Counted(on, place_told(report), tuple(product.product_key for product in report.products.all()))
