"""How much the pages weigh on the line, measured over HTTP: for old phones and slow networks."""

import gzip
import importlib.util
import re
import sys
from http.client import HTTPConnection
from pathlib import Path
from types import ModuleType
from urllib.parse import urlencode

import pytest
from report_answers import SHELF, chosen
from report_pages import NUMBER, WAYS, typed

from bluelamp.reporting.web.journey_codes import question_of

ROOT = Path(__file__).parents[2]
FIRST_PAGE, WHOLE = 30_000, 250_000  # bytes; rule 50 of the citizen's journey


class Line:
    """A browser with a cache for static files; counts every byte of answers, headers included."""

    def __init__(self, base: str) -> None:
        self._host = base.removeprefix("http://")
        self._cookies: dict[str, str] = {}
        self._had: set[str] = set()
        self.bytes = 0

    def ask(self, path: str, fields: dict[str, list[str]] | None = None) -> tuple[int, str, str]:
        """Status, where it leads, and the text; fetches what the page asks for, once."""
        line = HTTPConnection(self._host, timeout=30)
        headers = {"Accept-Encoding": "gzip", "Cookie": "; ".join(f"{k}={v}" for k, v in self._cookies.items())}
        if fields is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://{self._host}"}
        body = urlencode(fields, doseq=True) if fields is not None else None
        line.request("GET" if fields is None else "POST", path, body=body, headers=headers)
        answer = line.getresponse()
        content = answer.read()
        line.close()
        self.bytes += len(content) + len(str(answer.headers).encode())
        for cookie in answer.headers.get_all("Set-Cookie", []):
            name, _, value = cookie.split(";")[0].partition("=")
            self._cookies[name] = value
        if answer.headers.get("Content-Encoding") == "gzip":
            content = gzip.decompress(content)
        text = content.decode("utf-8", "replace")
        if fields is not None or answer.headers.get_content_type() == "text/html":
            for part in re.findall(r'(?:href|src)="(/static/[^"]+)"', text):
                if part not in self._had:
                    self._had.add(part)
                    self.ask(part)
        return answer.status, answer.headers.get("Location", ""), text


@pytest.mark.slow
def test_the_first_page_and_the_longest_way_are_light(base: str) -> None:
    line = Line(base)
    assert line.ask("/report/")[0] == 200
    assert line.bytes <= FIRST_PAGE, f"the first page weighs {line.bytes:,} bytes"
    _, _, text = line.ask("/report/before/")
    at, pages, pick = _pressed(line, "/report/before/", text, {}), 0, chosen(WAYS[0])
    while (found := NUMBER.search(at)) is not None:
        question = SHELF.by_id[question_of(int(found[1]))]
        status, _, text = line.ask(at)
        assert status == 200
        pages += 1
        at = _pressed(line, at, text, {} if question.tells else typed(question, pick(question)))
    assert at == "/report/sent/" and pages > 40
    line.ask(at)
    assert line.bytes <= WHOLE, f"{pages} pages weigh {line.bytes:,} bytes"


def _pressed(line: Line, at: str, text: str, fields: dict[str, list[str]]) -> str:
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', text)
    assert token
    status, where, _ = line.ask(at, {"csrfmiddlewaretoken": [token[1]], **fields})
    assert status == 302, at
    return where


def _trimming() -> ModuleType:
    spec = importlib.util.spec_from_file_location("trim_css", ROOT / "scripts" / "trim_css.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["trim_css"] = module
    spec.loader.exec_module(module)
    return module


def test_the_style_sheet_is_made_of_what_is_there_now() -> None:
    trimming = _trimming()
    written = (trimming.OWN / "report.css").read_text(encoding="utf-8")
    assert written == trimming.sheet(), "run: python scripts/trim_css.py"
    for name in trimming.PACKED:
        packed = gzip.decompress((trimming.OWN / f"{name}.gz").read_bytes())
        assert packed == (trimming.OWN / name).read_bytes(), "run: python scripts/trim_css.py"


def test_trimming_keeps_what_is_used_and_nothing_else() -> None:
    css = (
        '@charset "UTF-8";/* x */ .govuk-a, .govuk-b:not(.govuk-c) { color: red; } .govuk-d{top:0}'
        "@media print { .govuk-d { top: 1px } .govuk-a .bl-e { left: 0 } } @font-face { font-family: x }"
        "a:hover{top:2px}"
    )
    assert _trimming().trimmed(css, frozenset({"govuk-a", "govuk-b", "bl-e"})) == (
        ".govuk-a,.govuk-b:not(.govuk-c){color:red}@media print{.govuk-a .bl-e{left:0}}a:hover{top:2px}"
    )
