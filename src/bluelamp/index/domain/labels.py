"""What the back-test calls a candidate and a positive, by one definition, so that everybody measures the same.

Candidates at T are the products (maker known) with a CVE published before T. A product is positive at T where a CVE
mapped to it enters the known-exploited list in [T, T + 365 days). For each such CVE the mapped products whose maker is
the list's are kept, or all where none is, and of those the three with most CVEs in all (ties by key). Days are whole
numbers (days since 1970-01-01); products are numbers into a sorted tuple of (maker key, product key).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

YEAR_DAYS = 365
PRODUCTS_AN_ENTRY = 3
UNKNOWN_MAKER = "?"
NEVER = int(np.iinfo(np.int64).max)
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Facts:
    """Known-exploited entries (CVE, maker key, day added), pairs (CVE, maker key, product key), days of publication.

    `catalogued` is the day on which an exploit entered a public catalogue, `proofs` that on which a proof of concept
    was first seen, both by CVE. `epss` holds dated snapshots of EPSS probabilities by CVE, of one model version each.
    `moved` leads from a pair of keys (maker, product) that was renamed or joined with another to the present one.
    """

    kev: Sequence[tuple[str, str, date]]
    pairs: Sequence[tuple[str, str, str]]
    published: Mapping[str, date]
    catalogued: Mapping[str, date] = field(default_factory=dict)
    proofs: Mapping[str, date] = field(default_factory=dict)
    epss: Mapping[date, Mapping[str, float]] = field(default_factory=dict)
    moved: Mapping[tuple[str, str], tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Entries:
    """Pairs of a known-exploited entry and a product: three aligned columns; `entry` numbers the entries."""

    entry: Ints
    product: Ints
    day: Ints


@dataclass(frozen=True)
class Publications:
    """Pairs of a product and the day on which something about a CVE of it was published: two aligned columns."""

    product: Ints
    day: Ints


@dataclass(frozen=True)
class Table:
    """The facts as columns. `total` is each product's CVEs, dated or not; `first` its first dated one, or NEVER.

    `entry_published` is, by number of entry, the day on which its CVE was published, at the latest the day listed;
    `entry_listed` that on which it was listed, of entries without a product too.
    `scores` holds for each EPSS snapshot its day and every product's sum of probabilities.
    """

    keys: tuple[tuple[str, str], ...]
    entries: Entries
    entry_published: Ints
    entry_listed: Ints
    publications: Publications
    catalogued: Publications
    proofs: Publications
    scores: tuple[tuple[int, Floats], ...]
    total: Ints
    first: Ints


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - _EPOCH).days


def tabulate(facts: Facts) -> Table:
    """Turn facts into columns; repeats and the order of facts have no effect. Rows of unknown makers are left out.

    `entries` holds, for each entry, all products of the maker that the list names, or all mapped where none is its.
    """
    written: dict[str, dict[tuple[str, str], set[str]]] = {}
    for cve, maker, product in sorted({pair for pair in facts.pairs if pair[1] != UNKNOWN_MAKER}):
        present = facts.moved.get((maker, product), (maker, product))
        # A list goes on naming the maker of old.
        written.setdefault(cve, {}).setdefault(present, {present[0]}).add(maker)
    keys = tuple(sorted({key for found in written.values() for key in found}))
    number = {key: i for i, key in enumerate(keys)}
    by_cve = {cve: [number[key] for key in found] for cve, found in written.items()}
    entries_in_order = sorted(set(facts.kev))
    rows, listed = [], []
    for i, (cve, maker, on) in enumerate(entries_in_order):
        mapped = by_cve.get(cve, [])
        own = [p for p in mapped if maker in written[cve][keys[p]]] or mapped
        rows += [(i, p, day_number(on)) for p in own]
        listed.append(day_number(min(on, facts.published.get(cve, on))))
    entries = Entries(*_columns(rows, width=3))
    publications = _dated(by_cve, facts.published)
    first = np.full(len(keys), NEVER)
    np.minimum.at(first, publications.product, publications.day)
    total = np.bincount([p for mapped in by_cve.values() for p in mapped], minlength=len(keys)).astype(np.int64)
    return Table(
        keys=keys,
        entries=entries,
        entry_published=np.array(listed, dtype=np.int64),
        entry_listed=np.array([day_number(on) for _, _, on in entries_in_order], dtype=np.int64),
        publications=publications,
        catalogued=_dated(by_cve, facts.catalogued),
        proofs=_dated(by_cve, facts.proofs),
        scores=tuple((day_number(on), _summed(by_cve, facts.epss[on], len(keys))) for on in sorted(facts.epss)),
        total=total,
        first=first,
    )


def _dated(by_cve: Mapping[str, Sequence[int]], days: Mapping[str, date]) -> Publications:
    rows = [(p, day_number(days[cve])) for cve, mapped in by_cve.items() if cve in days for p in mapped]
    return Publications(*_columns(rows, width=2))


def _summed(by_cve: Mapping[str, Sequence[int]], values: Mapping[str, float], products: int) -> Floats:
    rows = [(p, values[cve]) for cve, mapped in by_cve.items() if cve in values for p in mapped]
    which = np.array([p for p, _ in rows], dtype=np.int64)
    return np.bincount(which, weights=[v for _, v in rows], minlength=products).astype(np.float64)


def _columns(rows: Sequence[tuple[int, ...]], *, width: int) -> tuple[Ints, ...]:
    return tuple(np.array(rows, dtype=np.int64).reshape(-1, width).T)


def leading(*, entries: Entries, weight: Ints) -> Entries:
    """Of each entry the three products with the highest weight, ties by key; sorted by entry."""
    order = np.lexsort((entries.product, -weight[entries.product], entries.entry))
    number = entries.entry[order]
    starts = np.flatnonzero(np.r_[True, number[1:] != number[:-1]][: len(number)])
    place = np.arange(len(number)) - np.repeat(starts, np.diff(np.r_[starts, len(number)]))
    kept = order[place < PRODUCTS_AN_ENTRY]
    return Entries(entries.entry[kept], entries.product[kept], entries.day[kept])


def candidates(*, first: Ints, as_of: int) -> Ints:
    """The numbers of the products with a CVE published before a day, in the order of their keys."""
    return np.flatnonzero(first < as_of)


def positives(*, labelled: Entries, as_of: int, products: int) -> Bools:
    """Per product, whether an entry of it falls in the 365 days from `as_of` on."""
    return _marked(labelled, chosen=(labelled.day >= as_of) & (labelled.day < as_of + YEAR_DAYS), products=products)


def seen_before(*, labelled: Entries, as_of: int, products: int) -> Bools:
    """Per product, whether an entry of it came before `as_of`; the others are cold starts."""
    return _marked(labelled, chosen=labelled.day < as_of, products=products)


def _marked(labelled: Entries, *, chosen: Bools, products: int) -> Bools:
    found = np.zeros(products, dtype=bool)
    found[labelled.product[chosen]] = True
    return found
