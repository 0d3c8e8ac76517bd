"""Which addresses a fetch may connect to: those of the public internet only.

A feed's address, a redirect or a name's owner could otherwise point this program at services inside the building.
"""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from bluelamp.kernel.fetching.domain.results import FetchError

# What Python's own classes do not call private in every version that we run on.
_CLOSED4 = tuple(
    IPv4Network(n) for n in ("0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15")
)
_CLOSED6 = tuple(
    IPv6Network(n)
    for n in ("::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16")
)
_NAT64 = IPv6Network("64:ff9b::/96")
_GLOBAL6 = ip_network("2000::/3")
_PRINTABLE = re.compile(r"[\x21-\x7e]+")
_NUMERIC = re.compile(r"(0x[0-9a-f]*|[0-9]+)", re.IGNORECASE)
_HOST = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*\.?", re.IGNORECASE)
_INSIDE = ("localhost", "local", "internal", "intranet", "lan", "home", "corp", "home.arpa")
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Target:
    """One address, taken apart: `path` has the query, `host` no brackets."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def netloc(self) -> str:
        """Host and port as a Host header writes them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The address in one piece."""
        return f"{self.scheme}://{self.netloc}{self.path}"


def read_url(url: str) -> Target:
    """Take an address apart. Raises a permanent FetchError for anything but plain http and https."""
    if not _PRINTABLE.fullmatch(url) or "\\" in url:
        raise FetchError("The address holds spaces or characters that no address has.", permanent=True)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as problem:
        raise FetchError(f"The address cannot be read ({problem}).", permanent=True) from problem
    if parts.scheme not in _PORTS:
        raise FetchError(f"Only http and https are fetched, not {parts.scheme[:20]!r}.", permanent=True)
    if parts.username is not None or parts.password is not None:
        raise FetchError("The address holds a user name or password. Addresses must not.", permanent=True)
    host = parts.hostname or ""
    if not (_HOST.fullmatch(host) or _is_ipv6(host)):
        raise FetchError("The address has no usable host name.", permanent=True)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(scheme=parts.scheme, host=host, port=port or _PORTS[parts.scheme], path=path)


def _is_ipv6(host: str) -> bool:
    try:
        return isinstance(ip_address(host), IPv6Address)
    except ValueError:
        return False


def refusal(address: str) -> str:
    """Why an IP address may not be asked, in a few words; "" where it may."""
    try:
        found = ip_address(address)
    except ValueError:
        return "it is no IP address"
    return _refusal4(found) if isinstance(found, IPv4Address) else _refusal6(found)


def host_refusal(host: str) -> str:
    """Why a host, as written, may not be asked; "" where only its resolved addresses can tell.

    The one check that is left where a proxy resolves names. Old spellings of IPv4 (127.1, 0x7f000001) are refused,
    because resolvers read them as addresses.
    """
    if ":" in host:
        return refusal(host)
    labels = host.rstrip(".").lower().split(".")
    if _NUMERIC.fullmatch(labels[-1]):
        return refusal(".".join(labels))
    if len(labels) == 1 or any(f".{'.'.join(labels)}".endswith(f".{name}") for name in _INSIDE):
        return "it is a name inside a network"
    return ""


def _refusal4(address: IPv4Address) -> str:
    for is_so, word in (
        (address.is_unspecified, "unspecified"),
        (address.is_loopback, "loopback"),
        (address.is_link_local, "link-local"),
        (address.is_multicast, "multicast"),
        (address.is_private, "private"),
        (address.is_reserved, "reserved"),
        (not address.is_global or any(address in n for n in _CLOSED4), "not public"),
    ):
        if is_so:
            return f"it is {word}"
    return ""


def _refusal6(address: IPv6Address) -> str:
    if address.scope_id:
        return "it is link-local"
    for inner, kind in (
        (address.ipv4_mapped, "an IPv4 address in IPv6"),
        (address.sixtofour, "a 6to4 address"),
        (IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else None, "a NAT64 address"),
    ):
        if inner is not None:
            reason = _refusal4(inner)
            return f"{reason} inside {kind}" if reason else ""
    if address.teredo is not None:
        return "it is a Teredo address"
    for is_so, word in (
        (address.is_unspecified, "unspecified"),
        (address.is_loopback, "loopback"),
        (address.is_link_local or address.is_site_local, "link-local"),
        (address.is_multicast, "multicast"),
        (address.is_private, "private"),
        (address not in _GLOBAL6 or not address.is_global or any(address in n for n in _CLOSED6), "not public"),
    ):
        if is_so:
            return f"it is {word}"
    return ""
