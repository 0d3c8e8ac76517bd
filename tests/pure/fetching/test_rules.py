"""Addresses, waits and checksum files: the rules without any network."""

from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.kernel.fetching.domain.addresses import host_refusal, read_url, refusal
from bluelamp.kernel.fetching.domain.backoff import next_time, retry_after, wait_seconds
from bluelamp.kernel.fetching.domain.results import FetchError, Limits, Wanted, read_checksum

NOW = datetime(2026, 8, 8, 12, tzinfo=UTC)
CLOSED4 = """
0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24
192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4
"""
CLOSED6 = """
::/96 64:ff9b:1::/48 100::/64 2001::/32 2001:db8::/32 3fff::/20 5f00::/16 fc00::/7 fe80::/10 fec0::/10 ff00::/8
"""


@pytest.mark.parametrize("network", (CLOSED4 + CLOSED6).split())
def test_both_ends_and_the_middle_of_every_closed_range_are_refused(network: str) -> None:
    found = ip_network(network)
    for address in (found[0], found[-1], found[found.num_addresses // 2]):
        assert refusal(str(address)), address


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "1.1.1.1", "2606:4700::1111", "2a00:1450:4009::1"])
def test_public_addresses_are_allowed(address: str) -> None:
    assert refusal(address) == ""


@pytest.mark.parametrize("network", CLOSED4.split())
def test_closed_ipv4_is_refused_inside_ipv6(network: str) -> None:
    inner = ip_network(network)[1]
    value = int(inner)
    assert refusal(f"::ffff:{inner}") and refusal(f"64:ff9b::{inner}") and refusal(f"::{inner}")
    assert refusal(str(IPv6Address((0x2002 << 112) | (value << 80))))


def test_public_ipv4_inside_nat64_is_allowed() -> None:
    assert refusal("64:ff9b::8.8.8.8") == "" and refusal("::ffff:8.8.8.8") == ""


@given(st.ip_addresses(v=4))
def test_what_is_allowed_is_global(address: IPv4Address) -> None:
    if not refusal(str(address)):
        assert address.is_global and not address.is_multicast and not address.is_reserved


@pytest.mark.parametrize("text", ["", "feeds", "1.2.3", "1.2.3.4.5", "0x7f.1", "fe80::1%eth0", "::1%lo", "010.0.0.1"])
def test_what_is_no_plain_address_is_refused(text: str) -> None:
    assert refusal(text)


@pytest.mark.parametrize("host", ["feeds.example.org", "www.cisa.gov", "a-1.example", "8.8.8.8", "2606:4700::1111"])
def test_hosts_outside_are_allowed(host: str) -> None:
    assert host_refusal(host) == ""


@pytest.mark.parametrize(
    "host", ["localhost", "a.localhost", "nas", "x.local.", "10.0.0.1", "127.1", "0X7F.1", "::1", "1.2.3.0x4", "x.lan"]
)
def test_hosts_inside_are_refused(host: str) -> None:
    assert host_refusal(host)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "http:/x",
        "//feeds.example.org/",
        "http://a b/",
        "http://a\\@b/",
        "http://a@b/",
        "http://:80/",
        "http://a:99999/",
        "http://a:x/",
        "http://[::1/",
        "http://é.example/",
        "http://a\r\nHost: b/",
        "http://.a/",
        "http://a/\x00",
        "",
    ],
)
def test_addresses_that_are_refused(url: str) -> None:
    with pytest.raises(FetchError) as caught:
        read_url(url)
    assert caught.value.permanent and not caught.value.again


def test_addresses_are_taken_apart() -> None:
    target = read_url("HTTPS://Feeds.Example.org:8443/a/b?c=d#e")
    assert (target.scheme, target.host, target.port, target.path) == ("https", "feeds.example.org", 8443, "/a/b?c=d")
    assert read_url("http://[2606:4700::1111]").url == "http://[2606:4700::1111]/"
    assert target.netloc == "feeds.example.org:8443" and read_url("https://a.b/").netloc == "a.b"


@given(st.integers(1, 5000), st.one_of(st.none(), st.floats(0, 1e12)), st.floats(0, 1))
def test_waits_are_never_below_nothing_nor_above_the_limit(attempt: int, asked: float | None, jitter: float) -> None:
    limits = Limits()
    wait = wait_seconds(attempt=attempt, asked=asked, limits=limits, jitter=jitter)
    assert 0 < wait <= limits.longest_wait
    assert asked is None or wait >= min(asked, limits.longest_wait)


def test_waits_double() -> None:
    waits = [wait_seconds(attempt=n, asked=None, limits=Limits(), jitter=0) for n in range(1, 9)]
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]
    assert wait_seconds(attempt=3, asked=None, limits=Limits(), jitter=1) == 2


@given(st.text(max_size=40))
def test_retry_after_reads_anything(text: str) -> None:
    found = retry_after(text, now=NOW)
    assert found is None or found >= 0


def test_retry_after_in_the_past_is_no_wait() -> None:
    assert retry_after("Sat, 08 Aug 2026 11:00:00 GMT", now=NOW) == 0
    assert retry_after("Sat, 08 Aug 2026 12:01:00 GMT", now=NOW) == 60
    assert retry_after("²", now=NOW) is None


def test_next_time() -> None:
    day = timedelta(days=1)
    assert next_time(now=NOW, every=day, failures=0) == NOW + day
    assert next_time(now=NOW, every=day, failures=10_000) == NOW + day
    assert next_time(now=NOW, every=day, failures=1, asked=1e9) == NOW + day


@pytest.mark.parametrize("name", ["", "A", "../x", "a/b", "a.part", "-a", "a" * 61])
def test_names_stay_in_their_folder(name: str) -> None:
    with pytest.raises(ValueError, match="cannot name"):
        Wanted(url="http://a.b/", name=name)


def test_checksum_files() -> None:
    one, two = "a" * 64, "b" * 64
    assert read_checksum(f"{one.upper()}\n", file_name="x.csv") == one
    assert read_checksum(f"{one} y.csv\n{two}  dir/x.csv\n", file_name="X.csv") == two
    for text in ("", one[:-1], f"{one} a\n{two} b", "g" * 64, "\n\n"):
        assert read_checksum(text, file_name="x.csv") == ""
