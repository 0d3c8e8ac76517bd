"""The fetcher against a server that misbehaves in every way we could think of."""

import errno
import gzip
import hashlib
import os
import signal
import socket
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from bad_server import OTHER, PUBLIC, QUICK, BadServer, Call, Wires, answer, make_fetcher, redirect, running, wanted

from bluelamp.kernel.fetching.client import Fetcher
from bluelamp.kernel.fetching.domain.results import FetchError, Limits
from bluelamp.kernel.fetching.parts import Origin, Part, locked

pytestmark = pytest.mark.any_engine

NOW = datetime(2026, 8, 8, 12, tzinfo=UTC)
BODY = b"".join(b"line %d\n" % i for i in range(5000))
SHA = hashlib.sha256(BODY).hexdigest()
TAG = '"v1"'


@pytest.fixture
def server() -> Iterator[BadServer]:
    with running() as found:
        yield found


@pytest.fixture
def fetcher(server: BadServer, tmp_path: Path) -> Fetcher:
    return make_fetcher(server, tmp_path)


def refused(fetcher: Fetcher, **more: str) -> FetchError:
    with pytest.raises(FetchError) as caught:
        fetcher.fetch(wanted=wanted(**more), now=NOW)
    return caught.value


def parts(folder: Path) -> set[str]:
    return {p.name for p in folder.iterdir()} - {"list.lock"}


def test_a_file_comes_whole_with_its_hash(server: BadServer, fetcher: Fetcher, tmp_path: Path) -> None:
    server.play(answer(200, BODY, ETag=TAG, Last_Modified="Sat, 08 Aug 2026 10:00:00 GMT"))
    found = fetcher.fetch(wanted=wanted(), now=NOW)
    assert found.path and found.path.read_bytes() == BODY
    assert (found.sha256, found.bytes, found.etag, found.not_modified) == (SHA, len(BODY), TAG, False)
    assert found.final_url == "http://feeds.example.org/list.json" and found.last_modified.startswith("Sat")
    assert server.calls[0].headers["user-agent"].startswith("Bluelamp/")
    assert server.calls[0].headers["host"] == "feeds.example.org"
    assert parts(tmp_path) == {"list"}


def test_conditions_are_sent_and_304_brings_nothing(server: BadServer, fetcher: Fetcher, tmp_path: Path) -> None:
    server.play(answer(304))
    found = fetcher.fetch(wanted=wanted(etag=TAG, last_modified="Sat, 08 Aug 2026 10:00:00 GMT"), now=NOW)
    assert found.not_modified and found.path is None and found.etag == TAG and found.last_modified.startswith("Sat")
    sent = server.calls[0].headers
    assert sent["if-none-match"] == TAG and sent["if-modified-since"].startswith("Sat")
    assert parts(tmp_path) == set()


def test_304_without_a_condition_is_an_error(server: BadServer, fetcher: Fetcher) -> None:
    server.play(answer(304))
    assert refused(fetcher).permanent


@pytest.mark.parametrize("status", [500, 502, 503, 504, 429, 408])
def test_errors_of_the_server_are_tried_again(server: BadServer, fetcher: Fetcher, status: int) -> None:
    server.play(answer(status), answer(status), answer(200, BODY))
    assert fetcher.fetch(wanted=wanted(), now=NOW).sha256 == SHA
    assert len(server.calls) == 3


def test_there_is_an_end_to_tries(server: BadServer, fetcher: Fetcher) -> None:
    server.play(answer(500))
    problem = refused(fetcher)
    assert "500" in problem.message and not problem.permanent and len(server.calls) == QUICK.attempts


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 501, 206, 204])
def test_permanent_answers_are_not_tried_again(server: BadServer, fetcher: Fetcher, status: int) -> None:
    server.play(answer(status))
    assert refused(fetcher).permanent and len(server.calls) == 1


def waits_of(server: BadServer, folder: Path, value: str, limits: Limits) -> list[float]:
    slept: list[float] = []
    wires = Wires(server.port)
    server.play(answer(503, Retry_After=value), answer(200, BODY))
    mine = Fetcher(folder=folder, limits=limits, resolve=wires.resolve, dial=wires.dial, sleep=slept.append)
    assert mine.fetch(wanted=wanted(), now=NOW).sha256 == SHA
    return slept


