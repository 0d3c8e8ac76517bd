"""Programs: their keys, what a key opens, rotation, revocation, the audit log, the desk's page, the commands."""

import contextlib
import json
import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from cast import actor
from cast import client as browser
from typer.testing import CliRunner

from bluelamp.kernel.audit.models import Entry
from bluelamp.kernel.clients import operations
from bluelamp.kernel.clients.models import Client, ClientDay, ClientKey
from bluelamp.kernel.clients.operations import (
    ClientError,
    KeyRefusedError,
    OtherContentError,
    ScopeRefusedError,
    TooOftenError,
)
from bluelamp.kernel.people.operations.permit import NotPermittedError
from bluelamp.project.cli import app as commands

pytestmark = pytest.mark.django_db(databases=["default", "vault"])
NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)
ALL = ("reports:send", "reports:status", "reports:read-own")


def made(**other: object) -> tuple[Client, str]:
    wanted = {"name": "Case system", "scopes": ALL, "origin": "test", "now": NOW, **other}
    return operations.add_client(actor=None, **wanted)  # type: ignore[arg-type]


def test_a_key_opens_what_its_scopes_say_and_nothing_of_it_is_kept() -> None:
    client, key = made(scopes=["reports:send"])
    assert operations.admit(key=key, scope="reports:send", now=NOW).id == client.pk
    with pytest.raises(ScopeRefusedError):
        operations.admit(key=key, scope="reports:status", now=NOW)
    row = ClientKey.objects.get()
    assert key.rpartition("_")[2] not in f"{row.prefix} {row.digest}" and row.digest != key


def test_each_use_is_a_number_and_no_row_of_the_log() -> None:
    client, key = made()
    before = Entry.objects.count()
    for _ in range(3):
        operations.admit(key=key, now=NOW)
    day = ClientDay.objects.get()
    assert (day.uses, day.slowed, day.client_id) == (3, 0, client.pk) and Entry.objects.count() == before
    assert Client.objects.get().last_used_on == NOW.date()


def test_a_wrong_key_is_refused_in_the_same_words_as_one_that_is_over() -> None:
    client, key = made()
    other = key[:-1] + ("0" if key[-1] != "0" else "1")
    told = []
    for wrong in (other, "", "x", "bl_test_aaaaaaaa_" + "0" * 64, key + "\x00"):
        with pytest.raises(KeyRefusedError) as refused:
            operations.admit(key=wrong, now=NOW)
        told.append(str(refused.value))
    with pytest.raises(KeyRefusedError) as expired:
        operations.admit(key=key, now=client.expires_at)
    operations.revoke(actor=None, client_id=client.pk, now=NOW)
    with pytest.raises(KeyRefusedError) as revoked:
        operations.admit(key=key, now=NOW)
    assert len({*told, str(expired.value), str(revoked.value)}) == 1


