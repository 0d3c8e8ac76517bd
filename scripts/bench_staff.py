"""Staff pages against a bare Django page, and what the audit log adds to a write, as ratios.

Both sides of a pair run in turns, a moment each, and medians are compared, so that other load on the machine falls on
both alike. SQLite in files with the settings of production; PostgreSQL where BLUELAMP_DATABASE_URL names one.

Pages: whole requests through the WSGI application, with its log line, count and audit row, of people of the invented
cast who have signed in with a second factor. What they are compared with stands in bench_bare.py. A web server would
add the same time to both sides; it is left out, which is the harder reading of "requests per second".

Writes: operations as the desk calls them, permission check, reads, writes and commit to the disk included, with the
audit log's `record` and with nothing in its place; one of them again as a whole request, form to answer. One row alone
is told too, which no part of the program writes: the log's share of it is the largest there can be.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import cycle
from pathlib import Path
from unittest.mock import patch

HOME = tempfile.TemporaryDirectory()
os.environ.update(BLUELAMP_HOME=HOME.name, DJANGO_SETTINGS_MODULE="bluelamp.project.settings")

import django  # noqa: E402 the home comes first

django.setup()

from allauth.account.internal.flows.login import (  # noqa: E402
    _AUTHENTICATION_METHODS_USER_SESSION_KEY as WHOSE,
)
from allauth.account.internal.flows.login import (  # noqa: E402
    AUTHENTICATION_METHODS_SESSION_KEY as METHODS,
)
from bench_wsgi import Visitor  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402

from bluelamp.kernel.audit.operations import record  # noqa: E402
from bluelamp.kernel.people.domain.actor import Actor  # noqa: E402
from bluelamp.kernel.people.models import Grant, Organisation, User  # noqa: E402
from bluelamp.kernel.people.operations import accounts, grants, permit  # noqa: E402
from bluelamp.project.demo.cast import make_cast  # noqa: E402
from bluelamp.project.gate import GRANT_KEY  # noqa: E402

ROUNDS, EACH = 40, 20
# Writes are timed by the dozen: on a busy machine the times of single ones snap to the scheduler's ticks.
DOZENS, DOZEN = 60, 12
Took = tuple[float, ...]
# Who looks at which page.
PAGES = (
    ("administrator", "/desk/"),
    ("auditor", "/desk/"),
    ("triage-officer", "/desk/"),
    ("administrator", "/desk/account/"),
    ("administrator", "/desk/people/organisations/"),
    ("administrator", "/desk/people/"),
)


def main() -> None:
    """Measure and print a row each."""
    for alias in ("default", "vault"):
        call_command("migrate", database=alias, verbosity=0)
    make_cast(now=datetime.now(tz=UTC) - timedelta(days=1))
    print(f"On {connection.vendor}:")
    if "--writes" not in sys.argv:
        staff_pages()
    if "--pages" not in sys.argv:
        with lines_to_a_file():
            audited_writes()
        one_row()


# Pages


def staff_pages() -> None:
    """Requests a second of each page beside the bare one."""
    application = get_wsgi_application()
    with bare_page() as bare, lines_to_a_file():
        for capacity, address in PAGES:
            visitor = Visitor(application, signed_in(capacity))
            mine, theirs = in_turns(partial(visitor.took, address, times=EACH), bare)
            print(
                f"{address} of {capacity}: {EACH / mine[0]:.0f}/s; bare page {EACH / theirs[0]:.0f}/s: "
                f"ratio {theirs[0] / mine[0]:.2f} (bar 0.5), by processor time {theirs[1] / mine[1]:.2f}",
                flush=True,
            )


@contextmanager
def bare_page() -> Iterator[Callable[[], tuple[float, ...]]]:
    """The bare page in a process of its own; call what this gives for what EACH requests took."""
    command = [sys.executable, str(Path(__file__).with_name("bench_bare.py"))]
    with (
        tempfile.TemporaryDirectory() as home,
        subprocess.Popen(
            command, env={**os.environ, "BLUELAMP_HOME": home}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as process,
    ):
        assert process.stdin and process.stdout
        asked, answers = process.stdin, process.stdout

        def took() -> tuple[float, ...]:
            print(EACH, file=asked, flush=True)
            return tuple(float(number) for number in answers.readline().split())

        yield took
        asked.close()


@contextmanager
def lines_to_a_file() -> Iterator[None]:
    """Log lines are written as ever, to a file instead of the terminal."""
    kept = os.dup(2)
    with (Path(HOME.name) / "log").open("w") as file:
        os.dup2(file.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)


def signed_in(capacity: str) -> dict[str, str]:
    """The cookies of one of the cast who has signed in with a second factor and acts in a capacity."""
    client = Client(headers={"host": "localhost"})
    grant = Grant.objects.filter(capacity=capacity).select_related("person").order_by("person__first_name")[0]
    client.force_login(grant.person, backend=settings.AUTHENTICATION_BACKENDS[0])
    session = client.session
    session[METHODS], session[WHOSE] = [{"method": "mfa", "at": time.time(), "type": "totp"}], str(grant.person_id)
    session[GRANT_KEY] = str(grant.pk)
    session.save()
    return {name: found.value for name, found in client.cookies.items()}


# Writes


def audited_writes() -> None:
    """Operations with the log and without it."""
    for name, operation in {**operations(), **forms()}.items():
        with_log = partial(timed, operation)
        (ours,), (without,) = in_turns(with_log, partial(without_log, with_log), rounds=DOZENS)
        print(
            f"{name}: {ours * 1e3:.2f} ms; without its audit entry {without * 1e3:.2f} ms: "
            f"ratio {ours / without:.2f} (bar 1.20)",
            flush=True,
        )


def operations() -> dict[str, Callable[[], object]]:
    """Operations of the desk, each with one audit entry, that can be repeated."""
    me, one, other = acting("administrator"), User.objects.get(first_name="Priya"), User.objects.get(first_name="Ben")
    clearance = partial(accounts.record_vetting, actor=me, user_id=one.pk, level="mv")
    opening = cycle((False, True))
    return {
        "giving a capacity": lambda: given(me, one),
        "revoking a capacity": revoking(me, one),
        "recording vetting": lambda: clearance(expires_on=now().date() + timedelta(days=9), now=now()),
        "closing or opening an account": lambda: accounts.set_open(
            actor=me, user_id=other.pk, is_open=next(opening), now=now()
        ),
        "adding an organisation": lambda: accounts.add_organisation(
            actor=me, name=f"Bench {time.perf_counter_ns()}", now=now()
        ),
    }


def forms() -> dict[str, Callable[[], object]]:
    """The operation that has least to do besides its entry, as it is when a browser sends the desk's form."""
    visitor, address = Visitor(get_wsgi_application(), signed_in("administrator")), "/desk/people/organisations/"
    visitor.get(address)
    name = "adding an organisation, the whole request"
    return {name: lambda: visitor.post(address, name=f"Bench {time.perf_counter_ns()}")}


