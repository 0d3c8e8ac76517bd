"""The integer aggregates: right by another way of counting, and alike whatever the order of rows, files and threads."""

import random
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from bluelamp.warehouse.counts import PRODUCT_KEYS, SIGHTING_SCHEMA, month_counts

END = date(2026, 8, 7)


def sightings(*, rows: int) -> list[dict[str, object]]:
    draw = random.Random(7)
    return [
        {
            **dict.fromkeys(("written_maker", "written_product", "ref", "place"), ""),
            "line": i,
            "maker_key": f"m{i % 90}",
            "product_key": f"m{i % 90}:p{i % 2700}",
            "model_key": "",
            "kind": draw.choice(("exploited", "attack_telemetry")),
            "source": draw.choice(("a", "b")),
            "on": END - timedelta(days=draw.randrange(900)),
            "count": draw.randrange(1, 4),
        }
        for i in range(rows)
    ]


def stored(rows: list[dict[str, object]], *, folder: Path, files: int) -> list[Path]:
    folder.mkdir()
    paths = []
    for i in range(files):
        table = pa.Table.from_pylist(rows[i::files], schema=SIGHTING_SCHEMA)
        pq.write_table(table, folder / f"{i}.parquet", row_group_size=2_048)
        paths.append(folder / f"{i}.parquet")
    return paths


def months_back(on: date) -> int:
    """The period month of a day: 0 from the day after 7 July to 7 August."""
    return (END.year - on.year) * 12 + END.month - on.month - (on.day > END.day)


def test_counts_are_those_of_a_plain_loop_and_sorted(tmp_path: Path) -> None:
    rows = sightings(rows=20_000)
    days: dict[tuple[object, ...], set[object]] = defaultdict(set)
    events: dict[tuple[object, ...], int] = defaultdict(int)
    for row in rows:
        assert isinstance(row["on"], date) and isinstance(row["count"], int)
        key = (*(row[k] for k in PRODUCT_KEYS), months_back(row["on"]))
        days[key].add(row["on"])
        events[key] += row["count"]
    found = month_counts(paths=stored(rows, folder=tmp_path / "a", files=3), end=END).to_pylist()
    keys = [(*(r[k] for k in PRODUCT_KEYS), r["months_back"]) for r in found]
    assert keys == sorted(days), "the frozen input is named by the hash of its bytes, so its order is fixed"
    assert [r["dates"] for r in found] == [len(days[k]) for k in keys]
    assert [r["events"] for r in found] == [events[k] for k in keys]


def test_order_of_rows_and_files_has_no_effect(tmp_path: Path) -> None:
    rows = sightings(rows=20_000)
    first = month_counts(paths=stored(rows, folder=tmp_path / "a", files=1), end=END)
    random.Random(1).shuffle(rows)
    paths = stored(rows, folder=tmp_path / "b", files=4)
    assert all(month_counts(paths=paths[::step], end=END).equals(first) for step in (1, -1))
