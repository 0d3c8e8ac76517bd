"""Checking a chain row by row: what was changed, is missing, stands elsewhere, was cut off or written anew."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from bluelamp.kernel.audit.domain.chain import GENESIS, link_hash
from bluelamp.kernel.audit.domain.heads import Head, is_signed

MOST_PROBLEMS: Final = 1_000
_MOST_COMPARED: Final = 200


class Kind(StrEnum):
    """What is wrong."""

    CHANGED = "changed"
    MISSING = "missing"
    REORDERED = "reordered"
    CUT = "cut"
    REWRITTEN = "rewritten"
    SIGNATURE = "signature"
    KEY = "key"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: where in the chain (0: nowhere in it), which entry (0: none), and in words."""

    kind: Kind
    text: str
    seq: int = 0
    entry: int = 0


@dataclass(frozen=True)
class Row:
    """One link with the entry it names; `content` is None where that entry is not there."""

    seq: int
    hash: str
    entry: int
    content: Mapping[str, object] | None


@dataclass(frozen=True)
class Trusted:
    """The heads that count, and what is wrong with the others."""

    heads: Sequence[Head]
    problems: Sequence[Problem]


@dataclass
class Findings:
    """What was found; memory stays small however much is wrong: `more` counts what is not listed."""

    problems: list[Problem] = field(default_factory=list)
    more: int = 0
    rows: int = 0
    last_seq: int = 0
    last_hash: str = GENESIS

    def add(self, problem: Problem) -> None:
        """Keep one problem, or count it where there are very many."""
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(problem)
        else:
            self.more += 1


@dataclass(frozen=True)
class _Bad:
    """A row whose hash is not that of its entry after the row before it."""

    row: Row
    content: Mapping[str, object]
    previous: str


def trusted_heads(*, heads: Iterable[Head], anchor: Head | None) -> Trusted:
    """Choose the heads that count: well signed, by the key that is believed.

    With an anchor that is its key, for every head from its day on; older heads count with a key of their own, because
    the chain up to the anchor is checked against the anchor. Without an anchor it is the key of the oldest head.
    """
    good, problems, strange = [], [], set()
    believed = anchor.public_key if anchor else ""
    for head in sorted(heads, key=lambda h: (h.day, h.seq)):
        if not is_signed(head):
            text = f"The head of {head.day} has a wrong signature."
            problems.append(Problem(kind=Kind.SIGNATURE, text=text, seq=head.seq))
            continue
        believed = believed or head.public_key
        if head.public_key == believed or (anchor and head.day < anchor.day):
            good.append(head)
        elif head.public_key not in strange:
            strange.add(head.public_key)
            text = f"From {head.day} on heads are signed by another key, {head.key_id}: the signing key was replaced."
            problems.append(Problem(kind=Kind.KEY, text=text, seq=head.seq))
    return Trusted(heads=[*good, anchor] if anchor and anchor not in good else good, problems=problems)


def check_chain(*, rows: Iterable[Row], heads: Sequence[Head]) -> Findings:
    """Check rows in order of `seq` against their hashes and signed heads. Memory does not grow with the rows."""
    found, bad = Findings(), list[_Bad]()
    signed: dict[int, list[Head]] = {}
    for head in heads:
        signed.setdefault(head.seq, []).append(head)
    # Two hashes that the row before may have had when this one was sealed: that which it has, and that which its entry
    # gives (they differ where it was changed). None where the row before is missing.
    before: tuple[str, ...] = (GENESIS,)
    for row in rows:
        if row.seq != found.last_seq + 1:
            _say_gap(found, row)
            before = ()
        before = _check_row(found, bad, row, before)
        for head in signed.get(row.seq, ()):
            if head.hash != row.hash:
                text = f"Link {row.seq} is not what was signed on {head.day}: the log was written anew or changed."
                found.add(Problem(kind=Kind.REWRITTEN, text=text, seq=row.seq, entry=row.entry))
        found.rows, found.last_seq, found.last_hash = found.rows + 1, row.seq, row.hash
    for one in bad:
        found.add(_named(one, among=bad))
    for head in heads:
        if head.seq > found.last_seq:
            text = f"The log ends at link {found.last_seq}, but link {head.seq} was signed on {head.day}: it was cut."
            found.add(Problem(kind=Kind.CUT, text=text, seq=found.last_seq))
    return found


def _check_row(found: Findings, bad: list[_Bad], row: Row, before: tuple[str, ...]) -> tuple[str, ...]:
    """Check one row; give the hashes that the next may build on, so that one change is not said of every row after."""
    if row.content is None:
        text = f"Entry {row.entry} of link {row.seq} is missing."
        found.add(Problem(kind=Kind.MISSING, text=text, seq=row.seq, entry=row.entry))
        return (row.hash,)
    right = [link_hash(previous=previous, content=row.content) for previous in before]
    if not right or row.hash in right:
        return (row.hash,)
    one = _Bad(row=row, content=row.content, previous=before[0])
    if len(bad) < _MOST_COMPARED:
        bad.append(one)
    else:
        found.add(_changed(row))
    return (row.hash, right[-1])


def _named(one: _Bad, *, among: Sequence[_Bad]) -> Problem:
    """Tell a row that was moved from one that was changed: moved rows fit each other's places."""
    for other in among:
        if other is one:
            continue
        places = (link_hash(previous=p, content=one.content) for p in (other.previous, other.row.hash))
        entries = link_hash(previous=one.previous, content=other.content)
        contents = link_hash(previous=one.previous, content={**other.content, "id": one.row.entry})
        if one.row.hash in (*places, entries, contents):
            text = f"Link {one.row.seq} (entry {one.row.entry}) or the one before it stands elsewhere than when sealed."
            return Problem(kind=Kind.REORDERED, text=text, seq=one.row.seq, entry=one.row.entry)
    return _changed(one.row)


def _changed(row: Row) -> Problem:
    text = f"Link {row.seq} or its entry {row.entry} was changed."
    return Problem(kind=Kind.CHANGED, text=text, seq=row.seq, entry=row.entry)


def _say_gap(found: Findings, row: Row) -> None:
    first, last = found.last_seq + 1, row.seq - 1
    if last < first:
        text = f"There is a link with the number {row.seq}, which no sealer gives."
        found.add(Problem(kind=Kind.CHANGED, text=text, seq=row.seq, entry=row.entry))
        return
    links = f"Link {first} is" if first == last else f"Links {first} to {last} are"
    text = f"{links} missing, so that link {row.seq} cannot be checked."
    found.add(Problem(kind=Kind.MISSING, text=text, seq=first))
