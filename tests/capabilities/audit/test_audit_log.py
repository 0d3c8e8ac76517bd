"""The log in the database: what it takes and refuses, its heads, its sealer, search and export."""

import json
import re
import stat
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction
from tampered import DAY, DOCS, NOW, TODAY, change, head_file, kinds, run, tampering, write

from bluelamp.kernel.audit.models import Entry, Link, SignedHead
from bluelamp.kernel.audit.operations import record, seal_entries, sign_head
from bluelamp.kernel.audit.queries import AuditFilters, export, search
from bluelamp.kernel.audit.signing import SigningKeyError, signing_key_path
from bluelamp.kernel.audit.verification import verify
from bluelamp.kernel.vault.operations import RecordErasedError, erase, open_sealed, seal
from bluelamp.project.cli.app import app

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]

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
