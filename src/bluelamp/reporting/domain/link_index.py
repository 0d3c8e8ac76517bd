"""An index over fingerprints in memory: looks at the few reports that share a key, not at all pairs.

A database does the same with a table of (key, report): `blocking_keys` to write, `search_keys` to read.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from bluelamp.reporting.domain.linking import (
    Fingerprint,
    Match,
    Verdict,
    Weights,
    blocking_keys,
    compare,
    search_keys,
)

MOST_PER_KEY = 500


@dataclass(frozen=True)
class Found:
    """Matches, the best first. `crowded`: keys of which only the newest reports were compared."""

    matches: tuple[Match, ...]
    crowded: tuple[str, ...]
    compared: int


class LinkIndex:
    """Reports by their keys. Not safe for several threads."""

    def __init__(
        self, *, weights: Weights, reports: Iterable[Fingerprint] = (), most_per_key: int = MOST_PER_KEY
    ) -> None:
        self._weights = weights
        self._most = most_per_key
        self._reports: dict[str, Fingerprint] = {}
        self._keys: dict[str, list[str]] = {}
        for report in reports:
            self.add(report)

    def __len__(self) -> int:
        return len(self._reports)

    def add(self, fingerprint: Fingerprint) -> None:
        """Keep a report, in place of what was kept under its id."""
        self.remove(fingerprint.report)
        self._reports[fingerprint.report] = fingerprint
        for key in blocking_keys(fingerprint):
            self._keys.setdefault(key, []).append(fingerprint.report)

    def remove(self, report: str) -> None:
        """Forget a report, such as one that was erased; nothing happens where there is none."""
        gone = self._reports.pop(report, None)
        for key in blocking_keys(gone) if gone else ():
            self._keys[key].remove(report)
            if not self._keys[key]:
                del self._keys[key]

    def find(self, fingerprint: Fingerprint) -> Found:
        """The reports that are linked with this one, itself left out."""
        crowded, candidates = [], set()
        for key in sorted(search_keys(fingerprint)):
            kept = self._keys.get(key, [])
            if len(kept) > self._most:
                crowded.append(key)
            candidates.update(kept[-self._most :])
        candidates.discard(fingerprint.report)
        matches = [compare(weights=self._weights, one=fingerprint, other=self._reports[r]) for r in candidates]
        linked = [m for m in matches if m.verdict is not Verdict.APART]
        return Found(tuple(sorted(linked, key=lambda m: (-m.score, m.report))), tuple(crowded), len(candidates))
