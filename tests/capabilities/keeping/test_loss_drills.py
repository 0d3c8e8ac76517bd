"""docs/howto/loss-drill.md, done: each section of it is one test here, and a test compares the two."""

import json
import re
import shutil
import sqlite3
import stat
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client
from keeping_homes import URL, Home

DRILL = Path(__file__).parents[3] / "docs" / "howto" / "loss-drill.md"
sqlite_only = pytest.mark.skipif(bool(URL), reason="the same without PostgreSQL")


def test_every_drill_of_the_page_is_a_test() -> None:
    named = set(re.findall(r"`(test_\w+)`", DRILL.read_text()))
    assert named == {name for name in globals() if name.startswith("test_lost_")}


@sqlite_only
def test_lost_master_key(home: Home, folder: Path) -> None:
    (home.path / "keys" / "master").unlink()
    assert set(home.ask("look")["addresses"].values()) == {"MasterKeyError"}
    assert home.json("vault", "status", code=1)["lost"] == 3
    assert home.json("keys", "bring-back", folder) == {"brought_back": ["master"]}
    assert all("@" in address for address in home.ask("look")["addresses"].values())
    assert stat.S_IMODE((home.path / "keys" / "master").stat().st_mode) == 0o600


@sqlite_only
def test_lost_master_key_and_every_copy(home: Home, folder: Path) -> None:
    (home.path / "keys" / "master").unlink()
    (folder / "keys.tar").unlink()
    assert "holds no keys part" in home.run("keys", "bring-back", folder, code=1).stderr
    people = home.ask("look")["addresses"]
    assert set(people.values()) == {"MasterKeyError"}, "said, never papered over by a new key"
    for contact in people:
        home.ask("forget", contact)
    assert home.json("vault", "status")["lost"] == 0, "given up for good, one by one"


@sqlite_only
def test_lost_vault(home: Home, folder: Path) -> None:
    before = home.ask("look")["addresses"]
    for path in home.path.glob("vault.db*"):
        path.unlink()
    assert home.json("doctor", code=1)["well"] is False
    home.run("restore", folder, "--replace")
    assert home.ask("look")["addresses"] == before


@sqlite_only
def test_lost_signing_key(home: Home, folder: Path) -> None:
    (home.path / "keys" / "audit-signing").unlink()
    assert "is gone" in home.run("audit", "head", code=1).stderr
    shutil.copytree(home.path, home.path.with_name("second"))
    home.run("keys", "bring-back", folder)
    home.run("audit", "head")
    # Where no backup has it: a new key, and the log stays whole.
    second = Home(path=home.path.with_name("second"))
    (old,) = (second.path / "audit" / "heads").iterdir()
    new = second.json("audit", "head", "--new-key")["file"]
    assert second.json("audit", "verify", "--anchor", new)["whole"], "the old head counts by the key that it names"
    # Whoever holds a head of the old key sees one thing only, the new key: nothing was cut or written anew.
    (problem,) = second.json("audit", "verify", "--anchor", old, code=1)["problems"]
    assert problem["kind"] == "key" and json.loads(Path(new).read_text())["key_id"] in problem["text"]
    with sqlite3.connect(second.path / "main.db") as database:
        database.execute("DROP TRIGGER audit_entry_update")
        database.execute("UPDATE audit_entry SET actor = 'user:other' WHERE id = 1")
    assert not second.json("audit", "verify", "--anchor", new, code=1)["whole"], "and a change is still found"


def receipt_keys(home: Home) -> list[str]:
    return [key["kid"] for key in json.loads(home.run("receipt", "keys").stdout)["keys"]]


@sqlite_only
def test_lost_receipt_key(home: Home) -> None:
    first = home.json("receipt", "new-key")["key"]
    folder = home.backup()
    key = home.path / "keys" / "receipt-signing"
    before = key.read_bytes()
    key.unlink()
    assert receipt_keys(home) == [first]
    assert home.json("keys", "bring-back", folder) == {"brought_back": ["receipt-signing"]}
    assert key.read_bytes() == before
    # Where no backup has it: a new key, and the old one stays on the list.
    key.unlink()
    second = home.json("receipt", "new-key")["key"]
    assert receipt_keys(home) == [first, second]
    # The list is gone before another receipt is made: it comes back whole.
    folder = home.backup()
    (home.path / "keys" / "receipt-verifying").unlink()
    assert home.json("keys", "bring-back", folder) == {"brought_back": ["receipt-verifying"]}
    assert receipt_keys(home) == [first, second]


@sqlite_only
def test_lost_django_secret(home: Home) -> None:
    secret = home.path / "keys" / "secret"
    before = secret.read_text()
    secret.unlink()
    seen = home.ask("look")
    assert secret.read_text() != before and stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert all("@" in address for address in seen["addresses"].values()) and seen["log_whole"]


@sqlite_only
def test_lost_contacts_key(home: Home, folder: Path) -> None:
    contacts = home.path / "keys" / "contacts"
    before = contacts.read_bytes()
    contacts.unlink()
    assert home.json("keys", "bring-back", folder) == {"brought_back": ["contacts"]}
    assert contacts.read_bytes() == before


@sqlite_only
def test_lost_machine(home: Home, tmp_path: Path) -> None:
    passphrase = tmp_path / "passphrase"
    passphrase.write_text("five words on a paper in a safe")
    sealing = Home(path=home.path, also={"BLUELAMP_BACKUP_PASSPHRASE_FILE": str(passphrase)})
    folder = sealing.backup("--to", tmp_path / "medium")
    before = home.ask("look")["addresses"]
    head = shutil.copy(next((home.path / "audit" / "heads").iterdir()), tmp_path / "head.json")
    shutil.rmtree(home.path)
    new = Home(path=tmp_path / "new-machine" / "home", also=sealing.also)
    new.run("restore", folder, "--anchor", head)
    after = new.ask("look")
    assert after["addresses"] == before and after["log_whole"]


@pytest.mark.django_db(databases=["default", "vault"])
def test_lost_trust_in_the_django_secret(settings: LazySettings, tmp_path: Path) -> None:
    from cast import client

    from bluelamp.project.config import old_secret_key, secret_key
    from bluelamp.project.keeping.keys import rotate_secret

    path = tmp_path / "secret"
    settings.CONFIG = type("Config", (), {"secret_key_file": path})
    settings.SECRET_KEY = secret_key(path)
    settings.SECRET_KEY_FALLBACKS = []

    def signed_in(browser: Client) -> bool:
        return browser.get("/desk/").status_code == 200

    browser = client(capacity="auditor")
    assert signed_in(browser)
    rotate_secret(keep_old=True)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = old_secret_key(path), secret_key(path)
    assert signed_in(browser), "the old one still opens what it signed"
    rotate_secret(keep_old=False)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = old_secret_key(path), secret_key(path)
    assert settings.SECRET_KEY_FALLBACKS == [] and not signed_in(browser)
