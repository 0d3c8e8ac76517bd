"""Building an edition from the visible evidence, and checking that its published figures can be built again."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
from django.db import transaction

from bluelamp.index.domain.combining import merged_dates
from bluelamp.index.domain.confirmed import CONFIRMED, own_days
from bluelamp.index.domain.method import Base, Figure, SourceFact
from bluelamp.index.domain.parameters import Parameters
from bluelamp.index.domain.period import months_since, period_ending
from bluelamp.index.domain.units import StatedUnits, chosen_units
from bluelamp.index.evidence_queries import present_reading, stated_units
from bluelamp.index.models import Edition, EditionRow
from bluelamp.index.operations.covering import compared_told, evidence_told, units_told
from bluelamp.index.operations.frozen import (
    RESTRICTED_KINDS,
    code_version,
    columns_of,
    figures_hash,
    frozen_figures,
    frozen_narrower,
    lock_hash,
)
from bluelamp.index.queries import editions_folder, newest_specimen
from bluelamp.kernel.catalogue.domain.categories import group_of
from bluelamp.kernel.catalogue.queries import maker_names, products_with_category
from bluelamp.kernel.events import EditionBuilt
from bluelamp.kernel.evidence.models import Load, Source
from bluelamp.kernel.evidence.queries import file_paths, visible_loads
from bluelamp.kernel.outbox.operations import announce
from bluelamp.warehouse.counts import Reading, frozen_counts, newest_day, refs_among, sightings_of_products
from bluelamp.warehouse.files import FileDamagedError, read_table, write_table


class NoEvidenceError(ValueError):
    """There are no sightings to build an edition from."""


class BaseError(ValueError):
    """An edition cannot be the base of another one; the message says why in one sentence."""


@dataclass(frozen=True)
class Checked:
    """The result of a check: whether every published figure was built again alike, and what differs."""

    edition: Edition
    same: bool
    differences: tuple[str, ...]


@dataclass(frozen=True)
class Prepared:
    """An edition made from the visible evidence and not yet stored: its own fields, figures, products and sightings."""

    fields: dict[str, Any]
    figures: tuple[Figure, ...]
    products: pa.Table
    details: dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class _Inputs:
    """What an edition is made from, the counts and products of it in files. `fields` are those that name its content:
    the same evidence, catalogue, parameters, base and code give the same figures."""

    fields: dict[str, Any]
    loads: list[Load]
    paths: list[Path]
    reading: Reading
    sources: list[SourceFact]
    counts: pa.Table
    products: pa.Table
    stated: Mapping[str, Sequence[StatedUnits]]
    moved: dict[str, str]


def build_edition(
    *, now: datetime, parameters: Parameters | None = None, base: Edition | None = None
) -> tuple[Edition, bool]:
    """Build a specimen edition from the visible evidence; give it and whether it is new.

    Trends are also held against the period of the `base` edition, which must be as long. The same evidence, catalogue,
    parameters, base and code give the edition that is there already. Raises NoEvidenceError, BaseError (a draft, or of
    another length), OSError (full disk); the last good edition is untouched in any case.
    """
    if base is not None and base.status == Edition.Status.DRAFT:
        raise BaseError("A draft may still change: name a published edition or a specimen as the base.")
    chosen = parameters or Parameters()
    inputs = _freeze(parameters=chosen, base=base, end=None)
    last = newest_specimen()
    if last and all(getattr(last, name) == value for name, value in inputs.fields.items()):
        return last, False
    prepared = _make(inputs, parameters=chosen)
    with transaction.atomic():
        edition = Edition.objects.create(number=next_number(), built_at=next_time(now=now), **prepared.fields)
        store_rows(edition=edition, prepared=prepared)
        announce(event=EditionBuilt(edition=edition.id), now=now)
    return edition, True


def prepare_edition(*, parameters: Parameters, base: Edition | None, end: date | None = None) -> Prepared:
    """Make an edition of the visible evidence, up to `end` or to the newest day of an authority's or of a crime.

    No other source moves that day, so that one late row of a sensor or a copy does not push dates of all out at the
    other end; where there is neither, it is the newest day of all.
    Raises NoEvidenceError, BaseError (its period is of another length), OSError.
    """
    return _make(_freeze(parameters=parameters, base=base, end=end), parameters=parameters)


def _freeze(*, parameters: Parameters, base: Edition | None, end: date | None) -> _Inputs:
    """Count the evidence and write what an edition is made from into files; the same content has the same name."""
    loads = visible_loads(table="sightings")
    paths = file_paths(loads=loads)
    reading = present_reading()
    sources = [_source_fact(s) for s in sorted({load.source for load in loads}, key=lambda s: s.id)]
    official = [(CONFIRMED, s.id) for s in sources if s.authority] + [("recorded_crime", s.id) for s in sources]
    end = end or newest_day(paths=paths, of=official, reading=reading)
    if end is None or not paths:
        raise NoEvidenceError("There is no evidence yet. Load some first: bluelamp feeds load FILE")
    counts = frozen_counts(paths=paths, end=end, spool=editions_folder(), reading=reading)
    stated = chosen_units(stated=stated_units(moved=reading.moved), end=end)
    products = _products_table({key: found[0].units for key, found in stated.items()})
    moved = _moved_since(base, moved=reading.moved)
    period = period_ending(end=end, months=parameters.period_months)
    fields = {
        "period_start": period.start,
        "period_end": period.end,
        "input_hash": write_table(table=counts, folder=editions_folder()).sha256,
        "products_hash": write_table(table=products, folder=editions_folder()).sha256,
        "parameters": {
            **parameters.to_dict(),
            "sources": [asdict(s) for s in sources],
            **({"moved": moved} if moved else {}),
        },
        "code_version": code_version(),
        "lock_hash": lock_hash(),
        "base": base,
    }
    return _Inputs(fields, list(loads), paths, reading, sources, counts, products, stated, moved)


def _make(inputs: _Inputs, *, parameters: Parameters) -> Prepared:
    counts, products, sources = inputs.counts, inputs.products, inputs.sources
    end, base = inputs.fields["period_end"], inputs.fields["base"]
    figures = frozen_figures(
        counts=counts,
        products=products,
        sources=sources,
        parameters=parameters,
        base=_base_of(base, end=end, parameters=parameters, moved=inputs.moved),
    )
    narrower = frozen_narrower(counts=counts, products=products, sources=sources, parameters=parameters)
    return Prepared(
        fields={
            **inputs.fields,
            "figures_hash": figures_hash(figures),
            "coverage": units_told(figures=figures, stated=inputs.stated)
            | compared_told(figures=figures, products=products)
            | evidence_told(
                counts=counts,
                loads=inputs.loads,
                months=parameters.period_months,
                rejected=refs_among(paths=inputs.paths, refs=inputs.reading.rejected),
            ),
            "narrower": [list(n) for n in narrower],
            "evidence": [
                {"load": str(load.pk), "feed": load.feed_id, "file": load.file_hash, "origin": load.origin}
                for load in inputs.loads
            ],
        },
        figures=figures,
        products=products,
        details=_details(paths=inputs.paths, end=end, reading=inputs.reading),
    )


def base_numbered(*, number: int, revision: int | None = None) -> Edition:
    """The edition of a number as a base: a revision, or the newest that is not withdrawn. Raises BaseError."""
    every = Edition.objects.filter(number=number).order_by("-revision")
    if revision is not None:
        every = every.filter(revision=revision)
    found = every.exclude(status__in=[Edition.Status.WITHDRAWN, Edition.Status.DRAFT]).first()
    if found is not None:
        return found
    if not every.exists():
        raise BaseError(f"There is no edition {number}. See: bluelamp index editions")
    if every.filter(status=Edition.Status.DRAFT).exists():
        raise BaseError("A draft may still change: name a published edition or a specimen as the base.")
    raise BaseError(f"Edition {number} was withdrawn: its figures are no base.")


def store_rows(*, edition: Edition, prepared: Prepared) -> None:
    """Store the rows of an edition in the caller's transaction, in the place of those that it has."""
    edition.rows.all().delete()
    rows = _rows(edition=edition, figures=prepared.figures, products=prepared.products, details=prepared.details)
    EditionRow.objects.bulk_create(rows, batch_size=500)


