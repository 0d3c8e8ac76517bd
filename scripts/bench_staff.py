"""A staff page against a bare Django page with a session, and what an audit entry adds to a write, as ratios."""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from types import ModuleType

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
from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.shortcuts import render  # noqa: E402
from django.test import Client, override_settings  # noqa: E402
from django.urls import path  # noqa: E402

from bluelamp.kernel.audit.operations import record  # noqa: E402
from bluelamp.kernel.people.models import Organisation, User  # noqa: E402
from bluelamp.project.demo.cast import make_cast  # noqa: E402

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
ROUNDS, EACH = 15, 20
BARE = "bench_bare_urls"
BARE_MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]


def main() -> None:
    """Measure and print a row each."""
    for alias in ("default", "vault"):
        call_command("migrate", database=alias, verbosity=0)
    make_cast(now=datetime.now(tz=UTC) - timedelta(days=1))
    staff_page()
    audited_write()


def bare_page(request: HttpRequest) -> HttpResponse:
    """What the least page that knows who is asking does."""
    return render(request, "errors/500.html", {"who": request.user.get_username(), "any": request.session.get("any")})


def staff_page() -> None:
    """Requests a second of the desk's account page, beside the bare page, in turns."""
    urls = ModuleType(BARE)
    urls.__dict__["urlpatterns"] = [path("bare/", bare_page)]
    sys.modules[BARE] = urls
    own = signed_in()
    with override_settings(ROOT_URLCONF=BARE, MIDDLEWARE=BARE_MIDDLEWARE):
        bare = signed_in()
        assert bare.get("/bare/").status_code == 200
    assert own.get("/desk/account/").status_code == 200
    times: dict[str, list[float]] = {"own": [], "bare": []}
    for _ in range(ROUNDS):
        times["own"].append(timed(lambda: own.get("/desk/account/")))
        with override_settings(ROOT_URLCONF=BARE, MIDDLEWARE=BARE_MIDDLEWARE):
            times["bare"].append(timed(lambda: bare.get("/bare/")))
    mine, theirs = (EACH / statistics.median(times[k]) for k in ("own", "bare"))
    print(f"signed-in staff page {mine:.0f}/s; bare page {theirs:.0f}/s: ratio {mine / theirs:.2f} (bar 0.5)")


def signed_in() -> Client:
    """A browser in which one of the cast has signed in with a second factor."""
    made = Client(headers={"host": "localhost"})
    person = User.objects.get(first_name="Ada")
    made.force_login(person, backend=BACKEND)
    session = made.session
    session[METHODS], session[WHOSE] = [{"method": "mfa", "at": time.time(), "type": "totp"}], str(person.pk)
    session.save()
    return made


def audited_write() -> None:
    """A committed row with an entry in the audit log, beside the same row without, in turns."""
    times: dict[bool, list[float]] = {True: [], False: []}
    for number in range(ROUNDS * 10):
        audited = number % 2 == 0
        times[audited].append(timed(partial(write, audited=audited)))
    ratio = statistics.median(times[True]) / statistics.median(times[False])
    print(f"a write with an audit entry: ratio {ratio:.2f} to one without (bar 1.20)")


def write(*, audited: bool) -> None:
    """One transaction as an operation makes it."""
    now = datetime.now(tz=UTC)
    with transaction.atomic():
        made = Organisation.objects.create(name=f"Bench {time.perf_counter_ns()}", added_at=now)
        if audited:
            record(actor="system", action="people.organise", subject=f"organisation:{made.pk}", now=now)


def timed(work: Callable[[], object]) -> float:
    """Seconds for EACH repetitions."""
    start = time.perf_counter()
    for _ in range(EACH):
        work()
    return time.perf_counter() - start


if __name__ == "__main__":
    assert Path(HOME.name).exists()
    main()
