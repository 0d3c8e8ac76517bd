"""A stranger's scanner against a running demonstration: `make scan` (about an hour).

Scans the public pages, a report that is being written, one that is followed, the desk, the triage desk and what serves
programs, and ends with 1 where it finds anything above informational that does not stand in ACCEPTED with its reason.
The demonstration lives in a folder that is removed afterwards.

    python scripts/scan.py WAPITI [PART ...]    only these of PARTS
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
from pathlib import Path
from typing import Any

from bench_reports import drafts
from scan_visitors import Visitor, follower, one_of_the_cast, writer

BLUELAMP = str(Path(sys.executable).with_name("bluelamp"))
# Not: what this program has no part of (LDAP, Java, CGI, web shops), and what asks hosts on the internet.
MODULES = (
    "backup,buster,cookieflags,crlf,csp,csrf,exec,file,htaccess,http_headers,methods,permanentxss,redirect,sql,timesql,"
    "upload,xss"
)
# Of the catalogue's 43,000 pages and their like a few are looked at, in English, for so many seconds a module.
BOUNDS = "--max-files-per-dir 2 --max-links-per-page 40 --depth 4 --max-parameters 15 --max-attack-time 30"
LEAST = 4  # addresses and forms; whoever is not let in finds fewer
# What each part scans. Following comes first: whoever tried many wrong words has to wait before the right ones.
PARTS = {
    "following": "/report/follow/",
    "writing": "/report/",
    "triage": "/desk/reports/",
    "desk": "/desk/",
    "programs": "/open311/v2/",
    "public": "/",
}
# What would end the scan of a part: leaving, sending, signing out, or in as another.
LEAVE = (
    "/account/logout/",
    "/account/sessions/",
    "/desk/demo/",
    "/report/exit/",
    "/report/follow/leave/",
    "/report/nothing/",
)


@dataclass(frozen=True)
class Accepted:
    """A finding that is none: how it reads (a pattern), and why."""

    words: str
    reason: str


ACCEPTED = (
    Accepted(
        r"Backup file \S+/download/[0-9a-f-]+\.zip found",
        "The data package of a published edition is public, beside its CSV.",
    ),
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


def main(wapiti: str, parts: list[str]) -> int:
    """Scan; 0 where nothing was found."""
    found: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(prefix="bluelamp-scan-") as name, demonstration(Path(name)) as (base, env):
        (draft, sent), last = drafts(env, 2)
        for part in parts:
            visitor, starts = visit(part, base, draft=draft, sent=sent, last=last)
            found += scan(wapiti, base, Path(name) / part, visitor, starts=starts, leave=(*LEAVE, last))
            # Answers that the scanner changed may lead a writer to another page, which is no end.
            if not visitor.is_let_in(starts[0], also="/report/q/"):
                sys.exit(f"The scan of {part} ended its own session: leave out the address that does so.")
    serious = [finding for finding in found if not accepted(finding)]
    passed = sorted({f"{f['kind']}: {a.reason}" for f in found if (a := accepted(f))})
    print("\n".join(["", *(f"Accepted: {line}" for line in passed), f"{len(serious)} findings above informational."]))
    return 1 if serious else 0


def visit(part: str, base: str, *, draft: str, sent: str, last: str) -> tuple[Visitor, list[str]]:
    """Who scans a part, and where they begin. `last`: the page that sends, which leads to all that are answered."""
    match part:
        case "writing":
            visitor = writer(base, draft)
            return visitor, sorted(set(re.findall(r"/report/q/\d+/", visitor.get(last)[1])) - {last})
        case "following":
            return follower(base, sent, last), ["/report/follow/page/"]
        case "desk":
            return one_of_the_cast(base, "Ada"), ["/desk/"]
        case "triage":
            return one_of_the_cast(base, "Dev", capacity="Triage officer"), ["/desk/reports/"]
        case "programs":
            return Visitor(base), [
                "/open311/v2/services.json",
                "/open311/v2/requests.json",
                "/open311/v2/discovery.json",
            ]
    return Visitor(base), ["/"]


def accepted(finding: dict[str, Any]) -> Accepted | None:
    """Why a finding is none, or None."""
    return next((a for a in ACCEPTED if re.search(a.words, finding["info"])), None)


def scan(
    wapiti: str, base: str, report: Path, visitor: Visitor, *, starts: list[str], leave: tuple[str, ...]
) -> list[dict[str, Any]]:
    """Everything above informational that the scanner found."""
    print(f"Scanning {base}{PARTS[report.name]}", flush=True)
    excluded = [part for path in (*leave, "/cy/*", "/static/*") for part in ("-x", f"{base}{path}")]
    more = [part for path in starts for part in ("-s", f"{base}{path}")]
    if visitor.cookies:
        cookies = report.with_suffix(".cookies")
        cookies.write_text(json.dumps(visitor.as_scanner_reads()), encoding="utf-8")
        more += ["-c", str(cookies)]
    own = ["--store-session", f"{report}-session", "--store-config", f"{report}-config", "--no-bugreport"]
    command = [wapiti, "-u", f"{base}{PARTS[report.name]}", "-m", MODULES, *BOUNDS.split(), *own, *excluded, *more]
    subprocess.run([*command, "-f", "json", "-o", f"{report}.json", "-v", "0"], check=True, stdout=sys.stderr)
    told = json.loads(Path(f"{report}.json").read_text(encoding="utf-8"))
    attacked = told["infos"].get("crawled_pages_nbr", 0)
    print(f"{attacked} addresses and forms were attacked.", flush=True)
    if attacked < LEAST:
        sys.exit(f"The scanner was not let in to {report.name}, or found nothing there.")
    found = [
        {"kind": kind, **finding}
        for part in ("vulnerabilities", "anomalies")
        for kind, findings in told[part].items()
        for finding in findings
        if finding["level"] > 0
    ]
    for one in found:
        if not accepted(one):
            print(f"\n{one['kind']} (level {one['level']}): {one['info']}\n{one['http_request']}", flush=True)
    return found


@contextmanager
def demonstration(home: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """The address and the environment of a demonstration of its own, with every interface open."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    kept = {k: v for k, v in os.environ.items() if not k.startswith("BLUELAMP_")}
    env = {**kept, "BLUELAMP_HOME": str(home / "home"), "BLUELAMP_PORT": str(port), "BLUELAMP_DEMO": "1"}
    env |= {"BLUELAMP_REPORT_API": "1", "BLUELAMP_OPEN311": "1"}
    subprocess.run([BLUELAMP, "setup"], env=env, check=True, stdout=subprocess.DEVNULL)
    with (home / "log").open("w") as log, subprocess.Popen([BLUELAMP, "serve"], env=env, stdout=log, stderr=log) as web:
        try:
            _wait(port)
            yield f"http://localhost:{port}", env
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
    if not shutil.which(sys.argv[1]):
        sys.exit(f"There is no {sys.argv[1]}. Run: make scan")
    if unknown := set(sys.argv[2:]) - set(PARTS):
        sys.exit(f"There is no part {', '.join(sorted(unknown))}. There are: {', '.join(PARTS)}")
    sys.exit(main(sys.argv[1], sys.argv[2:] or list(PARTS)))
