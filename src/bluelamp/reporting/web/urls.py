"""The addresses of citizens' pages. The project mounts them for both languages."""

from django.urls import path
from django.urls.resolvers import URLPattern

from bluelamp.reporting.web import follow, follow_recovery, follow_settings, follow_writing, start

app_name = "report"

urlpatterns: list[URLPattern] = [
    path("", start.start, name="start"),
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
]
