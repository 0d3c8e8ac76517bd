"""HTTPS and proxies: the certificate is checked for the name asked for, whatever address it was reached at."""

import contextlib
import datetime as dt
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from bad_server import PUBLIC, QUICK, BadServer, Call, Wires, answer, redirect, running, wanted
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bluelamp.kernel.fetching.client import Fetcher
from bluelamp.kernel.fetching.domain.results import FetchError

NOW = dt.datetime(2026, 8, 8, 12, tzinfo=dt.UTC)
HOST = "feeds.example.org"
URL = f"https://{HOST}/list.json"
BODY = b"the list"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    day = dt.timedelta(days=1)
    real_now = dt.datetime.now(tz=dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(real_now - day)
        .not_valid_after(real_now + day)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


class SecureServer(BadServer):
    """The same server behind TLS; `names` are the server names that clients asked for."""

    names: list[str]
    context: ssl.SSLContext

    def _one(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            super()._one(self.context.wrap_socket(connection, server_side=True))


@pytest.fixture
def server(certificate: Path) -> Iterator[SecureServer]:
    found = SecureServer()
    found.names = []
    found.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    found.context.load_cert_chain(certificate)
    found.context.sni_callback = lambda _sock, name, _context: found.names.append(name)
    with running(found):
        yield found


@pytest.fixture
def trust(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate))


def secure(server: BadServer, folder: Path, tls: ssl.SSLContext | None) -> tuple[Fetcher, Wires]:
    wires = Wires(server.port)
    return Fetcher(folder=folder, limits=QUICK, resolve=wires.resolve, dial=wires.dial, tls=tls), wires


def test_name_and_certificate_are_those_of_the_address(
    server: SecureServer, tmp_path: Path, trust: ssl.SSLContext
) -> None:
    server.play(answer(200, BODY))
    fetcher, wires = secure(server, tmp_path, trust)
    assert fetcher.fetch(wanted=wanted(URL), now=NOW).bytes == len(BODY)
    assert server.names == [HOST] and wires.dialled == [PUBLIC] and server.calls[0].headers["host"] == HOST


@pytest.mark.parametrize("url", ["https://other.example.org/", f"https://{PUBLIC}/"])
def test_a_certificate_for_another_name_is_refused(
    server: SecureServer, tmp_path: Path, trust: ssl.SSLContext, url: str
) -> None:
    server.play(answer(200, BODY))
    fetcher, _ = secure(server, tmp_path, trust)
    with pytest.raises(FetchError, match="certificate") as caught:
        fetcher.fetch(wanted=wanted(url), now=NOW)
    assert caught.value.permanent and server.calls == []


def test_a_certificate_that_nobody_vouches_for_is_refused(server: SecureServer, tmp_path: Path) -> None:
    server.play(answer(200, BODY))
    fetcher, _ = secure(server, tmp_path, None)
    with pytest.raises(FetchError, match="certificate"):
        fetcher.fetch(wanted=wanted(URL), now=NOW)
    assert server.calls == []


def test_https_is_never_left_for_http(server: SecureServer, tmp_path: Path, trust: ssl.SSLContext) -> None:
    server.play(redirect(f"http://{HOST}/list.json"))
    fetcher, wires = secure(server, tmp_path, trust)
    with pytest.raises(FetchError, match="https to http") as caught:
        fetcher.fetch(wanted=wanted(URL), now=NOW)
    assert caught.value.permanent and wires.dialled == [PUBLIC]


def test_a_handshake_that_drips_meets_the_total(tmp_path: Path, trust: ssl.SSLContext) -> None:
    listener = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        connection, _ = listener.accept()
        with connection, contextlib.suppress(OSError):
            connection.sendall(b"\x16\x03\x03\x40\x00")
            for _ in range(100):
                time.sleep(0.1)
                connection.sendall(b"\x02")

    threading.Thread(target=drip, daemon=True).start()
    wires = Wires(listener.getsockname()[1])
    limits = replace(QUICK, total=1.0, read=5.0)
    began = time.monotonic()
    with pytest.raises(FetchError, match="longer than 1 seconds"):
        Fetcher(folder=tmp_path, limits=limits, resolve=wires.resolve, dial=wires.dial, tls=trust).fetch(
            wanted=wanted(URL), now=NOW
        )
    assert time.monotonic() - began < 2.5
    listener.close()


def through(proxy: BadServer, folder: Path, tls: ssl.SSLContext | None = None) -> Fetcher:
    """A fetcher whose proxy is a server of this machine; names are the proxy's to resolve."""

    def no_resolver(host: str, port: int) -> list[str]:
        raise AssertionError(f"{host} was resolved here")

    address = f"http://someone:pass%20word@127.0.0.1:{proxy.port}"
    return Fetcher(folder=folder, limits=QUICK, proxy=address, resolve=no_resolver, tls=tls)


def test_a_proxy_gets_the_whole_address_and_its_password(tmp_path: Path) -> None:
    with running() as proxy:
        proxy.play(answer(200, BODY))
        found = through(proxy, tmp_path).fetch(wanted=wanted(), now=NOW)
    assert found.bytes == len(BODY)
    (call,) = proxy.calls
    assert call.path == "http://feeds.example.org/list.json" and call.headers["host"] == HOST
    assert call.headers["proxy-authorization"] == "Basic c29tZW9uZTpwYXNzIHdvcmQ="


def test_a_tunnel_through_the_proxy_checks_the_certificate(
    server: SecureServer, tmp_path: Path, trust: ssl.SSLContext
) -> None:
    server.play(answer(200, BODY))

    def tunnel(_call: Call, connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with socket.create_connection(("127.0.0.1", server.port)) as far:
            threading.Thread(target=pump, args=(far, connection), daemon=True).start()
            pump(connection, far)

    def pump(one: socket.socket, two: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := one.recv(65536):
                two.sendall(data)

    with running() as proxy:
        proxy.play(tunnel)
        assert through(proxy, tmp_path, trust).fetch(wanted=wanted(URL), now=NOW).bytes == len(BODY)
        assert proxy.calls[0].path == f"{HOST}:443" and server.names == [HOST]
        assert "proxy-authorization" in proxy.calls[0].headers
        assert "proxy-authorization" not in server.calls[0].headers
        with pytest.raises(FetchError, match="certificate"):
            through(proxy, tmp_path, trust).fetch(wanted=wanted("https://other.example.org/"), now=NOW)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://127.1/",
        "http://0x7f000001/",
        "http://2130706433/",
        "http://017700000001/",
        "http://[::1]/",
        "http://localhost/",
        "http://LOCALHOST./",
        "http://intranet/",
        "http://db.internal/",
        "http://printer.local/",
        "https://192.168.0.1/",
    ],
)
def test_no_host_inside_is_asked_of_the_proxy(tmp_path: Path, url: str) -> None:
    with running() as proxy:
        proxy.play(answer(200, BODY))
        with pytest.raises(FetchError) as caught:
            through(proxy, tmp_path).fetch(wanted=wanted(url), now=NOW)
        assert caught.value.permanent and proxy.calls == []
