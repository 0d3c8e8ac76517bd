"""Pages that stand ready are answered before Django begins: with the same answer, line and count, or not at all."""

import io
import re
import time
from datetime import UTC, datetime
from threading import Thread
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import OperationalError, connections
from lines import caught
from prometheus_client import REGISTRY
from small_edition import make_edition

from bluelamp.index.models import Edition
from bluelamp.project.front import REFUSED, Environ, environ_of
from bluelamp.project.kept_answers import KeptAnswers
from bluelamp.project.public_pages import KEPT_VIEWS, stamp_now

# Django's own handler ends connections between requests, which a test's transaction would not survive.
pytestmark = pytest.mark.django_db(transaction=True)
Answer = tuple[str, list[tuple[str, str]], bytes]
WAYS = {"ETag", "Cache-Control", "Content-Security-Policy", "X-Frame-Options"}


class Site:
    """Django behind what is tested, and how often it was asked."""

    def __init__(self) -> None:
        self.django = WSGIHandler()
        self.asked = 0
        self.front = KeptAnswers(self._counted)

    def _counted(self, environ: Environ, start: Any) -> Any:
        self.asked += 1
        return self.django(environ, start)

    def get(
        self, path: str, *, peer: str = "127.0.0.1", method: str = "GET", refused: int = 0, **headers: str
    ) -> Answer:
        """Status, headers and body. Header names with `_` for `-`."""
        raw, _, query = path.partition("?")
        given = {"host": "localhost", **{name.replace("_", "-"): value for name, value in headers.items()}}
        scope = {
            "type": "http", "http_version": "1.1", "method": method, "scheme": "http", "path": raw,
            "raw_path": raw.encode(), "query_string": query.encode(), "server": ("127.0.0.1", "80"),
            "client": (peer, "1"), "headers": [(name.encode(), value.encode()) for name, value in given.items()],
        }  # fmt: skip
        got: list[Any] = []
        environ = {**environ_of(scope=scope, body=b""), REFUSED: refused}
        output = self.front(environ, lambda status, head, _exc=None: got.append((status, head)))
        body = b"".join(output)
        getattr(output, "close", lambda: None)()
        ((status, head),) = got
        return status, head, body

    def quick(self, path: str, **how: Any) -> Answer | None:
        """The answer, if Django was not asked for it."""
        before = self.asked
        answer = self.get(path, **how)
        return answer if self.asked == before else None


def etag(answer: Answer) -> str:
    return dict(answer[1])["ETag"]


def but_the_id(answer: Answer) -> tuple[str, list[tuple[str, str]], bytes]:
    status, head, body = answer
    return status, [(name, "an id" if name == "X-Request-Id" else value) for name, value in head], body


@pytest.fixture
def edition() -> Edition:
    return make_edition()


@pytest.fixture
def site(edition: Edition) -> Site:
    return Site()


@pytest.mark.parametrize(
    "path", ["/", "/table/", "/cy/table/?sort=name", "/product/acme:r/", "/data/", "/accessibility/"]
)
@pytest.mark.parametrize("peer", ["127.0.0.1", "192.0.2.1"])
def test_the_answer_is_djangos_but_for_the_id(site: Site, path: str, peer: str) -> None:
    first = site.get(path, peer=peer)
    if first[0] != "200 OK":
        assert first[0] == "404 Not Found" and peer != "127.0.0.1" and site.quick(path, peer=peer) is None
        return
    again = site.quick(path, peer=peer)
    assert again is not None and but_the_id(again) == but_the_id(first) and len(again[2]) > 1000
    unchanged = site.get(path, peer=peer, if_none_match=etag(first))
    again = site.quick(path, peer=peer, if_none_match=etag(first))
    assert again is not None and but_the_id(again) == but_the_id(unchanged)
    assert again[0] == "304 Not Modified" and not again[2] and {n for n, _ in again[1]} >= WAYS
    ids = [dict(answer[1])["X-Request-Id"] for answer in (first, again, unchanged)]
    assert len(set(ids)) == 3 and all(re.fullmatch("[0-9a-f]{32}", each) for each in ids)


