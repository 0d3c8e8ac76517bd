"""The doctor: each thing that can be wrong is made wrong, and found, with what to do."""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from cast import who
from django.db import connection
from django.db.utils import OperationalError
from typer.testing import CliRunner

from bluelamp.kernel.audit.models import Entry
from bluelamp.kernel.audit.operations import record, seal_entries, sign_head
from bluelamp.kernel.events import EditionBuilt
from bluelamp.kernel.evidence.models import Load, Source
from bluelamp.kernel.fetching.models import FetchState
from bluelamp.kernel.outbox.models import Delivery
from bluelamp.kernel.outbox.registry import Handler, install
from bluelamp.project.cli import app as commands
from bluelamp.project.running import doctor
from bluelamp.project.running.checks import Finding

pytestmark = pytest.mark.django_db(databases=["default", "stream", "vault"])
NOW = datetime.now(tz=UTC)


@pytest.fixture(autouse=True)
def own_home(settings: Any, tmp_path: Path) -> Path:
    """A home as a first run makes it."""
    home = tmp_path / "home"
    (home / "keys").mkdir(parents=True, mode=0o700)
    home.chmod(0o700)
    key = home / "keys" / "secret"
    key.write_text("k" * 64)
    key.chmod(0o600)
    settings.BLUELAMP_HOME = home
    settings.CONFIG = SimpleNamespace(**{**settings.CONFIG.__dict__, "home": home, "secret_key_file": key})
    settings.CONFIG.outside = False
    return home


def found(check: str, *, now: datetime = NOW, env: dict[str, str] | None = None) -> list[Finding]:
    return [f for f in doctor.examine(now=now, env=env or {}) if f.check == check]


def one(check: str, state: str, words: str = "", **more: Any) -> Finding:
    findings = found(check, **more)
    assert [f.state for f in findings] == [state], findings
    finding = findings[0]
    assert words in finding.found, finding
    assert bool(finding.todo) is (state != "ok"), "what is wrong says what to do, and nothing else does"
    return finding


def test_a_new_home_fails_in_nothing() -> None:
    findings = doctor.examine(now=NOW, env={})
    assert {f.check for f in findings if f.state == "fail"} == set()
    assert {f.check for f in findings if f.state == "warn"} == {"worker", "feeds", "administrators", "backup"}


def test_settings_that_do_not_exist(settings: Any) -> None:
    one("settings", "ok", env={"BLUELAMP_PORT": "1", "HOME": "x"})
    finding = one("settings", "warn", "BLUELAMP_PORTS", env={"BLUELAMP_PORTS": "secret value"})
    assert "secret" not in finding.found
    settings.CONFIG.outside = True
    assert "proxy" in one("settings", "warn").found


def test_who_can_look_into_home(own_home: Path) -> None:
    one("home", "ok")
    own_home.chmod(0o750)
    assert "chmod 700" in one("home", "warn").todo
    own_home.chmod(0o700)
    (own_home / "keys" / "secret").chmod(0o640)
    assert "chmod 600" in one("home", "fail").todo


