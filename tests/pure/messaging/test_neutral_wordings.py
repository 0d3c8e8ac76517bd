"""No notice tells a stranger what it is about; addresses and servers are checked."""

from dataclasses import replace

import pytest

from bluelamp.kernel.messaging.domain.addresses import AddressError, normalised
from bluelamp.kernel.messaging.domain.neutral import giveaways
from bluelamp.kernel.messaging.domain.servers import check_gateway_url, parse_smtp_url
from bluelamp.kernel.messaging.domain.wording import Both, Wording
from bluelamp.kernel.messaging.wordings import WORDINGS, shelf, wording_by_code
from bluelamp.project.config import ConfigError, read_config

# Written out here and not taken from the program: the test must fail if its list is emptied.
TELLING = [
    "police",
    "Police",
    "crime",
    "crimes",
    "criminal",
    "report",
    "Reported",
    "reporting",
    "abuse",
    "abusive",
    "Bluelamp",
    "victim",
    "officer",
    "evidence",
    "stalking",
    "harassment",
    "fraud",
    "theft",
    "hacked",
    "attack",
    "alert",
    "unsafe",
    "danger",
    "court",
    "safeguarding",
    "refuge",
    "helpline",
    "999",
    "heddlu",
    "trosedd",
    "drosedd",
    "throseddau",
    "adroddiad",
    "adrodd",
    "camdriniaeth",
    "dioddefwr",
    "tystiolaeth",
    "twyll",
    "lladrad",
    "perygl",
    "trais",
]
SAMPLE = {"code": "481516", "day": "2026-07-01", "time": "09:30"}


@pytest.mark.parametrize("word", TELLING)
def test_every_telling_word_is_found(word: str) -> None:
    assert giveaways(f"Hello, {word} is here.") and giveaways(word.upper())


@pytest.mark.parametrize("wording", WORDINGS, ids=lambda w: w.code)
@pytest.mark.parametrize("language", ["en", "cy"])
@pytest.mark.parametrize("kind", ["email", "sms"])
def test_no_wording_tells(wording: Wording, language: str, kind: str) -> None:
    params = {name: SAMPLE[name] for name in wording.params}
    shown = wording.render(kind=kind, language=language, params=params)  # type: ignore[arg-type]
    read = f"{shown.subject} {shown.text}".lower()
    assert not [w for w in TELLING if w.lower() in read] and not giveaways(read)
    assert "http" not in read and "@" not in read and "{" not in read
    assert bool(shown.subject) is (kind == "email") and (kind == "email" or len(shown.text) <= 160)
    other = wording.render(kind=kind, language="cy" if language == "en" else "en", params=params)  # type: ignore[arg-type]
    assert other.text != shown.text


def test_the_shelf_is_in_order_and_refuses_twins() -> None:
    assert [wording_by_code(w.code) for w in WORDINGS] == list(WORDINGS)
    with pytest.raises(ValueError, match="of its own"):
        shelf((WORDINGS[0], WORDINGS[0]))
    with pytest.raises(KeyError):
        wording_by_code("nonesuch")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"subject": Both("Your report", "Newydd")}, "neutral"),
        ({"sms": Both("New", "Gan yr heddlu")}, "neutral"),
        ({"body": Both("", "Newydd")}, "lacks"),
        ({"subject": Both("New\nfor you", "Newydd")}, "lacks"),
        ({"sms": Both("Hello {name}", "Helo {name}")}, "puts in"),
        ({"sms": Both("x" * 161, "Newydd")}, "one text message"),
        ({"sms": Both("Newydd", "ŵ" * 71)}, "one text message"),
        ({"params": frozenset({"code"})}, "puts in"),
    ],
)
def test_a_wording_that_tells_or_does_not_fit_cannot_be_made(change: dict[str, object], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        replace(wording_by_code("something-new"), **change)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "params",
    [{}, {"code": "12345"}, {"code": "Police"}, {"code": "123456", "day": "2026-01-01"}, {"code": 123456}],
)
def test_only_neutral_values_are_put_in(params: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="one-time-code"):
        wording_by_code("one-time-code").check_params(params)


