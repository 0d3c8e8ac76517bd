"""What in a text can stand in other reports too: addresses, numbers and accounts, each in one form.

Texts are often "defanged" (hxxp, [.], (at)) so that nobody opens a link: they are read as what they stand for. What is
private to a network, shared by everybody (gmail.com) or printed in our own help (0300 123 2040) links nothing and is
left out. Payment card numbers are never read out of a text.
"""

import hashlib
import hmac
import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from bluelamp.reporting.domain.checksums import base58_version, is_bech32, is_iban
from bluelamp.reporting.domain.identifiers import has_right_check_digit
from bluelamp.reporting.domain.tidying import tidy
from bluelamp.reporting.domain.values import Number, NumberKind

MOST_OBSERVABLES = 200
SHORTEST_KEY = 16  # bytes


class ObservableKind(StrEnum):
    """What an observable is."""

    EMAIL = "email"
    PHONE = "phone"
    URL = "url"
    DOMAIN = "domain"
    IP = "ip"
    IBAN = "iban"
    BANK_ACCOUNT = "bank-account"
    CRYPTO = "crypto"
    IMEI = "imei"
    MAC = "mac"
    SERIAL = "serial"


@dataclass(frozen=True, order=True)
class Observable:
    """One observable in its one form.

    E-mail and domain in small letters, a domain in its ASCII form; phone as `+44...`; URL as host and path without
    scheme, query and fragment; bank account as sort code and number (`112233-12345678`).
    """

    kind: ObservableKind
    value: str


_FANGS = (
    (re.compile(r"\bh(?:xx|tt|\*\*)ps?(?=\s*(?:\[?:\]?)\s*(?:\[?//\]?))", re.IGNORECASE), "http"),
    (re.compile(r"\[:\]"), ":"),
    (re.compile(r"\[//\]|\[://\]"), "//"),
    (re.compile(r"\s?[\[({]\s*(?:\.|dot)\s*[\])}]\s?", re.IGNORECASE), "."),
    (re.compile(r"\s?[\[({]\s*(?:@|at)\s*[\])}]\s?", re.IGNORECASE), "@"),
)
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_HOST = rf"(?:{_LABEL}\.){{1,8}}(?:xn--[a-z0-9-]{{2,59}}|[^\W\d_]{{2,24}})"
_EMAIL = re.compile(rf"(?<![\w.+%-])([a-z0-9][a-z0-9._%+'-]{{0,63}})@({_HOST})(?![\w-])", re.IGNORECASE)
_URL = re.compile(r"\bhttps?://[^\s<>\"'`{}|\\^]{1,2000}", re.IGNORECASE)
_BARE = re.compile(rf"(?<![\w@./-])({_HOST})(?![\w@-])((?:/[^\s<>\"'`{{}}|\\^]{{0,500}})?)", re.IGNORECASE)
_IPV4 = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w]|\.\d)")
_IPV6 = re.compile(r"(?<![\w:.])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:])", re.IGNORECASE)
_PHONE = re.compile(r"(?<![\w.+-])(?:\+|00)?(?:\(0\)|\(?\d)(?:[ ().-]{0,3}\d){8,16}(?![\w]|-\d)")
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}(?!\w)", re.IGNORECASE)
_SORT = re.compile(r"(?<![\d-])(\d\d)[- ]?(\d\d)[- ]?(\d\d)(?![\d-])")
_ACCOUNT = re.compile(r"(?<![\d+-])\d{8}(?![\d-])")
_CRYPTO = re.compile(
    r"(?<!\w)(?:(?:bc1|ltc1)[a-z0-9]{11,71}|0x[0-9a-f]{40}|[13LMDT][a-z0-9]{25,34})(?!\w)", re.IGNORECASE
)
_MAC = re.compile(r"(?<![\w:-])(?:[0-9a-f]{2}([:-]))(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}(?![\w:-])", re.IGNORECASE)
_IMEI = re.compile(r"(?<![\d-])\d{2}[ -]?\d{6}[ -]?\d{6}[ -]?\d(?![\d]|-\d)")
_BASE58_VERSIONS = frozenset({0x00, 0x05, 0x1E, 0x30, 0x32, 0x41})  # Bitcoin, Dogecoin, Litecoin, Tron
_ENDINGS_TEXT = """
com net org info biz co uk wales cymru scot london io me app dev site online shop store top xyz club live vip icu click
link website space fun win bid loan work cc tv ru cn eu de fr nl pl es it ie us ca au in ng za su pw ws to ly gd is sh
"""
_ENDINGS = frozenset(_ENDINGS_TEXT.split())
# Hosts that everybody uses: the host alone says nothing, a path on it may.
_SHARED_TEXT = """
gmail.com googlemail.com outlook.com hotmail.com hotmail.co.uk live.com live.co.uk yahoo.com yahoo.co.uk icloud.com
me.com aol.com btinternet.com sky.com protonmail.com proton.me google.com google.co.uk facebook.com instagram.com
whatsapp.com wa.me t.me telegram.org tiktok.com snapchat.com twitter.com x.com linkedin.com youtube.com youtu.be
reddit.com amazon.com amazon.co.uk ebay.co.uk ebay.com gumtree.com vinted.co.uk paypal.com apple.com microsoft.com
gov.uk police.uk nhs.uk bbc.co.uk bit.ly tinyurl.com t.co goo.gl reportfraud.police.uk discord.com discord.gg
booking.com royalmail.com
"""
_SHARED = frozenset(_SHARED_TEXT.split())
_OUR_HELP = frozenset({"+443001232040", "+448001111", "+44116123", "+44101", "+44105"})


