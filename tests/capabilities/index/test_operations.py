"""Loading, building, verifying, and the hard knocks: what goes wrong leaves the last good edition."""

import errno
import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from bluelamp.formats.rows import FormatError
from bluelamp.index.facts import fact_path
from bluelamp.index.feeds import feed_by_id
from bluelamp.index.models import Edition
from bluelamp.index.operations.catalogue import ensure_catalogue
from bluelamp.index.operations.editions import NoEvidenceError, build_edition, verify_edition
from bluelamp.index.operations.export import COLUMNS, export_csv, export_json
from bluelamp.index.operations.loading import LoadRefusedError, load_bytes, load_path
from bluelamp.index.queries import (
    editions_folder,
    named_rows,
    visible_edition,
)
from bluelamp.index.web import history
from bluelamp.kernel.catalogue.models import Product
from bluelamp.kernel.catalogue.queries import resolver
from bluelamp.kernel.evidence.models import Load, QuarantinedRow
from bluelamp.kernel.evidence.operations import sweep_orphans
from bluelamp.kernel.evidence.queries import evidence_folder
from bluelamp.project.cli.app import app

NOW = datetime(2026, 8, 8, 12, tzinfo=UTC)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_home")]
run = CliRunner().invoke


@pytest.fixture
def packaged(packaged_catalogue: None) -> Load:
    return load_path(path=fact_path(name="kev"), feed=feed_by_id("cisa-kev-packaged"), now=NOW).load


def kev_csv(*rows: str) -> bytes:
    return "\n".join(["cveID,vendorProject,product,dateAdded", *rows, ""]).encode()


def load_csv(*rows: str, now: datetime = NOW) -> Load:
    return load_bytes(content=kev_csv(*rows), feed=feed_by_id("cisa-kev-csv"), now=now).load


def test_the_packaged_list_belongs_to_products(packaged: Load) -> None:
    assert (packaged.rows, packaged.quarantined, packaged.unmapped) == (1662, 0, 0)
    assert packaged.maker_only <= 10 and packaged.to_product + packaged.maker_only == 1662


def test_counts_are_distinct_dates_computed_another_way(packaged: Load) -> None:
    edition, new = build_edition(now=NOW)
    assert new and edition.coverage["entries"] == 519
    stored = pq.read_table(evidence_folder() / f"{packaged.file_hash}.parquet").to_pylist()
    for row in edition.rows.all():
        days = {r["on"] for r in stored if r["product_key"] == row.product_key}
        inside = {d for d in days if edition.period_start <= d <= edition.period_end}
        assert (row.dates, row.dates_ever, sum(row.monthly)) == (len(inside), len(days), len(inside)), row.product_key
        assert row.last_seen == max(days)
        assert {date.fromisoformat(s["on"]) for s in row.sightings} == days


def test_an_edition_verifies_and_a_changed_figure_or_input_does_not(packaged: Load) -> None:
    edition, _ = build_edition(now=NOW)
    assert verify_edition(edition=edition).same
    row = edition.rows.get(product_key="microsoft:windows")
    row.dates += 1
    row.save()
    assert "microsoft:windows: dates" in verify_edition(edition=edition).differences[0]
    path = editions_folder() / f"{edition.input_hash}.parquet"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    assert "was changed" in verify_edition(edition=edition).differences[0]
    path.unlink()
    assert not verify_edition(edition=edition).same


def test_loads_and_builds_repeat_nothing(packaged: Load) -> None:
    again = load_path(path=fact_path(name="kev"), feed=feed_by_id("cisa-kev-packaged"), now=NOW)
    assert again.repeated and Load.objects.count() == 1
    first, _ = build_edition(now=NOW)
    second, new = build_edition(now=NOW + timedelta(days=400))
    assert second.pk == first.pk and not new, "the period ends at the evidence, never at the clock"
    assert ensure_catalogue() == 0


def test_a_newer_list_replaces_an_older_one_and_not_the_other_way(packaged: Load) -> None:
    newer = load_csv("CVE-2026-1,D-Link,DIR-823X,2026-08-08".replace("2026-1,", "2026-1111,"))
    packaged.refresh_from_db()
    assert packaged.status == Load.Status.SUPERSEDED and newer.status == Load.Status.VISIBLE
    older = load_csv("CVE-2026-1111,D-Link,DIR-823X,2026-08-01")
    assert older.status == Load.Status.SUPERSEDED
    again = load_path(path=fact_path(name="kev"), feed=feed_by_id("cisa-kev-packaged"), now=NOW)
    assert again.repeated and Load.objects.count() == 3, "a start after a newer list adds no load"
    edition, _ = build_edition(now=NOW)
    assert edition.rows.count() == 1 and edition.rows.get().sightings[0]["model"] == "dlink:dir823x"


