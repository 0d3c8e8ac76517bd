"""The addresses of the triage desk, below /desk/reports/."""

from django.urls.resolvers import URLPattern

app_name = "triage"

urlpatterns: list[URLPattern] = []
