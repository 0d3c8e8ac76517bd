"""Reads of the evidence manifest."""

from pathlib import Path

from django.conf import settings
from django.db.models import QuerySet

from bluelamp.kernel.evidence.models import Load, QuarantinedRow


def evidence_folder() -> Path:
    """Where the files of evidence are."""
    return Path(settings.BLUELAMP_HOME) / "evidence"


def visible_loads(*, table: str, origin: str = "live") -> QuerySet[Load]:
    """The loads in use of one table (`sightings`, `epss`, `cves`, `units`), oldest first."""
    return Load.objects.filter(status=Load.Status.VISIBLE, table=table, origin=origin).select_related("source")


def file_paths(*, loads: QuerySet[Load]) -> list[Path]:
    """The Parquet files of some loads."""
    return [evidence_folder() / f"{h}.parquet" for h in loads.values_list("file_hash", flat=True)]


def quarantined() -> QuerySet[QuarantinedRow]:
    """Every row put aside, newest load first."""
    return QuarantinedRow.objects.select_related("load").order_by("-load__added_at", "line")
