"""The addresses with which supporting organisations report for people, below /desk/behalf/."""

from django.urls import path

from bluelamp.reporting.web import behalf, many

app_name = "behalf"

urlpatterns = [
    path("", behalf.own, name="own"),
    path("report/", behalf.one, name="one"),
    path("many/", many.start, name="start"),
    path("many/template.csv", many.template, name="template"),
    path("many/check/", many.check, name="check"),
    path("many/send/", many.send, name="send"),
    path("many/sent/", many.sent, name="sent"),
    path("many/sent.csv", many.result, name="result"),
    path("many/to-mend.csv", many.mend, name="mend"),
    path("many/discard/", many.discard, name="discard"),
]
