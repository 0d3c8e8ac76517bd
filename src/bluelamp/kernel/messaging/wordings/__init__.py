"""The shelf of wordings: one explicit ordered list. To add one, write its module and add its line here."""

from collections.abc import Iterable

from bluelamp.kernel.messaging.domain.wording import Wording
from bluelamp.kernel.messaging.wordings.all_done import ALL_DONE
from bluelamp.kernel.messaging.wordings.call_arranged import CALL_ARRANGED
from bluelamp.kernel.messaging.wordings.look_until import LOOK_UNTIL
from bluelamp.kernel.messaging.wordings.one_time_code import ONE_TIME_CODE
from bluelamp.kernel.messaging.wordings.question import QUESTION
from bluelamp.kernel.messaging.wordings.something_new import SOMETHING_NEW


def shelf(wordings: Iterable[Wording]) -> tuple[Wording, ...]:
    """The wordings in their order. Raises ValueError for a blank or repeated code."""
    found = tuple(wordings)
    codes = [w.code for w in found]
    if len(set(codes)) != len(codes) or not all(codes):
        raise ValueError(f"Every wording needs a code of its own: {codes}")
    return found


WORDINGS = shelf((SOMETHING_NEW, QUESTION, CALL_ARRANGED, ONE_TIME_CODE, ALL_DONE, LOOK_UNTIL))


def wording_by_code(code: str) -> Wording:
    """One wording. Raises KeyError for an unknown code."""
    return {w.code: w for w in WORDINGS}[code]
