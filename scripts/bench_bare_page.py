"""The bare Django page that public pages are compared with, as a WSGI application for a web server.

A project as `startproject` makes it, without a database: with its middleware and the one for languages, and a template
of one line from Django's cached loader. It has an ETag by Django's own ConditionalGetMiddleware.
"""

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

PAGE = "<!DOCTYPE html><html lang=en><title>Bare</title><p>{{ request.path }}</p></html>"

settings.configure(
    SECRET_KEY="a" * 50,
    ALLOWED_HOSTS=["localhost", "127.0.0.1"],
    ROOT_URLCONF=__name__,
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.locale.LocaleMiddleware",
        "django.middleware.http.ConditionalGetMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {
                "context_processors": ["django.template.context_processors.request"],
                "loaders": [
                    ("django.template.loaders.cached.Loader", [("django.template.loaders.locmem.Loader", {"b": PAGE})])
                ],
            },
        }
    ],
    SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
)


def bare(request: HttpRequest) -> HttpResponse:
    """The page."""
    return render(request, "b")


urlpatterns = [path("", bare)]
application = get_wsgi_application()
