"""The addresses of GeoReport v2, below /open311/v2/."""

from django.urls import path

from bluelamp.reporting.web.open311 import views

app_name = "open311"

urlpatterns = [
    path("discovery.<slug:form>", views.discovery, name="discovery"),
    path("services.<slug:form>", views.services, name="services"),
    path("services/<slug:code>.<slug:form>", views.service, name="service"),
    path("requests.<slug:form>", views.requests, name="requests"),
    path("requests/<slug:reference>.<slug:form>", views.one_request, name="request"),
    path("tokens/<slug:token>.<slug:form>", views.token, name="token"),
]