@pytest.mark.parametrize(
    ("value", "low", "high"),
    [
        ("7", 7, 7),
        (format_datetime(NOW + timedelta(seconds=9), usegmt=True), 9, 9),
        ("999999", 10, 10),
        ("soon", 0.5, 1),
        ("-5", 0.5, 1),
        ("9" * 5000, 10, 10),
    ],
)
def test_retry_after_is_honoured_up_to_the_limit(
    server: BadServer, tmp_path: Path, value: str, low: float, high: float
) -> None:
    (wait,) = waits_of(server, tmp_path, value, replace(QUICK, longest_wait=10, total=100))
    assert low <= wait <= high


def test_no_wait_outlasts_the_total(server: BadServer, tmp_path: Path) -> None:
    server.play(answer(503, Retry_After="30"))
    slept: list[float] = []
    wires = Wires(server.port)
    limits = replace(QUICK, total=5, longest_wait=60)
    mine = Fetcher(folder=tmp_path, limits=limits, resolve=wires.resolve, dial=wires.dial, sleep=slept.append)
    assert refused(mine).wait == 30 and slept == []


def test_truncation_against_content_length_is_seen_and_resumed(server: BadServer, fetcher: Fetcher) -> None:
    def rest(call: Call, connection: socket.socket) -> None:
        start = int(call.headers["range"].removeprefix("bytes=").rstrip("-"))
        span = f"bytes {start}-{len(BODY) - 1}/{len(BODY)}"
        answer(206, BODY[start:], ETag=TAG, Content_Range=span)(call, connection)

    server.play(answer(200, BODY[:1000], length=len(BODY), ETag=TAG), rest)
    assert fetcher.fetch(wanted=wanted(), now=NOW).sha256 == SHA
    assert server.calls[1].headers["range"] == "bytes=1000-" and server.calls[1].headers["if-range"] == TAG


@pytest.mark.parametrize("tag", ['W/"v1"', "", '""', "v1"])
def test_only_a_strong_etag_is_resumed(server: BadServer, fetcher: Fetcher, tag: str) -> None:
    headers = {"ETag": tag} if tag else {}
    server.play(answer(200, BODY[:1000], length=len(BODY), **headers), answer(200, BODY))
    assert fetcher.fetch(wanted=wanted(), now=NOW).sha256 == SHA
    assert "range" not in server.calls[1].headers


def test_truncated_chunks_are_seen(server: BadServer, fetcher: Fetcher) -> None:
    cut = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nline \r\n400\r\nabc"
    no_end = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nline \r\n"
    server.play(lambda _, c: c.sendall(cut), lambda _, c: c.sendall(no_end), answer(200, BODY))
    assert fetcher.fetch(wanted=wanted(), now=NOW).sha256 == SHA
    assert len(server.calls) == 3


def test_a_server_that_ignores_the_range_starts_anew(server: BadServer, fetcher: Fetcher) -> None:
    server.play(answer(200, BODY[:1000], length=len(BODY), ETag=TAG), answer(200, BODY, ETag=TAG))
    assert fetcher.fetch(wanted=wanted(), now=NOW).sha256 == SHA
    assert "range" in server.calls[1].headers


@pytest.mark.parametrize(
    "headers",
    [
        {"ETag": '"v2"', "Content_Range": f"bytes 1000-{len(BODY) - 1}/{len(BODY)}"},
        {"ETag": TAG, "Content_Range": f"bytes 999-{len(BODY) - 1}/{len(BODY)}"},
        {"ETag": TAG, "Content_Range": f"bytes 1000-{len(BODY) - 1}/{len(BODY) + 5}"},
        {"ETag": TAG, "Content_Encoding": "gzip", "Content_Range": f"bytes 1000-{len(BODY) - 1}/{len(BODY)}"},
        {"ETag": TAG},
        {"ETag": TAG, "Content_Type": "multipart/byteranges; boundary=x"},
    ],
)
def test_a_part_that_does_not_fit_is_thrown_away(server: BadServer, fetcher: Fetcher, headers: dict[str, str]) -> None:
    server.play(
        answer(200, BODY[:1000], length=len(BODY), ETag=TAG), answer(206, BODY[1000:], **headers), answer(200, BODY)
    )
    assert fetcher.fetch(wanted=wanted(), now=NOW).sha256 == SHA
    assert "range" not in server.calls[2].headers


