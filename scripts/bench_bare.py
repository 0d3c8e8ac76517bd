"""The bare Django page that staff pages are compared with: a project as `startproject` makes it, with one page.

It is a project of its own in a process of its own and knows nothing of Bluelamp but the settings of the database:
- apps: auth, contenttypes, sessions, messages, staticfiles; Django's own user and its own session engine, both in the
  database, which is of the same kind, with the same settings, as Bluelamp's;
- middleware: the seven of `startproject` (security, sessions, common, CSRF, authentication, messages, clickjacking) and
  the one for the language that a site in two languages needs;
- the page: a template of one line, from Django's cached loader, with `startproject`'s context processors. It names the
  user, so that session and user are read: two queries. It has no form, no link, no translated word, no log line.

As a command it reads numbers from standard input and answers each with what so many requests took.
"""

import os
import sys
from typing import Any

import django
from bench_wsgi import Visitor
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from bluelamp.project.config import read_config
from bluelamp.project.databases import databases

PAGE = "<!DOCTYPE html><html lang=en><title>Bare</title><p>Signed in as {{ user.get_username }}.</p></html>"
_PROCESSORS = (
    "django.template.context_processors.request",
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
)
_IN_MEMORY = ("django.template.loaders.locmem.Loader", {"bare.html": PAGE})


def configure() -> None:
    """Django's settings: those of `startproject` and the database."""
    settings.configure(
        SECRET_KEY="a" * 50,
        ALLOWED_HOSTS=["localhost"],
        ROOT_URLCONF=__name__,
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django.contrib.messages",
            "django.contrib.staticfiles",
        ],
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.locale.LocaleMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "OPTIONS": {
                    "context_processors": list(_PROCESSORS),
                    "loaders": [("django.template.loaders.cached.Loader", [_IN_MEMORY])],
                },
            }
        ],
        # The second database of a Bluelamp that has nothing in it yet: same kind, same settings, other file or schema.
        DATABASES={"default": databases(read_config(os.environ))["stream"]},
        USE_TZ=True,
        LANGUAGES=[("en", "English"), ("cy", "Cymraeg")],
    )
    django.setup()


def bare(request: HttpRequest) -> HttpResponse:
    """The page."""
    return render(request, "bare.html")


def visitor() -> Visitor:
    """Somebody who has signed in."""
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application
    from django.test import Client

    call_command("migrate", verbosity=0)
    client = Client(headers={"host": "localhost"})
    somebody: Any = User.objects.create_user("ada")
    client.force_login(somebody)
    return Visitor(get_wsgi_application(), {name: found.value for name, found in client.cookies.items()})


def main() -> None:
    """Answer until the input ends."""
    from django.urls import path

    configure()
    globals()["urlpatterns"] = [path("", bare)]
    somebody = visitor()
    if b"Signed in as ada." not in somebody.get("/"):
        raise RuntimeError("The page does not know who is asking.")
    for line in sys.stdin:
        print(*somebody.took("/", times=int(line)), flush=True)


if __name__ == "__main__":
    main()
