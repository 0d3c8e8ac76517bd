"""Which body a report goes to first, why, and who else may be asked.

The table is data (`facts/routes.toml`): rows in order, the first that fits wins, the last fits everything. A force
changes a row by giving one of the same id. Nothing is dropped: where no body is known the report stays at the desk.
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from bluelamp.kernel.advice.domain.crimes import CRIMES
from bluelamp.kernel.places.domain.force import Force, Kind
from bluelamp.reporting.domain.question import LANGUAGES, Flag, chosen_language

NATIONS = ("england", "wales", "scotland", "northern-ireland", "elsewhere", "")
KINDS = (*CRIMES, "something-else", "not-sure")
DESK, ADVICE, REPORT_FRAUD, BTP = "desk", "advice", "report-fraud", "btp"
_LOCAL = "force"
BODIES = frozenset({_LOCAL, BTP, REPORT_FRAUD, ADVICE, DESK})


class RoutesError(ValueError):
    """The table breaks a rule; the message names the row."""


class Setting(StrEnum):
    """What kind of place it is."""

    PLACE = "place"
    RAIL = "rail"
    ONLINE = "online"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Case:
    """What decides. `force`: the slug of the force of the place (online: of the home), "" where it is not known.

    `also`: other forces that the place may belong to. `nation` as the person said it; that of the force wins. `harmed`:
    whether money, details or access were lost.
    """

    kinds: tuple[str, ...]
    setting: Setting
    nation: str = ""
    force: str = ""
    also: tuple[str, ...] = ()
    flags: frozenset[Flag] = frozenset()
    harmed: bool = False


@dataclass(frozen=True)
class Route:
    """The answer: `first` and `alternatives` are `force:<slug>`, `report-fraud`, `advice` or `desk`.

    `advice` means that the reporter gets guidance and the desk keeps the report. `reason` is the row's id. `boundary`:
    the place lies on a border, and the first alternatives are the neighbours; the reporter may change it.
    """

    first: str
    reason: str
    alternatives: tuple[str, ...]
    boundary: bool


@dataclass(frozen=True)
class Row:
    """One line of the table. An empty set fits everything; `harmed` None fits both."""

    id: str
    body: str
    kinds: frozenset[str]
    nations: frozenset[str]
    settings: frozenset[Setting]
    flags: frozenset[Flag]
    harmed: bool | None
    alternatives: tuple[str, ...]
    sentences: Mapping[str, str]


@dataclass(frozen=True)
class Routes:
    """The table, the forces that it speaks of, and the names of other bodies by language."""

    rows: tuple[Row, ...]
    forces: Mapping[str, Force]
    names: Mapping[str, Mapping[str, str]]
    only: Mapping[str, str] = field(default_factory=dict)


def read_routes(*, text: str, forces: Mapping[str, Force], changes: Sequence[str] = ()) -> Routes:
    """The table of `text`, with rows of the same id in `changes` in place of its own. Raises RoutesError.

    A row with a new id in `changes` goes before the row that it names in `before`.
    """
    try:
        raw = tomllib.loads(text)
        found = [_row(one) for one in raw["row"]]
        for change in changes:
            for one in tomllib.loads(change)["row"]:
                found = _changed(found, _row(one), one.get("before", ""))
        names = {body: {n: words[n] for n in LANGUAGES} for body, words in raw["names"].items()}
    except (KeyError, TypeError, AttributeError, ValueError) as problem:
        if isinstance(problem, RoutesError):
            raise
        raise RoutesError(f"the table of routes has another form ({problem}).") from problem
    routes = Routes(tuple(found), forces, names, _only(forces.values()))
    broken = broken_rules(routes=routes)
    if broken:
        raise RoutesError(f"{'; '.join(broken)}.")
    return routes


def broken_rules(*, routes: Routes) -> list[str]:
    """Which rules a table breaks, one phrase each."""
    ids = [row.id for row in routes.rows]
    found = [f"the row {i!r} stands twice" for i in sorted({i for i in ids if ids.count(i) > 1})]
    last = routes.rows[-1] if routes.rows else None
    if last is None or last.body == _LOCAL or not _fits_everything(last):
        found.append("the last row must fit everything and name a body that is always there")
    for row in routes.rows:
        if row.kinds - set(KINDS) or row.nations - set(NATIONS):
            found.append(f"{row.id}: a kind or nation is unknown")
        if {row.body, *row.alternatives} - BODIES:
            found.append(f"{row.id}: a body is unknown")
        if not all(row.sentences[n].strip() for n in LANGUAGES):
            found.append(f"{row.id}: it gives no reason")
        # RED-LINES 8: somebody abused by a partner is never sent away; a force may not change that.
        if row.body in (REPORT_FRAUD, ADVICE) and _comes_before_safety(routes.rows, row):
            found.append(f"{row.id}: danger and abuse must be decided before it")
    return found


def route(*, routes: Routes, case: Case) -> Route:
    """Where a report goes. Of several kinds the one whose row comes first decides; the bodies of others are offered."""
    known = case.force if case.force in routes.forces else ""
    nation = routes.forces[known].nation if known else case.nation
    local = known or routes.only.get(nation, "")
    settled = replace(case, force=local, nation=nation if nation in NATIONS else "")
    kinds = [kind for kind in dict.fromkeys(case.kinds) if kind in KINDS] or ["not-sure"]
    chosen = sorted((_row_for(routes, settled, kind) for kind in kinds), key=routes.rows.index)
    first = _body(chosen[0].body, local)
    neighbours = [f"force:{slug}" for slug in case.also if slug in routes.forces]
    others = [*neighbours, *(_body(row.body, local) for row in chosen[1:])]
    others += [_body(name, local) for row in chosen for name in row.alternatives]
    kept = tuple(dict.fromkeys(o for o in others if o and o != first))
    return Route(first=first, reason=chosen[0].id, alternatives=kept, boundary=bool(neighbours))


def reason(*, routes: Routes, found: Route, language: str) -> str:
    """Why, in a sentence."""
    row = next(row for row in routes.rows if row.id == found.reason)
    name = body_name(routes=routes, body=found.first, language=language)
    return row.sentences[chosen_language(language)].replace("{body}", name)


def body_name(*, routes: Routes, body: str, language: str) -> str:
    """A body's name; in Welsh the Welsh one where it has one."""
    if body.startswith("force:"):
        force = routes.forces[body.removeprefix("force:")]
        return (force.name_cy if chosen_language(language) == "cy" else "") or force.name
    return routes.names[body][chosen_language(language)]