def sightings_now(*, end: date) -> dict[str, list[dict[str, Any]]]:
    """Per product: what may be listed one by one of the visible evidence up to a day, as editions keep it."""
    paths = file_paths(loads=visible_loads(table="sightings"))
    return _details(paths=paths, end=end, reading=present_reading()) if paths else {}


def next_number() -> int:
    """The number of the next edition. Specimens and drafts use numbers too, so that none is ever given twice."""
    newest = Edition.objects.order_by("-number").first()
    return newest.number + 1 if newest else 1


def next_time(*, now: datetime) -> datetime:
    """The time of building: now, or just after the edition built last, where the clock went back."""
    last = Edition.objects.order_by("-built_at").first()
    return max(now, last.built_at + timedelta(microseconds=1)) if last else now


def verify_edition(*, edition: Edition) -> Checked:
    """Build an edition's figures again from its frozen input and compare every published, rounded figure."""
    try:
        counts = read_table(folder=editions_folder(), sha256=edition.input_hash)
        products = read_table(folder=editions_folder(), sha256=edition.products_hash)
    except (FileDamagedError, FileNotFoundError) as problem:
        return Checked(edition=edition, same=False, differences=(str(problem),))
    stored = dict(edition.parameters)
    sources = [SourceFact(**s) for s in stored.pop("sources")]
    moved = stored.pop("moved", {})
    parameters = Parameters.from_dict(stored)
    base = _base_of(edition.base, end=edition.period_end, parameters=parameters, moved=moved)
    figures = frozen_figures(counts=counts, products=products, sources=sources, parameters=parameters, base=base)
    differences: list[str] = []
    if edition.code_version != code_version():
        differences.append(f"It was built by {edition.code_version}: check it with that version of the program.")
    if figures_hash(figures) != edition.figures_hash:
        differences.append("The figures built again do not have the hash that the edition states.")
    rows = {row.product_key: row for row in edition.rows.all()}
    known = {f.product_key: f for f in figures if f.product_key in rows}
    differences += [f"{key}: is published but cannot be built again" for key in sorted(rows.keys() - known.keys())]
    for key, figure in known.items():
        for name, value in columns_of(figure).items():
            published = getattr(rows[key], name)
            if published != value:
                differences.append(f"{key}: {name} is published as {published}, built again as {value}")
    if len(rows) != len(figures):
        differences.append(f"{len(rows)} products are published, {len(figures)} are built again.")
    return Checked(edition=edition, same=not differences, differences=tuple(differences))


