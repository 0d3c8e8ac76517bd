"""The rules of running: rooms and profiles, waits, what a log line may hold, which failures are outages."""

import errno
import json
import logging
import re
import sqlite3
from datetime import timedelta
from typing import Any

import pytest
from django.db.utils import DatabaseError, IntegrityError, InterfaceError, OperationalError, ProgrammingError

from bluelamp.project.config import ConfigError, metrics_token, read_config
from bluelamp.project.logs import (
    REQUEST,
    REQUEST_LOGGER,
    RequestLines,
    failure,
    formatter,
    scrubbed,
    trace,
    without_values,
)
from bluelamp.project.permission_table import ROUTES
from bluelamp.project.profiles import PROFILES, ROOMS, room_of
from bluelamp.project.running.checks import whole
from bluelamp.project.running.counting import known_method
from bluelamp.project.running.supervisor import Limits, wait_before
from bluelamp.ui.outages import Outage, outage_of

PUBLIC, DESK = {"all", "public", "desk"}, {"all", "desk"}
ANY_SERVER = {"all", "public", "desk", "ingest", "evidence"}


@pytest.mark.parametrize("name", sorted(ROUTES))
def test_every_address_is_in_exactly_the_profiles_stated(name: str) -> None:
    space = name.partition(":")[0] if ":" in name else name.partition("_")[0]
    stated = {
        **dict.fromkeys(("index", "advice", "report", "many", "api-1", "report-api", "open311"), PUBLIC),
        **dict.fromkeys(
            ("desk", "triage", "behalf", "account", "mfa", "socialaccount", "openid", "usersessions"), DESK
        ),
        "running": ANY_SERVER,
    }[space]
    room = room_of(view_name=name)
    assert room in ROOMS
    assert {p.name for p in PROFILES.values() if room in p.rooms} == stated


def test_an_address_of_no_room_is_in_no_profile() -> None:
    assert room_of(view_name="something:new") == room_of(view_name="") == ""
    assert all("" not in p.rooms and p.rooms <= set(ROOMS) for p in PROFILES.values())


def test_no_address_is_in_two_rooms() -> None:
    starts = [s for room in ROOMS.values() for s in room]
    for one in starts:
        assert [s for s in starts if one.startswith(s)] == [one]


def test_who_works_and_who_serves() -> None:
    assert {p.name for p in PROFILES.values() if p.works} == {"all", "work"}
    assert {p.name for p in PROFILES.values() if p.serves} == ANY_SERVER
    assert {p.name for p in PROFILES.values() if p.pages} == PUBLIC


def test_settings_of_running_say_what_to_write(tmp_path: Any) -> None:
    with pytest.raises(ConfigError, match=r"BLUELAMP_PROFILE is 'desks': write all, public, desk, .* or work"):
        read_config({"BLUELAMP_PROFILE": "desks"})
    with pytest.raises(ConfigError, match="BLUELAMP_LOG is 'xml': write plain or json"):
        read_config({"BLUELAMP_LOG": "xml"})
    assert read_config({"BLUELAMP_PROFILE": ""}).profile == "all"
    file = tmp_path / "token"
    for text in ("short", "x" * 20 + " " + "y" * 20, "\u00e9" * 40):
        file.write_text(text)
        with pytest.raises(ConfigError, match="holds no token"):
            metrics_token(read_config({"BLUELAMP_METRICS_TOKEN_FILE": str(file)}))
    file.write_text("t" * 40 + "\n")
    assert metrics_token(read_config({"BLUELAMP_METRICS_TOKEN_FILE": str(file)})) == "t" * 40
    assert metrics_token(read_config({})) == ""


def test_waits_double_and_are_capped() -> None:
    waits = [wait_before(deaths=n, limits=Limits()) for n in range(1, 12)]
    assert waits[:5] == [0.5, 1, 2, 4, 8] and waits[-1] == 30 and waits == sorted(waits)
    assert wait_before(deaths=100_000, limits=Limits()) == 30


@pytest.mark.parametrize(
    "key",
    [
        *("email", "e_mail", "userEmail", "phone", "mobile_phone", "name", "first_name", "password", "new-password"),
        *(
            "token",
            "access_token",
            "code",
            "otp_code",
            "ip",
            "remote_ip",
            "client_addr",
            "address",
            "session",
            "cookie",
        ),
    ],
)
def test_fields_named_after_what_is_personal_are_dropped(key: str) -> None:
    assert scrubbed(None, "", {key: "x", "event": "y", "deep": {key: "x", "ok": [{key: "x"}]}}) == {
        "event": "y",
        "deep": {"ok": [{}]},
    }


