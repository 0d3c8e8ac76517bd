"""In which order the desk reads reports. Flags only raise it; a flood from one address waits behind others."""

from collections.abc import Iterable

BURST, USUAL, SOON, TODAY, IMMEDIATE = range(5)
_OF_LEVEL = {"soon": SOON, "today": TODAY, "immediate": IMMEDIATE}


def priority(*, levels: Iterable[str], burst: bool = False) -> int:
    """The priority of a report with flags of these levels . Unknown levels count as soon.

    A burst waits only behind reports without a flag: no flood can hide danger, and none can be hidden in one.
    """
    return max((_OF_LEVEL.get(level, SOON) for level in levels), default=BURST if burst else USUAL)
