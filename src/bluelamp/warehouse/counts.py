"""The integer aggregates that the Index is computed from, by Ibis expressions that DuckDB runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb
import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

SIGHTING_SCHEMA = pa.schema(
    [
        ("line", pa.int32()),
        ("written_maker", pa.string()),
        ("written_product", pa.string()),
        ("ref", pa.string()),
        ("maker_key", pa.string()),
        ("product_key", pa.string()),
        ("model_key", pa.string()),
        ("kind", pa.string()),
        ("source", pa.string()),
        ("on", pa.date32()),
        ("count", pa.int32()),
        ("place", pa.string()),
    ]
)

PRODUCT_KEYS = ("maker_key", "product_key", "kind", "source")
_NUMBERS = ("months_back", "dates", "events")


@dataclass(frozen=True)
class Reading:
    """What is known since the files were written: references that no longer count, and products' new keys.

    Files are never changed, so this is applied whenever they are read. `moved` holds earlier key -> present key; the
    sightings of two products that became one are those of one, so that a date of both counts once.
    """

    rejected: frozenset[str] = frozenset()
    moved: Mapping[str, str] = field(default_factory=dict)


AS_STORED = Reading()
_READ = """
CREATE TEMP VIEW sightings AS
SELECT s.* REPLACE (
    coalesce(m.key, s.product_key) AS product_key,
    coalesce(split_part(m.key, ':', 1), s.maker_key) AS maker_key
) FROM stored s LEFT JOIN moved m ON m.former = s.product_key WHERE s.ref NOT IN (SELECT ref FROM rejected)
"""


def _open(engine: duckdb.DuckDBPyConnection, *, paths: Sequence[Path], reading: Reading) -> None:
    """Let `sightings` name the rows of the files, read so."""
    stored = engine.read_parquet([str(p) for p in paths])
    if reading == AS_STORED:
        engine.register("sightings", stored)
        return
    engine.register("stored", stored)
    texts = (
        pa.array(sorted(reading.moved), pa.string()),
        pa.array([v for _, v in sorted(reading.moved.items())], pa.string()),
    )
    engine.register("moved", pa.table({"former": texts[0], "key": texts[1]}))
    engine.register("rejected", pa.table({"ref": pa.array(sorted(reading.rejected), pa.string())}))
    engine.execute(_READ)


def month_counts(
    *,
    paths: list[Path],
    end: date,
    keys: tuple[str, ...] = PRODUCT_KEYS,
    memory_limit: str = "3GB",
    spool: Path | None = None,
    reading: Reading = AS_STORED,
) -> pa.Table:
    """Per key and period month: `dates` (distinct days with a sighting) and `events` (sum of counts), as integers.

    `months_back` counts period months back from `end` (0 = the month that ends there); later days are left out. A
    period month never holds one day of the month twice, so its distinct days are the bits of one 32-bit number: one
    pass, no distinct. The result is sorted by its keys, so that the same sightings give the same table.
    """
    sql = ibis.to_sql(_expression(end=end, keys=keys), dialect="duckdb")
    with duckdb.connect(config={"memory_limit": memory_limit}) as engine:
        if spool is not None:
            engine.execute(f"SET temp_directory = '{str(spool).replace(chr(39), chr(39) * 2)}'")
        _open(engine, paths=paths, reading=reading)
        table = engine.sql(sql).to_arrow_table()
    days = np.bitwise_count(table["day_bits"].to_numpy().astype(np.uint64)).astype(np.int32)
    table = table.drop_columns(["day_bits"]).append_column("dates", pa.array(days))
    ordered = table.select([*keys, "months_back", "dates", "events"])
    # DuckDB sums integers to 128 bits; the frozen input keeps plain ones.
    return ordered.cast(pa.schema([*((k, pa.string()) for k in keys), *((n, pa.int32()) for n in _NUMBERS)]))


def _expression(*, end: date, keys: tuple[str, ...]) -> ibis.Table:
    types = {
        name: ("date" if name == "on" else "int32" if name in ("line", "count") else "string")
        for name in SIGHTING_SCHEMA.names
    }
    rows = ibis.table(types, name="sightings")
    on = rows["on"]
    day = on.day()
    month = on.year() * 12 + on.month() + (day > end.day).cast("int32")
    back = (end.year * 12 + end.month - month).cast("int32")
    rows = rows.filter(on <= ibis.literal(end)).mutate(
        months_back=back, bit=ibis.literal(1, type="int64") << day.cast("int64")
    )
    counts = rows.group_by([*keys, "months_back"]).aggregate(day_bits=rows["bit"].bit_or(), events=rows["count"].sum())
    # The engine's threads give groups in any order, and the frozen input is named by the hash of its bytes.
    return counts.order_by([*keys, "months_back"])


def frozen_counts(*, paths: list[Path], end: date, spool: Path | None = None, reading: Reading = AS_STORED) -> pa.Table:
    """The whole integer input of an edition: product rows (`model_key` empty), then the rows of models by themselves.

    The two are counted apart: a day on which two models of one product were added is one date of the product.
    """
    products = month_counts(paths=paths, end=end, spool=spool, reading=reading)
    keys = (*PRODUCT_KEYS, "model_key")
    models = month_counts(paths=paths, end=end, spool=spool, keys=keys, reading=reading)
    models = models.filter(pc.not_equal(models["model_key"], ""))
    blank = pa.array([""] * products.num_rows, type=pa.string())
    return pa.concat_tables([products.append_column("model_key", blank).select(models.column_names), models])


def newest_day(*, paths: list[Path], of: Sequence[tuple[str, str]] = (), reading: Reading = AS_STORED) -> date | None:
    """The newest date of a sighting of one of these kinds by these sources; of any sighting where there is none.

    None without any sighting.
    """
    if not paths:
        return None
    with duckdb.connect() as engine:
        _open(engine, paths=paths, reading=reading)
        row = engine.execute(
            'SELECT coalesce(max("on") FILTER (list_contains(?::VARCHAR[], kind || \'|\' || source)), max("on"))'
            " FROM sightings",
            [[f"{kind}|{source}" for kind, source in of]],
        ).fetchone()
    return row[0] if row else None


def sightings_of_products(*, paths: list[Path], reading: Reading = AS_STORED) -> pa.Table:
    """Every sighting that belongs to a product, ordered by product, day, source and reference."""
    with duckdb.connect() as engine:
        _open(engine, paths=paths, reading=reading)
        return engine.sql(
            'SELECT DISTINCT product_key, "on", source, kind, ref, written_maker, written_product, model_key '
            "FROM sightings WHERE product_key <> '' "
            'ORDER BY product_key, "on" DESC, source, ref, kind, written_maker, written_product, model_key'
        ).to_arrow_table()


def refs_among(*, paths: list[Path], refs: frozenset[str]) -> tuple[str, ...]:
    """Those of some references that a sighting has, in order."""
    if not paths or not refs:
        return ()
    with duckdb.connect() as engine:
        _open(engine, paths=paths, reading=AS_STORED)
        engine.register("asked", pa.table({"ref": pa.array(sorted(refs), pa.string())}))
        found = engine.sql("SELECT DISTINCT ref FROM sightings WHERE ref IN (SELECT ref FROM asked) ORDER BY ref")
        return tuple(ref for (ref,) in found.fetchall())


def events_between(*, paths: list[Path], first: date, last: date) -> dict[tuple[str, str, str, date, str], int]:
    """(written maker, written product, reference, day, place) -> events, of the sightings from `first` to `last`."""
    if not paths:
        return {}
    with duckdb.connect() as engine:
        _open(engine, paths=paths, reading=AS_STORED)
        found = engine.execute(
            'SELECT written_maker, written_product, ref, "on", place, sum("count") FROM sightings '
            'WHERE "on" BETWEEN ? AND ? GROUP BY ALL',
            [first, last],
        )
        return {(maker, product, ref, on, place): int(n) for maker, product, ref, on, place, n in found.fetchall()}


def rejected_refs(*, paths: Mapping[str, list[Path]]) -> frozenset[str]:
    """The CVEs that the newest record of any source says are rejected; `paths` by source, oldest file first.

    One source is enough: others follow days or weeks later, and meanwhile the number stands for nothing.
    """
    found: set[str] = set()
    for own in paths.values():
        with duckdb.connect() as engine:
            names = [str(p) for p in own]
            rows = engine.execute(
                "SELECT cve FROM read_parquet(?, filename = true) "
                "GROUP BY cve HAVING arg_max(state, list_position(?, filename)) = 'rejected'",
                [names, names],
            )
            found |= {cve for (cve,) in rows.fetchall()}
    return frozenset(found)
