"""An action that a package declares, to be allowed to capacities by the project's table."""

import re
from dataclasses import dataclass

_CODE = re.compile(r"[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*\Z")


@dataclass(frozen=True)
class Action:
    """`code` is "package.verb"; `personal_data` says that doing it shows or changes data about people.

    Raises ValueError for a code of another form.
    """

    code: str
    title: str
    personal_data: bool = False

    def __post_init__(self) -> None:
        if not _CODE.match(self.code):
            raise ValueError(f"{self.code!r} is not of the form package.verb")
