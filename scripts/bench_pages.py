"""Public pages under load, beside a bare Django page in the same run; search over 50,000 products. `make bench`.

Both are served by the real web server with one worker; the bare page with one blocking thread. A process of its own
asks over connections that are kept, each at once again; both are asked in turns, a moment each, and medians are told.
The asker, the server and whatever else the machine does share its processors: compare the sides, not machines.

`python scripts/bench_pages.py --beside FOLDER` compares with another checkout instead, whose needs are the same.
"""

import asyncio
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

BIN = Path(sys.executable).parent
CONNECTIONS, SECONDS, ROUNDS = 8, 2.0, 5
PAGE, BARE = "/table/", "/"
PRODUCTS, QUERIES = 50_000, 2_000


def main() -> None:
    """Measure and print a row each."""
    with tempfile.TemporaryDirectory() as home, ours(Path(home)) as server, bare() as bare_port:
        port = server.port
        tag, bare_tag = etag(port, PAGE), etag(bare_port, BARE)
        rates: dict[str, list[float]] = {name: [] for name in ("page", "304", "anew", "bare", "bare 304")}
        for _ in range(ROUNDS):
            rates["page"].append(rate(port, PAGE))
            rates["bare"].append(rate(bare_port, BARE))
            rates["304"].append(rate(port, PAGE, tag=tag))
            rates["bare 304"].append(rate(bare_port, BARE, tag=bare_tag))
            rates["anew"].append(rate(port, PAGE, anew=True))
        middle = {name: statistics.median(found) for name, found in rates.items()}
        spread = {name: f"{middle[name]:.0f}/s ({min(found):.0f} to {max(found):.0f})" for name, found in rates.items()}
        print(f"league page: {spread['page']} (bar 300); bare Django page {spread['bare']}: ", end="")
        print(f"ratio {middle['page'] / middle['bare']:.2f}")
        print(f"league page, not changed (304): {spread['304']} (bar 1,500); bare {spread['bare 304']}: ", end="")
        print(f"ratio {middle['304'] / middle['bare 304']:.2f}")
        print(f"league page, made anew each time: {spread['anew']}; ratio {middle['anew'] / middle['bare']:.2f}")
        print(f"search page, each text once: {percentiles(search_pages(port))}")
    print(f"search over {PRODUCTS:,} products: {percentiles(search_index())} (bar: p99 under 10 ms)")


def compare(folder: Path) -> None:
    """This checkout and another, asked in turns: answers a second, and the worker's processor time for each."""
    homes = tempfile.TemporaryDirectory
    with homes() as one, homes() as two, ours(Path(one), folder=folder) as other, ours(Path(two)) as this:
        for what in ("page", "304", "anew"):
            turns = [(measured(other, what), measured(this, what)) for _ in range(2 * ROUNDS)]
            for side, found in zip(("other", "this"), zip(*turns, strict=True), strict=True):
                rates, spent = zip(*found, strict=True)
                print(
                    f"{what}, {side}: {statistics.median(rates):.0f}/s ({min(rates):.0f} to {max(rates):.0f}), ", end=""
                )
                print(f"{statistics.median(spent):.2f} ms of a processor each ({min(spent):.2f} to {max(spent):.2f})")


def measured(server: "Server", what: str) -> tuple[float, float]:
    """Answers a second, and milliseconds of processor time of the worker for each."""
    before = server.processor_seconds()
    tag = etag(server.port, PAGE) if what == "304" else ""
    found = rate(server.port, PAGE, tag=tag, anew=what == "anew")
    return found, (server.processor_seconds() - before) / (found * SECONDS) * 1e3


# Servers


