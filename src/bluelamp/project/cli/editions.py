"""Which edition a command means: number.revision, a number for its newest revision, nothing for the newest edition."""

import re

from bluelamp.index.models import Edition
from bluelamp.index.operations.editions import NoEvidenceError
from bluelamp.index.queries import newest_edition, readable_editions

HELP = "The edition: its number for the newest revision, or number.revision, such as 3.1; else the newest."
_NAME = re.compile(r"(?P<number>\d{1,9})(?:\.(?P<revision>\d{1,4}))?")


class EditionNameError(ValueError):
    """What was written names no edition that the command may use; the message says why."""


def numbers_of(*, name: str) -> tuple[int, int | None]:
    """Number and revision of "3.1"; None for the revision of "3". Raises EditionNameError."""
    found = _NAME.fullmatch(name)
    if found is None:
        raise EditionNameError(f"{name!r} names no edition. Write a number, or number.revision: 3 or 3.1")
    return int(found["number"]), int(found["revision"]) if found["revision"] else None


def chosen_edition(*, name: str, shown: bool = True) -> Edition:
    """The edition that a name means; `shown`: only one whose figures readers may have. Raises EditionNameError."""
    if not name:
        return newest()
    number, revision = numbers_of(name=name)
    every = Edition.objects.filter(number=number).order_by("-revision")
    if revision is not None:
        every = every.filter(revision=revision)
    readable = readable_editions(outside=False).values("pk")
    found = (every.filter(pk__in=readable) if shown else every).first()
    if found is not None:
        return found
    there = every.first()
    if there is None:
        raise EditionNameError(f"There is no edition {name}. See: bluelamp index editions")
    raise EditionNameError(f"Edition {there.label} is {_why(there)}: its figures are shown to nobody here.")


def exact(*, edition: Edition) -> str:
    """An edition as a command says which one it took: "published edition 2.0", the revision always there."""
    return f"{edition.status} edition {edition.number}.{edition.revision}"


def newest() -> Edition:
    """The newest edition that is shown on this machine. Raises NoEvidenceError."""
    edition = newest_edition()
    if edition is None:
        raise NoEvidenceError("There is no edition yet. Make one with: bluelamp setup")
    return edition


def _why(edition: Edition) -> str:
    return "a draft" if edition.status == Edition.Status.DRAFT else "withdrawn"
