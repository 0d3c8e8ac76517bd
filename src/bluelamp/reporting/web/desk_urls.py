"""The addresses of the triage desk, below /desk/reports/."""

from django.urls import path
from django.urls.resolvers import URLPattern

from bluelamp.reporting.web import desk_figures

app_name = "triage"

urlpatterns: list[URLPattern] = [
    path("benefits/", desk_figures.benefits_page, name="benefits"),
    path("figures/", desk_figures.figures_page, name="figures"),
    path("figures/<uuid:figures_id>/check/", desk_figures.check, name="check-figures"),
    path("figures/<uuid:figures_id>/publish/", desk_figures.publish, name="publish-figures"),
]