def test_a_day_is_written_in_the_reader_s_language_and_must_exist() -> None:
    call = wording_by_code("call-arranged")
    params = {"day": "2026-07-01", "time": "09:30"}
    assert "1 July at 09:30" in call.render(kind="sms", language="en", params=params).text
    assert "1 Gorffennaf am 09:30" in call.render(kind="email", language="cy", params=params).text
    with pytest.raises(ValueError):
        call.check_params({"day": "2026-02-30", "time": "09:30"})


@pytest.mark.parametrize(
    ("kind", "written", "form"),
    [
        ("email", "  Ann.Other@Example.ORG ", "ann.other@example.org"),
        ("sms", "07700 900123", "+447700900123"),
        ("sms", "+44 (0)7700 900-123", "+447700900123"),
        ("sms", "0044 7700 900123", "+447700900123"),
        ("sms", "+353 85 012 3456", "+353850123456"),
    ],
)
def test_one_address_has_one_form(kind: str, written: str, form: str) -> None:
    assert normalised(kind=kind, address=written) == form  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        ("email", "ann"), ("email", "a@b@example.org"), ("email", "a b@example.org"), ("email", "a@example"),
        ("email", "ann@example.org\nBcc: other@example.org"), ("email", "<ann@example.org>"), ("email", ""),
        ("email", "a@-example.org"), ("email", "é@example.org"), ("email", "a" * 250 + "@example.org"),
        ("sms", "999"), ("sms", "07700 90012x"), ("sms", ""), ("sms", "+44 7700 900123, +44 7700 900124"),
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused_and_not_repeated(kind: str, written: str) -> None:
    with pytest.raises(AddressError) as refused:
        normalised(kind=kind, address=written)  # type: ignore[arg-type]
    assert not written or written not in str(refused.value)


def test_servers_are_read_and_open_passwords_refused() -> None:
    assert parse_smtp_url("smtps://a%40b:p%2Fw@mail.example").port == 465
    server = parse_smtp_url("smtp://user@mail.example:2525?starttls=1")
    assert (server.user, server.port, server.tls) == ("user", 2525, "start")
    assert parse_smtp_url("smtp://relay.example").tls == "" and parse_smtp_url("smtp://u:p@localhost").user == "u"
    bad = ("mail.example", "http://mail.example", "smtp://", "smtp://h:port", "smtp://u:p@mail.example", "smtp://h/x")
    for text in bad:
        with pytest.raises(ValueError, match="smtp"):
            parse_smtp_url(text)
    for text in ("http://gateway.example", "ftp://x", "gateway.example", "http://localhost.example/"):
        with pytest.raises(ValueError, match="https"):
            check_gateway_url(text)
    assert check_gateway_url("https://gateway.example/send")


@pytest.mark.parametrize(
    ("env", "word"),
    [
        ({"BLUELAMP_MAIL_FROM": "Kent Police <notices@example.org>"}, "BLUELAMP_MAIL_FROM"),
        ({"BLUELAMP_MAIL_FROM": "Notices <notices@kent.police.uk>"}, "neutral"),
        ({"BLUELAMP_MAIL_FROM": "Heddlu <n@example.org>"}, "neutral"),
        ({"BLUELAMP_MAIL_FROM": "Notices"}, "must look like"),
        ({"BLUELAMP_MAIL_FROM": "Notices <n@example.org>\r\nBcc: a@example.org"}, "must look like"),
        ({"BLUELAMP_SMTP_URL": "smtp://relay.example"}, "BLUELAMP_MAIL_FROM is missing"),
        ({"BLUELAMP_SMTP_URL": "mail", "BLUELAMP_MAIL_FROM": "N <n@example.org>"}, "BLUELAMP_SMTP_URL must look"),
        ({"BLUELAMP_SMS_URL": "https://gateway.example"}, "BLUELAMP_SMS_TOKEN_FILE is missing"),
        ({"BLUELAMP_SMTP_PASSWORD_FILE": "/nonesuch"}, "names no file"),
    ],
)
def test_a_telling_sender_and_half_a_set_up_stop_the_program(env: dict[str, str], word: str) -> None:
    with pytest.raises(ConfigError, match=word):
        read_config(env)


def test_nothing_leaves_unless_it_is_set_up() -> None:
    config = read_config({})
    assert config.smtp is None and config.sms_url == "" and not giveaways(config.mail_from)