def refanged(text: str) -> str:
    """A text with its defanged addresses made whole; everything else as it was."""
    for pattern, whole in _FANGS:
        text = pattern.sub(whole, text)
    return text


def find_observables(text: str) -> tuple[Observable, ...]:
    """The observables of a text, each once, in a fixed order; at most 200."""
    plain = refanged(tidy(text))
    found = {o for finder in _FINDERS for o in finder(plain)}
    return tuple(sorted(found)[:MOST_OBSERVABLES])


def from_numbers(numbers: tuple[Number, ...]) -> tuple[Observable, ...]:
    """The observables of a device's numbers; a serial number needs five characters to say anything."""
    kinds = {NumberKind.IMEI: ObservableKind.IMEI, NumberKind.MAC: ObservableKind.MAC}
    found = (Observable(kinds.get(n.kind, ObservableKind.SERIAL), re.sub(r"\s", "", n.text)) for n in numbers)
    return tuple(o for o in found if o.kind is not ObservableKind.SERIAL or len(o.value) >= 5)


def normal_phone(text: str) -> str:
    """A phone number as `+44...`; "" for what is none. A number without a country's code is read as British."""
    bare = re.sub(r"[^\d+]", "", text.replace("(0)", ""))
    if bare.startswith("00"):
        bare = "+" + bare[2:]
    if bare.startswith("0"):
        bare = "+44" + bare[1:] if len(bare) in (10, 11) else ""
    if not re.fullmatch(r"\+[1-9]\d{7,14}", bare):
        return ""
    return "+44" + bare[4:] if bare.startswith("+440") else bare


def keyed(*, observable: Observable, key: bytes) -> str:
    """The keyed hash under which an observable may be kept and compared: 32 hexadecimal figures (HMAC-SHA-256, cut).

    Without the key nobody can find out by trying which number it was. Raises ValueError for a key under 16 bytes.
    """
    if len(key) < SHORTEST_KEY:
        raise ValueError(f"The key must have at least {SHORTEST_KEY} bytes.")
    return hmac.new(key, f"{observable.kind}:{observable.value}".encode(), hashlib.sha256).hexdigest()[:32]


def _host(text: str) -> str:
    try:
        host = text.rstrip(".").encode("idna").decode("ascii").lower()
    except UnicodeError:
        return ""
    return host.removeprefix("www.")


def _emails(text: str) -> Iterator[Observable]:
    for match in _EMAIL.finditer(text):
        host = _host(match[2])
        if host:
            yield Observable(ObservableKind.EMAIL, f"{match[1].lower()}@{host}")
            yield from _domain(host)


