"""A database or disk that goes away in the middle: 503 in both languages, nothing saved, no trace shown."""

import errno
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from cast import client
from django.db import connection, connections, transaction
from django.db.utils import InterfaceError, OperationalError
from django.test import Client
from lines import caught

from bluelamp.kernel.audit.models import Entry
from bluelamp.kernel.people.models import Organisation, User

ALIASES = ["default", "stream", "vault"]
pytestmark = pytest.mark.django_db(databases=ALIASES)


def browser(**more: Any) -> Client:
    return Client(headers={"host": "localhost"}, raise_request_exception=False, **more)


def is_503_page(answer: Any) -> None:
    """One page in both languages, with when to come back."""
    text = answer.content.decode()
    assert answer.status_code == 503, text[:500]
    assert answer["Retry-After"] == "60" and "no-store" in answer["Cache-Control"]
    assert "Nothing that you sent was saved." in text and "Ni chadwyd dim a anfonoch." in text
    assert 'lang="cy"' in text and "Traceback" not in text and "Error" not in text


def is_503_problem(answer: Any) -> None:
    assert answer.status_code == 503 and answer["Content-Type"] == "application/problem+json"
    assert answer["Retry-After"] == "60"
    assert json.loads(answer.content) == {"type": "about:blank", "title": "Not available now", "status": 503}


@contextmanager
def failing(error: Exception) -> Iterator[None]:
    """Every statement on every database ends with this error."""

    def fail(*_: Any) -> Any:
        raise error

    wrapped = [connections[alias].execute_wrapper(fail) for alias in ALIASES]
    for one in wrapped:
        one.__enter__()
    try:
        yield
    finally:
        for one in wrapped:
            one.__exit__(None, None, None)


GONE = [
    OperationalError("connection failed: Connection refused"),
    OperationalError("server closed the connection unexpectedly"),
    InterfaceError("connection already closed"),
    OperationalError("unable to open database file"),
    OperationalError("database or disk is full"),
    OperationalError("disk I/O error"),
]


@pytest.mark.parametrize("error", GONE, ids=str)
def test_pages_and_api_without_a_database(error: Exception) -> None:
    visitor = client(capacity="administrator")
    visitor.raise_request_exception = False
    with failing(error), caught() as lines:
        for url in ("/", "/cy/table/", "/product/tplink:archer/"):
            is_503_page(browser().get(url))
        is_503_page(visitor.get("/desk/people/"))
        is_503_page(visitor.post("/desk/people/invite/", {"email": "jane@mail.example", "name": "Jane"}))
        is_503_problem(browser().get("/api/v1/categories"))
        is_503_problem(browser().get("/api/v1/products?q=x"))
        assert browser().get("/healthz").status_code == 200
        assert browser().get("/readyz").status_code == 503
    told = lines.of("django.request") + lines.of("bluelamp.index")
    assert len(told) == 7 and all(line["outage"] in ("database", "full") and "trace" not in line for line in told)
    assert "jane" not in lines.text
    assert browser().get("/").status_code == 200, "it comes back by itself"


def test_a_failure_of_our_own_stays_a_500() -> None:
    with failing(ValueError("x")):
        page, api = browser().get("/"), browser().get("/api/v1/categories")
    assert page.status_code == api.status_code == 500
    assert "The page failed" in page.content.decode() and "Retry-After" not in page.headers


@contextmanager
def read_only() -> Iterator[None]:
    """The database itself refuses to write, and says so in its own words."""
    # What the test has written so far is checked now: in a read-only transaction that could not be done at its end.
    connection.check_constraints()
    with connection.cursor() as cursor:
        sqlite = connection.vendor == "sqlite"
        cursor.execute("PRAGMA query_only=ON" if sqlite else "SET TRANSACTION READ ONLY")
        try:
            yield
        finally:
            if sqlite:
                cursor.execute("PRAGMA query_only=OFF")


