"""How the journey goes, counted by day: numbers tied to nobody, which outlive what they were counted from."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F

from bluelamp.reporting.domain.times import DECIDED, LONGEST_DAYS, LONGEST_MINUTES, TOOK, bucket
from bluelamp.reporting.models import JourneyCount
from bluelamp.reporting.operations.counting import day_of


def count_page(*, page: str, what: str, day: date) -> None:
    """Count something that happened on a page of the journey: seen, answered, unsure, skipped, wrong, sent."""
    counted = JourneyCount.objects.filter(day=day, page=page, what=what)
    if not counted.update(number=F("number") + 1):
        with transaction.atomic():
            JourneyCount.objects.get_or_create(day=day, page=page, what=what)
            counted.update(number=F("number") + 1)


def count_took(*, started: datetime, now: datetime) -> None:
    """Count how many minutes somebody took from the first question to sending, breaks and all."""
    page = bucket(took=now - started, unit=timedelta(minutes=1), longest=LONGEST_MINUTES)
    count_page(page=page, what=TOOK, day=day_of(now))


def count_decided(*, received: datetime, now: datetime) -> None:
    """Count after how many days a report had its first decision."""
    page = bucket(took=now - received, unit=timedelta(days=1), longest=LONGEST_DAYS)
    count_page(page=page, what=DECIDED, day=day_of(now))