def _row(raw: Mapping[str, Any]) -> Row:
    return Row(
        id=raw["id"],
        body=raw["body"],
        kinds=frozenset(raw.get("kinds", ())),
        nations=frozenset(raw.get("nations", ())),
        settings=frozenset(map(Setting, raw.get("settings", ()))),
        flags=frozenset(map(Flag, raw.get("flags", ()))),
        harmed=raw.get("harmed"),
        alternatives=tuple(raw.get("alternatives", ())),
        sentences={n: raw[n] for n in LANGUAGES},
    )


def _changed(rows: list[Row], row: Row, before: str) -> list[Row]:
    ids = [r.id for r in rows]
    if row.id in ids:
        return [row if r.id == row.id else r for r in rows]
    if before not in ids:
        raise RoutesError(f"the new row {row.id!r} must name the row that it comes before.")
    place = ids.index(before)
    return [*rows[:place], row, *rows[place:]]


def _only(forces: Iterable[Force]) -> dict[str, str]:
    """Nation -> its force, for nations that one force polices."""
    found: dict[str, list[str]] = {}
    for force in forces:
        if force.kind is Kind.TERRITORIAL:
            found.setdefault(force.nation, []).append(force.slug)
    return {nation: slugs[0] for nation, slugs in found.items() if len(slugs) == 1}


def _row_for(routes: Routes, case: Case, kind: str) -> Row:
    return next(row for row in routes.rows if _fits(row, case, kind))


def _fits(row: Row, case: Case, kind: str) -> bool:
    if row.body == _LOCAL and not case.force:
        return False
    return (
        (not row.kinds or kind in row.kinds)
        and (not row.nations or case.nation in row.nations)
        and (not row.settings or case.setting in row.settings)
        and (not row.flags or bool(row.flags & case.flags))
        and row.harmed in (None, case.harmed)
    )


def _fits_everything(row: Row) -> bool:
    return not (row.kinds or row.nations or row.settings or row.flags) and row.harmed is None


def _comes_before_safety(rows: Sequence[Row], row: Row) -> bool:
    guarded = {Flag.ABUSE, Flag.DANGER, Flag.WATCHED, Flag.CHILD, Flag.CHILD_IMAGES}
    for earlier in rows[: rows.index(row)]:
        open_to_all = not (earlier.kinds or earlier.nations or earlier.settings) and earlier.harmed is None
        if open_to_all and earlier.flags >= guarded and earlier.body == DESK:
            return False
    return True


def _body(name: str, local: str) -> str:
    if name == _LOCAL:
        return f"force:{local}" if local else ""
    return "force:btp" if name == BTP else name
