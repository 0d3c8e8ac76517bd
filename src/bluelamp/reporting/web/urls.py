"""The addresses of citizens' pages. The project mounts them for both languages."""

from django.urls import path
from django.urls.resolvers import URLPattern

from bluelamp.reporting.web import (
    figures,
    follow,
    follow_recovery,
    follow_settings,
    follow_writing,
    journey,
    journey_body,
    journey_devices,
    journey_exit,
    journey_keeping,
    journey_sent,
    offline,
    receipts,
    register,
    start,
)

app_name = "report"

urlpatterns: list[URLPattern] = [
    path("", start.start, name="start"),
    path("figures/", figures.figures, name="figures"),
    path("figures/<str:quarter>.csv", figures.figures_csv, name="figures-csv"),
    path("models/", register.models, name="models"),
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
    # Following a report that was sent.
    path("follow/", follow.enter, name="follow"),
    path("follow/page/", follow.page, name="following"),
    path("follow/told/", follow.answers, name="follow-told"),
    path("follow/leave/", follow.leave, name="follow-leave"),
    path("follow/write/<slug:kind>/", follow_writing.write, name="follow-write"),
    path("follow/call/", follow_writing.call, name="follow-call"),
    path("follow/take-back/", follow_writing.take_back, name="follow-take-back"),
    path("follow/done/", follow_writing.done, name="follow-done"),
    path("follow/addresses/", follow_settings.addresses, name="follow-ways"),
    path("follow/own-word/", follow_settings.own_word, name="follow-own-word"),
    path("follow/recover/", follow_recovery.recover, name="follow-recover"),
    path("follow/recover/code/", follow_recovery.code, name="follow-code"),
    path("offline/", offline.page, name="offline"),
    path("offline/questions.<slug:version>.json", offline.shelf, name="offline-questions"),
    path("offline/sw.js", offline.worker, name="offline-worker"),
    path("offline/app.webmanifest", offline.manifest, name="offline-manifest"),
    path("offline/send", offline.send, name="offline-send"),
]
