"""What a browser that has just sent a report may be told of it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bluelamp.reporting.models import Report


@dataclass(frozen=True)
class SentReport:
    """A report as it was taken in; nothing that was written in it."""

    reference: str
    received_at: datetime
    scope: str
    body: str
    route_reason: str
    kinds: tuple[str, ...]
    products: tuple[str, ...]
    anonymous: bool
    watched: bool
    language: str
    duties: frozenset[str]
    may_take_receipt: bool


def sent_report(*, report: UUID) -> SentReport:
    """The report. Raises Report.DoesNotExist."""
    row = Report.objects.get(pk=report)
    return SentReport(
        reference=row.reference,
        received_at=row.received_at,
        scope=row.scope,
        body=row.body,
        route_reason=row.route_reason,
        kinds=tuple(row.kinds),
        products=tuple(row.products.values_list("product_key", flat=True)),
        anonymous=row.anonymous,
        watched=row.watched,
        language=row.language,
        duties=frozenset(row.duties.values_list("kind", flat=True)),
        may_take_receipt=bool(row.receipt) and not row.watched,
    )