@pytest.mark.parametrize("key", ["event", "route", "method", "status", "ms", "part", "request_id", "logger", "error"])
def test_our_own_fields_stay(key: str) -> None:
    assert scrubbed(None, "", {key: "x"}) == {key: "x"}


@pytest.mark.parametrize(
    "text",
    [
        "jane.o'doe+x@mail.example.org",
        "jane@localhost",
        "192.0.2.17",
        "2001:db8::8a2e:370:7334",
        "2001:0db8:85a3:0000:0000:8a2e:0370:7334",
        "020 7946 0018",
        "07700900123",
        "+44 7700 900123",
        "user:0f3b9b3c-a25d-43d6-b24a-229b4f54c13d",
    ],
)
def test_what_looks_personal_is_cut_from_texts(text: str) -> None:
    got = scrubbed(None, "", {"event": f"Failed for {text}, again", "list": [text], "what": ValueError(text)})
    assert text not in str(got) and "Failed for" in got["event"] and "again" in got["event"]
    assert "jane" not in str(got)


@pytest.mark.parametrize(
    "text",
    [
        "Delivery 0f3b9b3c-a25d-43d6-b24a-229b4f54c13d to poke failed at attempt 3",
        "Django 5.2.19 on Python 3.11.7",
        "2026-11-25T09:08:17.249867Z",
        "09:08:17",
        "HandlerError: in bluelamp.kernel.outbox.operations, line 120",
        "bluelamp.project:wsgi",
    ],
)
def test_ordinary_texts_stay(text: str) -> None:
    assert scrubbed(None, "", {"event": text}) == {"event": text}


def record(name: str, message: str, *values: object, **more: object) -> dict[str, Any]:
    made = logging.LogRecord(name, logging.WARNING, "f", 1, message, values, None)
    return {"event": made.getMessage(), "_record": made, **more}


def test_of_libraries_only_the_pattern_is_told() -> None:
    told = lambda *a: without_values(None, "", record(*a))["event"]  # noqa: E731
    assert told("django.request", "%s: %s", "Not Found", "/secret/") == "A request failed"
    assert told("django.security.DisallowedHost", "Invalid HTTP_HOST header: 'jane'") == (
        "A request was refused: DisallowedHost"
    )
    assert told("urllib3.pool", "Retrying %s", "/jane") == "Retrying %s"
    assert told("bluelamp.project.cli.work", "Job %s failed", "tidy") == "Job tidy failed"


