"""The published rules for a maker's reply. A machine checks the form; a person judges the rest, and nobody edits."""

import re
import unicodedata
from dataclasses import dataclass

LEAST_CHARACTERS, MOST_CHARACTERS = 20, 3000
PREVIEW_DAYS = 10

# Checked at once, so that the maker can mend it.
TOO_SHORT, TOO_LONG, LINK, CONTACT, MARKUP, CONTROL = "too-short", "too-long", "link", "contact", "markup", "control"
FORM_RULES = (TOO_SHORT, TOO_LONG, LINK, CONTACT, MARKUP, CONTROL)
# Judged by a person, who names the rule in a refusal.
OFF_TOPIC, ADVERTISING, PERSONS, HELPS_ATTACKERS, UNLAWFUL = (
    "off-topic",
    "advertising",
    "persons",
    "helps-attackers",
    "unlawful",
)
JUDGED_RULES = (OFF_TOPIC, ADVERTISING, PERSONS, HELPS_ATTACKERS, UNLAWFUL)

_LINK = re.compile(
    r"(?i)\b(?:https?|ftp|hxxps?)\b|://|\bwww\.|\b[a-z0-9-]{2,}\.(?:com|net|org|info|io|uk|wales|cymru|scot|eu|de|fr|cn|gov|"
    r"edu|app|dev|support|help|shop|tech)\b"
)
_CONTACT = re.compile(r"[^\s@]+@[^\s@]+\.[a-z]{2,}|(?:\+|\b0)\d(?:[\s()-]?\d){8,}\b", re.IGNORECASE)
_MARKUP = re.compile(r"</?[a-zA-Z!][^>]*>|\]\(|&#?\w+;")


@dataclass(frozen=True)
class Broken:
    """A rule of form that a reply breaks; `what` is what breaks it, as written, or how many characters there are."""

    rule: str
    what: str = ""


def broken_rules(text: str) -> tuple[Broken, ...]:
    """The rules of form that a reply breaks; none for one that a person may judge."""
    plain = text.strip().replace("\r\n", "\n")
    if len(plain) > MOST_CHARACTERS:
        # It must be shortened anyway; the rest is looked at when it is.
        return (Broken(TOO_LONG, str(len(plain))),)
    odd = any(unicodedata.category(c) in ("Cc", "Cf", "Co", "Cn") and c not in "\n\r\t" for c in plain)
    asked = (
        (TOO_SHORT, str(len(plain)) if len(plain) < LEAST_CHARACTERS else ""),
        (LINK, _address(plain)),
        (CONTACT, _first(_CONTACT, plain)),
        (MARKUP, _first(_MARKUP, plain)),
        (CONTROL, "control" if odd else ""),
    )
    return tuple(Broken(rule, what) for rule, what in asked if what)


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found.group() if found else ""


def _address(text: str) -> str:
    """The first web address, whole as it is written: what the pattern finds is often its beginning only."""
    rest = _CONTACT.sub(" ", text)
    found = _LINK.search(rest)
    if found is None:
        return ""
    start = max((rest.rfind(blank, 0, found.start()) for blank in " \n\t"), default=-1) + 1
    return rest[start:].split()[0].strip(".,;:()<>\"'“”")[:100] or found.group()