def test_load_times_rise_strictly_though_the_clock_goes_back(packaged_catalogue: None) -> None:
    first = load_csv("CVE-2026-1111,D-Link,DIR-823X,2026-08-01")
    second = load_csv("CVE-2026-1111,D-Link,DIR-823X,2026-08-02", now=NOW - timedelta(days=1) + timedelta(hours=12))
    assert second.added_at > first.added_at


def test_a_bad_row_is_kept_with_its_reason_and_too_many_refuse_the_file(packaged_catalogue: None) -> None:
    good = [f"CVE-2026-{1000 + i},D-Link,DIR-823X,2026-08-0{i + 1}" for i in range(5)]
    load = load_csv(*good, "CVE-2026-9999,D-Link,DIR-823X,2027-01-01")
    kept = QuarantinedRow.objects.get(load=load)
    assert "in the future" in kept.reason and "CVE-2026-9999" in kept.raw and load.quarantined == 1
    with pytest.raises(LoadRefusedError, match="2 of 3 rows"):
        load_csv(good[0], "bad,D-Link,DIR-823X,2026-08-01", "bad,,,")
    assert Load.objects.filter(status=Load.Status.VISIBLE).get().pk == load.pk
    assert QuarantinedRow.objects.count() == 3


def test_unmapped_names_are_counted_and_shown(packaged_catalogue: None) -> None:
    load = load_csv("CVE-2026-1111,Nobody Knows,Thing,2026-08-01", "CVE-2026-1112,D-Link,Nonesuch 9,2026-08-01")
    assert (load.to_product, load.maker_only, load.unmapped) == (0, 1, 1)
    edition, _ = build_edition(now=NOW)
    assert {k: edition.coverage[k] for k in ("entries", "maker_only", "unmapped")} == {
        "entries": 2,
        "maker_only": 1,
        "unmapped": 1,
    }


def test_in_the_wild_reports_find_products_but_name_nobody(packaged_catalogue: None) -> None:
    feed = feed_by_id("in-the-wild")
    cves = pq.read_table(fact_path(name="inthewild"))
    lines = [f"{c},{d}" for c, d in zip(cves["cve"].to_pylist(), cves["reported"].to_pylist(), strict=True)]
    load = load_bytes(content="\n".join(["cve,reported", *lines, ""]).encode(), feed=feed, now=NOW).load
    assert load.rows == 735 and load.to_product > 0
    edition, _ = build_edition(now=NOW)
    assert not named_rows(edition=edition).exists()


def test_no_date_of_a_crime_reaches_an_edition(packaged: Load) -> None:
    feed = feed_by_id("recorded-crimes")
    rows = [f"K/{i},2026-08-0{1 + i % 7},D-Link,DIR-823X,Kent" for i in range(12)]
    rows += [f"L/{i},2026-08-05,TP-Link,Multiple Archer Devices,Kent" for i in range(6)]
    rows += [f"M/{i},2026-08-05,Microsoft,Teams,Kent" for i in range(6)]
    content = "\n".join(["crime_number,recorded_on,maker,product,force", *rows, ""]).encode()
    before, _ = build_edition(now=NOW)
    assert load_bytes(content=content, feed=feed, now=NOW).load.rows == 24
    after, new = build_edition(now=NOW)
    assert new and after.rows.get(product_key="dlink:dir").recorded_crimes == 12
    same = ("dates", "first_seen", "last_seen", "monthly", "sightings", "low", "band")
    for key in ("dlink:dir", "tplink:routers"):
        old, now = (e.rows.values(*same).get(product_key=key) for e in (before, after))
        assert old == now
    assert set(after.rows.values_list("product_key")) == set(before.rows.values_list("product_key"))
    rows = list(named_rows(edition=after))
    assert '"Kent"' not in export_json(edition=after, rows=rows)
    assert "recorded_crime" not in export_csv(edition=after, rows=rows)
    assert verify_edition(edition=after).same


