"""Police forces as facts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """Whether a force polices an area or a subject."""

    TERRITORIAL = "territorial"
    NON_TERRITORIAL = "non-territorial"


@dataclass(frozen=True)
class Force:
    """One police force.

    `slug` is the name that data.police.uk uses (`scotland` and those of three bodies are ours: they are not there), and
    what stands after `force:` in a scope. `code` is the ONS code of the force area: "" for a body without one; for
    Northern Ireland that of the country, which is its area. `name_cy` is the name in Welsh where the force has one.
    `covers` says in a sentence what a body without an area polices.
    """

    slug: str
    code: str
    name: str
    name_cy: str
    kind: Kind
    nation: str
    covers: str


def read_forces(rows: Iterable[Mapping[str, str]]) -> dict[str, Force]:
    """Slug -> force, from the rows of the packaged table. Raises ValueError where a slug or a code stands twice."""
    forces: dict[str, Force] = {}
    codes: set[str] = set()
    for row in rows:
        force = Force(**{**row, "kind": Kind(row["kind"])})  # type: ignore[arg-type]
        if force.slug in forces or force.code in codes:
            raise ValueError(f"the force {force.slug} ({force.code}) stands twice")
        forces[force.slug] = force
        codes |= {force.code} - {""}
    return forces
