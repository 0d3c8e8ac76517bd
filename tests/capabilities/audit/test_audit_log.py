"""The log in the database: it refuses change, and where someone with all rights changed it, verify says so."""

import json
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, connection, transaction
from typer.testing import CliRunner

from bluelamp.kernel.audit.domain.heads import HeadError
from bluelamp.kernel.audit.guards import guard, unguard
from bluelamp.kernel.audit.models import Entry, Link, SignedHead
from bluelamp.kernel.audit.operations import record, seal_entries, sign_head
from bluelamp.kernel.audit.queries import AuditFilters, export, search
from bluelamp.kernel.audit.signing import SigningKeyError, signing_key_path
from bluelamp.kernel.audit.verification import Report, verify
from bluelamp.kernel.vault.operations import RecordErasedError, erase, open_sealed, seal
from bluelamp.project.cli.app import app

NOW = datetime(2026, 8, 8, 12, tzinfo=UTC)
DAY, TODAY = timedelta(days=1), NOW.date()
DOCS = Path(__file__).parents[3] / "docs" / "reference" / "audit.md"
pytestmark = pytest.mark.django_db
run = CliRunner().invoke


@pytest.fixture(autouse=True)
def home(settings: LazySettings, tmp_path: Path) -> Iterator[Path]:
    settings.BLUELAMP_HOME = tmp_path
    yield tmp_path


def write(count: int = 6, *, now: datetime = NOW) -> None:
    for n in range(count):
        record(
            actor=f"user:{n}",
            action="report.opened",
            subject=f"report:{n}",
            purpose="žádost № 5",
            detail={"n": n, "code": "x"},
            now=now + timedelta(microseconds=n * 100_000),
        )


@contextmanager
def tampering() -> Iterator[None]:
    """As someone who holds the database and takes the guards away."""
    if connection.vendor == "postgresql":
        change("SET session_replication_role = replica")
        yield
        change("SET session_replication_role = origin")
    else:
        unguard(connection=connection)
        yield
        guard(connection=connection)


def change(sql: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)


def kinds(report: Report) -> list[tuple[str, int]]:
    return [(p.kind.value, p.seq) for p in report.problems]


def head_file(home: Path, day: date = TODAY) -> Path:
    return home / "audit" / "heads" / f"{day}.json"


@pytest.fixture
def sealed() -> list[int]:
    """Six sealed entries; their ids."""
    write()
    assert seal_entries(now=NOW) == 6
    return list(Link.objects.order_by("seq").values_list("entry_id", flat=True))


# What may be written


def test_one_entry_is_one_insert(django_assert_num_queries: object) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        entry = record(actor="system", action="x", now=NOW)
    stored = Entry.objects.get(pk=entry.pk)
    assert (stored.outcome, stored.detail, stored.at) == ("done", {}, NOW)


@pytest.mark.parametrize(
    "wrong",
    [
        {"actor": ""},
        {"action": ""},
        {"outcome": "maybe"},
        {"now": datetime(2026, 8, 8)},  # noqa: DTZ001
        {"subject": "x" * 201},
        {"purpose": "a\x00b"},
        {"request_id": "\ud800"},
        {"detail": {"a": 1.5}},
        {"detail": {"a": ["x"]}},
        {"detail": {"a": "\x00"}},
        {"detail": {"\ud800": 1}},
    ],
    ids=str,
)
def test_what_cannot_be_stored_is_refused_before_it_harms_the_transaction(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="audit entry"):
        record(**{"actor": "system", "action": "x", "now": NOW, **wrong})  # type: ignore[arg-type]
    assert not Entry.objects.exists()


def test_what_is_rolled_back_is_not_in_the_log() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        record(actor="system", action="x", now=NOW)
        raise RuntimeError
    assert seal_entries(now=NOW) == 0


# What the database refuses


def refused(act: object) -> None:
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        act()  # type: ignore[operator]


