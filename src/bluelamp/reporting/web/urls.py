"""The addresses of citizens' pages. The project mounts them for both languages."""

from django.urls import path
from django.urls.resolvers import URLPattern

from bluelamp.reporting.web import offline, start

app_name = "report"

urlpatterns: list[URLPattern] = [
    path("", start.start, name="start"),
    path("offline/", offline.page, name="offline"),
    path("offline/questions.<slug:version>.json", offline.shelf, name="offline-questions"),
    path("offline/sw.js", offline.worker, name="offline-worker"),
    path("offline/app.webmanifest", offline.manifest, name="offline-manifest"),
    path("offline/send", offline.send, name="offline-send"),
]
