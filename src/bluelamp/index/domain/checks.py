"""The automatic checks of a draft: what a person must look at before it is published, and what forbids it.

Each gives findings: a code with plain values, which the pages put into words. BLOCK forbids publishing until the draft
is changed; ASK waits until a person acknowledges it with a reason. A check without findings has passed.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

BLOCK, ASK = "block", "ask"
COVERAGE, STALE, JUMPS, DIFFERENCING, REMOVED, LATE, ERRORS, PREVIEWS = (
    "coverage",
    "stale",
    "jumps",
    "differencing",
    "removed",
    "late",
    "errors",
    "previews",
)
CHECKS = (COVERAGE, STALE, JUMPS, DIFFERENCING, REMOVED, LATE, ERRORS, PREVIEWS)

KINDS = ("recorded_crime", "citizen_report", "exploited", "attack_telemetry", "partner_sighting")
# A source is stale when nobody looked at it for longer than this, by the cadence that it states.
STALE_AFTER = {"daily": timedelta(days=4), "weekly": timedelta(days=14), "monthly": timedelta(days=62)}
STALE_OTHERWISE = timedelta(days=92)
# A larger share than this of what came in belongs to no product, or was put aside.
WORST_SHARE = 0.05
# Jumps: a change of dates by at least so many and by at least this factor.
JUMP_DATES, JUMP_FACTOR = 3, 2.0
# More products came or went than this share of the base's.
JUMP_SHARE = 0.2
LEAST_COUNT, ROUND_TO = 10, 5

Values = Mapping[str, str | int]


@dataclass(frozen=True)
class Finding:
    """One thing that a check found. `subject` is what it is about (a product, kind, source), "" for the whole."""

    check: str
    code: str
    severity: str
    subject: str = ""
    values: Values = field(default_factory=dict)


@dataclass(frozen=True)
class SourceState:
    """A source of evidence as it stands: entries that came in, were put aside, and belong to no product.

    `looked_on` is the last day on which it was fetched or loaded; None where nothing of it is loaded.
    """

    id: str
    title: str
    kind: str
    cadence: str
    looked_on: date | None
    rows: int = 0
    put_aside: int = 0
    unmapped: int = 0


def coverage(*, sources: Sequence[SourceState], kinds_seen: Collection[str]) -> list[Finding]:
    """Which kinds of evidence and which known sources are missing, and which came in only partly."""
    found = [Finding(COVERAGE, "kind-missing", ASK, kind) for kind in KINDS if kind not in kinds_seen]
    for source in sources:
        if source.looked_on is None:
            found.append(Finding(COVERAGE, "source-missing", ASK, source.id, {"title": source.title}))
            continue
        came = source.rows + source.put_aside
        for code, number in (("source-put-aside", source.put_aside), ("source-unmapped", source.unmapped)):
            if came and number / came > WORST_SHARE:
                found.append(
                    Finding(COVERAGE, code, ASK, source.id, {"title": source.title, "number": number, "of": came})
                )
    return found


def stale(*, sources: Iterable[SourceState], today: date) -> list[Finding]:
    """Sources that nobody has looked at for longer than their cadence allows."""
    found = []
    for source in sources:
        allowed = STALE_AFTER.get(source.cadence, STALE_OTHERWISE)
        if source.looked_on is not None and today - source.looked_on > allowed:
            days = (today - source.looked_on).days
            values: Values = {"title": source.title, "days": days, "allowed": allowed.days, "cadence": source.cadence}
            found.append(Finding(STALE, "source-stale", ASK, source.id, values))
    return found


@dataclass(frozen=True)
class Standing:
    """A product as an edition shows it."""

    name: str
    band: str
    dates: int


def jumps(*, base: Mapping[str, Standing] | None, draft: Mapping[str, Standing]) -> list[Finding]:
    """What is far from the base edition; without one, that there is nothing to compare with."""
    if base is None:
        return [Finding(JUMPS, "no-base", ASK, "", {"number": len(draft)})]
    new, gone = draft.keys() - base.keys(), base.keys() - draft.keys()
    found = [Finding(JUMPS, "product-new", ASK, key, {"name": draft[key].name}) for key in sorted(new)]
    found += [Finding(JUMPS, "product-gone", ASK, key, {"name": base[key].name}) for key in sorted(gone)]
    for key in sorted(base.keys() & draft.keys()):
        old, now = base[key], draft[key]
        if old.band != now.band:
            values: Values = {"name": now.name, "before": old.band, "after": now.band}
            found.append(Finding(JUMPS, "band-changed", ASK, key, values))
        low, high = sorted((old.dates, now.dates))
        if high - low >= JUMP_DATES and high >= JUMP_FACTOR * low:
            found.append(
                Finding(JUMPS, "dates-jump", ASK, key, {"name": now.name, "before": old.dates, "after": now.dates})
            )
    for code, number in (("many-new", len(new)), ("many-gone", len(gone))):
        if base and number / len(base) > JUMP_SHARE:
            found.append(Finding(JUMPS, code, ASK, "", {"number": number, "of": len(base)}))
    return found


@dataclass(frozen=True, order=True)
class Entry:
    """One entry of a source about a product, as an edition keeps it."""

    product_key: str
    source: str
    on: date
    ref: str


def removed(
    *,
    before: Collection[Entry],
    now: Collection[Entry],
    names: Mapping[str, str],
    rejected: Collection[str] = frozenset(),
) -> list[Finding]:
    """Entries that an edition was made from and that count no more.

    Either their source has taken them back, or their CVE is among those `rejected` since.
    """
    gone = set(before) - set(now)
    void = {e for e in gone if e.ref in rejected}
    return _entries(REMOVED, "entry-removed", gone - void, names) + _entries(REMOVED, "cve-rejected", void, names)


def late(
    *, before: Collection[Entry], now: Collection[Entry], start: date, end: date, names: Mapping[str, str]
) -> list[Finding]:
    """Entries about a published period (both days included) that came in after it was published."""
    new = {e for e in set(now) - set(before) if start <= e.on <= end}
    return _entries(LATE, "entry-late", new, names)


def _entries(check: str, code: str, entries: Collection[Entry], names: Mapping[str, str]) -> list[Finding]:
    grouped: dict[tuple[str, str], list[Entry]] = {}
    for entry in sorted(entries):
        grouped.setdefault((entry.product_key, entry.source), []).append(entry)
    found = []
    for (key, source), own in sorted(grouped.items()):
        days = sorted({e.on for e in own})
        refs = ", ".join(sorted({e.ref for e in own}))
        values: Values = {
            "name": names.get(key, key),
            "source": source,
            "number": len(own),
            "first": str(days[0]),
            "last": str(days[-1]),
            "refs": refs if len(refs) <= 200 else refs[:197] + "...",
        }
        found.append(Finding(check, code, ASK, f"{key}@{source}", values))
    return found


@dataclass(frozen=True)
class Cell:
    """A published count of crimes: the atoms that it counts (such as a product in a month), and the true number.

    It is published as nothing below five, "fewer than 10" below ten, else rounded to five; `label` names it.
    """

    label: str
    atoms: frozenset[str]
    count: int


@dataclass(frozen=True)
class Known:
    """What a reader can tell of a count: it lies from `low` to `high`, both included, most likely at `shown`."""

    low: int
    high: int
    shown: int


def known_of(count: int, *, least_shown: int = 5) -> Known | None:
    """What a reader knows of a published count; None where nothing is shown."""
    if count < least_shown:
        return None
    if count < LEAST_COUNT:
        return Known(least_shown, LEAST_COUNT - 1, (least_shown + LEAST_COUNT - 1) // 2)
    shown = ROUND_TO * round(count / ROUND_TO)
    return Known(max(LEAST_COUNT, shown - ROUND_TO // 2), shown + ROUND_TO // 2, shown)


def differencing(cells: Sequence[Cell]) -> list[Finding]:
    """Published counts from which a reader can compute another one, of crimes, that lies under ten.

    Looks at every count that holds others: what is left when one of them, or all that do not overlap, are taken away.
    Two counts of the same atoms that differ (a correction) tell how many were added, so they count too. A rest is told
    where it must lie under ten, and where it does and the published numbers say so, if only about.
    """
    shown = [(cell, known) for cell in cells if (known := known_of(cell.count))]
    found = []
    for whole, known in shown:
        parts = [(c, k) for c, k in shown if c.atoms < whole.atoms]
        rests = [[part] for part in parts]
        disjoint = _disjoint(parts)
        if len(disjoint) > 1:
            rests.append(disjoint)
        for taken in rests:
            rest = whole.count - sum(c.count for c, _ in taken)
            most = known.high - sum(k.low for _, k in taken)
            about = known.shown - sum(k.shown for _, k in taken)
            if rest > 0 and (most < LEAST_COUNT or max(rest, about) < LEAST_COUNT):
                found.append(_small(whole, " + ".join(c.label for c, _ in taken)))
    for i, (one, known) in enumerate(shown):
        for other, their in shown[i + 1 :]:
            if one.atoms == other.atoms and known != their:
                most = max(known.high, their.high) - min(known.low, their.low)
                if most < LEAST_COUNT:
                    found.append(_small(one, other.label))
    return sorted(found, key=lambda f: (f.subject, str(f.values.get("less", ""))))


def _disjoint(parts: Sequence[tuple[Cell, Known]]) -> list[tuple[Cell, Known]]:
    """The largest parts that do not overlap, greedily."""
    chosen: list[tuple[Cell, Known]] = []
    taken: set[str] = set()
    for cell, known in sorted(parts, key=lambda p: (-len(p[0].atoms), p[0].label)):
        if not cell.atoms & taken:
            chosen.append((cell, known))
            taken |= cell.atoms
    return chosen


def _small(whole: Cell, less: str) -> Finding:
    return Finding(DIFFERENCING, "small-difference", BLOCK, whole.label, {"less": less[:200]})