def test_headers_are_those_of_the_full_way_too(site: Site) -> None:
    """Not only what was remembered: what another Django, that remembers nothing, answers."""
    site.get("/table/")
    tag = etag(site.get("/table/"))
    site.get("/table/", if_none_match=tag)
    for more in ({}, {"if_none_match": tag}):
        quick, full = site.quick("/table/", **more), Site().get("/table/", **more)
        assert quick is not None and but_the_id(quick) == but_the_id(full)
        assert {name for name, _ in full[1]} >= WAYS


def test_lines_and_counts_are_the_same(site: Site) -> None:
    def counted(status: str) -> tuple[float, float]:
        labels = {"route": "index:table", "method": "GET"}
        requests = REGISTRY.get_sample_value("bluelamp_http_requests_total", {**labels, "status": status})
        return requests or 0, REGISTRY.get_sample_value("bluelamp_http_request_seconds_count", labels) or 0

    tag = etag(site.get("/table/"))
    site.get("/table/", if_none_match=tag)
    for more, status in (({}, 200), ({"if_none_match": tag}, 304)):
        kind, told = f"{status // 100}xx", []
        for way in (site, Site()):
            before = counted(kind)
            with caught() as lines:
                answer = way.get("/table/", **more)
            after = counted(kind)
            assert (after[0] - before[0], after[1] - before[1]) == (1, 1)
            (line,) = lines.of("bluelamp.request")
            assert line["request_id"] == dict(answer[1])["X-Request-Id"] and line["status"] == status
            told.append((list(line), {k: v for k, v in line.items() if k not in ("time", "ms", "request_id")}))
        assert told[0] == told[1]


@pytest.mark.parametrize(
    "how",
    [
        {"method": "HEAD"}, {"method": "POST"}, {"method": "OPTIONS"}, {"refused": 413}, {"host": "evil.example"},
        {"host": ""}, {"host": "a" * 300}, {"if_match": '"x"'},
        {"if_unmodified_since": "Thu, 01 Jan 2026 00:00:00 GMT"},
        {"if_modified_since": "Thu, 01 Jan 2026 00:00:00 GMT"}, {"if_none_match": '"x", "y"'}, {"if_none_match": "*"},
        {"x_forwarded_proto": "gopher"}, {"peer": "192.0.2.1"}, {"x_forwarded_for": "127.0.0.1"}, {"via": "1.1 x"},
    ],
)  # fmt: skip
def test_what_is_not_plainly_the_same_is_left_to_django(site: Site, how: dict[str, Any]) -> None:
    for _ in range(2):
        site.get("/table/")
    assert site.quick("/table/") is not None
    assert site.quick("/table/", **how) is None


def test_hosts_that_are_none_of_ours_are_refused(site: Site) -> None:
    site.get("/table/")
    assert site.get("/table/", host="evil.example")[0].startswith("400 ")
    assert site.get("/table/", host="evil.example")[0].startswith("400 ")
    assert site.quick("/table/", host="LOCALHOST:8000") is not None


def test_a_specimen_does_not_go_out(site: Site) -> None:
    for _ in range(2):
        assert b"Acme R routers" in site.get("/table/")[2]
    for more in ({"peer": "192.0.2.1"}, {"peer": ""}, {"x_forwarded_for": "127.0.0.1"}, {"forwarded": "for=x"}):
        for _ in range(3):
            assert b"Acme R routers" not in site.get("/table/", **more)[2], more
    assert b"Acme R routers" in site.get("/table/")[2]


def test_what_changed_is_seen_at_once(site: Site, edition: Edition) -> None:
    old = [site.get("/table/") for _ in range(2)][1]
    assert site.quick("/table/") is not None
    Edition.objects.filter(pk=edition.pk).update(figures_hash="corrected")
    edition.rows.filter(product_key="acme:r").delete()
    assert site.quick("/table/", if_none_match=etag(old)) is None
    new = site.quick("/table/")
    assert new is not None and b"Acme R routers" not in new[2] and etag(new) != etag(old)
    assert site.get("/table/", if_none_match=etag(old))[0] == "200 OK"


