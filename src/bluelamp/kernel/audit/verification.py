"""Checking the log: the whole chain, the signed heads here, and an anchor kept elsewhere."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bluelamp.kernel.audit.domain.checking import Findings, Kind, Problem, check_chain, trusted_heads
from bluelamp.kernel.audit.domain.heads import Head, HeadError, is_signed, read_head
from bluelamp.kernel.audit.models import SignedHead
from bluelamp.kernel.audit.queries import as_head, chain_rows, heads_folder, unsealed


@dataclass(frozen=True)
class Report:
    """What a check found. `more` counts problems beyond those listed; unsealed entries are no problem in themselves.

    `oldest_unsealed` is the time of the oldest entry that waits: long ago means that the sealer does not run.
    """

    rows: int
    last_seq: int
    last_hash: str
    heads: int
    unsealed: int
    oldest_unsealed: datetime | None
    problems: tuple[Problem, ...]
    more: int

    @property
    def whole(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


def verify(*, anchor: Path | None) -> Report:
    """Check every link, the heads in the database and in HOME/audit/heads, and an anchor: a head kept elsewhere.

    The anchor's key and hash are believed over whatever is found here. Raises HeadError where the anchor is not a head
    or its own signature is wrong, OSError where it cannot be read.
    """
    believed = _anchor(anchor) if anchor else None
    # Files first: a head is in the database before it is in a file.
    unreadable, files = _head_files()
    stored = [as_head(row) for row in SignedHead.objects.order_by("day")]
    lost = [
        Problem(kind=Kind.MISSING, text=f"The head of {head.day} is in a file but not in the database.", seq=head.seq)
        for head in files
        if head not in stored
    ]
    trusted = trusted_heads(heads=dict.fromkeys([*stored, *files]), anchor=believed)
    found = check_chain(rows=chain_rows(), heads=trusted.heads)
    return _report(found, first=[*unreadable, *trusted.problems, *lost], heads=len(trusted.heads))


def _report(found: Findings, *, first: list[Problem], heads: int) -> Report:
    waiting = unsealed()
    oldest = waiting.values_list("at", flat=True).first()
    return Report(
        rows=found.rows,
        last_seq=found.last_seq,
        last_hash=found.last_hash,
        heads=heads,
        unsealed=waiting.order_by().count(),
        oldest_unsealed=oldest,
        problems=(*first, *found.problems),
        more=found.more,
    )


def _anchor(path: Path) -> Head:
    head = read_head(path.read_bytes())
    if not is_signed(head):
        raise HeadError("The anchor's own signature is wrong: it was changed, or is not an exported head.")
    return head


def _head_files() -> tuple[list[Problem], list[Head]]:
    problems, heads = [], []
    for path in _files():
        try:
            heads.append(read_head(path.read_bytes()))
        except HeadError:
            problems.append(Problem(kind=Kind.UNREADABLE, text=f"{path.name} among the exported heads is damaged."))
    return problems, heads


def _files() -> Iterator[Path]:
    yield from sorted(heads_folder().glob("????-??-??.json"))
