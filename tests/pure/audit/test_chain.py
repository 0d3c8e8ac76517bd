"""The chain by property: any change of any row is found, and one that nobody made is never said."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.signing import SigningKey

from bluelamp.kernel.audit.domain.chain import GENESIS, canonical, canonical_detail, canonical_time, link_hash
from bluelamp.kernel.audit.domain.checking import MOST_PROBLEMS, Kind, Row, check_chain, trusted_heads
from bluelamp.kernel.audit.domain.heads import Head, HeadError, is_signed, read_head, sign, write_head

KEY, OTHER = SigningKey(b"k" * 32), SigningKey(b"o" * 32)
WHEN = datetime(2026, 8, 8, 12, tzinfo=UTC)
lengths = st.integers(min_value=3, max_value=30)


def content(number: int) -> dict[str, object]:
    return {"id": number, "actor": f"user:{number}", "action": "report.opened", "detail": {"n": number}}


def chain(length: int, *, start: int = 100) -> list[Row]:
    rows, previous = [], GENESIS
    for seq in range(1, length + 1):
        entry = start + seq
        previous = link_hash(previous=previous, content=content(entry))
        rows.append(Row(seq=seq, hash=previous, entry=entry, content=content(entry)))
    return rows


def head_of(rows: list[Row], seq: int, *, key: SigningKey = KEY, day: int = 8) -> Head:
    return sign(key=key, day=date(2026, 8, day), signed_at=WHEN, seq=seq, hash=rows[seq - 1].hash)


def kinds(rows: list[Row], heads: list[Head] | None = None) -> list[tuple[str, int]]:
    return [(p.kind.value, p.seq) for p in check_chain(rows=rows, heads=heads or []).problems]


def test_the_hash_is_what_the_docs_say() -> None:
    text = '{"action":"a","actor":"\\u00e9","id":1}'
    said = hashlib.sha256(f"bluelamp-audit-link-v1\n{'0' * 64}\n{text}".encode()).hexdigest()
    assert canonical({"id": 1, "actor": "é", "action": "a"}) == text.encode()
    assert link_hash(previous=GENESIS, content=json.loads(text)) == said


@pytest.mark.parametrize(
    "text",
    ["2026-08-08 12:00:00.500000", "2026-08-08 12:00:00.5+00", "2026-08-08 13:00:00.5+01", "2026-08-08T12:00:00.5Z"],
)
def test_one_time_has_one_form(text: str) -> None:
    assert canonical_time(text) == "2026-08-08T12:00:00.500000+00:00"


@given(st.text())
def test_no_text_in_a_column_stops_the_check(text: str) -> None:
    canonical({"at": canonical_time(text), "detail": canonical_detail(text)})


@given(lengths)
def test_a_whole_chain_has_no_problem(length: int) -> None:
    rows = chain(length)
    found = check_chain(rows=rows, heads=[head_of(rows, s) for s in range(1, length + 1)])
    assert not found.problems and (found.rows, found.last_seq, found.last_hash) == (length, length, rows[-1].hash)


@given(st.data())
def test_one_entry_changed_is_said_once(data: st.DataObject) -> None:
    rows = chain(data.draw(lengths))
    at = data.draw(st.integers(0, len(rows) - 1))
    field = data.draw(st.sampled_from(["id", "actor", "action", "detail"]))
    rows[at] = replace(rows[at], content={**(rows[at].content or {}), field: "changed"})
    assert kinds(rows) == [("changed", at + 1)]


@given(st.data())
def test_one_hash_changed_is_said_once(data: st.DataObject) -> None:
    rows = chain(data.draw(lengths))
    at = data.draw(st.integers(0, len(rows) - 1))
    rows[at] = replace(rows[at], hash="f" * 64)
    assert kinds(rows) == [("changed", at + 1)]


@given(st.data())
def test_rows_removed_are_missing(data: st.DataObject) -> None:
    rows = chain(data.draw(lengths))
    first = data.draw(st.integers(0, len(rows) - 2))
    last = data.draw(st.integers(first, len(rows) - 2))
    assert kinds(rows[:first] + rows[last + 1 :]) == [("missing", first + 1)]


@given(st.data())
def test_an_entry_removed_is_missing(data: st.DataObject) -> None:
    rows = chain(data.draw(lengths))
    at = data.draw(st.integers(0, len(rows) - 1))
    rows[at] = replace(rows[at], content=None)
    assert kinds(rows) == [("missing", at + 1)]


@given(st.data(), st.sampled_from(["links", "entries", "contents"]))
def test_two_rows_swapped_are_reordered(data: st.DataObject, what: str) -> None:
    rows = chain(data.draw(lengths))
    one, two = sorted(data.draw(st.sets(st.integers(0, len(rows) - 1), min_size=2, max_size=2)))
    a, b = rows[one], rows[two]
    if what == "links":
        rows[one], rows[two] = replace(b, seq=a.seq), replace(a, seq=b.seq)
    elif what == "entries":
        rows[one], rows[two] = replace(b, seq=a.seq, hash=a.hash), replace(a, seq=b.seq, hash=b.hash)
    else:
        rows[one] = replace(a, content={**content(b.entry), "id": a.entry})
        rows[two] = replace(b, content={**content(a.entry), "id": b.entry})
    found = kinds(rows)
    assert {("reordered", one + 1), ("reordered", two + 1)} <= set(found)
    assert {kind for kind, _ in found} == {"reordered"}


@given(st.data())
def test_a_cut_tail_is_found_by_a_head_only(data: st.DataObject) -> None:
    rows = chain(data.draw(lengths))
    left = data.draw(st.integers(0, len(rows) - 1))
    assert kinds(rows[:left]) == []
    assert kinds(rows[:left], [head_of(rows, len(rows))]) == [("cut", left)]


@given(st.data())
def test_a_log_written_anew_is_found_by_any_head_within(data: st.DataObject) -> None:
    rows, forged = chain(data.draw(lengths)), chain(40, start=500)
    seq = data.draw(st.integers(1, len(rows)))
    assert kinds(forged) == [] and kinds(forged, [head_of(rows, seq)]) == [("rewritten", seq)]


def test_a_row_put_in_before_the_first_is_found() -> None:
    rows = chain(3)
    assert ("changed", 0) in kinds([replace(rows[0], seq=0), *rows])


def test_very_many_problems_are_counted_not_kept() -> None:
    rows = [replace(r, content={"id": 0}) for r in chain(MOST_PROBLEMS + 500)]
    found = check_chain(rows=rows, heads=[])
    assert len(found.problems) == MOST_PROBLEMS and found.more == 500


def test_a_head_reads_back_and_every_part_is_signed() -> None:
    head = head_of(chain(3), 3)
    assert read_head(write_head(head)) == head and is_signed(head)
    foreign = head_of(chain(3), 3, key=OTHER)
    for other in (
        replace(head, day=date(2026, 8, 9)),
        replace(head, signed_at=datetime(2026, 8, 9, tzinfo=UTC)),
        replace(head, seq=2),
        replace(head, hash="0" * 64),
        replace(head, key_id="0" * 16),
        replace(head, public_key=foreign.public_key, key_id=foreign.key_id),
        replace(head, signature=foreign.signature),
        replace(head, signature="zz"),
        replace(head, public_key=""),
    ):
        assert not is_signed(other)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "null", '{"format": "x"}', '{"format": "bluelamp-audit-head-v1", "day": 3}', "\xff"]
)
def test_what_is_no_head_is_refused(text: str) -> None:
    with pytest.raises(HeadError):
        read_head(text.encode("latin-1"))


@pytest.mark.parametrize(
    "change", [{"seq": True}, {"seq": "3"}, {"hash": None}, {"extra": 1}, {"signed_at": "2026-08-08T12:00:00"}]
)
def test_a_head_with_a_wrong_part_is_refused(change: dict[str, object]) -> None:
    held = json.loads(write_head(head_of(chain(3), 3)))
    with pytest.raises(HeadError):
        read_head(json.dumps({**held, **change}).encode())


def test_without_an_anchor_the_oldest_key_is_believed() -> None:
    rows = chain(3)
    trusted = trusted_heads(heads=[head_of(rows, 3, key=OTHER, day=9), head_of(rows, 2, day=8)], anchor=None)
    assert [h.day.day for h in trusted.heads] == [8] and [p.kind for p in trusted.problems] == [Kind.KEY]


def test_with_an_anchor_its_key_is_believed_from_its_day_on() -> None:
    rows = chain(6)
    old, anchor, new = head_of(rows, 2, day=7), head_of(rows, 4, key=OTHER, day=8), head_of(rows, 6, key=OTHER, day=9)
    assert not trusted_heads(heads=[old, anchor, new], anchor=anchor).problems
    forged = trusted_heads(heads=[head_of(rows, 4, day=8), head_of(rows, 6, day=9)], anchor=anchor)
    assert [p.kind for p in forged.problems] == [Kind.KEY] and list(forged.heads) == [anchor]


def test_a_head_with_a_wrong_signature_does_not_count() -> None:
    rows = chain(3)
    bad = replace(head_of(rows, 3), seq=9)
    trusted = trusted_heads(heads=[bad], anchor=None)
    assert not trusted.heads and [p.kind for p in trusted.problems] == [Kind.SIGNATURE]
