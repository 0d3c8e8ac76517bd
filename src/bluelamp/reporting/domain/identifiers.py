"""Postcodes, and the numbers on devices. We understand what we can and never refuse the rest."""

import re

from bluelamp.reporting.domain.tidying import plain_form, tidy
from bluelamp.reporting.domain.values import Number, NumberKind

_OUTWARD = r"(?:GIR|[A-Z]{1,2}\d[A-Z\d]?)"
_POSTCODE = re.compile(rf"(?<![A-Z\d])({_OUTWARD})\s*(\d[ABD-HJLNP-UW-Z]{{2}})(?![A-Z\d])")
_HALF = re.compile(rf"(?<![A-Z\d]){_OUTWARD}(?![A-Z\d])")
_MAC = re.compile(r"(?:[0-9a-f]{2}[:.-]?){5}[0-9a-f]{2}|(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}")
_LABEL = re.compile(
    r"^(?:imei\d?|mac(?: address)?|wi-?fi address|serial(?: (?:no|number))?|s/?n|meid|rhif cyfresol)\b[\s:.#=]*"
)
MOST_NUMBERS = 10
LONGEST_NUMBER = 64


def find_postcode(text: str) -> str:
    """The postcode in a text in its usual form, or else its first half; "" for none."""
    plain = plain_form(text).upper()
    whole = _POSTCODE.search(plain)
    if whole:
        return f"{whole[1]} {whole[2]}"
    # Half a postcode only as a word of its own with little around it: "M25" in a sentence is a road.
    half = _HALF.search(plain) if len(plain.split()) <= 2 else None
    return half[0] if half else ""


def read_numbers(text: str) -> tuple[Number, ...]:
    """The numbers in a text, one a line or separated by commas; what is neither IMEI nor MAC is a serial number."""
    found = [_number(part) for part in re.split(r"[\n,;]+", tidy(text))]
    return tuple(dict.fromkeys(n for n in found if n is not None))


def has_right_check_digit(digits: str) -> bool:
    """Whether digits end with the check digit that an IMEI has (Luhn)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if place % 2 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def _number(part: str) -> Number | None:
    plain = _LABEL.sub("", plain_form(part)).strip()
    if not re.search(r"[a-z0-9]", plain):
        return None
    digits = re.sub(r"[\s/-]", "", plain)
    if re.fullmatch(r"[0-9]{15}", digits):
        return Number(NumberKind.IMEI, digits, has_right_check_digit(digits))
    # Twelve plain figures are more often a serial number.
    if _MAC.fullmatch(plain.replace(" ", "")) and not digits.isdecimal():
        bare = re.sub(r"[^0-9a-f]", "", plain)
        return Number(NumberKind.MAC, ":".join(bare[i : i + 2] for i in range(0, 12, 2)), True)
    return Number(NumberKind.SERIAL, plain.upper(), True)
