"""What a grant reaches: the nation, one police force or one organisation."""

import re

NATIONAL = "national"
_SCOPE = re.compile(r"national|force:[a-z]+(-[a-z]+)*|organisation:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class ScopeError(ValueError):
    """A text is no scope; the message says what one looks like."""


def scope_kind(scope: str) -> str:
    """ "national", "force" or "organisation". Raises ScopeError."""
    if not _SCOPE.fullmatch(scope):
        raise ScopeError(f"{scope!r} is no scope: write national, force:NAME or organisation:ID.")
    return scope.partition(":")[0]


def covers(*, granted: str, wanted: str) -> bool:
    """Whether a grant for one scope reaches an object of another. An object without a scope ("") needs none."""
    return not wanted or granted in (NATIONAL, wanted)
