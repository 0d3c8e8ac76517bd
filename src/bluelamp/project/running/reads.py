"""Reads across the kernel that only those who run the program need."""

from datetime import datetime

from django.db.models import Max, QuerySet

from bluelamp.kernel.audit.models import Entry, Sealer
from bluelamp.kernel.audit.queries import unsealed, waiting_for_seal
from bluelamp.kernel.evidence.models import Load
from bluelamp.kernel.outbox.models import ScheduledJob


def worker_seen() -> datetime | None:
    """When a worker last began or ended a job. Some job is due every minute, so a worker that lives is seen often."""
    found = ScheduledJob.objects.aggregate(began=Max("last_started"), ended=Max("last_finished"))
    return max((at for at in found.values() if at), default=None)


def unsealed_entries() -> int:
    """How many audit entries wait for the sealer. Looks no further back than the sealer does every minute."""
    return waiting_for_seal()


def oldest_unsealed() -> datetime | None:
    """The time of the oldest audit entry that waits for the sealer."""
    return _waiting().values_list("at", flat=True).first()


def newest_row() -> datetime | None:
    """The latest time that any row was written at, as far as rows of daily life tell."""
    entry = Entry.objects.order_by("-pk").values_list("at", flat=True).first()
    load = Load.objects.order_by("-added_at").values_list("added_at", flat=True).first()
    return max((at for at in (entry, load, worker_seen()) if at), default=None)


def _waiting() -> QuerySet[Entry]:
    return unsealed(after=Sealer.objects.values_list("settled", flat=True).first() or 0)