def test_every_key_is_compared_in_constant_time_known_or_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test of time would be chance: this one sees that the comparison is made on every way."""
    _, key = made()
    compared: list[tuple[int, int]] = []
    real = operations.is_same
    monkeypatch.setattr(operations, "is_same", lambda a, b: compared.append((len(a), len(b))) or real(a, b))
    for tried in (key, key[:-1] + ("0" if key[-1] != "0" else "1"), "bl_test_aaaaaaaa_" + "0" * 64, "nonsense"):
        with contextlib.suppress(KeyRefusedError):
            operations.admit(key=tried, now=NOW)
    assert compared == [(64, 64)] * 4


def test_after_a_rotation_both_keys_work_until_the_old_one_ends() -> None:
    client, first = made()
    second = operations.rotate(actor=None, client_id=client.pk, now=NOW)
    week = NOW + operations.OVERLAP
    for key in (first, second):
        assert operations.admit(key=key, now=NOW)
    with pytest.raises(KeyRefusedError):
        operations.admit(key=first, now=week)
    assert operations.admit(key=second, now=week)


def test_no_program_has_more_than_two_keys() -> None:
    client, first = made()
    second = operations.rotate(actor=None, client_id=client.pk, now=NOW)
    third = operations.rotate(actor=None, client_id=client.pk, now=NOW)
    with pytest.raises(KeyRefusedError):
        operations.admit(key=first, now=NOW)
    assert operations.admit(key=second, now=NOW) and operations.admit(key=third, now=NOW)
    stolen = operations.rotate(actor=None, client_id=client.pk, overlap=timedelta(), now=NOW)
    with pytest.raises(KeyRefusedError):
        operations.admit(key=third, now=NOW)
    assert operations.admit(key=stolen, now=NOW)


def test_who_asks_too_often_waits_and_others_do_not() -> None:
    _, key = made(per_minute=5)
    _, other = made(name="Other", per_minute=5)
    for _ in range(5):
        operations.admit(key=key, now=NOW)
    with pytest.raises(TooOftenError) as told:
        operations.admit(key=key, now=NOW)
    assert told.value.seconds == 12 and ClientDay.objects.get(client__name="Case system").slowed == 1
    assert operations.admit(key=other, now=NOW)
    assert operations.admit(key=key, now=NOW + timedelta(seconds=12))


def test_the_same_call_is_known_again_and_other_content_under_its_key_refused() -> None:
    client, _ = made()
    assert operations.remember_call(client_id=client.pk, key="row-7", digest="a" * 64, now=NOW) is False
    assert operations.remember_call(client_id=client.pk, key="row-7", digest="a" * 64, now=NOW) is True
    with pytest.raises(OtherContentError):
        operations.remember_call(client_id=client.pk, key="row-7", digest="b" * 64, now=NOW)
    assert operations.forget_calls(now=NOW + operations.CALLS_KEPT) == 0
    assert operations.forget_calls(now=NOW + operations.CALLS_KEPT + timedelta(seconds=1)) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"name": "x" * 101},
        {"name": "a\nb"},
        {"scopes": []},
        {"scopes": ["reports:read-all"]},
        {"origin": "exercise"},
        {"lives": timedelta()},
        {"lives": timedelta(days=731)},
        {"per_minute": 0},
        {"organisation": uuid4()},
    ],
)
def test_nothing_is_let_in_that_is_not_clear(wrong: dict[str, object]) -> None:
    with pytest.raises(ClientError):
        made(**wrong)
    assert not Client.objects.exists()


def test_only_administrators_manage_keys_and_each_act_is_in_the_log() -> None:
    now = datetime.now(tz=UTC)
    for capacity in ("auditor", "triage-officer"):
        with pytest.raises(NotPermittedError):
            operations.add_client(actor=actor(capacity), name="X", scopes=ALL, origin="test", now=now)
    me = actor("administrator")
    client, key = operations.add_client(actor=me, name="X", scopes=ALL, origin="test", now=now)
    operations.rotate(actor=me, client_id=client.pk, now=now)
    operations.revoke(actor=me, client_id=client.pk, now=now)
    entries = Entry.objects.filter(subject=f"client:{client.pk}").order_by("id")
    assert [e.action for e in entries] == ["clients.add", "clients.rotate", "clients.revoke"]
    assert not any(key.rpartition("_")[2] in str(e.detail) for e in entries)
    with pytest.raises(ClientError):
        operations.rotate(actor=me, client_id=client.pk, now=now)


def test_the_desk_shows_a_key_once() -> None:
    desk = browser(capacity="administrator")
    form = {"name": "Case system", "organisation": "", "origin": "test", "send": "on", "days": "30"}
    page = desk.post("/desk/programs/", form).content.decode()
    key = re.search(r"bl_test_\w{8}_[0-9a-f]{64}", page)
    assert key and operations.admit(key=key[0], scope="reports:send", now=datetime.now(tz=UTC))
    again = desk.get("/desk/programs/").content.decode()
    assert key[0] not in again and key[0][:16] in again and "Case system" in again
    client = Client.objects.get()
    changed = desk.post(f"/desk/programs/{client.pk}/", {"what": "rotate"}).content.decode()
    assert re.search(r"bl_test_\w{8}_[0-9a-f]{64}", changed)
    assert desk.post(f"/desk/programs/{client.pk}/", {"what": "revoke"}).status_code == 302
    assert "Shut out" in desk.get("/desk/programs/").content.decode()
    assert desk.post(f"/desk/programs/{uuid4()}/", {"what": "revoke"}).status_code == 302
    assert desk.post(f"/desk/programs/{client.pk}/", {"what": "x"}).status_code == 404


def test_a_program_without_any_scope_is_not_made_at_the_desk() -> None:
    form = {"name": "Case system", "organisation": "", "origin": "test", "days": "30"}
    page = browser(capacity="administrator").post("/desk/programs/", form).content.decode()
    assert "Say what it may do" in page and not Client.objects.exists()


def test_the_commands_do_the_same() -> None:
    run = CliRunner()
    done = run.invoke(commands.app, ["clients", "add", "--name", "X", "--scope", "reports:send", "--json"])
    told = json.loads(done.stdout)
    assert operations.admit(key=told["key"], now=datetime.now(tz=UTC)).origin == "test"
    rotated = run.invoke(commands.app, ["clients", "rotate", told["id"], "--overlap", "0", "--json"])
    with pytest.raises(KeyRefusedError):
        operations.admit(key=told["key"], now=datetime.now(tz=UTC))
    assert operations.admit(key=json.loads(rotated.stdout)["key"], now=datetime.now(tz=UTC))
    listed = json.loads(run.invoke(commands.app, ["clients", "list", "--json"]).stdout)
    assert [row["state"] for row in listed] == ["open"] and told["key"] not in str(listed)
    assert run.invoke(commands.app, ["clients", "revoke", told["id"]]).exit_code == 0
    refused = run.invoke(commands.app, ["clients", "rotate", told["id"]])
    assert isinstance(refused.exception, ClientError)
