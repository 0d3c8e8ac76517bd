"""Health, readiness, metrics: who may ask, what is told, what is not."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from cast import client
from django.db import connection, connections
from django.db.migrations.recorder import MigrationRecorder
from django.db.utils import OperationalError
from django.test import Client

from bluelamp.kernel.audit.operations import record, seal_entries
from bluelamp.kernel.outbox.models import Delivery, ScheduledJob
from bluelamp.kernel.vault import operations as vault
from bluelamp.project.running import counting

pytestmark = pytest.mark.django_db(databases=["default", "stream", "vault"])
NOW = datetime.now(tz=UTC)
TOKEN = "t0ken-" * 8


@pytest.fixture(autouse=True)
def own_home(settings: Any, tmp_path: Path) -> Path:
    """A home with a signing key and nothing else."""
    key = tmp_path / "secret"
    key.write_text("k" * 64)
    settings.BLUELAMP_HOME = tmp_path
    settings.CONFIG = SimpleNamespace(**{**settings.CONFIG.__dict__, "home": tmp_path, "secret_key_file": key})
    return tmp_path


def local() -> Client:
    return Client(headers={"host": "localhost"})


def ready(expected: int) -> dict[str, str]:
    answer = local().get("/readyz")
    assert answer.status_code == expected, answer.content
    told = json.loads(answer.content)
    assert told["ready"] is (expected == 200) and set(told) == {"ready", "checks"}
    assert all(set(check) == {"check", "state"} for check in told["checks"]), "names and states, no more"
    return {check["check"]: check["state"] for check in told["checks"]}


def test_healthz_looks_at_nothing(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        answer = local().get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert "no-store" in answer["Cache-Control"] and "Cookie" not in answer.headers.get("Vary", "")


@pytest.mark.parametrize("address", ["/healthz", "/readyz", "/metrics"])
def test_they_are_only_read_and_do_not_look_at_the_session(address: str) -> None:
    assert local().post(address).status_code == 405
    assert local().head(address).status_code == 200
    answer = client(capacity="administrator").get(address)
    assert "Set-Cookie" not in answer.headers and "Cookie" not in answer.headers.get("Vary", "")
    assert Client(headers={"host": "localhost"}).get(f"/cy{address}").status_code == 404


def test_from_outside_only_whether_it_is_ready_is_told() -> None:
    far = Client(headers={"host": "localhost", "x-forwarded-for": "192.0.2.1"})
    assert json.loads(far.get("/readyz").content) == {"ready": True}
    MigrationRecorder(connection).record_unapplied("outbox", "0001_initial")
    answer = far.get("/readyz")
    assert answer.status_code == 503 and json.loads(answer.content) == {"ready": False}


def test_ready_without_a_worker_is_a_warning() -> None:
    assert ready(200)["worker"] == "warn"
    now = datetime.now(tz=UTC)
    ScheduledJob.objects.create(name="x", next_at=now, last_finished=now - timedelta(minutes=4))
    assert ready(200) == dict.fromkeys(
        ("database default", "database stream", "database vault", "migrations", "disk", "keys", "worker"), "ok"
    )
    ScheduledJob.objects.update(last_finished=now - timedelta(minutes=6))
    assert ready(200)["worker"] == "warn"


def test_not_ready_with_a_migration_missing_or_too_new() -> None:
    recorder = MigrationRecorder(connection)
    recorder.record_unapplied("outbox", "0001_initial")
    assert ready(503)["migrations"] == "fail"
    recorder.record_applied("outbox", "0001_initial")
    recorder.record_applied("outbox", "9999_from_the_future")
    assert ready(503)["migrations"] == "fail"


def test_a_package_that_is_no_longer_there_does_not_matter() -> None:
    MigrationRecorder(connection).record_applied("removed_long_ago", "0001_initial")
    assert ready(200)["migrations"] == "ok"


@pytest.mark.parametrize("alias", ["default", "stream", "vault"])
def test_not_ready_where_a_database_does_not_answer(alias: str) -> None:
    def gone(*_: Any) -> Any:
        raise OperationalError("the server at 10.0.0.5 as user bluelamp does not answer")

    with connections[alias].execute_wrapper(gone):
        answer = local().get("/readyz")
    assert answer.status_code == 503 and b"10.0.0.5" not in answer.content and b"bluelamp" not in answer.content
    states = {c["check"]: c["state"] for c in json.loads(answer.content)["checks"]}
    assert states[f"database {alias}"] == "fail"
    assert all(state == "ok" for name, state in states.items() if name.startswith("database") and alias not in name)


@pytest.mark.parametrize(("free_mb", "state", "status"), [(99, "fail", 503), (101, "warn", 200), (2_000, "ok", 200)])
def test_room_on_the_disk(monkeypatch: pytest.MonkeyPatch, free_mb: int, state: str, status: int) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _path: SimpleNamespace(free=free_mb * 1_000_000 + 1))
    assert ready(status)["disk"] == state


def test_not_ready_where_home_cannot_be_written_or_is_gone(
    monkeypatch: pytest.MonkeyPatch, settings: Any, own_home: Path
) -> None:
    settings.BLUELAMP_HOME = own_home / "gone"
    assert ready(503)["disk"] == "fail"
    settings.BLUELAMP_HOME = own_home
    monkeypatch.setattr("os.access", lambda _path, mode: not mode & 2)
    assert ready(503)["disk"] == "fail"


def test_not_ready_where_keys_are_gone(own_home: Path) -> None:
    assert ready(200)["keys"] == "ok"
    master = own_home / "keys" / "master"
    vault.seal(record="r", plaintext=b"x", now=NOW)
    assert ready(200)["keys"] == "ok"
    whole = master.read_text()
    master.unlink()
    assert ready(503)["keys"] == "fail", "something is sealed, and no master key is there"
    master.write_text("{}")
    assert ready(503)["keys"] == "fail"
    master.write_text(whole)
    assert ready(200)["keys"] == "ok"
    (own_home / "secret").unlink()
    assert ready(503)["keys"] == "fail"


# Metrics


def value(text: str, line: str) -> float:
    found = re.search(rf"^{re.escape(line)} (\S+)$", text, re.M)
    assert found, f"{line} is not in:\n{text}"
    return float(found[1])


def scrape(**headers: str) -> str:
    answer = Client(headers={"host": "localhost", **headers}).get("/metrics")
    assert answer.status_code == 200 and answer["Content-Type"].startswith("text/plain; version=")
    return answer.content.decode()


def test_requests_are_counted_by_route_only() -> None:
    line = 'bluelamp_http_requests_total{method="GET",route="index:product",status="4xx"}'
    local().get("/product/jane@mail.example/")
    timed = 'bluelamp_http_request_seconds_count{method="GET",route="index:product"}'
    before, timed_before = value(scrape(), line), value(scrape(), timed)
    for address in ("/product/jane@mail.example/", "/product/other/?q=zanzibarlamp", "/cy/product/x/"):
        local().get(address)
    local().generic("ZANZIBARLAMP", "/")
    text = scrape()
    assert value(text, line) == before + 3
    assert value(text, timed) == timed_before + 3
    assert 'method="other"' in text and "zanzibarlamp" not in text.lower() and "jane" not in text


def test_labels_of_requests_come_from_closed_lists() -> None:
    local().get("/nothing/here")
    local().get("/static/bluelamp/bluelamp.css")
    local().get("/static/zanzibarlamp.css")
    routes = set(re.findall(r'route="([^"]*)"', scrape()))
    assert {"none", "static"} <= routes and not any("zanzibar" in route for route in routes)


def test_the_state_of_outbox_and_audit_log() -> None:
    text = scrape()
    assert value(text, "bluelamp_outbox_waiting") == value(text, "bluelamp_outbox_dead") == 0
    assert "bluelamp_worker_seen_seconds" not in text
    more: dict[str, Any] = {"event": "E", "payload": {}, "handler": "gone", "created_at": NOW, "due_at": NOW}
    Delivery.objects.create(**more)
    Delivery.objects.create(**more, dead_at=NOW)
    started = datetime.now(tz=UTC) - timedelta(minutes=2)
    ScheduledJob.objects.create(name="x", next_at=NOW, last_started=started)
    for _ in range(3):
        record(actor="system", action="test", now=NOW)
    text = scrape()
    assert value(text, "bluelamp_outbox_unknown") == 1 and value(text, "bluelamp_outbox_dead") == 1
    assert value(text, "bluelamp_audit_unsealed") == 3
    assert 119 < value(text, "bluelamp_worker_seen_seconds") < 300
    seal_entries(now=NOW)
    assert value(scrape(), "bluelamp_audit_unsealed") == 0
    assert re.search(r'^bluelamp_build_info\{profile="all",python="3[^"]*",version="[^"]+"\} 1.0$', text, re.M)


def test_metrics_answer_while_the_database_does_not() -> None:
    def gone(*_: Any) -> Any:
        raise OperationalError("gone")

    with connection.execute_wrapper(gone):
        text = scrape()
    assert value(text, 'bluelamp_database_up{database="default"}') == 0
    assert value(text, 'bluelamp_database_up{database="vault"}') == 1
    assert "bluelamp_outbox_waiting" not in text and "bluelamp_http_requests_total" in text


# What a stranger may send to be taken for this machine.
SAYS_LOCAL = {
    "host": "localhost", "x-forwarded-for": "127.0.0.1", "x-real-ip": "127.0.0.1", "forwarded": "for=127.0.0.1",
    "remote-addr": "127.0.0.1", "x-forwarded-proto": "https", "x-forwarded-host": "localhost",
}  # fmt: skip
OUTSIDE: dict[str, Callable[[Any], Client]] = {
    "another machine": lambda _s: Client(headers={"host": "localhost"}, REMOTE_ADDR="192.0.2.1"),
    "a peer without address, as on a Unix socket": lambda _s: Client(headers={"host": "localhost"}, REMOTE_ADDR=""),
    "such a peer that says it is here": lambda _s: Client(headers=SAYS_LOCAL, REMOTE_ADDR=""),
    "a proxy": lambda _s: Client(headers={"host": "localhost", "x-forwarded-for": "127.0.0.1"}),
    "a public name": lambda s: setattr(s, "BLUELAMP_OUTSIDE", True) or local(),
}


@pytest.mark.parametrize("how", OUTSIDE)
def test_from_outside_metrics_want_the_token(how: str, settings: Any) -> None:
    make = OUTSIDE[how]
    assert make(settings).get("/metrics").status_code == 404, "without a token set there is nothing here"
    settings.BLUELAMP_METRICS_TOKEN = TOKEN
    for sent in ("", TOKEN, f"Bearer {TOKEN[:-1]}", f"Bearer {TOKEN}x", f"Basic {TOKEN}", "Bearer \u00e9"):
        answer = make(settings).get("/metrics", headers={"authorization": sent})
        assert answer.status_code == 401 and answer["WWW-Authenticate"].startswith("Bearer")
        assert TOKEN.encode() not in answer.content and b"bluelamp_" not in answer.content
    answer = make(settings).get("/metrics", headers={"authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200 and b"bluelamp_build_info" in answer.content


def test_a_set_token_that_is_empty_lets_nobody_in(settings: Any) -> None:
    settings.BLUELAMP_OUTSIDE = True
    for sent in ("Bearer ", "Bearer"):
        assert local().get("/metrics", headers={"authorization": sent}).status_code == 404


@pytest.fixture
def shared(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """A folder in which several workers count."""
    folder = tmp_path / "shared"
    folder.mkdir()
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(folder))
    monkeypatch.setattr(counting, "_rooms", {})
    yield folder


def test_room_for_counting_is_taken_beforehand(shared: Path) -> None:
    assert counting._can_count()
    for path in shared.iterdir():
        found = path.stat()
        assert found.st_size >= 1 << 20 and found.st_blocks * 512 >= found.st_size, "not a file full of holes"
        assert found.st_mode & 0o077 == 0


def test_without_room_nothing_is_counted_and_nothing_fails(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.posix_fallocate", full)
    assert not counting._can_count() and list(shared.iterdir()) == []
    counting.count(route="x", method="GET", status=200, seconds=0.1)
    assert local().get("/healthz").status_code == 200
