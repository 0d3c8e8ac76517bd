"""The public pages as files: links are relative, so that they open from a disk and from any file server.

Forms cannot work without the program, so they are left out and a sentence says where the program is. What is written is
what a reader from outside would see, unless a specimen is asked for, which then says so on every page.
"""

import re
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from html import escape, unescape
from pathlib import Path, PurePosixPath
from posixpath import relpath
from urllib.parse import quote, unquote, urlsplit

from django.contrib.staticfiles import finders
from django.test import Client
from django.utils.translation import gettext, override

from bluelamp.index.models import Edition
from bluelamp.index.queries import visible_edition
from bluelamp.kernel.catalogue.models import Product
from bluelamp.kernel.catalogue.queries import moved_keys

STARTS = ("/", "/cy/")
FEEDS = ("/feed.atom", "/cy/feed.atom")
# What only the program can answer.
_ASKED = ("/search", "/check/", "/compare/", "/report/", "/desk/", "/account/")
_LEFT_OUT = ("/api/", *_ASKED, *(f"/cy{path}" for path in _ASKED))
_LINK = re.compile(r'(?P<before>\s(?:href|src)=")(?P<address>[^"]*)(?P<after>")')
_FORM = re.compile(r"<form\b.*?</form>", re.DOTALL | re.IGNORECASE)
_ANCHOR = re.compile(r'<a\b[^>]*\shref="(?P<address>[^"]*)"[^>]*>(?P<text>.*?)</a>', re.DOTALL)
# What only the program can do, or is about that: it holds no other of its kind.
_LIVE = re.compile(r'<(?P<tag>li|section|span) class="[^"]*\bbl-live\b[^"]*">.*?</(?P=tag)>', re.DOTALL)
_ITEM = re.compile(r"<li\b[^>]*>\s*(?P<anchor><a\b[^>]*>(?:(?!</?(?:a|li)\b).)*</a>)\s*</li>", re.DOTALL)
_CSS_URL = re.compile(r"url\((?P<quote>['\"]?)(?P<address>[^)'\"]+)(?P=quote)\)")
_MOST = 20_000


class SiteError(ValueError):
    """The site cannot be written so; the message says why."""


@dataclass
class Written:
    """What was written, pages that could not be, and the style sheets and pictures that pages name."""

    files: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    named: set[str] = field(default_factory=set)


def write_site(
    *, folder: Path, address: str = "", specimen: bool = False, tell: Callable[[int, int], None] = lambda _n, _of: None
) -> Written:
    """Write the public pages in both languages below a folder that is new or empty.

    `address` is where the site will stand (https://...), for the links of the feed, which are relative without. `tell`
    hears how many pages were written, of how many that are known so far. Raises SiteError where nothing is published
    (and no specimen was asked for) or the folder holds something.
    """
    edition = visible_edition(outside=not specimen)
    if edition is None:
        raise SiteError("Nothing has been published. To look at a site of the specimen: --specimen")
    if folder.exists() and any(folder.iterdir()):
        raise SiteError(f"{folder} is not empty. Name a new folder.")
    # A request that a proxy passed on is from outside: it is shown no specimen.
    headers = {"host": "localhost"} if edition.status == Edition.Status.SPECIMEN else _OUTSIDE
    reader = Client(headers=headers, raise_request_exception=False)
    starts = (*STARTS, *FEEDS)
    written, waiting, seen = Written(), deque(starts), set(starts)
    while waiting and len(seen) < _MOST:
        page = waiting.popleft()
        new = [a for a in _one(reader, page, folder, address, written) if a not in seen]
        seen.update(new)
        waiting.extend(new)
        tell(len(seen) - len(waiting), len(seen))
    _moved(folder, address, written)
    _static(folder, written)
    return written


def _one(reader: Client, page: str, folder: Path, address: str, written: Written) -> list[str]:
    """Write one page or file; gives the addresses of ours that it leads to."""
    response = reader.get(page)
    if response.status_code != 200:
        written.failed.append(f"{page}: {response.status_code}")
        return []
    body, found = b"".join(response) if response.streaming else response.content, list[str]()
    if "text/html" in response.headers["Content-Type"]:
        text, found = _page(body.decode(), page)
        written.named.update(m.partition("static/")[2] for m in _addresses(text) if "static/" in m)
        body = text.encode()
    elif page in FEEDS:
        body = body.replace(b"http://localhost/", escape(_root(page, address)).encode())
    _write(folder, file_of(page), body, written)
    return found


def _root(page: str, address: str) -> str:
    """The root of the site as a feed names it: where it will stand, else the way there from the feed's own folder."""
    return f"{address.rstrip('/')}/" if address else "../" * (page.count("/") - 1)


_OUTSIDE = {"host": "localhost", "x-forwarded-for": "192.0.2.1"}


