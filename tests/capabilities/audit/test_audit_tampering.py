"""Where someone with all rights changed the log, verify says so."""

import json
from pathlib import Path

import pytest
from django.db import connection
from tampered import NOW, change, head_file, kinds, tampering, write

from bluelamp.kernel.audit.domain.heads import HeadError
from bluelamp.kernel.audit.models import Entry, Link
from bluelamp.kernel.audit.operations import record, seal_entries, sign_head
from bluelamp.kernel.audit.signing import signing_key_path
from bluelamp.kernel.audit.verification import verify

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]

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
