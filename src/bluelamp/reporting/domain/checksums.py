"""Check digits and sums of accounts and addresses, so that a slip or a chance number is not taken for one.

Sources: ISO 13616 (IBAN, mod 97), the Bitcoin base58check form, BIP 173 and BIP 350 (bech32, bech32m).
"""

import hashlib
import re

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_BECH32_SUMS = (1, 0x2BC830A3)
_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_IBAN = re.compile(r"GB\d{2}[A-Z]{4}\d{14}|(?!GB)[A-Z]{2}\d{2}[A-Z0-9]{11,30}")


def is_iban(text: str) -> bool:
    """Whether a text without spaces, in capitals, has the form and the check digits of an IBAN."""
    if not _IBAN.fullmatch(text):
        return False
    turned = text[4:] + text[:4]
    return int("".join(str(int(c, 36)) for c in turned)) % 97 == 1


def base58_version(text: str) -> int | None:
    """The version byte of a base58check text of 25 bytes (an address); None if the sum is wrong."""
    number = 0
    for character in text:
        place = _BASE58.find(character)
        if place < 0:
            return None
        number = number * 58 + place
    if number >= 1 << 200:
        return None
    raw = number.to_bytes(25, "big")
    # Every leading zero byte is written as a 1, and nothing else is.
    zeros = len(raw) - len(raw.lstrip(b"\0"))
    ones = len(text) - len(text.lstrip("1"))
    body, check = raw[:-4], raw[-4:]
    right = hashlib.sha256(hashlib.sha256(body).digest()).digest()[:4] == check
    return raw[0] if right and zeros == ones else None


def is_bech32(text: str) -> bool:
    """Whether a text in one case is bech32 or bech32m with the right sum."""
    if text not in (text.lower(), text.upper()) or not 8 <= len(text) <= 90:
        return False
    prefix, mark, data = text.lower().rpartition("1")
    if not prefix or not mark or len(data) < 6 or any(c not in _BECH32 for c in data):
        return False
    codes = [ord(c) for c in prefix]
    values = [*(c >> 5 for c in codes), 0, *(c & 31 for c in codes), *(_BECH32.index(c) for c in data)]
    return _polymod(values) in _BECH32_SUMS


def _polymod(values: list[int]) -> int:
    total = 1
    for value in values:
        top = total >> 25
        total = (total & 0x1FFFFFF) << 5 ^ value
        for place, generator in enumerate(_GENERATORS):
            total ^= generator if top >> place & 1 else 0
    return total
