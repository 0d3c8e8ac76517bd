"""Linked and duplicate reports: scored pairs with reasons that add up.

A report is compared by its fingerprint, which holds keyed hashes only (`observables.keyed`, `shingles.signature`).
Reasons say what kind of thing two reports share, never what stands in the other. A link suggests; a person decides.

Every reason looks at what is shared, so more evidence never lowers a score. Links are not transitive: A like B and B
like C says nothing of A and C.
"""

import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

import h3

from bluelamp.reporting.domain.observables import ObservableKind
from bluelamp.reporting.domain.question import LANGUAGES
from bluelamp.reporting.domain.shingles import bands, likeness

MOST_POINTS = 100
NEAR_DAYS = 7
LONGEST_DAYS = 62  # a vaguer time than this says nothing about nearness
SAME_TEXT, SIMILAR_TEXT = 0.8, 0.5
_WEEK = 7


class LinkingError(ValueError):
    """The table of reasons breaks a rule; the message says which."""


class ReasonKind(StrEnum):
    """Why two reports may belong together."""

    SAME_NUMBER = "same-number"
    SAME_CONTACT = "same-contact"
    SAME_ACCOUNT = "same-account"
    SAME_ADDRESS = "same-address"
    SAME_HOST = "same-host"
    SAME_TEXT = "same-text"
    SIMILAR_TEXT = "similar-text"
    SAME_DEVICE_NEAR = "same-device-near"
    SAME_CRIME_NEAR = "same-crime-near"


class Verdict(StrEnum):
    """What the points suggest."""

    APART = "apart"
    LINKED = "linked"
    DUPLICATE = "duplicate"


_O = ObservableKind
_REASON_OF: dict[ObservableKind, ReasonKind] = {
    **dict.fromkeys((_O.IMEI, _O.MAC, _O.SERIAL), ReasonKind.SAME_NUMBER),
    **dict.fromkeys((_O.IBAN, _O.BANK_ACCOUNT, _O.CRYPTO), ReasonKind.SAME_ACCOUNT),
    **dict.fromkeys((_O.EMAIL, _O.PHONE, _O.URL), ReasonKind.SAME_ADDRESS),
    **dict.fromkeys((_O.DOMAIN, _O.IP), ReasonKind.SAME_HOST),
}


@dataclass(frozen=True)
class Fingerprint:
    """What is compared of a report. Hashes are keyed by the caller; everything may be missing.

    `observables`: (kind, hash). `contacts`: hashes of the person's own ways to be reached. `cell`: an H3 cell, one
    resolution for all reports. `first`, `last`: days, both or none. `text`: of `shingles.signature`.
    """

    report: str
    products: frozenset[str] = frozenset()
    observables: frozenset[tuple[ObservableKind, str]] = frozenset()
    contacts: frozenset[str] = frozenset()
    cell: str = ""
    first: date | None = None
    last: date | None = None
    kinds: frozenset[str] = frozenset()
    text: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if (self.first is None) != (self.last is None):
            raise ValueError("A fingerprint has both days or none.")
        if self.first and self.last and self.first > self.last:
            raise ValueError("The first day is after the last.")
        if self.cell and not h3.is_valid_cell(self.cell):
            raise ValueError(f"This is no H3 cell: {self.cell!r}.")


@dataclass(frozen=True)
class Reason:
    """One reason. `times`: how many things of this kind are shared; each counts."""

    kind: ReasonKind
    points: int
    times: int


@dataclass(frozen=True)
class Weight:
    """What a reason counts. `own`: it is of the person's own, so that it can make a duplicate."""

    points: int
    own: bool
    sentences: Mapping[str, str]


@dataclass(frozen=True)
class Weights:
    """The table of reasons, and from how many points on two reports are linked or one twice."""

    linked: int
    duplicate: int
    reasons: Mapping[ReasonKind, Weight]


@dataclass(frozen=True)
class Match:
    """How another report stands to one: `score` 0 to 100, the verdict, the reasons with the most points first."""

    report: str
    score: int
    verdict: Verdict
    reasons: tuple[Reason, ...]


def read_weights(*, text: str) -> Weights:
    """The table of reasons. Raises LinkingError."""
    try:
        raw = tomllib.loads(text)
        reasons = {ReasonKind(name): _weight(one) for name, one in raw["reason"].items()}
        weights = Weights(int(raw["linked"]), int(raw["duplicate"]), reasons)
    except (KeyError, TypeError, AttributeError, ValueError) as problem:
        raise LinkingError(f"the table of links has another form ({problem}).") from problem
    if set(reasons) != set(ReasonKind):
        raise LinkingError(f"these reasons are missing: {sorted(set(ReasonKind) - set(reasons))}.")
    if not 0 < weights.linked <= weights.duplicate <= MOST_POINTS or any(w.points < 1 for w in reasons.values()):
        raise LinkingError("points must be at least 1, and a duplicate must need as many as a link or more.")
    return weights


def compare(*, weights: Weights, one: Fingerprint, other: Fingerprint) -> Match:
    """How `other` stands to `one`; the same either way round."""
    counted = [*_shared(one, other), *_texts(one, other), *_near(one, other)]
    reasons = [Reason(kind, weights.reasons[kind].points * times, times) for kind, times in counted]
    score = min(MOST_POINTS, sum(r.points for r in reasons))
    ordered = tuple(sorted(reasons, key=lambda r: (-r.points, r.kind)))
    return Match(other.report, score, _verdict(weights, score, ordered, one, other), ordered)