def test_a_read_only_database_saves_nothing_and_says_so() -> None:
    visitor = client(capacity="administrator")
    visitor.raise_request_exception = False
    visitor.get("/desk/")
    before = (User.objects.count(), Organisation.objects.count(), Entry.objects.count())
    with read_only(), caught() as lines:
        assert browser().get("/table/").status_code == 200, "what only reads goes on"
        answer = _in_savepoint(lambda: visitor.post("/desk/people/organisations/", {"name": "Harbour"}))
        is_503_page(answer)
        is_503_page(_in_savepoint(lambda: browser().post("/account/login/", {"login": "a@b.example", "password": "x"})))
    assert (User.objects.count(), Organisation.objects.count(), Entry.objects.count()) == before
    assert {line["outage"] for line in lines.of("django.request")} == {"read-only"}


def _in_savepoint(act: Callable[[], Any]) -> Any:
    """PostgreSQL ends the test's own transaction after an error, unless there is a savepoint to go back to."""
    if connection.vendor == "sqlite":
        return act()
    point = transaction.savepoint()
    answer = act()
    transaction.savepoint_rollback(point)
    return answer


@pytest.mark.skipif(connection.vendor != "sqlite", reason="a server's disk cannot be filled from here")
def test_a_full_disk_saves_nothing_and_says_so() -> None:
    visitor = client(capacity="administrator")
    visitor.raise_request_exception = False
    visitor.get("/desk/")
    before = Organisation.objects.count()
    with connection.cursor() as cursor, caught() as lines:
        cursor.execute("PRAGMA page_count")
        pages = cursor.fetchone()[0]
        cursor.execute("PRAGMA freelist_count")
        cursor.execute(f"PRAGMA max_page_count={pages}")
        try:
            last: Any = None
            for number in range(2_000):  # until what room there is in the pages is used up
                last = visitor.post("/desk/people/organisations/", {"name": f"Harbour {number} {'x' * 150}"})
                if last.status_code == 503:
                    break
        finally:
            cursor.execute("PRAGMA max_page_count=1073741823")
    is_503_page(last)
    assert not Organisation.objects.filter(name__startswith=f"Harbour {number} ").exists()
    assert Organisation.objects.count() == before + number
    assert {line["outage"] for line in lines.of("django.request")} == {"full"}


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EDQUOT])
def test_a_file_that_cannot_be_written_is_an_outage_too(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def write(*_: Any, **__: Any) -> None:
        raise OSError(number, "words of the system", "/var/lib/bluelamp/x")

    monkeypatch.setattr("bluelamp.index.web.reads.shown_edition", write)
    answer = browser().get("/")
    is_503_page(answer)
    assert b"/var/lib" not in answer.content
    is_503_problem(browser().get("/api/v1/products"))


def test_the_page_needs_nothing_that_may_be_gone(tmp_path: Path, settings: Any) -> None:
    settings.BLUELAMP_HOME = tmp_path / "gone"
    with failing(OperationalError("x")):
        is_503_page(browser().get("/", headers={"cookie": "bluelamp=x", "accept-language": "cy"}))


def test_a_database_that_is_none_any_more(tmp_path: Path, settings: Any) -> None:
    """A file of other content where the database was, through a connection made as in production."""
    if connection.vendor != "sqlite":
        pytest.skip("SQLite only")
    from django.db.backends.sqlite3.base import DatabaseWrapper

    damaged = tmp_path / "main.db"
    damaged.write_bytes(b"this is no database at all, " * 500)
    options = dict(connection.settings_dict["OPTIONS"])
    for name in (damaged, tmp_path / "nowhere" / "main.db"):
        other = DatabaseWrapper({**connection.settings_dict, "NAME": str(name), "OPTIONS": options}, "default")
        other.inc_thread_sharing()
        usual = connections["default"]
        connections["default"] = other
        try:
            is_503_page(browser().get("/"))
            is_503_problem(browser().get("/api/v1/categories"))
        finally:
            other.close()
            connections["default"] = usual