def test_tables_that_are_no_sightings_move_no_figure(packaged: Load) -> None:
    before, _ = build_edition(now=NOW)
    samples = Path(__file__).parents[2] / "samples"
    for name in ("epss.csv", "nvd.json", "cve5.json"):
        content = (samples / name).read_bytes()
        feed = feed_by_id({"epss.csv": "epss-daily", "nvd.json": "nvd-cves", "cve5.json": "cve5-records"}[name])
        if name == "cve5.json":
            assert load_bytes(content=content, feed=feed, now=NOW).load.rows == 1
        else:
            with pytest.raises(LoadRefusedError):
                load_bytes(content=content, feed=feed, now=NOW)
    after, new = build_edition(now=NOW)
    assert not new and after.pk == before.pk


def test_without_evidence_there_is_no_edition() -> None:
    with pytest.raises(NoEvidenceError, match="Load some first"):
        build_edition(now=NOW)
    assert visible_edition(outside=False) is None


def test_a_specimen_is_never_visible_from_outside(packaged: Load) -> None:
    edition, _ = build_edition(now=NOW)
    assert edition.status == "specimen"
    assert visible_edition(outside=False) == edition and visible_edition(outside=True) is None


def test_downloads_say_specimen_in_every_row_and_start_no_formula(packaged: Load) -> None:
    edition, _ = build_edition(now=NOW)
    edition.rows.filter(product_key="microsoft:windows").update(product_name="=1+1")
    lines = export_csv(edition=edition, rows=named_rows(edition=edition)).splitlines()
    assert lines[0].split(",") == list(COLUMNS) and all(line.startswith("specimen,") for line in lines[1:])
    assert any("'=1+1" in line for line in lines) and not any(",=1+1" in line for line in lines)
    document = json.loads(export_json(edition=edition, rows=named_rows(edition=edition)))
    assert document["status"] == "specimen" and "no UK crime data" in document["note"]
    assert {p["status"] for p in document["products"]} == {"specimen"} and len(document["products"]) == len(lines) - 1