def sentence(*, weights: Weights, reason: Reason, language: str) -> str:
    """A reason in words. It does not tell what stands in the other report."""
    return weights.reasons[reason.kind].sentences["cy" if language == "cy" else "en"]


def blocking_keys(fingerprint: Fingerprint) -> frozenset[str]:
    """The keys under which a report is kept in an index. They hold hashes, product keys, cells and weeks, no words."""
    return frozenset(_exact_keys(fingerprint) | _place_keys(fingerprint, ring=0, margin=0))


def search_keys(fingerprint: Fingerprint) -> frozenset[str]:
    """The keys under which to look for reports like this one: also of neighbouring cells and weeks.

    Two reports that are linked share one, except pairs whose only tie are texts: of those alike by half 36 % are
    missed, by 0.7 one in a hundred.
    """
    return frozenset(_exact_keys(fingerprint) | _place_keys(fingerprint, ring=1, margin=NEAR_DAYS))


def _weight(raw: Mapping[str, object]) -> Weight:
    sentences = {n: str(raw[n]) for n in LANGUAGES}
    if not all(s.strip() for s in sentences.values()):
        raise LinkingError("a reason has no sentence.")
    return Weight(int(str(raw["points"])), raw.get("own", False) is True, sentences)


def _shared(one: Fingerprint, other: Fingerprint) -> list[tuple[ReasonKind, int]]:
    counts = Counter(kind for kind, _ in one.observables & other.observables)
    # A British IBAN holds a sort code and an account number: one account, not two.
    counts[_O.BANK_ACCOUNT] = max(counts[_O.BANK_ACCOUNT], counts.pop(_O.IBAN, 0))
    times: dict[ReasonKind, int] = {}
    for kind, count in counts.items():
        if count:
            times[_REASON_OF[kind]] = times.get(_REASON_OF[kind], 0) + count
    if one.contacts & other.contacts:
        times[ReasonKind.SAME_CONTACT] = len(one.contacts & other.contacts)
    return list(times.items())


def _texts(one: Fingerprint, other: Fingerprint) -> list[tuple[ReasonKind, int]]:
    alike = likeness(one.text, other.text)
    if alike >= SAME_TEXT:
        return [(ReasonKind.SAME_TEXT, 1)]
    return [(ReasonKind.SIMILAR_TEXT, 1)] if alike >= SIMILAR_TEXT else []


def _near(one: Fingerprint, other: Fingerprint) -> list[tuple[ReasonKind, int]]:
    if not (_near_in_time(one, other) and _near_in_place(one.cell, other.cell)):
        return []
    found = []
    if one.products & other.products:
        found.append((ReasonKind.SAME_DEVICE_NEAR, 1))
    if one.kinds & other.kinds:
        found.append((ReasonKind.SAME_CRIME_NEAR, 1))
    return found


def _days_apart(one: Fingerprint, other: Fingerprint) -> int | None:
    """Days between two intervals, 0 where they meet; None where a time is not known or too vague."""
    if not (one.first and one.last and other.first and other.last) or _is_vague(one) or _is_vague(other):
        return None
    return max((other.first - one.last).days, (one.first - other.last).days, 0)


def _is_vague(fingerprint: Fingerprint) -> bool:
    first, last = fingerprint.first, fingerprint.last
    return first is None or last is None or (last - first).days > LONGEST_DAYS


def _near_in_time(one: Fingerprint, other: Fingerprint) -> bool:
    apart = _days_apart(one, other)
    return apart is not None and apart <= NEAR_DAYS


def _near_in_place(one: str, other: str) -> bool:
    if not one or not other:
        return False
    return one == other or (h3.get_resolution(one) == h3.get_resolution(other) and other in _disk(one, 1))


@lru_cache(maxsize=20_000)
def _disk(cell: str, ring: int) -> frozenset[str]:
    return frozenset(h3.grid_disk(cell, ring))


def _verdict(
    weights: Weights, score: int, reasons: tuple[Reason, ...], one: Fingerprint, other: Fingerprint
) -> Verdict:
    own = any(weights.reasons[r.kind].own for r in reasons)
    same_event = bool(one.kinds & other.kinds) and _near_in_time(one, other)
    same_words = any(r.kind is ReasonKind.SAME_TEXT for r in reasons)
    if score >= weights.duplicate and own and (same_event or same_words):
        return Verdict.DUPLICATE
    return Verdict.LINKED if score >= weights.linked else Verdict.APART


def _exact_keys(fingerprint: Fingerprint) -> set[str]:
    keys = {f"o:{kind}:{value}" for kind, value in fingerprint.observables}
    keys |= {f"c:{value}" for value in fingerprint.contacts}
    return keys | {f"t:{band}" for band in bands(fingerprint.text)}


def _place_keys(fingerprint: Fingerprint, *, ring: int, margin: int) -> set[str]:
    first, last = fingerprint.first, fingerprint.last
    if not fingerprint.cell or first is None or last is None or _is_vague(fingerprint):
        return set()
    cells = _disk(fingerprint.cell, ring)
    weeks = range((first.toordinal() - margin) // _WEEK, (last.toordinal() + margin) // _WEEK + 1)
    things = [*(f"p:{p}" for p in fingerprint.products), *(f"k:{k}" for k in fingerprint.kinds)]
    return {f"{thing}:{cell}:{week}" for thing in things for cell in cells for week in weeks}