def given(me: Actor, one: User) -> Grant:
    """A capacity given by the desk's operation."""
    return grants.give(
        actor=me,
        user_id=one.pk,
        capacity="employer",
        scope=f"organisation:{Organisation.objects.values_list('pk', flat=True)[0]}",
        purpose="Measuring",
        starts_at=now(),
        ends_at=now() + timedelta(days=1),
        now=now(),
    )


def revoking(me: Actor, one: User) -> Callable[[], None]:
    """Revokes one grant after another, made beforehand."""
    waiting = iter([given(me, one).pk for _ in range(2 * (DOZENS + 1) * DOZEN)])
    return lambda: grants.revoke(actor=me, grant_id=next(waiting), reason="Measured", now=now())


def acting(capacity: str) -> Actor:
    """One of the cast at work."""
    grant = Grant.objects.filter(capacity=capacity).order_by("person__first_name")[0]
    return Actor(
        user_id=grant.person_id, capacity=capacity, scope=grant.scope, purpose=grant.purpose, grant_id=grant.pk
    )


def without_log(work: Callable[[], Took]) -> Took:
    """The same with nothing in the place of the audit log."""
    with patch.object(permit, "record", lambda **_entry: None):
        return work()


def one_row() -> None:
    """One row in a transaction, with an entry in the log and without."""
    (ours,), (without,) = in_turns(
        partial(timed, partial(write_row, audited=True)),
        partial(timed, partial(write_row, audited=False)),
        rounds=DOZENS,
    )
    print(f"one row and nothing else: {ours * 1e3:.2f} ms; without {without * 1e3:.2f} ms: ratio {ours / without:.2f}")


def write_row(*, audited: bool) -> None:
    """The least transaction that leaves something."""
    with transaction.atomic():
        made = Organisation.objects.create(name=f"Bench {time.perf_counter_ns()}", added_at=now())
        if audited:
            record(actor="system", action="people.organise", subject=f"organisation:{made.pk}", now=now())


# Measuring


def in_turns(ours: Callable[[], Took], theirs: Callable[[], Took], *, rounds: int = ROUNDS) -> tuple[Took, Took]:
    """The medians of each, after one round that does not count; each goes first in every other round."""
    ours(), theirs()
    first, second = [], []
    for number in range(rounds):
        if number % 2:
            first.append(ours())
            second.append(theirs())
        else:
            second.append(theirs())
            first.append(ours())
    return medians(first), medians(second)


def medians(found: list[Took]) -> Took:
    """The median of each kind of number."""
    return tuple(statistics.median(numbers) for numbers in zip(*found, strict=True))


def timed(work: Callable[[], object]) -> tuple[float]:
    """Seconds of one run, of a dozen."""
    began = time.perf_counter()
    for _ in range(DOZEN):
        work()
    return ((time.perf_counter() - began) / DOZEN,)


def now() -> datetime:
    """The time, aware."""
    return datetime.now(tz=UTC)


if __name__ == "__main__":
    main()
