"""Telling reporters that what they reported became part of something public."""

from collections.abc import Collection
from datetime import date, datetime

from bluelamp.reporting.models import Report
from bluelamp.reporting.operations.answering import tell_it_helped

_DONE = frozenset({"citizen_report", "recorded_crime"})


def tell_of_edition(*, code: str, first: date, last: date, products: Collection[str], now: datetime) -> int:
    """Tell each reporter whose report is evidence of a product that an edition names, in its period; give how many.

    `code` is the edition's public number. Told once; who may be watched gets no notice, only the words on their page.
    """
    counted = Report.objects.filter(
        origin="live",
        erased_at=None,
        sightings__product_key__in=products,
        sightings__kind__in=_DONE,
        sightings__on__range=(first, last),
    )
    told = 0
    for report in counted.distinct().values_list("pk", flat=True):
        told += tell_it_helped(report=report, how="edition", code=code, now=now) is not None
    return told