def _moved_since(base: Edition | None, *, moved: Mapping[str, str]) -> dict[str, str]:
    """Those of the base edition's products that have another key now; kept with the edition, so that it verifies."""
    there = set(base.rows.values_list("product_key", flat=True)) if base is not None and moved else set()
    return {former: moved[former] for former in sorted(there & moved.keys())}


def _base_of(base: Edition | None, *, end: date, parameters: Parameters, moved: Mapping[str, str]) -> Base | None:
    """What a period that ends at `end` is held against: the base edition's dates by product, under present keys.

    Raises BaseError where its period was of another length.
    """
    if base is None:
        return None
    if base.parameters["period_months"] != parameters.period_months:
        raise BaseError("The base edition's period is of another length: its dates cannot be compared with these.")
    dates = dict(base.rows.values_list("product_key", "dates"))
    for key in sorted(set(moved.values())):
        joined = [k for k in dates if k == key or moved.get(k) == key]
        seen = [s for k in joined for s in base.rows.get(product_key=k).sightings]
        inside = [d for d in own_days(sightings=seen, copies=base.copies) if base.period_start <= d <= base.period_end]
        dates[key] = merged_dates(parts=[dates.pop(k) for k in joined], days=len(inside))
    months = min(months_since(end=end, before=base.period_end), parameters.period_months)
    return Base(dates=dates, months=months)


def _source_fact(source: Source) -> SourceFact:
    return SourceFact(id=source.id, authority=source.authority, derived_from=source.derived_from or None)


def _products_table(units: Mapping[str, int]) -> pa.Table:
    columns = list(zip(*products_with_category(), strict=True)) or [()] * 5
    names = ("key", "maker_key", "name", "category", "support")
    table = pa.table({n: pa.array(c, type=pa.string()) for n, c in zip(names, columns, strict=True)})
    return table.append_column("units", pa.array([units.get(key, 0) for key in columns[0]], type=pa.int64()))


def _details(*, paths: list[Any], end: date, reading: Reading) -> dict[str, list[dict[str, Any]]]:
    """Per product: what was seen, newest first; the references of one day, source and written name together."""
    found: dict[str, list[dict[str, Any]]] = {}
    for r in sightings_of_products(paths=paths, reading=reading).to_pylist():
        if r["on"] > end or r["kind"] in RESTRICTED_KINDS:
            continue
        seen = found.setdefault(r["product_key"], [])
        written = f"{r['written_maker'].strip()} {r['written_product'].strip()}".strip()
        head = {
            "on": str(r["on"]),
            "source": r["source"],
            "kind": r["kind"],
            "written": written,
            "model": r["model_key"],
        }
        if seen and all(seen[-1][k] == v for k, v in head.items()):
            seen[-1]["refs"].append(r["ref"])
        else:
            seen.append({**head, "refs": [r["ref"]]})
    return found


def _rows(
    *, edition: Edition, figures: tuple[Figure, ...], products: pa.Table, details: dict[str, list[dict[str, Any]]]
) -> list[EditionRow]:
    facts = {p["key"]: p for p in products.to_pylist()}
    makers = maker_names()
    rows = []
    for f in figures:
        seen = details[f.product_key]
        # What was confirmed says when; a day on which a sensor saw attempts only where nothing was.
        days = own_days(sightings=[s for s in seen if s["kind"] == CONFIRMED] or seen, copies=edition.copies)
        rows.append(
            EditionRow(
                edition=edition,
                product_key=f.product_key,
                maker_key=f.maker_key,
                category=f.category,
                product_name=facts[f.product_key]["name"],
                maker_name=makers.get(f.maker_key, f.maker_key),
                group=group_of(category=f.category),
                support=facts[f.product_key]["support"],
                first_seen=days[0],
                last_seen=days[-1],
                sightings=seen,
                **columns_of(f),
            )
        )
    return rows
