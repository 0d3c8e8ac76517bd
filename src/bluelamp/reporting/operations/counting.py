"""From what was decided of a report to a sighting, from sightings to evidence: the loop closes here."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq

from bluelamp.kernel.catalogue.queries import current_key, loaded_version
from bluelamp.kernel.events import ReportChanged
from bluelamp.kernel.evidence.models import Load, Source
from bluelamp.kernel.evidence.operations import Batch, Terms, register_source, store_batch
from bluelamp.kernel.evidence.queries import evidence_folder, visible_loads
from bluelamp.reporting.domain.figures import may_have_place
from bluelamp.reporting.domain.life import counts_as_sighting
from bluelamp.reporting.models import CrimeRecord, Report, ReportSighting
from bluelamp.warehouse.counts import SIGHTING_SCHEMA

LONDON = ZoneInfo("Europe/London")
_EXTRACTS = "police-recorded-crime"
_SOURCES = {
    ReportSighting.Kind.REPORT: ("citizen-reports", "Reports by members of the public, triaged by the police"),
    ReportSighting.Kind.CRIME: ("crimes-from-reports", "Crimes recorded from reports, by product"),
}
# Restricted, and public only as aggregates (RED-LINES 7).
_TERMS = Terms(marking="TLP:AMBER", publish="aggregate")


def count_report(*, event: ReportChanged, now: datetime) -> None:  # noqa: ARG001
    """Bring the sightings of a report in line with what was decided of it. Handled again it changes nothing.

    An erased report keeps the sightings that it had. Only live reports count; a crime counts with its number only.
    """
    report = Report.objects.select_for_update().filter(pk=event.report, origin="live", erased_at=None).first()
    if report is None:
        return
    products = sorted({current_key(key=key) for key in report.products.values_list("product_key", flat=True)})
    decision = report.decisions.order_by("-at", "-id").first()
    triaged = decision is not None and counts_as_sighting(outcome=decision.outcome, reason=decision.reason)
    crime = CrimeRecord.objects.filter(report=report, cancelled_at=None).first()
    place = place_told(report)
    wanted = {
        ReportSighting.Kind.REPORT: day_of(report.received_at) if triaged else None,
        ReportSighting.Kind.CRIME: day_of(crime.recorded_at) if crime else None,
    }
    for kind, on in wanted.items():
        counted = ReportSighting.objects.filter(report=report, kind=kind)
        if on is None:
            counted.delete()
            continue
        counted.exclude(product_key__in=products).delete()
        for key in products:
            told = {"on": on, "place": place}
            ReportSighting.objects.update_or_create(report=report, product_key=key, kind=kind, defaults=told)


def write_evidence(*, now: datetime) -> list[Load]:
    """Write the sightings as evidence, where they changed; each load replaces the one before. The daily job.

    Crimes of a force that supplies extracts of its own are left out: they are in there already.
    """
    done = []
    for kind in ReportSighting.Kind:
        rows = ReportSighting.objects.filter(kind=kind, report__origin="live")
        counted = Counter((s.product_key, s.on, s.place) for s in rows.iterator())
        if kind is ReportSighting.Kind.CRIME:
            counted = _without(counted, forces=_forces_with_extracts())
        load = _store(kind=kind, counted=counted, now=now)
        if load:
            done.append(load)
    return done


def place_told(report: Report) -> str:
    """The force by which a report may be counted; "" for none."""
    told = may_have_place(kinds=report.kinds, flags=[flag.code for flag in report.flags.all()])
    return report.scope.removeprefix("force:") if told and report.scope.startswith("force:") else ""


def day_of(moment: datetime) -> date:
    """The day of a moment in London."""
    return moment.astimezone(LONDON).date()


def _without(counted: Counter[tuple[str, date, str]], *, forces: set[str]) -> Counter[tuple[str, date, str]]:
    return Counter({key: n for key, n in counted.items() if key[2] not in forces})


def _forces_with_extracts() -> set[str]:
    loads = visible_loads(table="sightings").filter(source_id=_EXTRACTS)
    paths = [evidence_folder() / f"{h}.parquet" for h in loads.values_list("file_hash", flat=True)]
    return {place for path in paths for place in pq.read_table(path, columns=["place"])["place"].to_pylist() if place}


def _store(*, kind: ReportSighting.Kind, counted: Counter[tuple[str, date, str]], now: datetime) -> Load | None:
    source_id, title = _SOURCES[kind]
    content = [[key, on.isoformat(), place, n] for (key, on, place), n in sorted(counted.items())]
    digest = hashlib.sha256(json.dumps(content).encode()).hexdigest()
    newest = Load.objects.filter(source_id=source_id, status=Load.Status.VISIBLE).order_by("-added_at").first()
    if (newest is None and not counted) or (newest is not None and newest.content_hash == digest):
        return None
    batch = Batch(
        feed_id=source_id,
        table="sightings",
        rows=_table(kind=kind, source_id=source_id, rows=sorted(counted.items())),
        refused=[],
        to_product=sum(counted.values()),
        maker_only=0,
        unmapped=0,
        first_on=min((on for _, on, _ in counted), default=None),
        # The day of the writing: a list from which something was taken out must still replace an older one.
        last_on=day_of(now),
    )
    return store_batch(
        source=_source(source_id, title),
        batch=batch,
        content_hash=digest,
        catalogue_version=loaded_version(),
        snapshot=True,
        refuse=False,
        terms=_TERMS,
        now=now,
    )


def _source(source_id: str, title: str) -> Source:
    source = Source(
        id=source_id,
        title=title,
        publisher="The forces that use this installation",
        licence="For the Index; public as aggregates only",
        cadence="daily",
    )
    return register_source(source=source)


def _table(*, kind: str, source_id: str, rows: Iterable[tuple[tuple[str, date, str], int]]) -> pa.Table:
    fields = [
        (line, "", "", "", key.partition(":")[0], key, "", str(kind), source_id, on, number, place)
        for line, ((key, on, place), number) in enumerate(rows, 1)
    ]
    columns = list(zip(*fields, strict=True)) or [()] * len(SIGHTING_SCHEMA)
    arrays = [pa.array(column, type=field.type) for column, field in zip(columns, SIGHTING_SCHEMA, strict=True)]
    return pa.table(arrays, schema=SIGHTING_SCHEMA)
