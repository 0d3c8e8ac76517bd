"""Observables come out of texts in one form, checked where a check exists; what links nothing is left out."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.reporting.domain.checksums import base58_version, is_bech32, is_iban
from bluelamp.reporting.domain.observables import (
    MOST_OBSERVABLES,
    Observable,
    ObservableKind,
    find_observables,
    from_numbers,
    keyed,
    normal_phone,
    refanged,
)
from bluelamp.reporting.domain.values import Number, NumberKind

KEY = b"a key of sixteen"
GENESIS = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"
SEGWIT = "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"
TAPROOT = "bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr"


def found(text: str) -> set[tuple[str, str]]:
    return {(str(o.kind), o.value) for o in find_observables(text)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("write to Bad.Guy@Evil.Example.com.", {("email", "bad.guy@evil.example.com"), ("domain", "evil.example.com")}),
        ("bad(at)evil[dot]top", {("email", "bad@evil.top"), ("domain", "evil.top")}),
        ("me@gmail.com", {("email", "me@gmail.com")}),
        ("hxxps://www.Evil[.]top/Login?id=1#x!", {("domain", "evil.top"), ("url", "evil.top/Login")}),
        ("http[:]//evil.top", {("domain", "evil.top")}),
        ("see evil-shop.co.uk/offer.", {("domain", "evil-shop.co.uk"), ("url", "evil-shop.co.uk/offer")}),
        ("www.münchen.de", {("domain", "xn--mnchen-3ya.de")}),
        ("facebook.com/bad.page", {("url", "facebook.com/bad.page")}),
        ("07700 900123", {("phone", "+447700900123")}),
        ("+44 (0)7700 900-123", {("phone", "+447700900123")}),
        ("0044 7700 900123", {("phone", "+447700900123")}),
        ("(029) 2018 0123", {("phone", "+442920180123")}),
        ("+33 6 12 34 56 78", {("phone", "+33612345678")}),
        ("from 8.8.8.8 or 2001:4860:4860::8888", {("ip", "8.8.8.8"), ("ip", "2001:4860:4860::8888")}),
        (
            "IBAN GB82 WEST 1234 5698 7654 32 PLEASE PAY",
            {("iban", "GB82WEST12345698765432"), ("bank-account", "123456-98765432")},
        ),
        ("DE89370400440532013000", {("iban", "DE89370400440532013000")}),
        ("Sort code 12-34-56, account number 12345678", {("bank-account", "123456-12345678")}),
        (f"send to {GENESIS} or {SEGWIT.upper()}", {("crypto", GENESIS), ("crypto", SEGWIT)}),
        (TAPROOT, {("crypto", TAPROOT)}),
        ("0x52908400098527886E0F7030069857D2E4169EE7", {("crypto", "0x52908400098527886e0f7030069857d2e4169ee7")}),
        ("IMEI 49-015420-323751-8", {("imei", "490154203237518")}),
        ("AA-BB-CC-11-22-33", {("mac", "aa:bb:cc:11:22:33")}),
    ],
)
def test_what_a_text_holds_in_its_one_form(text: str, expected: set[tuple[str, str]]) -> None:
    assert found(text) == expected
    assert found(f"Hello,\n{text}\nThank you") == expected


@pytest.mark.parametrize(
    "text",
    [
        "192.168.0.1 and 127.0.0.1 and fe80::1",
        "999.999.999.999",
        "I rang 0300 123 2040, 101 and 999",
        "card 4111 1111 1111 1111",
        "on 12.03.2026 at 12:30:15",
        "The shop.It was closed",
        "GB82 WEST 1234 5698 7654 33",
        f"{GENESIS[:-1]}b",
        SEGWIT.replace("q", "p", 1),
        "IMEI 490154203237519",
        "000000000000000",
        "version 1.2.3.4.5",
        "it cost £1,234,567.00",
        "",
    ],
)
def test_what_is_wrong_private_or_everybodys_is_left_out(text: str) -> None:
    assert found(text) == set()


@given(st.text(max_size=400))
def test_any_text_is_read_and_the_order_is_fixed(text: str) -> None:
    first = find_observables(text)
    assert first == find_observables(text) == tuple(sorted(first)) and len(first) <= MOST_OBSERVABLES


@given(st.from_regex(r"[a-z][a-z0-9]{2,8}@[a-z]{3,8}\.(com|co\.uk|top)", fullmatch=True))
def test_a_defanged_address_is_the_address(email: str) -> None:
    user, host = email.split("@")
    defanged = f"{user}[at]{host.replace('.', '[.]')}"
    assert found(defanged) == found(email) and ("email", email) in found(email)


@given(st.from_regex(r"07[1-9][0-9]{8}", fullmatch=True), st.sampled_from(["", " ", "-", ") "]))
def test_a_phone_number_is_one_however_it_is_written(number: str, between: str) -> None:
    forms = {
        number,
        f"+44{number[1:]}",
        f"0044{number[1:]}",
        f"{number[:5]}{between}{number[5:]}",
        f"+44 (0){number[1:]}",
    }
    assert {normal_phone(form) for form in forms} == {f"+44{number[1:]}"}


@pytest.mark.parametrize("text", ["", "12", "0123", "hello", "+0123456789", "+1234567890123456"])
def test_what_is_no_phone_number(text: str) -> None:
    assert normal_phone(text) == ""


@given(st.sampled_from([2, 3, *range(8, 22)]), st.integers(0, 9))
def test_one_wrong_figure_in_an_iban_is_found(place: int, digit: int) -> None:
    right = "GB82WEST12345698765432"
    wrong = f"{right[:place]}{digit}{right[place + 1 :]}"
    assert is_iban(right) and (wrong == right or not is_iban(wrong))


@given(st.text(alphabet="123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0OIl ", max_size=90))
def test_any_text_can_be_checked(text: str) -> None:
    assert base58_version(text) is None or 25 <= len(text) <= 36
    assert is_bech32(text) in (True, False) and is_iban(text) in (True, False)


def test_sums_of_addresses() -> None:
    assert base58_version(GENESIS) == 0 and base58_version("3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy") == 5
    assert base58_version("1" * 33) is None and base58_version(GENESIS + "0") is None
    assert is_bech32("A12UEL5L") and is_bech32("A1LQFN3A") and not is_bech32("A12uEL5L") and not is_bech32("a12uelxl")


def test_numbers_of_devices_are_observables() -> None:
    numbers = (
        Number(NumberKind.IMEI, "490154203237518", True),
        Number(NumberKind.MAC, "aa:bb:cc:11:22:33", True),
        Number(NumberKind.SERIAL, "F17 ABC", True),
        Number(NumberKind.SERIAL, "12", True),
    )
    assert [(o.kind, o.value) for o in from_numbers(numbers)] == [
        (ObservableKind.IMEI, "490154203237518"),
        (ObservableKind.MAC, "aa:bb:cc:11:22:33"),
        (ObservableKind.SERIAL, "F17ABC"),
    ]


def test_hashes_need_a_key_and_tell_kinds_apart() -> None:
    phone = Observable(ObservableKind.PHONE, "+447700900123")
    assert keyed(observable=phone, key=KEY) != keyed(observable=phone, key=KEY[::-1])
    assert keyed(observable=phone, key=KEY) != keyed(observable=Observable(ObservableKind.IMEI, phone.value), key=KEY)
    assert len(keyed(observable=phone, key=KEY)) == 32 and phone.value not in keyed(observable=phone, key=KEY)
    with pytest.raises(ValueError, match="16"):
        keyed(observable=phone, key=b"short")


def test_making_whole_changes_nothing_else() -> None:
    for text in ("a [sic] remark (at home)", "array[0] is 1.5", "I was (at) last free"):
        assert refanged(text) in (text, text.replace(" (at) ", "@"))


def test_a_flood_of_addresses_is_cut_and_quick() -> None:
    begun = time.perf_counter()
    assert len(find_observables(" ".join(f"u{i}@h{i}.com" for i in range(700)))) == MOST_OBSERVABLES
    for hostile in ("a." * 5000, "1 " * 5000, "GB82" * 2500, "0" * 10000, "a@" * 5000, ":" * 9000):
        find_observables(hostile)
    assert time.perf_counter() - begun < 5