def test_a_changed_file_comes_whole(server: BadServer, fetcher: Fetcher) -> None:
    newer = BODY[::-1]
    server.play(answer(200, BODY[:1000], length=len(BODY), ETag=TAG), answer(200, newer, ETag='"v2"'))
    found = fetcher.fetch(wanted=wanted(), now=NOW)
    assert found.path and found.path.read_bytes() == newer and found.etag == '"v2"'


def test_416_starts_anew(server: BadServer, fetcher: Fetcher) -> None:
    server.play(answer(200, BODY[:1000], length=len(BODY), ETag=TAG), answer(416), answer(200, BODY))
    assert fetcher.fetch(wanted=wanted(), now=NOW).sha256 == SHA


def drip(prefix: bytes, each: bytes, every: float = 0.1) -> object:
    def script(_call: Call, connection: socket.socket) -> None:
        connection.sendall(prefix)
        for _ in range(200):
            time.sleep(every)
            connection.sendall(each)

    return script


@pytest.mark.parametrize(
    ("prefix", "each"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1", b"0"),
        (b"HTTP/1.1 200 OK\r\nX-Long: ", b"x"),
        (b"HTTP/1.1 200 OK\r\n\r\n", b"x"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
    ids=["body", "chunks", "chunk size", "header", "no length", "continue"],
)
def test_no_drip_outlasts_the_total(server: BadServer, tmp_path: Path, prefix: bytes, each: bytes) -> None:
    server.play(drip(prefix, each))  # type: ignore[arg-type]
    mine = make_fetcher(server, tmp_path, limits=replace(QUICK, total=1.0, read=5.0))
    began = time.monotonic()
    problem = refused(mine)
    assert time.monotonic() - began < 2.5 and not problem.permanent
    assert "longer than 1 seconds" in problem.message


def test_silence_meets_the_read_limit(server: BadServer, tmp_path: Path) -> None:
    server.play(lambda *_: time.sleep(5), answer(200, BODY))
    mine = make_fetcher(server, tmp_path, limits=replace(QUICK, read=0.3))
    began = time.monotonic()
    assert mine.fetch(wanted=wanted(), now=NOW).sha256 == SHA
    assert time.monotonic() - began < 2


def test_a_resolver_that_hangs_is_left(server: BadServer, tmp_path: Path) -> None:
    limits = replace(QUICK, connect=0.2, attempts=1)
    mine = Fetcher(folder=tmp_path, limits=limits, resolve=lambda *_: time.sleep(3) or [], dial=Wires(1).dial)
    began = time.monotonic()
    assert "not resolved in time" in refused(mine).message
    assert time.monotonic() - began < 1


def test_gzip_is_unpacked_and_hashed_as_content(server: BadServer, fetcher: Fetcher) -> None:
    server.play(answer(200, gzip.compress(BODY[:9000]) + gzip.compress(BODY[9000:]), Content_Encoding="gzip"))
    found = fetcher.fetch(wanted=wanted(), now=NOW)
    assert (found.sha256, found.bytes) == (SHA, len(BODY))


@pytest.mark.parametrize(
    "body",
    [BODY, gzip.compress(BODY)[:-3], b"\x1f\x8b" + b"\x00" * 50, gzip.compress(BODY) + b"junk", b""],
    ids=["identity labelled gzip", "cut", "corrupt", "junk behind", "empty"],
)
def test_wrong_gzip_is_tried_again_then_an_error(
    server: BadServer, fetcher: Fetcher, tmp_path: Path, body: bytes
) -> None:
    server.play(answer(200, body, Content_Encoding="gzip", ETag=TAG))
    assert "compressed" in (problem := refused(fetcher)).message or "gzip" in problem.message
    assert len(server.calls) == QUICK.attempts and parts(tmp_path) == set()
    assert all("range" not in call.headers for call in server.calls), "damaged bytes are not gone on from"


def zeros(size: int) -> Iterator[bytes]:
    """Gzip of `size` zeros, made as it is sent."""
    engine, block = zlib.compressobj(9, zlib.DEFLATED, 31), bytes(10_000_000)
    for _ in range(size // len(block)):
        yield engine.compress(block)
    yield engine.flush()


def test_ten_gigabytes_of_zeros_stop_at_the_cap(server: BadServer, tmp_path: Path) -> None:
    def bomb(_call: Call, connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n")
        for piece in zeros(10_000_000_000):
            connection.sendall(piece)
            server.sent += len(piece)

    server.play(bomb)
    began = time.monotonic()
    problem = refused(make_fetcher(server, tmp_path, limits=replace(QUICK, total=100)))
    assert problem.permanent and "larger than 1,000,000 bytes" in problem.message
    assert parts(tmp_path) == set() and len(server.calls) == 1
    assert server.sent < 4_000_000 and time.monotonic() - began < 20


def test_a_small_bomb_is_bounded_when_unpacked(server: BadServer, fetcher: Fetcher, tmp_path: Path) -> None:
    server.play(answer(200, b"".join(zeros(500_000_000)), Content_Encoding="gzip"))
    assert len(b"".join(zeros(500_000_000))) < QUICK.max_bytes
    problem = refused(fetcher)
    assert problem.permanent and "larger" in problem.message and parts(tmp_path) == set()


def test_other_packings_are_refused(server: BadServer, fetcher: Fetcher) -> None:
    server.play(answer(200, b"x", Content_Encoding="gzip, gzip"))
    assert refused(fetcher).permanent


def test_ten_declared_gigabytes_are_refused_unread(server: BadServer, fetcher: Fetcher, tmp_path: Path) -> None:
    def large(_call: Call, connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n")
        for _ in range(10_000):
            connection.sendall(bytes(1_000_000))
            server.sent += 1_000_000

    server.play(large)
    assert refused(fetcher).permanent
    time.sleep(0.1)
    assert server.sent < 20_000_000 and parts(tmp_path) == set()


def test_ten_streamed_gigabytes_are_cut_at_the_cap(server: BadServer, fetcher: Fetcher, tmp_path: Path) -> None:
    def large(_call: Call, connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(10_000):
            connection.sendall(b"f4240\r\n" + bytes(1_000_000) + b"\r\n")
            server.sent += 1_000_000

    server.play(large)
    assert "larger than 1,000,000" in refused(fetcher).message
    time.sleep(0.1)
    assert server.sent < 20_000_000 and parts(tmp_path) == set()


def test_redirects_are_followed_and_named(server: BadServer, fetcher: Fetcher) -> None:
    server.play(redirect("/b?x=1"), redirect("http://mirror.example.org/c#top", 308), answer(200, BODY))
    found = fetcher.fetch(wanted=wanted(), now=NOW)
    assert found.final_url == "http://mirror.example.org/c"
    assert [c.path for c in server.calls] == ["/list.json", "/b?x=1", "/c"]
    assert server.calls[2].headers["host"] == "mirror.example.org"


@pytest.mark.parametrize(
    "to",
    [
        "http://127.0.0.1/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/",
        "http://100.64.0.1/",
        "http://0.0.0.0/",
        "http://[64:ff9b::7f00:1]/",
        "http://[2002:7f00:1::]/",
        "http://[fe80::1]/",
        "file:///etc/passwd",
        "ftp://feeds.example.org/",
        "gopher://feeds.example.org/",
        "http://user:secret@feeds.example.org/",
        "http://feeds.example.org/a b",
        "http://feeds.example.org:99999/",
        "http://[::1",
        "",
    ],
)
def test_redirects_inside_or_elsewhere_are_refused(server: BadServer, tmp_path: Path, to: str) -> None:
    wires = Wires(server.port)
    server.play(redirect(to))
    problem = refused(make_fetcher(server, tmp_path, wires=wires))
    assert problem.permanent and wires.dialled == [PUBLIC] and len(server.calls) == 1
    assert "secret" not in problem.message


def test_redirects_in_a_circle_and_without_end_are_refused(server: BadServer, fetcher: Fetcher) -> None:
    server.play(redirect("/list.json"))
    assert "circle" in refused(fetcher).message
    server.play(*(redirect(f"/{i}") for i in range(20)))
    assert "more than 3 times" in refused(fetcher).message and len(server.calls) == 4


def test_a_name_that_turns_private_is_refused(server: BadServer, tmp_path: Path) -> None:
    wires = Wires(server.port, {"feeds.example.org": [[PUBLIC], ["127.0.0.1"]]})
    server.play(answer(500), answer(200, BODY))
    problem = refused(make_fetcher(server, tmp_path, wires=wires))
    assert problem.permanent and "loopback" in problem.message
    assert wires.dialled == [PUBLIC] and len(server.calls) == 1


def test_one_private_address_among_public_ones_is_refused(server: BadServer, tmp_path: Path) -> None:
    wires = Wires(server.port, {"feeds.example.org": [[PUBLIC, "192.168.1.1"]]})
    server.play(answer(200, BODY))
    assert refused(make_fetcher(server, tmp_path, wires=wires)).permanent and wires.dialled == []


def test_each_fetch_resolves_once_and_dials_what_was_checked(server: BadServer, tmp_path: Path) -> None:
    asked: list[str] = []
    wires = Wires(server.port)

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return [OTHER]

    server.play(answer(200, BODY))
    Fetcher(folder=tmp_path, limits=QUICK, resolve=resolve, dial=wires.dial).fetch(wanted=wanted(), now=NOW)
    assert asked == ["feeds.example.org"] and wires.dialled == [OTHER]


def test_the_real_resolver_and_dial_refuse_this_machine(tmp_path: Path, server: BadServer) -> None:
    server.play(answer(200, BODY))
    for host in ("127.0.0.1", "localhost", "127.1", "0x7f000001", "2130706433"):
        with pytest.raises(FetchError):
            Fetcher(folder=tmp_path, limits=replace(QUICK, attempts=1)).fetch(
                wanted=wanted(f"http://{host}:{server.port}/"), now=NOW
            )
    assert server.calls == []
    open_one = Fetcher(folder=tmp_path, limits=QUICK, allow_private=True)
    assert open_one.fetch(wanted=wanted(f"http://127.0.0.1:{server.port}/"), now=NOW).sha256 == SHA


def test_the_next_address_is_tried_where_one_does_not_connect(server: BadServer, tmp_path: Path) -> None:
    wires = Wires(server.port, {"feeds.example.org": [[OTHER, PUBLIC]]})

    def dial(address: str, port: int, timeout: float) -> socket.socket:
        if address == OTHER:
            raise ConnectionRefusedError(errno.ECONNREFUSED, "refused")
        return wires.dial(address, port, timeout)

    server.play(answer(200, BODY))
    mine = Fetcher(folder=tmp_path, limits=QUICK, resolve=wires.resolve, dial=dial)
    assert mine.fetch(wanted=wanted(), now=NOW).sha256 == SHA


def test_checksums(server: BadServer, fetcher: Fetcher, tmp_path: Path) -> None:
    server.play(answer(200, BODY))
    assert fetcher.fetch(wanted=wanted(sha256=SHA.upper()), now=NOW).sha256 == SHA
    problem = refused(fetcher, sha256="0" * 64)
    assert "checksum" in problem.message and not problem.permanent and parts(tmp_path) == set()


@pytest.mark.parametrize(
    ("stated", "good"),
    [
        (SHA, True),
        (f"{SHA}  list.json\n", True),
        (f"{'1' * 64}  other.json\n{SHA} *./list.json\n", True),
        ("1" * 64, False),
        ("<html>not found</html>", False),
        ("", False),
        (f"{SHA} a\n{SHA} b", False),
    ],
)
def test_a_sibling_states_the_checksum(
    server: BadServer, fetcher: Fetcher, tmp_path: Path, stated: str, good: bool
) -> None:
    def both(call: Call, connection: socket.socket) -> None:
        answer(200, stated.encode() if call.path.endswith(".sha256") else BODY)(call, connection)

    server.play(both)
    sibling = "http://feeds.example.org/list.json.sha256"
    if good:
        assert fetcher.fetch(wanted=wanted(sha256_url=sibling), now=NOW).sha256 == SHA
    else:
        assert "checksum" in refused(fetcher, sha256_url=sibling).message and "list" not in parts(tmp_path)


def test_a_full_disk_leaves_nothing_and_says_so(
    server: BadServer, fetcher: Fetcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = Part.start

    def on_full_disk(part: Part, origin: Origin) -> None:
        start(part, origin)
        part.path.unlink()
        part.path.symlink_to("/dev/full")

    monkeypatch.setattr(Part, "start", on_full_disk)
    server.play(answer(200, BODY, length=None, ETag=TAG))
    problem = refused(fetcher)
    assert "disk is full" in problem.message and not problem.permanent
    assert parts(tmp_path) == set() and len(server.calls) == 1


KILLED = """
import sys
from pathlib import Path
sys.path.insert(0, {here!r})
from bad_server import QUICK, Wires, wanted
from dataclasses import replace
from datetime import UTC, datetime
from bluelamp.kernel.fetching.client import Fetcher
wires = Wires({port})
limits = replace(QUICK, read=30, total=60)
fetcher = Fetcher(folder=Path({folder!r}), limits=limits, resolve=wires.resolve, dial=wires.dial)
fetcher.fetch(wanted=wanted(), now=datetime.now(tz=UTC))
"""


def test_a_killed_fetch_is_gone_on_with(server: BadServer, fetcher: Fetcher, tmp_path: Path) -> None:
    large = os.urandom(900_000)

    def half_then_wait(_call: Call, connection: socket.socket) -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(large)}\r\nETag: {TAG}\r\n\r\n"
        connection.sendall(head.encode() + large[:600_000])
        time.sleep(30)

    def rest(call: Call, connection: socket.socket) -> None:
        start = int(call.headers["range"].removeprefix("bytes=").rstrip("-"))
        span = f"bytes {start}-{len(large) - 1}/{len(large)}"
        answer(206, large[start:], ETag=TAG, Content_Range=span)(call, connection)

    server.play(half_then_wait, rest)
    code = KILLED.format(here=str(Path(__file__).parent), port=server.port, folder=str(tmp_path))
    with subprocess.Popen([sys.executable, "-c", code]) as child:
        part = tmp_path / "list.part"
        for _ in range(400):
            if part.exists() and part.stat().st_size > 100_000:
                break
            time.sleep(0.05)
        child.send_signal(signal.SIGKILL)
    received = part.stat().st_size
    assert 100_000 < received < len(large)
    found = fetcher.fetch(wanted=wanted(), now=NOW)
    assert found.path and found.path.read_bytes() == large
    assert server.calls[1].headers["range"] == f"bytes={received}-"


def test_a_part_of_another_address_is_not_gone_on_with(server: BadServer, fetcher: Fetcher, tmp_path: Path) -> None:
    with locked(folder=tmp_path, name="list") as part:
        part.start(Origin(url="http://other.example.org/", etag=TAG, encoding="identity", total=9))
        part.path.write_bytes(b"123")
    server.play(answer(200, BODY))
    assert fetcher.fetch(wanted=wanted(), now=NOW).sha256 == SHA and "range" not in server.calls[0].headers


@pytest.mark.parametrize("about", ["", "{}", "[]", '{"url": 1}', "\x00"])
def test_a_damaged_note_about_a_part_is_no_harm(
    server: BadServer, fetcher: Fetcher, tmp_path: Path, about: str
) -> None:
    (tmp_path / "list.part").write_bytes(b"123")
    (tmp_path / "list.part.json").write_text(about)
    server.play(answer(200, BODY))
    assert fetcher.fetch(wanted=wanted(), now=NOW).sha256 == SHA


def test_two_fetches_of_one_name_do_not_mix(server: BadServer, fetcher: Fetcher, tmp_path: Path) -> None:
    server.play(answer(200, BODY))
    with locked(folder=tmp_path, name="list"):
        assert "under way" in refused(fetcher).message
    assert fetcher.fetch(wanted=wanted(), now=NOW).sha256 == SHA


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x16\x03\x01",
        b"HTTP/1.1 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 9\r\n\r\nabcde",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 500 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc",
        b"HTTP/1.1 999 \xff\xfe\r\n\r\n",
    ],
)
def test_nonsense_is_an_error_and_nothing_worse(server: BadServer, fetcher: Fetcher, raw: bytes) -> None:
    server.play(lambda _, c: c.sendall(raw))
    assert refused(fetcher).message
