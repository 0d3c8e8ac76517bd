"""The model that reads for danger, where a force has switched it on. It only adds flags (RED-LINES 9 and 11)."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.conf import settings

from bluelamp.reporting.domain.classifying import raised_by, read_danger
from bluelamp.reporting.facts import danger_model
from bluelamp.reporting.models import Report
from bluelamp.reporting.operations.flags import raise_on


def is_reading() -> bool:
    """Whether a force has switched the model on (BLUELAMP_DANGER_MODEL)."""
    return bool(settings.BLUELAMP_DANGER_MODEL)


def raise_by_model(*, report: Report, texts: Mapping[str, str], now: datetime) -> None:
    """Raise what the model finds in texts, by page or kind of message, in the caller's transaction.

    It changes neither where a report goes nor what its reporter is shown: both are settled by answers and rules.
    """
    if is_reading():
        raise_on(report=report, raised=raised_by(model=danger_model(), texts=texts), now=now)


def danger_words(*, texts: Iterable[str]) -> tuple[str, ...]:
    """The words that made the model suggest danger, for somebody who was let in to read these texts; kept nowhere."""
    readings = (read_danger(model=danger_model(), text=text) for text in texts)
    return tuple(dict.fromkeys(word for reading in readings if reading.suggests for word in reading.words))
