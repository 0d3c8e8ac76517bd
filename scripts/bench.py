"""Speed as ratios, each pair measured in one run: `make bench`; `--large` adds 100 M sightings (several minutes).

`--places` measures only the questions about places.
"""

import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

import duckdb

from bluelamp.kernel.places import queries
from bluelamp.warehouse.counts import PRODUCT_KEYS, month_counts

END = date(2026, 8, 7)
MEMORY = "3GB"
SELECT = 'SELECT {keys}, year("on") * 12 + month("on") AS month, sum("count") AS events FROM read_parquet(?) '
ORDERED = "GROUP BY ALL ORDER BY ALL"
BARE = SELECT.format(keys="maker_key, product_key, kind, source") + ORDERED
COARSE = SELECT.format(keys="product_key") + ORDERED


def main() -> None:
    """Run every measurement and print a row each."""
    if "--places" in sys.argv:
        places()
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        cold_start(folder / "home")
        ten = sightings(folder / "ten", millions=10)
        for name_of, keys, query in (
            ("product and month", ("product_key",), COARSE),
            ("product, month, kind and source", PRODUCT_KEYS, BARE),
        ):
            own = best_of(partial(month_counts, paths=ten, end=END, keys=keys, memory_limit=MEMORY, spool=folder))
            bare = best_of(partial(bare_group_by, ten, query))
            print(f"10 M by {name_of}: {own:.2f} s; bare DuckDB {bare:.2f} s: ratio {own / bare:.2f} (bar 2)")
        if "--large" in sys.argv:
            large(folder, ten=own)


def places() -> None:
    """Loading, and the 99th percentile of single questions at points all over the country and its seas."""
    began = time.perf_counter()
    queries.force_at(lat=52.0, lon=-1.0)
    queries.find_place(text="Newport")
    print(f"places loaded in {time.perf_counter() - began:.3f} s (bar 0.5)")
    chance = random.Random(1)  # noqa: S311 the same points in every run
    for name, number, ask in (
        ("force_at", 20_000, lambda: queries.force_at(lat=chance.uniform(49.9, 60.9), lon=chance.uniform(-8, 1.8))),
        (
            "find_place",
            500,
            lambda: queries.find_place(text=chance.choice(("Brihgton", "Casnewyd", "Stok", "Newcastle"))),
        ),
    ):
        times = [timed(ask) for _ in range(number)]
        times.sort()
        print(f"{name}: median {times[number // 2] * 1e3:.3f} ms, p99 {times[number * 99 // 100] * 1e3:.3f} ms")


def timed(work: Callable[[], object]) -> float:
    """The time of one call, in seconds."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def large(folder: Path, *, ten: float) -> None:
    """The 100 M sightings beside the 10 M, and the memory that the whole process took at most."""
    hundred = sightings(folder / "hundred", millions=100)
    took = best_of(lambda: month_counts(paths=hundred, end=END, memory_limit=MEMORY, spool=folder), runs=1)
    print(f"aggregation of 100 M: {took:.2f} s, {took / ten:.1f} times the 10 M (bar 12), peak {peak():.1f} GB (bar 4)")


def cold_start(home: Path) -> None:
    """Everything packaged, loaded and built in a new home, beside a second start that repeats nothing."""
    command = [str(Path(sys.executable).with_name("bluelamp")), "setup"]
    env = {**os.environ, "BLUELAMP_HOME": str(home)}
    times = []
    for _ in range(2):
        began = time.perf_counter()
        subprocess.run(command, env=env, check=True, capture_output=True)
        times.append(time.perf_counter() - began)
    print(
        f"set-up cold {times[0]:.1f} s (bar 30), second start {times[1]:.1f} s (bar 5), ratio {times[0] / times[1]:.1f}"
    )


def sightings(folder: Path, *, millions: int) -> list[Path]:
    """Synthetic sightings of 20,000 products over 60 months, in files of 10 million rows."""
    folder.mkdir()
    for part in range(millions // 10):
        with duckdb.connect(config={"memory_limit": MEMORY}) as engine:
            engine.execute(
                f"""COPY (SELECT 'm' || (h % 500) AS maker_key, 'm' || (h % 500) || ':p' || (h % 20000) AS product_key,
                '' AS model_key, CASE h % 3 WHEN 0 THEN 'exploited' ELSE 'attack_telemetry' END AS kind,
                's' || (h % 4) AS source, DATE '{END}' - CAST((h // 20000) % 1826 AS INTEGER) AS "on",
                CAST(1 AS INTEGER) AS "count", CAST(i AS INTEGER) AS line, '' AS written_maker, '' AS written_product,
                '' AS ref, '' AS place
                FROM (SELECT i, CAST(hash(i) % 1000000007 AS BIGINT) AS h
                FROM range({part * 10**7}, {(part + 1) * 10**7}) t(i)))
                TO '{folder / f"{part}.parquet"}' (FORMAT parquet, COMPRESSION zstd)"""
            )
    return sorted(folder.glob("*.parquet"))


def bare_group_by(paths: list[Path], query: str) -> object:
    """The same files through DuckDB alone."""
    with duckdb.connect(config={"memory_limit": MEMORY}) as engine:
        return engine.sql(query, params=[[str(p) for p in paths]]).to_arrow_table()


def best_of(work: Callable[[], object], *, runs: int = 3) -> float:
    """The shortest time of some runs, in seconds."""
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return min(times)


def peak() -> float:
    """The process's highest resident memory, in GB."""
    line = next(x for x in Path("/proc/self/status").read_text().splitlines() if x.startswith("VmHWM"))
    return int(line.split()[1]) / 1e6


if __name__ == "__main__":
    main()
