"""Addresses for those who run the program. They have no language and look at no session."""

from django.urls import path

from bluelamp.project.running import web

app_name = "running"

urlpatterns = [
    path("healthz", web.healthz, name="healthz"),
    path("readyz", web.readyz, name="readyz"),
    path("metrics", web.metrics, name="metrics"),
]
