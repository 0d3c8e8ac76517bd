"""The shell of the page that works without a connection: which files it is made of, and its service worker."""

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language

from bluelamp.reporting.domain.question import chosen_language
from bluelamp.reporting.facts import offline_words
from bluelamp.reporting.web.offline_shelf import packed

_MODULES = (
    *("app", "dom", "draft", "fields", "flow", "listing", "pages", "queue", "render", "sending", "settings", "store"),
    *("text", "walk", "wipe"),
)
_WORKER = "bluelamp/offline/worker.js"
_SHELL = (
    "vendor/govuk-frontend.css",
    "bluelamp/bluelamp.css",
    "bluelamp/offline/offline.css",
    "bluelamp/lamp.svg",
    *(f"bluelamp/offline/{name}.js" for name in _MODULES),
)
_EXIT_SITE = "https://www.bbc.co.uk/weather"


@dataclass(frozen=True)
class Shell:
    """The page in one language, and the script of its service worker, which changes whenever a part of it does."""

    page: str
    worker: str
    manifest: str


def shell() -> Shell:
    """The shell in the language of this request."""
    return _shell(chosen_language(get_language() or "en"))


@cache
def _shell(language: str) -> Shell:
    texts = offline_words()[language]
    addresses = {
        "page": reverse("report:offline"),
        "questions": reverse("report:offline-questions", kwargs={"version": packed().version}),
        "manifest": reverse("report:offline-manifest"),
    }
    manifest = _manifest(texts["name"], texts["short_name"], addresses["page"], language)
    context = {"language": language, "texts": texts, "addresses": addresses, "exit_to": _exit_site()}
    page = render_to_string("report/offline.html", context)
    parts = [page.encode(), manifest.encode(), packed().body, *map(_content, (*_SHELL, _WORKER))]
    about = {
        "prefix": f"bluelamp-report-{language}-",
        "version": hashlib.sha256(b"\0".join(parts)).hexdigest()[:16],
        "page": addresses["page"],
        "files": [addresses["questions"], addresses["manifest"], *map(static, _SHELL)],
    }
    return Shell(page, f"const SHELL = {json.dumps(about)};\n{_content(_WORKER).decode()}", manifest)


def _exit_site() -> str:
    return str(getattr(settings, "BLUELAMP_EXIT_SITE", _EXIT_SITE))


def _content(name: str) -> bytes:
    found = finders.find(name)
    if not isinstance(found, str):
        raise FileNotFoundError(f"The static file {name} is missing.")
    return Path(found).read_bytes()


def _manifest(name: str, short_name: str, page: str, language: str) -> str:
    # The name is a neutral one, but it says what this is: the person is told what others can see, and decides.
    held = {
        "name": name,
        "short_name": short_name,
        "lang": language,
        "start_url": page,
        "scope": page,
        "id": page,
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#10284b",
        "icons": [{"src": static("bluelamp/lamp.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"}],
    }
    return json.dumps(held, ensure_ascii=False)