@dataclass(frozen=True)
class Server:
    """A web server that runs, by its port and its process."""

    port: int
    pid: int

    def processor_seconds(self) -> float:
        """What its worker has used so far, all threads together."""
        (worker,) = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        used = Path(f"/proc/{worker}/stat").read_text().rpartition(")")[2].split()
        return (int(used[11]) + int(used[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def ours(home: Path, *, folder: Path | None = None) -> Iterator[Server]:
    """The program with the packaged edition, one worker; with `folder` the one of another checkout."""
    port = free_port()
    kept = {k: v for k, v in os.environ.items() if not k.startswith("BLUELAMP_")}
    env = {**kept, "BLUELAMP_HOME": str(home), "BLUELAMP_PORT": str(port), "BLUELAMP_WORKERS": "1"}
    if folder:
        env["PYTHONPATH"] = str(folder.resolve() / "src")
    subprocess.run([BIN / "bluelamp", "setup"], env=env, check=True, capture_output=True)
    with served([str(BIN / "bluelamp"), "serve"], port=port, path=PAGE, env=env) as pid:
        yield Server(port, pid)


@contextmanager
def bare() -> Iterator[int]:
    """The bare page, one worker with one blocking thread."""
    port = free_port()
    command = [str(BIN / "granian"), "--interface", "wsgi", "--port", str(port), "--workers", "1"]
    command += ["--blocking-threads", "1", "--no-ws", "--log-level", "warning", "bench_bare_page:application"]
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    with served(command, port=port, path=BARE, env=env):
        yield port


@contextmanager
def served(command: list[str], *, port: int, path: str, env: dict[str, str]) -> Iterator[int]:
    """The process of a server, once it answers."""
    with subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            for _ in range(200):
                try:
                    urlopen(f"http://localhost:{port}{path}", timeout=10).read()
                    break
                except OSError:
                    time.sleep(0.1)
            yield process.pid
        finally:
            process.terminate()
            process.wait(timeout=30)


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# Asking


def rate(port: int, path: str, *, tag: str = "", anew: bool = False) -> float:
    """Answers a second, asked by a process of its own. With `anew` each address is asked for once."""
    command = [sys.executable, __file__, "--ask", str(port), path, tag, "anew" if anew else ""]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


async def ask(port: int, path: str, tag: str, anew: bool) -> float:
    """Keep asking over every connection until the time is up."""
    until = time.perf_counter() + SECONDS
    began = time.perf_counter()
    done = await asyncio.gather(*(keep_asking(port, path, tag, anew, until, n) for n in range(CONNECTIONS)))
    return sum(done) / (time.perf_counter() - began)


async def keep_asking(port: int, path: str, tag: str, anew: bool, until: float, number: int) -> int:
    """How many answers one connection got. Raises RuntimeError for one that was not looked for."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    wanted, count = b"304" if tag else b"200", 0
    more = f"If-None-Match: {tag}\r\n" if tag else ""
    while time.perf_counter() < until:
        # A parameter that no page reads: the same page under a name of its own, which nobody has kept ready.
        address = f"{path}?bench={number}.{time.perf_counter_ns()}" if anew else path
        writer.write(f"GET {address} HTTP/1.1\r\nHost: localhost:{port}\r\n{more}\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        if head.split(b" ", 2)[1] != wanted:
            raise RuntimeError(head.decode())
        await reader.readexactly(length_of(head))
        count += 1
    writer.close()
    return count


def length_of(head: bytes) -> int:
    """How many bytes follow."""
    lines = (line.partition(b":") for line in head.lower().split(b"\r\n"))
    return next((int(value) for name, _, value in lines if name == b"content-length"), 0)


def etag(port: int, path: str) -> str:
    """The ETag of a page."""
    return str(urlopen(f"http://localhost:{port}{path}", timeout=10).headers["ETag"])


# Searching


def search_pages(port: int) -> list[float]:
    """Seconds of the search page for texts that nobody has asked for."""
    took = []
    for text in texts(300):
        began = time.perf_counter()
        urlopen(f"http://localhost:{port}/search?q={text.replace(' ', '+')}", timeout=10).read()
        took.append(time.perf_counter() - began)
    return took


def search_index() -> list[float]:
    """Seconds of one search each, in memory, over invented products as many as asked for."""
    from bluelamp.kernel.catalogue.domain.searching import Index, Named

    chance = random.Random(5)  # noqa: S311 - the same invented names in every run
    words = ["".join(chance.choices("abcdefghiklmnoprstuvwy", k=chance.randint(3, 9))) for _ in range(9_000)]
    index = Index(
        Named(
            key=f"m{n % 900}:p{n}",
            name=f"{words[n % 900]} {chance.choice(words)} {chance.choice(words)} {chance.randint(1, 999)}",
            maker=words[n % 900],
            category=chance.choice(("router", "camera", "", "printer")),
            names=(),
        )
        for n in range(PRODUCTS)
    )
    took = []
    for product in chance.sample(index.products, QUERIES):
        text = product.name[: chance.randint(4, len(product.name))]
        place = chance.randrange(len(text))
        slipped = text[:place] + chance.choice("aeioust") + text[place + 1 :] if chance.random() < 0.5 else text
        began = time.perf_counter()
        index.search(text=slipped, limit=25)
        took.append(time.perf_counter() - began)
    return took


def texts(count: int) -> list[str]:
    """Texts as people type them, each once."""
    chance = random.Random(7)  # noqa: S311 - the same texts in every run
    makers = ("tp link", "netgear", "hikvision", "asus", "synology", "apple", "cisco", "zyxel", "dlink", "qnap", "hp")
    return [f"{chance.choice(makers)} {chance.choice(('router', 'camera', 'nas', ''))} {n}" for n in range(count)]


def percentiles(took: list[float]) -> str:
    """The median and the slow end, in milliseconds."""
    cut = statistics.quantiles(took, n=100)
    return f"median {cut[49] * 1e3:.1f} ms, p95 {cut[94] * 1e3:.1f} ms, p99 {cut[98] * 1e3:.1f} ms"


if __name__ == "__main__":
    if sys.argv[1:2] == ["--ask"]:
        print(asyncio.run(ask(int(sys.argv[2]), sys.argv[3], sys.argv[4], bool(sys.argv[5]))))
    elif sys.argv[1:2] == ["--beside"]:
        compare(Path(sys.argv[2]))
    else:
        main()
