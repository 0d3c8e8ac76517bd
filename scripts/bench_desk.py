"""The triage queue with 100,000 open reports and 25,000 closed: how long its pages take, beside a bare Django page.

Whole requests through the WSGI application, of an officer of the invented cast, in turns with the bare page of
bench_bare.py, so that other load on the machine falls on both alike. SQLite in a file with the settings of production;
PostgreSQL where BLUELAMP_DATABASE_URL names one. The reports hold sealed bytes of the usual length that nobody can
open: the queue must not need to. Half are of the officer's force; one in fifty has a flag.
"""

import os
import random
import tempfile
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

HOME = tempfile.TemporaryDirectory()
os.environ.update(BLUELAMP_HOME=HOME.name, DJANGO_SETTINGS_MODULE="bluelamp.project.settings")

import django  # noqa: E402 the home comes first

django.setup()

from bench_staff import EACH, bare_page, in_turns, lines_to_a_file, signed_in  # noqa: E402
from bench_wsgi import Visitor  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection  # noqa: E402

from bluelamp.project.demo.cast import FORCE_SCOPE, make_cast  # noqa: E402
from bluelamp.reporting.domain.priority import BURST, IMMEDIATE, SOON, TODAY, USUAL  # noqa: E402
from bluelamp.reporting.domain.routing import KINDS  # noqa: E402
from bluelamp.reporting.models import Report, ReportFlag  # noqa: E402

COUNT = 100_000  # open ones
CLOSED = 25_000
SEALED = 3_000  # bytes of a report's content; measured on the reports of the demonstration: 1.5 to 3 kB
ADDRESSES = (
    "/desk/reports/",
    "/desk/reports/?assigned=nobody&channel=web",
    "/desk/reports/?level=today",
    "/desk/reports/?kind=ransomware",
    "/desk/reports/?state=any&kind=sextortion&burst=yes",
    "/desk/reports/?state=any&kind=ransomware",
    "/desk/reports/?state=not-recorded&kind=ransomware",
    "/desk/",
)
_LEVELS = {IMMEDIATE: "immediate", TODAY: "today", SOON: "soon"}


def main() -> None:
    """Make the reports, measure and print a row each."""
    for alias in ("default", "vault"):
        call_command("migrate", database=alias, verbosity=0)
    now = datetime.now(tz=UTC)
    make_cast(now=now - timedelta(days=1))
    make_reports(now=now)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    application = get_wsgi_application()
    print(f"On {connection.vendor}, {COUNT:,} open and {CLOSED:,} closed reports:")
    with bare_page() as bare, lines_to_a_file():
        for address in (*ADDRESSES, last_page()):
            visitor = Visitor(application, signed_in("triage-officer"))
            mine, theirs = in_turns(partial(visitor.took, address, times=EACH), bare, rounds=6)
            print(
                f"{address[:60]}: {1000 * mine[0] / EACH:.1f} ms (bar 200 ms); bare page "
                f"{1000 * theirs[0] / EACH:.2f} ms: ratio {theirs[0] / mine[0]:.2f}",
                flush=True,
            )


def last_page() -> str:
    """A page deep in the queue."""
    rows = Report.objects.filter(scope=FORCE_SCOPE, closed_at=None).order_by("-priority", "received_at", "id")
    row = rows.only("id", "priority", "received_at")[rows.count() - 30]
    return f"/desk/reports/?after={row.priority}~{row.received_at.isoformat().replace('+', '%2B')}~{row.pk}"


def make_reports(*, now: datetime) -> None:
    """The reports and their flags, the same every time."""
    chance = random.Random(5)
    for start in range(0, COUNT + CLOSED, 1_000):
        rows = [_row(n, chance, now=now) for n in range(start, start + 1_000)]
        Report.objects.bulk_create(rows)
        ReportFlag.objects.bulk_create(
            ReportFlag(
                report=row,
                code="danger",
                level=_LEVELS[row.priority],
                source="answers",
                reason="answer",
                raised_at=row.received_at,
            )
            for row in rows
            if row.priority in _LEVELS
        )


def _row(number: int, chance: random.Random, *, now: datetime) -> Report:
    priority = chance.choices((BURST, USUAL, SOON, TODAY, IMMEDIATE), (10, 88, 1, 0.7, 0.3))[0]
    return Report(
        id=UUID(int=chance.getrandbits(128), version=4),
        reference=f"{number:09d}",
        channel=chance.choice(("web", "web", "web", "api")),
        origin="test",
        language="en",
        scope=FORCE_SCOPE if number % 2 else "national",
        body=FORCE_SCOPE,
        route_reason="person",
        kinds=[chance.choice([kind for kind in KINDS if kind != "ransomware"])],
        priority=priority,
        anonymous=False,
        watched=False,
        quiet=False,
        burst=priority == BURST,
        shelf_version="bench",
        content=chance.randbytes(SEALED),
        safety=chance.randbytes(400),
        contact=chance.randbytes(200),
        **({} if number < COUNT else {"state": "not-recorded", "closed_at": now, "decided_at": now}),
        received_at=now - timedelta(seconds=chance.randrange(30 * 86_400)),
    )


if __name__ == "__main__":
    main()
