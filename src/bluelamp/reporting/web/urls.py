"""The addresses of citizens' pages. The project mounts them for both languages."""

from django.urls import path
from django.urls.resolvers import URLPattern

from bluelamp.reporting.web import figures, start

app_name = "report"

urlpatterns: list[URLPattern] = [
    path("", start.start, name="start"),
    path("figures/", figures.figures, name="figures"),
    path("figures/<str:quarter>.csv", figures.figures_csv, name="figures-csv"),
]
