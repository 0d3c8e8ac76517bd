"""The addresses of many reports in one file, below /report/many/ and, for organisations, /desk/behalf/many/."""

from django.urls import path

from bluelamp.reporting.web import many

app_name = "many"

urlpatterns = [
    path("", many.start, name="start"),
    path("template.csv", many.template, name="template"),
    path("check/", many.check, name="check"),
    path("send/", many.send, name="send"),
    path("sent/", many.sent, name="sent"),
    path("sent.csv", many.result, name="result"),
    path("to-mend.csv", many.mend, name="mend"),
    path("discard/", many.discard, name="discard"),
]