def _domain(host: str) -> Iterator[Observable]:
    if host not in _SHARED:
        yield Observable(ObservableKind.DOMAIN, host)


def _web(host: str, path: str) -> Iterator[Observable]:
    host = _host(host)
    if not host or "." not in host:
        return
    path = re.split(r"[?#]", path)[0].rstrip(".,;:!?)]}/'\"")
    yield from _domain(host)
    if path:
        yield Observable(ObservableKind.URL, f"{host}{path}")


def _urls(text: str) -> Iterator[Observable]:
    for match in _URL.finditer(text):
        try:
            parts = urlsplit(match[0].rstrip(".,;:!?)]}'\""))
            host = parts.hostname or ""
        except ValueError:
            continue
        if not re.fullmatch(r"[\d.]+|.*:.*", host):
            yield from _web(host, parts.path)


def _bare_domains(text: str) -> Iterator[Observable]:
    for match in _BARE.finditer(_URL.sub(" ", text)):
        raw = match[1].rsplit(".", 1)[-1]
        ending = raw.lower()
        # "The shop.It was closed": a new sentence without its space.
        if raw.istitle() and not match[1].istitle():
            continue
        if ending in _ENDINGS or ending.startswith("xn--") or match[1].lower().startswith("www."):
            yield from _web(match[1], match[2])


def _ips(text: str) -> Iterator[Observable]:
    for pattern in (_IPV4, _IPV6):
        for match in pattern.finditer(text):
            try:
                address = ipaddress.ip_address(match[0])
            except ValueError:
                continue
            if address.is_global:
                yield Observable(ObservableKind.IP, str(address))


def _phones(text: str) -> Iterator[Observable]:
    for match in _PHONE.finditer(text):
        number = normal_phone(match[0])
        # Without + or 0 before it a row of figures is more often something else.
        starts = match[0].lstrip("(")[:1] in "+0"
        if number and starts and number not in _OUR_HELP:
            yield Observable(ObservableKind.PHONE, number)


def _accounts(text: str) -> Iterator[Observable]:
    for match in _IBAN.finditer(text):
        iban = _longest_iban(match[0])
        if iban:
            yield Observable(ObservableKind.IBAN, iban)
            if iban.startswith("GB"):
                yield Observable(ObservableKind.BANK_ACCOUNT, f"{iban[8:14]}-{iban[14:]}")
    for sort in _SORT.finditer(text):
        account = _ACCOUNT.search(text, sort.end(), sort.end() + 60)
        if account:
            yield Observable(ObservableKind.BANK_ACCOUNT, f"{sort[1]}{sort[2]}{sort[3]}-{account[0]}")


def _longest_iban(raw: str) -> str:
    """The IBAN at the start of a text: words after it may look like more of it."""
    parts = raw.upper().split(" ")
    for end in range(len(parts), 0, -1):
        joined = "".join(parts[:end])
        if is_iban(joined):
            return joined
    return ""


def _cryptos(text: str) -> Iterator[Observable]:
    for match in _CRYPTO.finditer(text):
        found = match[0]
        small = found.lower()
        if small.startswith(("bc1", "ltc1")):
            if is_bech32(found):
                yield Observable(ObservableKind.CRYPTO, small)
        # The capitals of an Ethereum address are a check (EIP-55) that needs Keccak: not checked.
        elif small.startswith("0x"):
            yield Observable(ObservableKind.CRYPTO, small)
        elif base58_version(found) in _BASE58_VERSIONS:
            yield Observable(ObservableKind.CRYPTO, found)


def _devices(text: str) -> Iterator[Observable]:
    for match in _MAC.finditer(text):
        yield Observable(ObservableKind.MAC, match[0].lower().replace("-", ":"))
    for match in _IMEI.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        if has_right_check_digit(digits) and len(set(digits)) > 1:
            yield Observable(ObservableKind.IMEI, digits)


_FINDERS = (_emails, _urls, _bare_domains, _ips, _phones, _accounts, _cryptos, _devices)
