"""The published rules for a maker's reply. A machine checks the form; a person judges the rest, and nobody edits."""

import re
import unicodedata

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


def problems(text: str) -> tuple[str, ...]:
    """The codes of the rules of form that a reply breaks; none for one that a person may judge."""
    plain = text.strip()
    odd = any(unicodedata.category(c) in ("Cc", "Cf", "Co", "Cn") and c not in "\n\r\t" for c in plain)
    broken = (
        (TOO_SHORT, len(plain) < LEAST_CHARACTERS),
        (TOO_LONG, len(plain) > MOST_CHARACTERS),
        (LINK, bool(_LINK.search(_CONTACT.sub(" ", plain)))),
        (CONTACT, bool(_CONTACT.search(plain))),
        (MARKUP, bool(_MARKUP.search(plain))),
        (CONTROL, odd),
    )
    return tuple(code for code, is_broken in broken if is_broken)
