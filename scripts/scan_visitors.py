"""Who looks at the demonstration that is scanned: one of the cast, somebody who writes a report, who follows one."""

import re
import sys
from http import HTTPStatus
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode


class Visitor:
    """A browser with nothing but cookies."""

    def __init__(self, base: str) -> None:
        self._host = base.removeprefix("http://")
        self.cookies: dict[str, str] = {}

    def get(self, path: str) -> tuple[int, str]:
        """Status and text of a page, or where it leads."""
        return self._ask("GET", path)

    def submit(self, path: str, **fields: str) -> None:
        """Send a form, with the token of the browser's cookie. Ends the program where it leads nowhere."""
        form = urlencode({"csrfmiddlewaretoken": self.cookies["csrftoken"], **fields})
        status, _ = self._ask("POST", path, form)
        if status != HTTPStatus.FOUND:
            sys.exit(f"{path} was answered with {status}.")

    def is_let_in(self, path: str, *, also: str) -> bool:
        """Whether a page is shown, or leads to another below `also`."""
        status, text = self.get(path)
        return status == HTTPStatus.OK or (status == HTTPStatus.FOUND and text.startswith(also))

    def as_scanner_reads(self) -> dict[str, Any]:
        """The cookies in the scanner's form; a host without a dot is of the domain `local` to it."""
        kept = {"expires": None, "secure": False, "port": None, "version": 0}
        return {".localhost.local": {"/": {name: {"value": value, **kept} for name, value in self.cookies.items()}}}

    def _ask(self, method: str, path: str, body: str | None = None) -> tuple[int, str]:
        line = HTTPConnection(self._host, timeout=30)
        head = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            head["Content-Type"] = "application/x-www-form-urlencoded"
        line.request(method, path, body, head)
        answer = line.getresponse()
        for cookie in answer.headers.get_all("Set-Cookie", []):
            name, _, value = cookie.partition(";")[0].strip().partition("=")
            self.cookies[name] = value
            if not value.strip('"'):
                del self.cookies[name]
        text = answer.read().decode(errors="replace")
        return answer.status, answer.headers.get("Location", text)


def found(pattern: str, page: str) -> str:
    """What a pattern's group finds in a page. Ends the program where the page has changed."""
    match = re.search(pattern, page, re.DOTALL)
    return match[1] if match else sys.exit(f"No page has {pattern} any more.")


def one_of_the_cast(base: str, name: str, *, capacity: str = "") -> Visitor:
    """Signed in as one of the invented people; in a capacity, where they hold several."""
    visitor = Visitor(base)
    _, page = visitor.get("/desk/demo/")
    row = next(r for r in page.split("<tr") if f"Act as {name}<" in r)
    visitor.submit("/desk/demo/", who=found(r'name="who" value="([^"]+)"', row))
    if capacity:
        choice = rf'name="grant"[^>]*value="([^"]+)"[^>]*>\s*<label[^>]*>\s*{capacity}'
        visitor.submit("/desk/capacity/", grant=found(choice, visitor.get("/desk/capacity/")[1]))
    return visitor


def writer(base: str, token: str) -> Visitor:
    """At a draft in which every question is answered."""
    visitor = Visitor(base)
    visitor.cookies["bluelamp-report"] = token
    return visitor


def follower(base: str, token: str, sends: str) -> Visitor:
    """Sends a draft at the page that sends, and opens what became of it by its words."""
    sender = writer(base, token)
    sender.get(sends)
    sender.submit(sends)
    words = re.findall(r"<li>(\w+)</li>", found(r'class="bl-recovery"[^>]*>(.*?)</ol>', sender.get("/report/sent/")[1]))
    visitor = Visitor(base)
    visitor.get("/report/follow/")
    visitor.submit("/report/follow/", words=" ".join(words))
    return visitor
