"""What people type, made safe to keep and compare; what they meant stays."""

import re
import unicodedata

LONGEST_RAW = 200_000  # characters; longer input is not even looked at
MOST_MARKS = 4  # combining marks on one letter; Vietnamese needs two, Hebrew three

# Directions and marks that hide or turn text, and the soft hyphen. Joiners stay: emoji and some scripts need them.
_SINGLE = (0x00AD, 0x061C, 0x115F, 0x1160, 0x180E, 0x200B, 0x200E, 0x200F, 0x3164, 0xFEFF, 0xFFA0)
_RANGES = (range(0x202A, 0x202F), range(0x2060, 0x2070), range(0xFFF9, 0xFFFC), range(0xE0000, 0xE0080))
_HIDDEN = frozenset((*_SINGLE, *(code for codes in _RANGES for code in codes)))
_SPACES = re.compile(r"[^\S\n]+")
_LINES = re.compile(r"\n{3,}")


def tidy(text: str) -> str:
    """A text of several lines: no control, hidden or broken characters, composed letters, plain spaces and line ends.

    Words are never changed and nothing is cut. Tidying twice changes nothing more.
    """
    lines = re.sub(r"\r\n?|[\u2028\u2029\x0b\x0c\x85]", "\n", text)
    kept = "".join(c for c in lines if c == "\n" or c == "\t" or _is_visible(c))
    composed = _fewer_marks(unicodedata.normalize("NFC", kept))
    return _LINES.sub("\n\n", "\n".join(_SPACES.sub(" ", line).strip() for line in composed.split("\n"))).strip()


def tidy_line(text: str) -> str:
    """The same in one line."""
    return " ".join(tidy(text).split())


def plain_form(text: str) -> str:
    """For reading numbers and codes: wide and fancy characters as plain ones, no accents, lower case, one line."""
    wide = unicodedata.normalize("NFKD", tidy_line(text))
    return " ".join("".join(c for c in wide if not unicodedata.combining(c)).casefold().split())


def _is_visible(character: str) -> bool:
    code = ord(character)
    if code in _HIDDEN or code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF:
        return False
    # Control characters and lone surrogates. Private and unassigned ones stay: a newer emoji is one.
    return unicodedata.category(character) not in ("Cc", "Cs")


def _fewer_marks(text: str) -> str:
    kept: list[str] = []
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= MOST_MARKS:
            kept.append(character)
    return "".join(kept)
