"""Runs inside a home, as a program of its own: makes a small one, writes to it, looks into it. See conftest.py."""

import hashlib
import json
import os
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bluelamp.project.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from bluelamp.kernel.audit.operations import record, seal_entries, sign_head  # noqa: E402
from bluelamp.kernel.audit.verification import verify  # noqa: E402
from bluelamp.kernel.evidence.models import Load, Source  # noqa: E402
from bluelamp.kernel.messaging.channels.sink import SinkChannel  # noqa: E402
from bluelamp.kernel.messaging.models import Contact, Message  # noqa: E402
from bluelamp.kernel.messaging.operations.contacts import add_contact  # noqa: E402
from bluelamp.kernel.messaging.operations.notices import queue  # noqa: E402
from bluelamp.kernel.messaging.operations.sending import send_due  # noqa: E402
from bluelamp.kernel.messaging.sealing import AddressErasedError, open_address  # noqa: E402
from bluelamp.kernel.outbox.domain.errors import TemporaryError  # noqa: E402
from bluelamp.kernel.vault.master import MasterKeyError  # noqa: E402
from bluelamp.kernel.vault.operations import NoRecordKeyError, erase, rotate_master  # noqa: E402
from bluelamp.project.keeping.scheduled import run_backup  # noqa: E402

HOME = Path(settings.BLUELAMP_HOME)


def now() -> datetime:
    return datetime.now(tz=UTC)


def make() -> dict[str, Any]:
    """A home with some of everything: rows, a file of evidence, sealed addresses, a log with a signed head."""
    for alias in settings.DATABASES:
        call_command("migrate", database=alias, verbosity=0, interactive=False)
    content = b"a file of evidence"
    sha256 = hashlib.sha256(content).hexdigest()
    (HOME / "evidence").mkdir()
    (HOME / "evidence" / f"{sha256}.parquet").write_bytes(content)
    source = Source.objects.create(id="example", title="Example", publisher="Example", licence="CC0", cadence="daily")
    Load.objects.create(
        source=source,
        feed_id="example",
        table="sightings",
        status="visible",
        content_hash="0" * 64,
        catalogue_version="1",
        file_hash=sha256,
        added_at=now(),
    )
    for number in range(3):
        add(number)
    SessionStore().create()
    seal_entries(now=now())
    sign_head(now=now() - timedelta(days=1))
    return {}


def add(number: int) -> Contact:
    """One person's address, and an entry of the log."""
    contact = add_contact(kind="email", address=f"person{number}@example.org", safe=True, by="system", now=now())
    record(actor="system", action="test.added", subject=f"contact:{contact.pk}", now=now())
    return contact


def write() -> None:
    """Add people, each in one transaction, until killed; tell of the first."""
    number = 1_000
    while True:
        with transaction.atomic():
            add(number)
        if number == 1_000:
            print("writing", flush=True)  # noqa: T201
        number += 1
        time.sleep(0.002)


def queue_two() -> dict[str, Any]:
    """Two messages that wait: one for a person, one of an exercise."""
    contact = Contact.objects.order_by("added_at")[0]
    for origin in ("live", "exercise"):
        queue(contact=contact, template="something-new", dedupe_key=origin, origin=origin, now=now())
    return {}


def states() -> dict[str, Any]:
    """Messages by origin, after everything that may be sent was sent."""
    send_due(now=now(), channels={"email": SinkChannel()})
    return {m.origin: m.state for m in Message.objects.all()}


def daily(days: str) -> dict[str, Any]:
    """The daily backup, so many days from now."""
    try:
        run_backup(now=now() + timedelta(days=int(days)))
    except TemporaryError as problem:
        return {"error": str(problem)}
    return {"error": ""}


def look() -> dict[str, Any]:
    """Every address, or why it does not open."""
    found: dict[str, str] = {}
    for contact in Contact.objects.order_by("added_at"):
        try:
            found[str(contact.pk)] = open_address(contact_id=contact.pk, sealed=contact.address_sealed)
        except (AddressErasedError, NoRecordKeyError, MasterKeyError) as problem:
            found[str(contact.pk)] = type(problem).__name__
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM django_session")
        sessions = cursor.fetchone()[0]
        cursor.execute("SELECT DISTINCT action FROM audit_entry")
        actions = [row[0] for row in cursor.fetchall()]
    log = verify(anchor=None)
    return {"addresses": found, "sessions": sessions, "actions": actions, "log_whole": log.whole}


def forget(contact: str) -> dict[str, Any]:
    return {"erased": erase(record=f"contact:{contact}", now=now())}


def rotate() -> dict[str, Any]:
    return {"rewrapped": rotate_master(now=now()).rewrapped}


if __name__ == "__main__":
    name, *words = sys.argv[1:]
    tasks = {
        "make": make,
        "write": write,
        "look": look,
        "forget": forget,
        "rotate": rotate,
        "queue_two": queue_two,
        "states": states,
        "daily": daily,
    }
    print(json.dumps(tasks[name](*words)))  # type: ignore[operator]  # noqa: T201