def file_of(address: str) -> str:
    """The file of an address: pages become folders with an index; a query becomes part of the name."""
    parts = urlsplit(address)
    path = unquote(parts.path).lstrip("/")
    # A colon is no part of a file's name on some systems.
    path = path.replace(":", "--")
    if parts.query:
        kept = re.sub(r"[^A-Za-z0-9]+", "-", unquote(parts.query)).strip("-")[:120]
        if path.endswith("/") or not path:
            return f"{path}{kept}.html"
        stem, dot, ending = path.rpartition(".")
        return f"{stem}-{kept}.{ending}" if dot and "/" not in ending else f"{path}-{kept}.html"
    return f"{path}index.html" if path.endswith("/") or not path else path


def _page(text: str, address: str) -> tuple[str, list[str]]:
    """A page with relative links, and the addresses of ours that it leads to."""
    here, found = str(PurePosixPath(file_of(address)).parent), []
    text = _LIVE.sub("", _FORM.sub("", text))
    text = _ITEM.sub(lambda m: "" if _is_left_out(_ANCHOR.fullmatch(m["anchor"])) else m[0], text)
    text = _ANCHOR.sub(lambda m: m["text"] if _is_left_out(m) else m[0], text)

    def relative(match: re.Match[str]) -> str:
        target = unescape(match["address"])
        parts = urlsplit(target)
        if parts.scheme or parts.netloc or not target or target.startswith("#"):
            return match[0]
        whole = _absolute(target, address)
        plain = whole.partition("#")[0].removesuffix("?")
        if not plain.startswith("/static/"):
            found.append(plain)
        mark = f"#{parts.fragment}" if parts.fragment else ""
        return f"{match['before']}{relpath(file_of(plain), here)}{mark}{match['after']}"

    return _LINK.sub(relative, text), [a for a in dict.fromkeys(found) if not a.startswith(_LEFT_OUT)]


def _is_left_out(anchor: re.Match[str] | None) -> bool:
    return anchor is not None and unescape(anchor["address"]).startswith(_LEFT_OUT)


def _absolute(target: str, address: str) -> str:
    """A link as an address from the root; a query alone belongs to the page itself."""
    return urlsplit(address).path + target if target.startswith("?") else target


# A file server sends nobody on by itself, as the program does with a 301.
_MOVED = """<!DOCTYPE html>
<html lang="{language}">
  <head>
    <meta charset="utf-8">
    <title>{title}</title>
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="robots" content="noindex">
    <meta http-equiv="refresh" content="0; url={link}">
    <link rel="canonical" href="{canonical}">
  </head>
  <body>
    <main>
      <h1>{title}</h1>
      <p><a href="{link}">{name}</a></p>
    </main>
  </body>
</html>
"""


def _moved(folder: Path, address: str, written: Written) -> None:
    """A page at each earlier address of a product that leads to the present one, where that has been written."""
    moved, there = moved_keys(), set(written.files)
    names = dict(Product.objects.filter(key__in=set(moved.values())).values_list("key", "name"))
    for language, start in zip(("en", "cy"), STARTS, strict=True):
        for former, key in sorted(moved.items()):
            old, new = (file_of(f"{start}product/{quote(k, safe=':')}/") for k in (former, key))
            if new not in there or old in there:
                continue
            link = relpath(new, str(PurePosixPath(old).parent))
            canonical = f"{address.rstrip('/')}/{new.removesuffix('index.html')}" if address else link
            with override(language):
                title = gettext("This product has another address now")
            places = {"link": link, "canonical": canonical, "title": title, "name": names[key]}
            page = _MOVED.format(language=language, **{k: escape(v) for k, v in places.items()})
            _write(folder, old, page.encode(), written)


def _static(folder: Path, written: Written) -> None:
    """The style sheets and pictures that the pages name, and what those name."""
    waiting = deque(sorted(written.named))
    while waiting:
        name = waiting.popleft()
        path = finders.find(name)
        if not isinstance(path, str) or f"static/{name}" in written.files:
            continue
        body = Path(path).read_bytes()
        if name.endswith(".css"):
            parent = PurePosixPath(name).parent
            text = body.decode().replace("url(/static/", f"url({relpath('.', str(parent))}/")
            text = text.replace('url("/static/', f'url("{relpath(".", str(parent))}/')
            body = text.encode()
            for match in _CSS_URL.finditer(text):
                if not match["address"].startswith(("data:", "http", "#")):
                    waiting.append(_joined(parent, match["address"]))
        _write(folder, f"static/{name}", body, written)


def _addresses(text: str) -> Iterable[str]:
    return (unescape(m["address"]) for m in _LINK.finditer(text))


def _joined(parent: PurePosixPath, address: str) -> str:
    parts: list[str] = []
    for part in (parent / urlsplit(address).path).parts:
        if part == "..":
            parts = parts[:-1]
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


def _write(folder: Path, name: str, body: bytes, written: Written) -> None:
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        written.failed.append(name)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    written.files.append(name)
