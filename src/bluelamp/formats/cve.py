"""CVE records: pages of the NVD 2.0 API, and the CVE 5 JSON format (single, list, or one a line)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, BinaryIO

from bluelamp.formats.rows import (
    FormatError,
    Rejected,
    RowError,
    check_cve,
    check_day,
    check_name,
    parse_json,
    read_json,
    read_text,
    rejected,
)

_NO_NAME = frozenset({"n/a", "-", "*", ""})


@dataclass(frozen=True)
class CveRecord:
    """One record: when it was published, whether it was rejected, and the (maker, product) names that it affects."""

    line: int
    cve: str
    published: date
    state: str
    affected: tuple[tuple[str, str], ...]


def parse_nvd_page(stream: BinaryIO, *, today: date) -> Iterator[CveRecord | Rejected]:
    """The records of one NVD 2.0 page. Raises FormatError."""
    document = read_json(stream)
    items = document.get("vulnerabilities") if isinstance(document, dict) else None
    if not isinstance(items, list) or document.get("format") != "NVD_CVE":
        raise FormatError(
            "This is not a page of the NVD 2.0 API: 'format' must be NVD_CVE, with a list 'vulnerabilities'."
        )
    for line, item in enumerate(items, start=1):
        yield _guard(_nvd, item, line=line, today=today)


def parse_cve5(stream: BinaryIO, *, today: date) -> Iterator[CveRecord | Rejected]:
    """The records of a CVE 5 file: one record, a list of them, or one record a line. Raises FormatError."""
    text = read_text(stream).strip()
    lines = text.splitlines()
    if len(lines) > 1 and all(line.lstrip().startswith("{") and line.rstrip().endswith("}") for line in lines):
        items = [parse_json(line) for line in lines]
    else:
        document = parse_json(text)
        items = document if isinstance(document, list) else [document]
    if not any(isinstance(i, dict) and i.get("dataType") == "CVE_RECORD" for i in items):
        raise FormatError("This is not a CVE 5 record: 'dataType' must be CVE_RECORD.")
    for line, item in enumerate(items, start=1):
        yield _guard(_cve5, item, line=line, today=today)


def _guard(read: Any, item: Any, *, line: int, today: date) -> CveRecord | Rejected:
    try:
        record: CveRecord = read(item, line, today)
    except RowError as problem:
        return rejected(line=line, problem=problem, raw=item)
    except (AttributeError, KeyError, TypeError):
        return rejected(
            line=line, problem=RowError("The record does not have the parts that its format asks for."), raw=item
        )
    return record


def _nvd(item: Any, line: int, today: date) -> CveRecord:
    record = item["cve"]
    nodes = [n for c in record.get("configurations", []) for n in c.get("nodes", [])]
    parts = [
        m["criteria"].replace("\\:", "\x00").split(":")
        for n in nodes
        for m in n.get("cpeMatch", [])
        if m.get("vulnerable")
    ]
    pairs = {(_plain(p[3]), _plain(p[4])) for p in parts if len(p) > 4}
    state = "rejected" if record.get("vulnStatus") == "Rejected" else "published"
    return CveRecord(line, check_cve(record["id"]), check_day(record["published"], today=today), state, _names(pairs))


def _plain(text: str) -> str:
    return text.replace("\x00", ":").replace("\\", "").replace("_", " ")


def _cve5(item: Any, line: int, today: date) -> CveRecord:
    meta = item["cveMetadata"]
    state = "rejected" if meta["state"] == "REJECTED" else "published"
    day = meta.get("datePublished") or meta.get("dateReserved")
    containers = item.get("containers", {})
    blocks = [containers.get("cna", {}), *containers.get("adp", [])]
    pairs = {(a.get("vendor", ""), a.get("product", "")) for b in blocks for a in b.get("affected", [])}
    return CveRecord(line, check_cve(meta["cveId"]), check_day(day, today=today), state, _names(pairs))


def _names(pairs: set[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (check_name(m, what="maker"), check_name(p, what="product"))
        for m, p in sorted(pairs)
        if m.strip().lower() not in _NO_NAME and p.strip().lower() not in _NO_NAME
    )