def test_a_full_disk_leaves_the_last_good_state(packaged: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    edition, _ = build_edition(now=NOW)
    files = sorted(evidence_folder().iterdir())

    def full(*_args: object, **_more: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("bluelamp.warehouse.files.pq.write_table", full)
    with pytest.raises(OSError, match="No space"):
        load_csv("CVE-2026-1111,D-Link,DIR-823X,2026-08-08")
    with pytest.raises(OSError, match="No space"):
        build_edition(now=NOW)
    assert sorted(evidence_folder().iterdir()) == files and Load.objects.count() == 1
    assert visible_edition(outside=False) == edition


def test_orphans_are_swept_once_old(packaged: Load) -> None:
    fresh, old = evidence_folder() / "fresh.parquet", evidence_folder() / "old.parquet"
    fresh.touch()
    old.touch()
    os.utime(old, (time.time() - 7200, time.time() - 7200))
    assert sweep_orphans(now=datetime.now(tz=UTC)) == 1 and fresh.exists() and not old.exists()
    assert (evidence_folder() / f"{packaged.file_hash}.parquet").exists()


def test_unreadable_files_say_why(packaged_catalogue: None, tmp_path: Path) -> None:
    damaged = tmp_path / "known_exploited.json"
    damaged.write_text('{"vulnerabilities": [')
    with pytest.raises(FormatError, match="not complete JSON"):
        load_path(path=damaged, feed=None, now=NOW)
    unknown = tmp_path / "holiday.txt"
    unknown.write_text("hello")
    with pytest.raises(LoadRefusedError, match="No feed recognises"):
        load_path(path=unknown, feed=None, now=NOW)
    with pytest.raises(LoadRefusedError, match="no rows"):
        load_bytes(content=kev_csv(), feed=feed_by_id("cisa-kev-csv"), now=NOW)


def test_the_catalogue_places_the_products_people_know(packaged_catalogue: None) -> None:
    assert Product.objects.get(key="dlink:dir").category == "router"
    assert Product.objects.get(key="hikvision:cameras").category == "camera"
    assert not Product.objects.exclude(category="").filter(name="", written_names__isnull=False).exists()


@pytest.mark.any_engine
def test_commands_answer_in_tables_and_json(packaged: Load, tmp_path: Path) -> None:
    for command in (
        ["index", "build"],
        ["index", "show"],
        ["index", "verify"],
        ["feeds", "list"],
        ["feeds", "status"],
        ["feeds", "quarantine"],
        ["index", "export", "--out", str(tmp_path)],
        ["watchlist", "show"],
        ["watchlist", "learn", "--out", str(tmp_path / "weights.json")],
    ):
        plain, as_json = run(app, command), run(app, [*command, "--json"])
        assert plain.exit_code == 0, (command, plain.output)
        assert json.loads(as_json.stdout) is not None
    shown = json.loads(run(app, ["index", "show", "--top", "3", "--json"]).stdout)
    assert len(shown["products"]) == 3 and "lower bound" in shown["sorted_by"]
    lows = [p["low"] for p in shown["products"]]
    assert lows == sorted(lows, reverse=True)


def test_loading_a_feed_by_command_and_its_mistakes(packaged_catalogue: None, tmp_path: Path) -> None:
    file = tmp_path / "kev.csv"
    file.write_bytes(kev_csv("CVE-2026-1111,D-Link,DIR-823X,2026-08-01"))
    assert json.loads(run(app, ["feeds", "load", str(file), "--json"]).stdout)["rows"] == 1
    assert json.loads(run(app, ["feeds", "load", str(file), "--json"]).stdout)["repeated"] is True
    assert isinstance(run(app, ["feeds", "load", str(file), "--feed", "nonesuch"]).exception, LoadRefusedError)


@pytest.mark.slow
def test_killed_at_any_moment_setup_loses_and_doubles_nothing(tmp_path: Path) -> None:
    env = {**os.environ, "BLUELAMP_HOME": str(tmp_path / "killed"), "BLUELAMP_DATABASE_URL": ""}
    command = [str(Path(sys.executable).with_name("bluelamp")), "setup"]
    for delay in (0.7, 1.5, 2.2, 3.0, 3.6, 4.2):
        process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            process.wait(timeout=delay)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
    subprocess.run(command, env=env, check=True, capture_output=True)
    bluelamp = command[0]
    loads = json.loads(
        subprocess.run([bluelamp, "feeds", "status", "--json"], env=env, check=True, capture_output=True).stdout
    )
    assert [(load["rows"], load["status"]) for load in loads] == [(1662, "visible")]
    assert subprocess.run([bluelamp, "index", "verify"], env=env, capture_output=True).returncode == 0
    shown = json.loads(
        subprocess.run([bluelamp, "index", "show", "--json"], env=env, check=True, capture_output=True).stdout
    )
    assert shown["edition"]["number"] == 1


def test_the_database_refuses_unknown_origins_and_bands(packaged: Load) -> None:
    from django.db import IntegrityError, transaction

    edition, _ = build_edition(now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Edition.objects.filter(pk=edition.pk).update(origin="invented")
    with pytest.raises(IntegrityError), transaction.atomic():
        edition.rows.update(band="dreadful")


def test_a_parquet_that_is_no_list_is_refused(packaged_catalogue: None) -> None:
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table({"x": [1]}), sink)
    with pytest.raises(FormatError, match="damaged"):
        load_bytes(content=sink.getvalue().to_pybytes(), feed=feed_by_id("cisa-kev-packaged"), now=NOW)


def test_a_copy_changes_neither_the_first_nor_the_newest_confirmed_day(packaged_catalogue: None) -> None:
    """Bad input: the in-the-wild list repeats the authority's, with days of its own before and after."""

    def only_one(_ref: str) -> tuple[str, ...]:
        return ("dlink:dir823x",)

    wild = ("CVE-2026-1111", "CVE-2026-1112")
    load_csv(*(f"{cve},D-Link,DIR-823X,2026-0{n}-03" for n, cve in enumerate(wild, start=6)))
    places = resolver(keys_of_ref=only_one)
    assert places.place(written_maker="", written_product="", ref=wild[0]).product_key == "dlink:dir"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bluelamp.index.operations.loading.keys_of_ref", only_one)
        content = f"cve,reported\n{wild[0]},2024-01-05\n{wild[1]},2026-08-07\n".encode()
        load_bytes(content=content, feed=feed_by_id("in-the-wild"), now=NOW)
    edition, _ = build_edition(now=NOW)
    row = edition.rows.get()
    assert {s["source"] for s in row.sightings} == {"cisa-kev", "in-the-wild"}
    assert (row.first_seen, row.last_seen) == (date(2026, 6, 3), date(2026, 7, 3))
    assert (row.dates, row.dates_ever) == (2, 2)
    assert history.days_of(row=row, edition=edition) == [row.first_seen, row.last_seen]
    edition.rows.update(first_seen=date(2024, 1, 5))
    assert history.whole_time(edition=edition).start == edition.period_start