def test_the_next_day_is_another(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.get("/table/")
    assert site.quick("/table/") is not None
    next_day = time.time() + 24 * 3600
    monkeypatch.setattr("bluelamp.project.public_pages.time", SimpleNamespace(time=lambda: next_day))
    assert site.quick("/table/") is None and site.quick("/table/") is not None


@pytest.mark.parametrize("midnight", [datetime(2026, 1, 15, tzinfo=UTC), datetime(2026, 7, 14, 23, tzinfo=UTC)])
def test_a_day_begins_at_midnight_here(midnight: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    days = []
    for moment in (midnight.timestamp() - 0.001, midnight.timestamp()):
        monkeypatch.setattr("bluelamp.project.public_pages.time", SimpleNamespace(time=lambda now=moment: now))
        days.append(stamp_now(outside=False)[1])
    assert days in (["2026-01-14", "2026-01-15"], ["2026-07-14", "2026-07-15"])


def test_what_another_process_changed_is_seen_at_once(site: Site, edition: Edition) -> None:
    """By a connection of its own, as the worker's or another web process's is."""
    old = [site.get("/table/") for _ in range(2)][1]
    assert site.quick("/table/", if_none_match="") is not None

    def corrects() -> None:
        Edition.objects.filter(pk=edition.pk).update(figures_hash="corrected")
        edition.rows.filter(product_key="acme:r").delete()
        connections.close_all()

    other = Thread(target=corrects)
    other.start()
    other.join()
    assert site.quick("/table/", if_none_match=etag(old)) is None
    assert b"Acme R routers" not in site.get("/table/")[2]


def test_a_proxy_that_compresses_makes_etags_weak(site: Site) -> None:
    tag = etag(site.get("/table/"))
    assert site.get("/table/", if_none_match=f"W/{tag}")[0] == "304 Not Modified"
    assert site.quick("/table/", if_none_match=f"W/{tag}") is not None


def test_with_tls_before_us_browsers_are_told_to_keep_to_it(site: Site, settings: Any) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SECURE_HSTS_SECONDS = 3600
    site = Site()
    for _ in range(2):
        told = [
            "Strict-Transport-Security" in dict(site.get("/table/", x_forwarded_proto=proto)[1])
            for proto in ("https", "http")
        ]
        assert told == [True, False]
    assert site.quick("/table/", x_forwarded_proto="https") is not None


def test_a_lost_database_is_djangos_to_tell(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(2):
        site.get("/table/")

    def lost(**_: Any) -> str:
        raise OperationalError("server closed the connection unexpectedly")

    with monkeypatch.context() as patch:
        patch.setattr("bluelamp.project.kept_answers.stamp_now", lost)
        patch.setattr("bluelamp.project.public_pages.stamp_now", lost)
        before = site.asked
        assert site.get("/table/")[0].startswith("503 ") and site.asked == before + 1
        patch.setattr("bluelamp.project.kept_answers.stamp_now", forbidden)
        assert site.get("/table/")[0].startswith("503 "), "who comes next does not wait twice"
    assert site.get("/table/")[0] == "200 OK" and site.quick("/table/") is not None


def forbidden(**_: Any) -> str:
    raise AssertionError("asked again")


def test_what_the_shelf_dropped_is_in_memory_no_longer(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.get("/table/")
    monkeypatch.setattr("bluelamp.project.public_pages._MOST_BYTES", 60_000)
    for number in range(12):
        site.get(f"/table/?q={number}")
    known = site.front._known
    assert sum(len(kept.body) for each in known.values() if (kept := each.kept()) is not None) <= 60_000
    assert site.quick("/table/") is None and site.quick("/table/") is not None


def test_no_more_is_remembered_than_a_bound(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bluelamp.project.kept_answers._MOST", 3)
    for number in range(5):
        site.get(f"/table/?q={number}")
    assert len(site.front._known) == 3


def test_only_pages_that_are_kept_are_answered(site: Site) -> None:
    for path in ("/check/?k=router", "/search?q=acme", "/methods/", "/healthz", "/product/no:such/", "/nothing"):
        for _ in range(2):
            assert site.quick(path) is None, path
    assert {known.kept().match.view_name for known in site.front._known.values()} <= KEPT_VIEWS  # type: ignore[union-attr]


def test_a_client_cannot_name_a_shelf(site: Site) -> None:
    site.get("/healthz", **{"bluelamp.from-shelf": "x"})
    assert not site.front._known


def test_the_body_is_given_whole_to_what_sends_it(site: Site) -> None:
    site.get("/table/")
    quick = site.quick("/table/")
    assert quick is not None
    assert int(dict(quick[1])["Content-Length"]) == len(quick[2]) == len(io.BytesIO(quick[2]).read())
