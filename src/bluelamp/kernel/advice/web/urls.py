"""The addresses of advice."""

from django.urls import path

from bluelamp.kernel.advice.web import views

app_name = "advice"

urlpatterns = [
    path("", views.topics, name="topics"),
    path("<slug:code>/", views.topic, name="topic"),
    path("<slug:code>/safely/", views.topic_safely, name="safely"),
]
