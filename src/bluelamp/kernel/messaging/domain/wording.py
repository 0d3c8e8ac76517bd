"""What a wording is: the same neutral notice in English and Welsh, as mail and as text message."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from string import Formatter

from bluelamp.kernel.messaging.domain.addresses import Kind
from bluelamp.kernel.messaging.domain.neutral import giveaways

LANGUAGES = ("en", "cy")
# One text message holds so many letters of the plain alphabet; a letter outside it makes the message shorter.
SMS_LENGTH = 160
_PLAIN = re.compile(r"[A-Za-z0-9 \n@£$¥èéùìòÇØøÅåÆæßÉ!\"#%&'()*+,\-./:;<=>?ÄÖÑÜ§¿äöñüà_{}]*")
_SHORT_SMS_LENGTH = 70

# What may be put into a wording: nothing that says who somebody is or what it is about.
PARAMS: Mapping[str, re.Pattern[str]] = {
    "code": re.compile(r"\d{6}"),
    "day": re.compile(r"\d{4}-\d\d-\d\d"),
    "time": re.compile(r"([01]\d|2[0-3]):[0-5]\d"),
}
_MONTHS_EN = "January February March April May June July August September October November December"
_MONTHS_CY = "Ionawr Chwefror Mawrth Ebrill Mai Mehefin Gorffennaf Awst Medi Hydref Tachwedd Rhagfyr"


@dataclass(frozen=True)
class Both:
    """One text in English and in Welsh."""

    en: str
    cy: str

    def in_language(self, language: str) -> str:
        """The Welsh text for `cy`, else the English one."""
        return self.cy if language == "cy" else self.en


@dataclass(frozen=True)
class Rendered:
    """A message as it is read; a text message has no subject."""

    subject: str
    text: str


@dataclass(frozen=True)
class Wording:
    """A notice. `params` names what is put in; `welsh_machine_drafted` says that no Welsh speaker has read it yet.

    Raises ValueError when made with a telling word, an unknown parameter or a text message that is too long.
    """

    code: str
    subject: Both
    body: Both
    sms: Both
    params: frozenset[str] = field(default_factory=frozenset)
    welsh_machine_drafted: bool = True

    def __post_init__(self) -> None:
        for language in LANGUAGES:
            texts = [b.in_language(language) for b in (self.subject, self.body, self.sms)]
            told = giveaways(" ".join(texts))
            if told:
                raise ValueError(f"The wording {self.code} ({language}) is not neutral: {', '.join(told)}")
            if "\n" in texts[0] or not all(t.strip() for t in texts):
                raise ValueError(f"The wording {self.code} ({language}) lacks a text, or its subject has two lines.")
            used = {name for t in texts for _, name, _, _ in Formatter().parse(t) if name is not None}
            if used != self.params or not used <= PARAMS.keys():
                raise ValueError(f"The wording {self.code} ({language}) puts in {sorted(used)}.")
            longest = self.sms.in_language(language).format(code="0" * 6, day="30 Gorffennaf", time="00:00")
            if len(longest) > (SMS_LENGTH if _PLAIN.fullmatch(longest) else _SHORT_SMS_LENGTH):
                raise ValueError(f"The wording {self.code} ({language}) does not fit in one text message.")

    def check_params(self, params: Mapping[str, str]) -> None:
        """Raises ValueError unless exactly the declared parameters are there, each of its form."""
        if set(params) != self.params:
            raise ValueError(f"The wording {self.code} takes {sorted(self.params)}, not {sorted(params)}.")
        for name, value in params.items():
            if not isinstance(value, str) or not PARAMS[name].fullmatch(value):
                raise ValueError(f"{name} has another form than the wording {self.code} takes.")
            if name == "day":
                date.fromisoformat(value)

    def render(self, *, kind: Kind, language: str, params: Mapping[str, str]) -> Rendered:
        """The message as it is read. Raises ValueError as `check_params` does."""
        self.check_params(params)
        values = {name: _shown(name, value, language) for name, value in params.items()}
        if kind == "sms":
            return Rendered(subject="", text=self.sms.in_language(language).format(**values))
        subject, body = (b.in_language(language).format(**values) for b in (self.subject, self.body))
        return Rendered(subject=subject, text=body)


def _shown(name: str, value: str, language: str) -> str:
    if name != "day":
        return value
    day = date.fromisoformat(value)
    months = _MONTHS_CY if language == "cy" else _MONTHS_EN
    return f"{day.day} {months.split()[day.month - 1]}"
