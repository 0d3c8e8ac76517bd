"""How long things are kept: what is too old goes, what is not stays, and each run is written down."""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from cast import actor, who
from django.conf import LazySettings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from typer.testing import CliRunner

from bluelamp.index.models import Edition
from bluelamp.kernel.audit.models import Entry
from bluelamp.kernel.evidence.models import Load, QuarantinedRow, Source
from bluelamp.kernel.outbox.registry import installed
from bluelamp.kernel.people.operations.accounts import set_open
from bluelamp.project.cli.app import app
from bluelamp.project.retention import RULES, Ran, RetentionError, run_retention, run_rules

pytestmark = pytest.mark.django_db(databases=["default", "vault"])
NOW = datetime.now(tz=UTC)
DOC = Path(__file__).parents[3] / "docs" / "reference" / "retention.md"


@pytest.fixture(autouse=True)
def home(settings: LazySettings, tmp_path: Path) -> Path:
    settings.BLUELAMP_HOME = tmp_path / "home"
    secret = tmp_path / "home" / "keys" / "secret"
    secret.parent.mkdir(parents=True)
    settings.CONFIG = type("Config", (), {"secret_key_file": secret, "database_url": "", "backup_folder": None})
    return tmp_path / "home"


def counts(*, days: float = 0, dry_run: bool = False) -> dict[str, int]:
    """What the rules do so many days from now, where it is anything."""
    done: list[Ran] = run_rules(now=NOW + timedelta(days=days), dry_run=dry_run)
    assert not [ran for ran in done if ran.error]
    return {ran.rule.name: ran.count for ran in done if ran.count}


def test_the_page_names_every_rule_and_how_long() -> None:
    rows = [line for line in DOC.read_text().splitlines() if line.startswith("| `")]
    assert rows == [f"| `{rule.name}` | {rule.what} | {rule.kept} |" for rule in RULES]


def test_a_dry_run_counts_the_same_and_changes_nothing() -> None:
    old = NOW - timedelta(days=1)
    Session.objects.create(session_key="a", session_data="", expire_date=old)
    Session.objects.create(session_key="b", session_data="", expire_date=NOW + timedelta(hours=1))
    trace = UserSession.objects.create(user=who("learner"), ip="192.0.2.1", session_key="gone", user_agent="x")
    UserSession.objects.filter(pk=trace.pk).update(created_at=old)
    before = Entry.objects.count()
    assert counts(dry_run=True) == {"sessions": 1, "session-traces": 1}
    assert Session.objects.count() == 2 and Entry.objects.count() == before
    assert counts() == {"sessions": 1, "session-traces": 1}
    assert [s.session_key for s in Session.objects.all()] == ["b"] and not UserSession.objects.exists()
    assert counts() == {}


def test_each_run_writes_a_row_for_every_rule() -> None:
    counts()
    rows = {e.action: e for e in Entry.objects.filter(action__startswith="retention.")}
    assert set(rows) == {f"retention.{rule.name}" for rule in RULES}
    assert all(e.actor == "system" and e.detail["count"] == 0 for e in rows.values())


def test_counters_go_when_they_expire() -> None:
    cache.set("old", 1, timeout=60)
    cache.set("lasting", 1, timeout=10 * 24 * 3600)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM shared_counters")
        assert cursor.fetchone()[0] == 2
    assert counts(days=1) == {"counters": 1}
    assert cache.get("lasting") == 1


def test_rows_put_aside_go_after_half_a_year() -> None:
    source = Source.objects.create(id="s", title="s", publisher="s", licence="s", cadence="s")
    for days in (181, 179):
        added = NOW - timedelta(days=days)
        load = Load.objects.create(
            source=source, feed_id=str(days), table="sightings", status="refused", added_at=added
        )
        QuarantinedRow.objects.create(load=load, line=1, reason="r", raw="r")
    assert counts() == {"quarantine": 1}
    assert [row.load.feed_id for row in QuarantinedRow.objects.all()] == ["179"] and Load.objects.count() == 2


def test_frozen_inputs_that_no_edition_names_go_after_a_day(home: Path) -> None:
    folder = home / "editions"
    folder.mkdir()
    own = add_edition()
    kept = [folder / f"{sha}.parquet" for sha in (own.input_hash, own.products_hash)]
    old, fresh, other = folder / "left.parquet", folder / "fresh.parquet", folder / "half.part"
    for path in (*kept, old, fresh, other):
        path.touch()
        os.utime(path, times=((NOW - timedelta(hours=25)).timestamp(),) * 2)
    os.utime(fresh, times=((NOW - timedelta(hours=23)).timestamp(),) * 2)
    assert counts(dry_run=True) == {"edition-inputs": 1} and old.exists()
    assert counts() == {"edition-inputs": 1}
    assert sorted(folder.iterdir()) == sorted([*kept, fresh, other])
    assert counts() == {}