@pytest.mark.parametrize("style", ["plain", "json"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\x85", "\u2028", "\x1b[2K\r", "\x9b1A", "\x00"])
def test_no_line_can_be_forged_nor_a_terminal_steered(style: str, end: str) -> None:
    forged = f"GET /{end}2026-11-25 12:00 critical All is lost"
    made = logging.LogRecord("_granian", logging.WARNING, "f", 1, "Bad request: %s", (forged,), None)
    made.route = forged
    line = formatter(style=style).format(made)
    assert len(line.splitlines()) == 1 and line.count("All is lost") == 2
    assert not any(ord(c) < 32 or 127 <= ord(c) < 160 for c in line)


def request_record(**fields: object) -> logging.LogRecord:
    made = logging.LogRecord(REQUEST_LOGGER, logging.INFO, "f", 1, REQUEST, (), None)
    usual = {"request_id": "a1" * 16, "route": "index:table", "method": "GET", "status": 304, "ms": 3}
    made.__dict__.update({**usual, **fields})
    return made


@pytest.mark.parametrize(
    "fields",
    [
        {}, {"route": "api-1:products"}, {"route": "x\n\x85\u2028\"é"}, {"route": "jane@mail.example"},
        {"method": "other"}, {"route": "192.0.2.7"}, {"status": 503, "levelname": "ERROR"}, {"profile": "no"},
        {"email": "jane@mail.example"},
    ],
)  # fmt: skip
@pytest.mark.parametrize("profile", ["all", 'odd"one'])
def test_the_line_of_a_request_is_written_as_every_other(fields: dict[str, object], profile: str) -> None:
    quick = formatter(style="json", profile=profile)
    assert isinstance(quick, RequestLines)
    lines = [re.sub(r"[0-9]{2}\.[0-9]{6}Z", "Z", f.format(request_record(**fields))) for f in (quick, quick._others)]
    assert lines[0] == lines[1] and "@" not in lines[0] and "192.0.2.7" not in lines[0]
    assert list(json.loads(lines[0]))[:3] == ["time", "level", "event"]


def test_what_only_looks_like_the_line_of_a_request_goes_the_usual_way() -> None:
    quick = formatter(style="json", profile="all")
    assert isinstance(quick, RequestLines)
    lacking = request_record()
    del lacking.__dict__["ms"]
    failed = request_record()
    failed.exc_info = (ValueError, ValueError("secret"), None)
    other = request_record()
    other.msg = "Request of jane@mail.example"
    for odd in (lacking, failed, other):
        assert set(json.loads(quick.format(odd))) >= {"time", "logger", "route"} and "@" not in quick.format(odd)
    assert "ValueError" in quick.format(failed) and "secret" not in quick.format(failed)


def test_an_exception_is_told_without_its_message_or_values() -> None:
    def inner(secret_value: str) -> None:
        raise ValueError(f"no such person: {secret_value}")

    person = " ".join(["Jane", "Roe"])  # not as a literal: a trace shows lines of code

    def outer() -> None:
        try:
            inner(person)
        except ValueError as problem:
            raise KeyError(person) from problem

    try:
        outer()
    except KeyError as problem:
        event = failure(None, "", {"event": "x", "exc_info": (KeyError, problem, problem.__traceback__)})
    text = str(event)
    assert person not in text and "exc_info" not in event
    assert "KeyError" in event["error"] and "in inner" in text and "ValueError: in test_running_rules" in text


def test_a_trace_of_errors_in_a_circle_ends() -> None:
    one, other = ValueError("1"), ValueError("2")
    one.__cause__, other.__cause__ = other, one
    assert len(trace(one)) == 2


def sqlite(code: int, text: str = "x", kind: type[Exception] = OperationalError) -> Exception:
    driver = sqlite3.OperationalError(text)
    driver.sqlite_errorcode = code
    error = kind(text)
    error.__cause__ = driver
    return error


class _PostgreSQLError(Exception):
    def __init__(self, state: str) -> None:
        self.sqlstate = state


def postgresql(state: str, kind: type[Exception]) -> Exception:
    error = kind("x")
    error.__cause__ = _PostgreSQLError(state)
    return error


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (sqlite(5, "database is locked"), Outage.DATABASE),
        (sqlite(8, "attempt to write a readonly database"), Outage.READ_ONLY),
        (sqlite(8 | 4 << 8), Outage.READ_ONLY),
        (sqlite(10 | 3 << 8, "disk I/O error"), Outage.DATABASE),
        (sqlite(11, "database disk image is malformed", DatabaseError), Outage.DATABASE),
        (sqlite(13, "database or disk is full"), Outage.FULL),
        (sqlite(14, "unable to open database file"), Outage.DATABASE),
        (sqlite(26, "file is not a database", DatabaseError), Outage.DATABASE),
        (sqlite(1, "no such table: index_edition"), Outage.DATABASE),
        (sqlite(1, "no such column: x"), None),
        (sqlite(1, 'near "SELEC": syntax error'), None),
        (sqlite(19, "UNIQUE constraint failed", IntegrityError), None),
        (OperationalError("database or disk is full"), Outage.FULL),
        (OperationalError("connection failed: Connection refused"), Outage.DATABASE),
        (InterfaceError("connection already closed"), Outage.DATABASE),
        (postgresql("25006", DatabaseError), Outage.READ_ONLY),
        (postgresql("53100", OperationalError), Outage.FULL),
        (postgresql("57P01", OperationalError), Outage.DATABASE),
        (postgresql("40P01", OperationalError), Outage.DATABASE),
        (postgresql("42P01", ProgrammingError), Outage.DATABASE),
        (postgresql("42703", ProgrammingError), None),
        (postgresql("23505", IntegrityError), None),
        (OSError(errno.ENOSPC, "No space left on device"), Outage.FULL),
        (OSError(errno.EROFS, "Read-only file system"), Outage.READ_ONLY),
        (OSError(errno.ENOENT, "No such file"), None),
        (ValueError("database is locked"), None),
        (None, None),
    ],
)
def test_what_is_an_outage(error: Exception | None, expected: Outage | None) -> None:
    assert outage_of(error) is expected


def test_an_outage_behind_another_error_is_one() -> None:
    error = RuntimeError("x")
    error.__cause__ = OSError(errno.ENOSPC, "x")
    assert outage_of(error) is Outage.FULL


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 seconds"), (119, "119 seconds"), (120, "2 minutes"), (7_200, "2 hours"), (200_000, "2 days")],
)
def test_times_in_words(seconds: int, words: str) -> None:
    assert whole(timedelta(seconds=seconds)) == words


def test_methods_are_a_closed_list() -> None:
    assert (known_method("GET"), known_method("jane@b.example"), known_method(None)) == ("GET", "other", "other")


def test_postgresql_has_two_workers_unless_somebody_says_otherwise() -> None:
    url = {"BLUELAMP_DATABASE_URL": "postgresql://a@b/c"}
    assert [read_config(env).workers for env in ({}, url, {**url, "BLUELAMP_WORKERS": "1"})] == [1, 2, 1]
