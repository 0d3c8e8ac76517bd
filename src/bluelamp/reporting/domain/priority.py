"""In which order the desk reads reports. Flags only raise it; a flood from one address waits behind others."""

from collections.abc import Iterable

from bluelamp.reporting.domain.duties import NO_DUTY
from bluelamp.reporting.domain.flagging import LEVELS, Raised

BURST, USUAL, SOON, TODAY, IMMEDIATE = range(5)


def priority(*, raised: Iterable[Raised], burst: bool = False) -> int:
    """The priority of a report with these flags.

    A burst waits only behind reports without a flag: no flood can hide danger, and none can be hidden in one.
    """
    levels = (SOON + LEVELS.index(one.level) for one in raised if one.flag not in NO_DUTY)
    return max(levels, default=BURST if burst else USUAL)