def add_edition() -> Edition:
    return Edition.objects.create(
        number=1,
        period_start=NOW.date(),
        period_end=NOW.date(),
        built_at=NOW,
        input_hash="a" * 64,
        products_hash="b" * 64,
        figures_hash="c" * 64,
        parameters={},
        code_version="1",
        lock_hash="d" * 64,
        coverage={},
    )


def test_what_a_closed_account_signed_in_with_goes_after_a_month() -> None:
    person = who("learner")
    person.set_password("correct horse battery staple")
    person.save()
    set_open(actor=actor("administrator"), user_id=person.pk, is_open=False, now=NOW)
    assert counts(days=29) == {}
    assert counts(days=31) == {"closed-accounts": 1}
    person.refresh_from_db()
    assert not person.has_usable_password()
    assert counts(days=32) == {}


def backup(home: Path, *, days: float) -> Path:
    started = NOW - timedelta(days=days)
    folder = home / "backups" / started.strftime("%Y%m%dT%H%M%SZ")
    folder.mkdir(parents=True)
    keys = {"file": "keys.tar", "size": 0, "sha256": "", "sealed": False}
    fields: dict[str, Any] = dict.fromkeys(("id", "installation", "program", "engine", "engine_version"), "x")
    more = {"schema": {}, "audit_seq": 0, "audit_hash": "", "files": [], "missing": [], "keys": keys}
    times = {"started": started.isoformat(), "ended": started.isoformat()}
    (folder / "manifest.json").write_text(json.dumps({"format": "bluelamp-backup-v1", **fields, **more, **times}))
    (folder / "keys.tar").touch()
    return folder


def test_backups_age_their_keys_sooner_and_the_newest_stays(home: Path) -> None:
    aged = {days: backup(home, days=days) for days in (50, 36, 34, 8, 6)}
    assert counts(dry_run=True) == {"keys-of-backups": 4, "backups": 2}
    assert counts() == {"keys-of-backups": 4, "backups": 2}
    assert [days for days, folder in aged.items() if folder.exists()] == [34, 8, 6]
    assert [days for days, folder in aged.items() if (folder / "keys.tar").exists()] == [6]
    assert counts(days=100) == {"backups": 2}, "the last backup and its keys stay, however old"
    assert (aged[6] / "keys.tar").exists()


def test_a_home_put_aside_goes_like_a_backup(home: Path) -> None:
    aside = home.with_name(f"home.replaced-{NOW:%Y%m%dT%H%M%SZ}")
    (aside / "keys").mkdir(parents=True)
    (aside / "vault.db").touch()
    (aside / "main.db").touch()
    home.with_name("home.replaced-by-hand").mkdir()
    assert counts(days=6) == {}
    assert counts(days=8) == {"keys-of-backups": 2}
    assert [p.name for p in aside.iterdir()] == ["main.db"]
    assert counts(days=36) == {"backups": 1}
    assert not aside.exists() and home.with_name("home.replaced-by-hand").exists()


def test_the_old_secret_goes_after_two_days(home: Path) -> None:
    old = home / "keys" / "secret.old"
    old.write_text("x" * 40)
    os.utime(old, (NOW.timestamp(), NOW.timestamp()))
    assert counts(days=1) == {} and counts(days=3) == {"old-secret": 1}
    assert not old.exists()


def test_a_rule_that_fails_is_written_down_and_stops_no_other(home: Path) -> None:
    (home / "backups").mkdir()
    for days in (50, 40):
        backup(home, days=days)
    folder = home / "backups" / ".lock"
    folder.mkdir()  # no lock can be had
    Session.objects.create(session_key="a", session_data="", expire_date=NOW - timedelta(days=1))
    with pytest.raises(RetentionError, match="keys-of-backups, backups"):
        run_retention(now=NOW)
    failed = Entry.objects.filter(action__startswith="retention.", outcome="failed")
    assert sorted(e.action for e in failed) == ["retention.backups", "retention.keys-of-backups"]
    assert not Session.objects.exists()


def test_the_worker_runs_it_daily_and_the_commands_tell() -> None:
    (job,) = (job for job in installed().jobs if job.name == "retention")
    assert job.every == timedelta(days=1)
    shown = CliRunner().invoke(app, ["retention", "show", "--json"])
    assert [rule["name"] for rule in json.loads(shown.stdout)] == [rule.name for rule in RULES]
    done = CliRunner().invoke(app, ["retention", "run", "--dry-run", "--json"])
    assert done.exit_code == 0 and json.loads(done.stdout)["dry_run"] is True