@pytest.mark.parametrize("model", [Entry, Link, SignedHead], ids=lambda m: m.__name__)
def test_no_row_is_changed_or_removed(model: type[Entry | Link | SignedHead], sealed: list[int]) -> None:
    sign_head(now=NOW)
    table = model._meta.db_table
    row = model.objects.first()
    assert row is not None
    refused(row.save)
    refused(lambda: model.objects.update(**{"actor" if model is Entry else "hash": "x"}))
    refused(lambda: model.objects.all()._raw_delete("default"))
    if connection.vendor == "postgresql":
        change("SET CONSTRAINTS ALL IMMEDIATE")
        refused(lambda: change(f"TRUNCATE {table} CASCADE"))
    else:
        refused(lambda: change(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"))
    assert verify(anchor=None).whole


def test_a_replace_by_another_unique_column_is_refused(sealed: list[int]) -> None:
    if connection.vendor == "sqlite":
        refused(lambda: change("INSERT OR REPLACE INTO audit_link VALUES (99, %s, %s)", "f" * 64, sealed[0]))
    assert Link.objects.count() == 6


def test_the_database_takes_no_unknown_outcome() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry.objects.create(at=NOW, actor="x", action="x", outcome="perhaps")


# What verify finds


def test_a_whole_log_is_whole(sealed: list[int]) -> None:
    sign_head(now=NOW)
    write(2)
    report = verify(anchor=None)
    assert report.whole and (report.rows, report.last_seq, report.heads) == (6, 6, 1)
    assert (report.unsealed, report.oldest_unsealed) == (2, NOW)
    assert seal_entries(now=NOW) == 2 and seal_entries(now=NOW) == 0 and verify(anchor=None).last_seq == 8


OTHER_VALUES = {
    "at": "2026-08-08 12:00:00.100001+00:00",
    "actor": "user:9",
    "capacity": "officer",
    "purpose": "zadost",
    "scope": "gwent",
    "action": "report.closed",
    "subject": "",
    "outcome": "refused",
    "detail": '{"n": 7, "code": "x"}',
    "request_id": "r",
}


def test_every_column_is_tried() -> None:
    assert {f.name for f in Entry._meta.concrete_fields} == {"id", *OTHER_VALUES}


@pytest.mark.parametrize("column", OTHER_VALUES)
def test_any_column_changed_is_found(column: str, sealed: list[int]) -> None:
    with tampering():
        change(f"UPDATE audit_entry SET {column} = %s WHERE id = %s", OTHER_VALUES[column], sealed[2])
    report = verify(anchor=None)
    assert kinds(report) == [("changed", 3)] and report.problems[0].entry == sealed[2]


@pytest.mark.parametrize("value", ["", "never", "9999-99-99", "infinity", "-infinity"])
def test_a_time_that_is_none_is_found_and_stops_nothing(value: str, sealed: list[int]) -> None:
    if connection.vendor == "postgresql" and "infinity" not in value:
        pytest.skip("PostgreSQL takes only times")
    with tampering():
        change("UPDATE audit_entry SET at = %s WHERE id = %s", value, sealed[2])
    assert kinds(verify(anchor=None)) == [("changed", 3)]
    with tampering():
        change("UPDATE audit_entry SET at = %s", "2026-08-08 12:00:00")


def test_an_entry_deleted_is_missing(sealed: list[int]) -> None:
    with tampering():
        change("DELETE FROM audit_entry WHERE id = %s", sealed[3])
    assert kinds(verify(anchor=None)) == [("missing", 4)]
    with tampering():
        change("DELETE FROM audit_link WHERE seq = 4")
    assert kinds(verify(anchor=None)) == [("missing", 4)]


def test_two_entries_swapped_are_reordered(sealed: list[int]) -> None:
    with tampering():
        for old, new in ((sealed[1], -1), (sealed[4], sealed[1]), (-1, sealed[4])):
            change("UPDATE audit_entry SET id = %s WHERE id = %s", new, old)
    assert kinds(verify(anchor=None)) == [("reordered", 2), ("reordered", 5)]


def test_two_links_swapped_are_reordered(sealed: list[int]) -> None:
    with tampering():
        for old, new in ((2, -1), (5, 2), (-1, 5)):
            change("UPDATE audit_link SET seq = %s WHERE seq = %s", new, old)
    found = kinds(verify(anchor=None))
    assert {("reordered", 2), ("reordered", 5)} <= set(found) and {k for k, _ in found} == {"reordered"}


def test_an_entry_slipped_into_the_past_cannot_be_linked_there(sealed: list[int]) -> None:
    with tampering():
        change("UPDATE audit_link SET seq = -seq WHERE seq > 3")
        change("UPDATE audit_link SET seq = 1 - seq WHERE seq < 0")
        late = record(actor="user:x", action="slipped.in", now=NOW)
        Link.objects.create(seq=4, entry=late, hash="a" * 64)
    assert ("changed", 4) in kinds(verify(anchor=None))


def cut(*, after: int) -> None:
    """Links and entries beyond a place are gone, as if they had never been."""
    with tampering():
        ids = list(Link.objects.filter(seq__gt=after).values_list("entry_id", flat=True))
        change("DELETE FROM audit_link WHERE seq > %s", after)
        for entry in ids:
            change("DELETE FROM audit_entry WHERE id = %s", entry)


def test_a_cut_tail_is_found_by_the_head(sealed: list[int]) -> None:
    sign_head(now=NOW)
    cut(after=4)
    assert kinds(verify(anchor=None)) == [("cut", 4)]
    write(4)
    seal_entries(now=NOW)
    assert kinds(verify(anchor=None)) == [("rewritten", 6)]


def test_a_cut_tail_is_found_by_the_exported_head_where_the_stored_one_is_cut_too(sealed: list[int]) -> None:
    sign_head(now=NOW)
    cut(after=4)
    with tampering():
        change("DELETE FROM audit_signedhead")
    assert kinds(verify(anchor=None)) == [("missing", 6), ("cut", 4)]


def test_a_cut_tail_is_found_by_an_anchor_where_everything_here_is_cut(sealed: list[int], home: Path) -> None:
    sign_head(now=NOW)
    anchor = head_file(home).rename(home / "kept-elsewhere.json")
    cut(after=4)
    with tampering():
        change("DELETE FROM audit_signedhead")
    assert verify(anchor=None).whole
    assert kinds(verify(anchor=anchor)) == [("cut", 4)]


def test_a_log_written_anew_with_a_new_key_is_found_by_the_anchor_only(sealed: list[int], home: Path) -> None:
    sign_head(now=NOW)
    anchor = head_file(home).rename(home / "kept-elsewhere.json")
    with tampering():
        change("DELETE FROM audit_signedhead")
        change("DELETE FROM audit_link")
        change("UPDATE audit_entry SET actor = 'user:innocent' WHERE id = %s", sealed[2])
    signing_key_path().unlink()
    assert seal_entries(now=NOW, whole=True) == 6
    sign_head(now=NOW)
    assert verify(anchor=None).whole
    found = verify(anchor=anchor)
    assert kinds(found) == [("key", 6), ("rewritten", 6)] and "signing key was replaced" in found.problems[0].text


def test_a_forged_head_has_a_wrong_signature(sealed: list[int], home: Path) -> None:
    sign_head(now=NOW)
    head_file(home).unlink()
    with tampering():
        change("UPDATE audit_signedhead SET seq = 5")
    assert kinds(verify(anchor=None)) == [("signature", 5)]


def test_an_anchor_that_was_changed_is_refused(sealed: list[int], home: Path) -> None:
    sign_head(now=NOW)
    held = json.loads(head_file(home).read_text())
    (home / "a.json").write_text(json.dumps({**held, "seq": 5}))
    with pytest.raises(HeadError, match="signature"):
        verify(anchor=home / "a.json")
    head_file(home).write_text("{")
    report = verify(anchor=None)
    assert [p.kind for p in report.problems] == ["unreadable"]


# Heads and their key


def test_a_head_is_signed_once_a_day_and_exported(sealed: list[int], home: Path) -> None:
    first = sign_head(now=NOW)
    write(1)
    again = sign_head(now=NOW + timedelta(hours=11))
    assert first and again and first.pk == again.pk and first.seq == 6 and Link.objects.count() == 7
    next_day = sign_head(now=NOW + DAY)
    assert next_day and (next_day.seq, next_day.day) == (7, date(2026, 8, 9))
    back = sign_head(now=NOW)
    assert back and back.pk == next_day.pk and SignedHead.objects.count() == 2
    assert stat.S_IMODE(signing_key_path().stat().st_mode) == 0o600
    assert verify(anchor=head_file(home)).whole and verify(anchor=head_file(home, next_day.day)).whole


def test_an_exported_file_that_was_lost_is_written_again(sealed: list[int], home: Path) -> None:
    sign_head(now=NOW)
    text = head_file(home).read_bytes()
    head_file(home).unlink()
    sign_head(now=NOW)
    assert head_file(home).read_bytes() == text
    assert [p.name for p in head_file(home).parent.iterdir()] == ["2026-08-08.json"]


def test_an_empty_log_has_no_head(home: Path) -> None:
    assert sign_head(now=NOW) is None and not signing_key_path().exists()
    assert verify(anchor=None).whole


@pytest.mark.parametrize("how", ["gone", "exchanged", "damaged"])
def test_a_signing_key_is_never_replaced_silently(how: str, sealed: list[int], home: Path) -> None:
    sign_head(now=NOW)
    if how == "gone":
        signing_key_path().unlink()
    else:
        signing_key_path().write_text("ab" * 32 if how == "exchanged" else "ab")
    with pytest.raises(SigningKeyError, match="--new-key"):
        sign_head(now=NOW + DAY)
    with pytest.raises(SigningKeyError, match="later day"):
        sign_head(now=NOW, new_key=True)
    assert sign_head(now=NOW + DAY, new_key=True)
    assert [k for k, _ in kinds(verify(anchor=None))] == ["key"]
    assert verify(anchor=head_file(home, TODAY + DAY)).whole
    assert sign_head(now=NOW + 2 * DAY) and verify(anchor=head_file(home, TODAY + DAY)).whole


# The sealer


def test_batches_make_one_chain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bluelamp.kernel.audit.operations._BATCH", 4)
    monkeypatch.setattr("bluelamp.kernel.audit.operations._LOOK", 6)
    monkeypatch.setattr("bluelamp.kernel.audit.queries._PAGE", 3)
    write(12)
    assert seal_entries(now=NOW) == 12 and list(Link.objects.values_list("seq", flat=True)) == list(range(1, 13))
    report = verify(anchor=None)
    assert report.whole and (report.rows, report.last_seq) == (12, 12)
    lines = [line for line in export(filters=AuditFilters(limit=7)) if line["kind"] == "entry"]
    assert [line["seq"] for line in lines] == [1, 2, 3, 4, 5, 6, 7]


def test_an_entry_that_shows_late_is_linked_soon_within_the_hour_and_daily_after_it() -> None:
    """PostgreSQL gives an id when a row is written and shows the row when it is committed."""
    write(4)
    ids = list(Entry.objects.values_list("pk", flat=True))
    with tampering():
        change("UPDATE audit_entry SET id = id + 100 WHERE id IN (%s, %s)", ids[1], ids[2])
    seal_entries(now=NOW)
    late = Entry.objects.create(pk=ids[1], at=NOW, actor="system", action="late", outcome="done")
    assert seal_entries(now=NOW + timedelta(minutes=59)) == 1 and late.link.seq == 5
    for hours in (2, 4):
        Entry.objects.create(pk=ids[3] + 200 + hours, at=NOW, actor="system", action="x", outcome="done")
        seal_entries(now=NOW + timedelta(hours=hours))
    Entry.objects.create(pk=ids[2], at=NOW, actor="system", action="very late", outcome="done")
    assert seal_entries(now=NOW + timedelta(hours=5)) == 0 and verify(anchor=None).unsealed == 1
    assert seal_entries(now=NOW + timedelta(hours=5), whole=True) == 1 and verify(anchor=None).whole


# Search and export


def test_search_takes_every_filter() -> None:
    write(4)
    record(actor="user:1", action="report.sealed", outcome="refused", now=NOW + DAY)
    record(actor="user:1", action="reporting", outcome="failed", now=NOW + 2 * DAY)

    def count(**wanted: object) -> int:
        return search(filters=AuditFilters(**wanted)).count()  # type: ignore[arg-type]

    assert count() == 6 and count(limit=2) == 2
    assert count(actor="user:1") == 3 and count(subject="report:2") == 1
    assert count(action="report.") == 5 and count(action="report") == 0 and count(action="report.sealed") == 1
    assert count(outcome="refused") == 1 and count(start=NOW + DAY) == 2 and count(end=NOW + DAY) == 4
    newest = search(filters=AuditFilters())[0]
    assert newest.action == "reporting" and count(before=newest.pk) == 5


def test_an_export_of_some_entries_still_carries_the_hash_before_each(sealed: list[int]) -> None:
    lines = [line for line in export(filters=AuditFilters(actor="user:3")) if line["kind"] == "entry"]
    before = Link.objects.get(seq=3).hash
    assert [(line["seq"], line["previous"]) for line in lines] == [(4, before)]


def test_a_stranger_can_check_an_export_with_the_program_in_the_docs(sealed: list[int], home: Path) -> None:
    sign_head(now=NOW)
    out = home / "log.jsonl"
    assert run(app, ["audit", "export", "--out", str(out)]).exit_code == 0
    program = re.findall(r"```python\n(.*?)```", DOCS.read_text(), re.S)[0]
    exec(compile(program, "docs", "exec"), {"FILE": str(out)})  # noqa: S102
    text = out.read_text()
    assert text.count('"kind": "entry"') == 7 and text.count('"kind": "head"') == 1
    out.write_text(text.replace("user:3", "user:4", 1))
    with pytest.raises(AssertionError):
        exec(compile(program, "docs", "exec"), {"FILE": str(out)})  # noqa: S102


# The command


def test_the_command_goes_through_a_day(home: Path) -> None:
    write(3)
    assert json.loads(run(app, ["audit", "seal", "--json"]).stdout) == {"sealed": 3}
    head = json.loads(run(app, ["audit", "head", "--json"]).stdout)
    assert head["seq"] == 3 and Path(head["file"]).exists()
    told = run(app, ["audit", "verify", "--anchor", head["file"], "--json"])
    assert told.exit_code == 0 and json.loads(told.stdout)["whole"] is True
    found = json.loads(run(app, ["audit", "search", "--actor", "user:1", "--json"]).stdout)
    assert [row["seq"] for row in found] == [2] and found[0]["detail"] == {"code": "x", "n": 1}
    looks = search(filters=AuditFilters(action="audit."))
    assert [(e.action, e.detail) for e in looks] == [("audit.searched", {"actor": "user:1", "limit": "50"})]
    with tampering():
        change("UPDATE audit_entry SET actor = 'user:9' WHERE actor = 'user:1'")
    told = run(app, ["audit", "verify"])
    assert told.exit_code == 1 and "changed: Link 2" in told.output and "NOT whole" in told.output.replace("\n", " ")


@pytest.mark.parametrize("wrong", [["--from", "soon"], ["--outcome", "perhaps"], ["--limit", "0"]])
def test_a_wrong_filter_is_a_sentence(wrong: list[str]) -> None:
    told = run(app, ["audit", "search", *wrong])
    assert told.exit_code == 2 and "Traceback" not in told.output and not Entry.objects.exists()


# With the vault


@pytest.mark.django_db(databases=["default", "vault"])
def test_a_record_erased_leaves_the_log_whole(home: Path) -> None:
    sealed_text = seal(record="report:1", plaintext=b"Jane Doe", now=NOW)
    record(actor="user:1", action="report.received", subject="report:1", now=NOW)
    sign_head(now=NOW)
    assert erase(record="report:1", now=NOW + DAY)
    record(actor="user:2", action="report.erased", subject="report:1", now=NOW + DAY)
    sign_head(now=NOW + DAY)
    with pytest.raises(RecordErasedError):
        open_sealed(record="report:1", ciphertext=sealed_text)
    assert verify(anchor=head_file(home)).whole and search(filters=AuditFilters(subject="report:1")).count() == 2