def test_a_token_elsewhere_is_a_key_too(settings: Any, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("x")
    token.chmod(0o644)
    settings.CONFIG.metrics_token_file = token
    one("home", "fail", str(token))


@pytest.mark.parametrize(
    ("now", "state"),
    [(datetime(2020, 1, 1, tzinfo=UTC), "fail"), (NOW, "ok"), (NOW - timedelta(minutes=4), "ok")],
)
def test_the_clock(now: datetime, state: str) -> None:
    record(actor="system", action="test", now=NOW)
    one("clock", state, now=now)


def test_a_clock_behind_the_newest_row() -> None:
    record(actor="system", action="test", now=NOW + timedelta(hours=5))
    one("clock", "fail", "5 hours behind the newest row")


def test_an_audit_log_that_nobody_seals_or_signs() -> None:
    one("audit seal", "ok")
    one("audit head", "ok", "No day was signed yet")
    record(actor="system", action="test", now=NOW)
    one("audit seal", "ok", now=NOW + timedelta(minutes=59))
    one("audit seal", "fail", "to be sealed", now=NOW + timedelta(minutes=61))
    one("audit head", "warn", now=NOW)
    seal_entries(now=NOW)
    one("audit seal", "ok", now=NOW + timedelta(days=1))
    sign_head(now=NOW)
    one("audit head", "ok", now=NOW + timedelta(days=1))
    one("audit head", "fail", now=NOW + timedelta(days=2, seconds=1))
    assert Entry.objects.count() == 1


def test_the_outbox() -> None:
    one("outbox", "ok", "0 deliveries wait")
    before = install(handlers=[Handler("hears", EditionBuilt, lambda **_: None)], jobs=[])
    try:
        made: dict[str, Any] = {"event": "E", "payload": {}, "handler": "hears", "created_at": NOW, "due_at": NOW}
        Delivery.objects.create(**made)
        one("outbox", "ok", now=NOW + timedelta(minutes=5))
        one("outbox", "warn", "6 minutes", now=NOW + timedelta(minutes=6))
        one("outbox", "fail", now=NOW + timedelta(hours=1, seconds=1))
    finally:
        install(handlers=before.handlers, jobs=before.jobs)
    one("dead letters", "ok")
    Delivery.objects.create(**made, dead_at=NOW)
    one("dead letters", "warn", "1 dead letter")


def test_evidence_that_is_old() -> None:
    one("feeds", "warn", "no evidence")
    source = Source.objects.create(id="s", title="t", publisher="p", licence="l", cadence="daily")
    Load.objects.create(
        source=source, feed_id="f", table="sightings", status="visible", last_on=NOW.date(), added_at=NOW
    )
    one("feeds", "ok", now=NOW + timedelta(days=60))
    one("feeds", "warn", str(NOW.date()), now=NOW + timedelta(days=61))


def test_feeds_that_are_not_fetched_any_more(settings: Any) -> None:
    settings.BLUELAMP_PULL = True
    feeds = doctor.scheduled()
    one("feeds", "warn", feeds[0].id)
    for feed in feeds:
        FetchState.objects.create(name=feed.id, url="u", checked_at=NOW, next_at=NOW)
    one("feeds", "ok")
    shortest = min(feed.every for feed in feeds)
    one("feeds", "warn", now=NOW + 3 * shortest + timedelta(seconds=1))


def test_fewer_than_two_administrators() -> None:
    one("administrators", "warn", "No administrator")
    first = who("administrator")
    one("administrators", "ok", "2 administrators")
    first.is_active = False
    first.save()
    one("administrators", "warn", "One administrator")


@pytest.mark.parametrize(
    ("text", "state"),
    [
        (None, "warn"),
        (json.dumps({"at": (NOW - timedelta(days=1)).isoformat()}), "ok"),
        (json.dumps({"at": (NOW - timedelta(days=3)).isoformat()}), "warn"),
        (json.dumps({"at": "2026-11-25T09:00:00"}), "warn"),
        (json.dumps({"at": (NOW - timedelta(days=1)).isoformat(), "verified": False}), "warn"),
        ("[]", "warn"),
        ("no json", "warn"),
        ('{"at": 5}', "warn"),
    ],
    # Named here: texts with the time of day in them would give every test process other names.
    ids=["none", "a day old", "three days old", "no zone", "not tried", "a list", "no json", "no text"],
)
def test_backups(text: str | None, state: str, own_home: Path) -> None:
    if text is not None:
        (own_home / "backups").mkdir()
        (own_home / "backups" / "last.json").write_text(text)
    one("backup", state)


def test_a_database_that_does_not_answer_fails_what_needs_it_and_no_more() -> None:
    def gone(*_: Any) -> Any:
        raise OperationalError("gone")

    with connection.execute_wrapper(gone):
        findings = doctor.examine(now=NOW, env={})
    states = {f.check: f.state for f in findings}
    assert states["database default"] == states["migrations"] == states["outbox"] == "fail"
    assert states["database vault"] == states["python"] == states["home"] == states["disk"] == "ok"
    assert states["backup"] == "warn"


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite's own check")
def test_a_damaged_file_is_found() -> None:
    one("integrity default", "ok")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE broken (a INTEGER)")
        cursor.execute("CREATE INDEX broken_a ON broken (a)")
        cursor.execute("INSERT INTO broken VALUES (1)")
        cursor.execute("PRAGMA writable_schema=ON")
        cursor.execute("UPDATE sqlite_schema SET rootpage=1 WHERE name='broken_a'")
        cursor.execute("PRAGMA writable_schema=RESET")
        try:
            finding = found("integrity default")[0]
        finally:
            cursor.execute("PRAGMA writable_schema=ON")
            cursor.execute("DELETE FROM sqlite_schema WHERE name IN ('broken', 'broken_a')")
            cursor.execute("PRAGMA writable_schema=RESET")
    assert finding.state == "fail" and "restore" in finding.todo


def run(*arguments: str) -> Any:
    return CliRunner().invoke(commands.app, ["doctor", *arguments], env={k: "" for k in os.environ if "BLUELAMP" in k})


@pytest.mark.parametrize("wrong", [False, True])
def test_the_command_tells_and_ends_accordingly(wrong: bool, own_home: Path) -> None:
    if wrong:
        (own_home / "keys" / "secret").chmod(0o644)
    plain, as_json = run(), run("--json")
    assert plain.exit_code == as_json.exit_code == int(wrong)
    told = json.loads(as_json.stdout)
    assert told["well"] is not wrong
    for check in told["checks"]:
        assert set(check) == {"check", "state", "found", "todo"}
        # What is free on the disk, and the time, may differ between the two runs.
        assert check["check"] in plain.stdout
        assert check["check"] in ("disk", "clock") or check["found"] in plain.stdout
    assert "k" * 64 not in plain.stdout + as_json.stdout
