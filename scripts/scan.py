"""A stranger's scanner against a running demonstration: `make scan` (ten to thirty minutes).

Scans the public pages, then the desk as one of the cast, and ends with 1 where it finds anything above informational
that does not stand in ACCEPTED with its reason. The demonstration lives in a folder that is removed afterwards.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

BLUELAMP = str(Path(sys.executable).with_name("bluelamp"))
# Not: what this program has no part of (LDAP, Java, CGI, web shops), and what asks hosts on the internet.
MODULES = (
    "backup,buster,cookieflags,crlf,csp,csrf,exec,file,htaccess,http_headers,methods,permanentxss,redirect,sql,timesql,"
    "upload,xss"
)
# Of the catalogue's 43,000 pages and their like a few are looked at, in English, for so many seconds a module.
BOUNDS = "--max-files-per-dir 2 --max-links-per-page 40 --depth 4 --max-parameters 15 --max-attack-time 60"
PLAYED = "Ada"


@dataclass(frozen=True)
class Accepted:
    """A finding that is none: how it reads, and why."""

    words: str
    reason: str


ACCEPTED = (
    Accepted(
        "Secure flag is not set",
        "The demonstration runs on loopback without TLS. From outside the flag is set: test_hardening.py.",
    ),
    Accepted(
        "is not properly checked in backend",
        "The module sends its own good form with two Content-Type headers, so that both are refused alike. Every form "
        "address is tried without, with a wrong and with a stranger's token in test_hardening.py.",
    ),
)


def main(wapiti: str) -> int:
    """Scan; 0 where nothing was found."""
    with tempfile.TemporaryDirectory(prefix="bluelamp-scan-") as name, demonstration(Path(name)) as base:
        found = scan(wapiti, base, Path(name) / "public", leave=("/desk/demo/",))
        cookies, held = Path(name) / "cookies.json", session(base)
        cookies.write_text(json.dumps(as_scanner_reads(held)), encoding="utf-8")
        # Signing out, or in as another, would end the scan of the desk.
        leave = ("/account/logout/", "/desk/demo/", "/account/sessions/")
        desk = ("-c", str(cookies), "--drop-set-cookie", "-s", f"{base}/desk/")
        found += scan(wapiti, base, Path(name) / "desk", *desk, leave=leave)
        if status(base, "/desk/people/", held) != 200:
            sys.exit("The scan of the desk ended its own session: leave out the address that does so.")
    serious = [finding for finding in found if not accepted(finding)]
    for finding in serious:
        print(f"\n{finding['kind']} (level {finding['level']}): {finding['info']}\n{finding['http_request']}")
    passed = sorted({f"{f['kind']}: {a.reason}" for f in found if (a := accepted(f))})
    print("\n".join(["", *(f"Accepted: {line}" for line in passed), f"{len(serious)} findings above informational."]))
    return 1 if serious else 0


def accepted(finding: dict[str, Any]) -> Accepted | None:
    """Why a finding is none, or None."""
    return next((a for a in ACCEPTED if a.words in finding["info"]), None)


def scan(wapiti: str, base: str, report: Path, *more: str, leave: tuple[str, ...]) -> list[dict[str, Any]]:
    """Everything above informational that the scanner found."""
    print(f"Scanning {base}: {report.name}", flush=True)
    excluded = [part for path in (*leave, "/cy/*", "/static/*") for part in ("-x", f"{base}{path}")]
    own = ["--store-session", f"{report}-session", "--store-config", f"{report}-config", "--no-bugreport"]
    command = [wapiti, "-u", f"{base}/", "-m", MODULES, *BOUNDS.split(), *own, *excluded, *more]
    subprocess.run([*command, "-f", "json", "-o", f"{report}.json", "-v", "0"], check=True, stdout=sys.stderr)
    told = json.loads(Path(f"{report}.json").read_text(encoding="utf-8"))
    print(f"{told['infos'].get('crawled_pages_nbr', '?')} addresses and forms were attacked.", flush=True)
    return [
        {"kind": kind, **finding}
        for part in ("vulnerabilities", "anomalies")
        for kind, findings in told[part].items()
        for finding in findings
        if finding["level"] > 0
    ]


def status(base: str, path: str, cookies: dict[str, str]) -> int:
    """How an address answers who has these cookies."""
    line = HTTPConnection(base.removeprefix("http://"), timeout=30)
    line.request("GET", path, headers={"Cookie": _line(cookies)})
    return line.getresponse().status


def session(base: str) -> dict[str, str]:
    """The cookies of one of the cast."""
    line = HTTPConnection(base.removeprefix("http://"), timeout=30)
    line.request("GET", "/desk/demo/")
    answer = line.getresponse()
    page, cookies = answer.read().decode(), _cookies(answer.headers.get_all("Set-Cookie", []))
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    row = next(r for r in page.split("<tr") if f"Act as {PLAYED}<" in r)
    who = re.search(r'name="who" value="([^"]+)"', row)
    assert token and who, "the page of the cast has changed"
    form = urlencode({"who": who[1], "csrfmiddlewaretoken": token[1]})
    head = {"Cookie": _line(cookies), "Content-Type": "application/x-www-form-urlencoded"}
    line.request("POST", "/desk/demo/", form, head)
    answer = line.getresponse()
    assert answer.status == 302, f"signing in was answered with {answer.status}"
    return cookies | _cookies(answer.headers.get_all("Set-Cookie", []))


def as_scanner_reads(cookies: dict[str, str]) -> dict[str, Any]:
    """Cookies in the scanner's form."""
    kept = {"expires": None, "secure": False, "port": None, "version": 0}
    return {"localhost": {"/": {name: {"value": value, **kept} for name, value in cookies.items()}}}


def _cookies(lines: list[str]) -> dict[str, str]:
    return dict(line.strip().partition(";")[0].split("=", 1) for line in lines)


def _line(cookies: dict[str, str]) -> str:
    return "; ".join(f"{name}={value}" for name, value in cookies.items())


@contextmanager
def demonstration(home: Path) -> Iterator[str]:
    """The address of a demonstration of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    kept = {k: v for k, v in os.environ.items() if not k.startswith("BLUELAMP_")}
    env = {**kept, "BLUELAMP_HOME": str(home / "home"), "BLUELAMP_PORT": str(port), "BLUELAMP_DEMO": "1"}
    subprocess.run([BLUELAMP, "setup"], env=env, check=True, stdout=subprocess.DEVNULL)
    with (home / "log").open("w") as log, subprocess.Popen([BLUELAMP, "serve"], env=env, stdout=log, stderr=log) as web:
        try:
            _wait(port)
            yield f"http://localhost:{port}"
        finally:
            web.terminate()
            web.wait(timeout=30)
            failures = [line for line in (home / "log").read_text().splitlines() if '"status": 5' in line]
            print("\n".join(["The server failed:", *failures[:20]]) if failures else "The server answered no 5xx.")


def _wait(port: int) -> None:
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    sys.exit("The demonstration did not start.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]) if shutil.which(sys.argv[1]) else f"There is no {sys.argv[1]}. Run: make scan")
