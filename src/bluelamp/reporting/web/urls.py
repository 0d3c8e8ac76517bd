"""The addresses of citizens' pages. The project mounts them for both languages."""

from django.urls import path
from django.urls.resolvers import URLPattern

from bluelamp.reporting.web import (
    figures,
    journey,
    journey_body,
    journey_devices,
    journey_exit,
    journey_keeping,
    journey_sent,
    receipts,
    start,
)

app_name = "report"

urlpatterns: list[URLPattern] = [
    path("", start.start, name="start"),
    path("figures/", figures.figures, name="figures"),
    path("figures/<str:quarter>.csv", figures.figures_csv, name="figures-csv"),
    path("before/", start.before, name="before"),
    path("q/<int:number>/", journey.question, name="question"),
    path("devices", journey_devices.devices, name="devices"),
    path("to/", journey_body.body, name="body"),
    path("sent/", journey_sent.sent, name="sent"),
    path("nothing/", journey_keeping.nothing_open, name="gone"),
    path("away/", journey_keeping.away, name="away"),
    path("on/", journey_keeping.on, name="on"),
    path("save/", journey_keeping.save, name="save"),
    path("resume/", journey_keeping.resume, name="resume"),
    path("sent/receipt.json", receipts.receipt, name="receipt"),
    path("sent/receipt.pdf", receipts.receipt_pdf, name="receipt-pdf"),
    path("sent/answers.json", receipts.answers, name="answers"),
    path("receipt-keys.json", receipts.keys, name="receipt-keys"),
    path("exit/", journey_exit.leave, name="exit"),
]
