"""Many writers and two sealers at once, as processes of their own: the chain is dense, whole, and misses nothing."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection
from made_once import copy_of_empty_tables

from bluelamp.kernel.audit.models import Entry
from bluelamp.kernel.audit.operations import record

COMMAND = Path(sys.executable).with_name("bluelamp")
SETUP = """
import sys, time
from datetime import UTC, datetime
import django
django.setup()
from django.db import transaction
from bluelamp.kernel.audit.models import Entry, Link
from bluelamp.kernel.audit.operations import record, seal_entries, sign_head
name = sys.argv[1]
"""
# Every third transaction stays open for a moment after its row has its id; every fifth is rolled back.
WRITER = (
    SETUP
    + """
class Undone(Exception): pass
for n in range(60):
    try:
        with transaction.atomic():
            record(actor=name, action="wrote", subject=str(n), now=datetime.now(tz=UTC))
            if n % 3 == 0:
                time.sleep(0.01)
            if n % 5 == 0:
                raise Undone
    except Undone:
        pass
"""
)
SEALER = (
    SETUP
    + """
end = time.monotonic() + 60
while Entry.objects.count() < 4 * 48 or Link.objects.count() < 4 * 48:
    seal_entries(now=datetime.now(tz=UTC))
    assert time.monotonic() < end
"""
)
SIGNER = SETUP + "sign_head(now=datetime.now(tz=UTC))\n"


@pytest.fixture
def env(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a process that works on a real database: a file, or the test's own on PostgreSQL."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("BLUELAMP_")}
    env = {**kept, "BLUELAMP_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "bluelamp.project.settings"}
    if connection.vendor == "postgresql":
        held = connection.settings_dict
        user = f"{held['USER']}:{held['PASSWORD']}" if held["PASSWORD"] else held["USER"]
        env["BLUELAMP_DATABASE_URL"] = f"postgresql://{user}@{held['HOST']}:{held['PORT']}/{held['NAME']}"
    else:
        copy_of_empty_tables(tmp_path_factory, tmp_path)
    return env


def start(program: str, name: str, env: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", program, name], env=env, stderr=subprocess.PIPE, text=True)


def finish(processes: list[subprocess.Popen[str]]) -> None:
    try:
        for process in processes:
            _, problem = process.communicate(timeout=90)
            assert process.returncode == 0, problem
    finally:
        # One that went on writing would spoil the next test too.
        for process in processes:
            process.kill()
            process.wait()


def verified(env: dict[str, str]) -> dict[str, object]:
    done = subprocess.run([COMMAND, "audit", "verify", "--json"], env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return dict(json.loads(done.stdout))


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_many_writers_and_two_sealers_make_one_dense_chain(env: dict[str, str]) -> None:
    finish([start(WRITER, f"user:{n}", env) for n in range(4)] + [start(SEALER, f"sealer:{n}", env) for n in range(2)])
    report = verified(env)
    assert report["rows"] == report["last_seq"] == 4 * 48 and report["unsealed"] == 0


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_signers_at_once_sign_one_head(env: dict[str, str]) -> None:
    finish([start(WRITER, "user:1", env)])
    finish([start(SIGNER, f"signer:{n}", env) for n in range(3)])
    report = verified(env)
    assert (report["heads"], report["rows"]) == (1, 48)


@pytest.mark.parametrize("time", ["first", "second"])
@pytest.mark.django_db(transaction=True)
def test_the_log_is_empty_after_a_test_that_committed_one(time: str) -> None:
    assert not Entry.objects.exists()
    record(actor="system", action="x", now=datetime(2026, 8, 8, tzinfo=UTC))
