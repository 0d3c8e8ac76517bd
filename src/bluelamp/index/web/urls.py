"""Addresses of the Index's pages."""

from django.urls import path

from bluelamp.index.web import views

urlpatterns = [
    path("", views.home, name="home"),
    path("search/", views.search, name="search"),
    path("table/", views.table, name="table"),
    path("category/<slug:code>/", views.category, name="category"),
    path("product/<str:key>/", views.product, name="product"),
    path("maker/<slug:key>/", views.maker, name="maker"),
    path("methods/", views.methods, name="methods"),
    path("data/", views.data, name="data"),
    path("data/<int:number>.<str:form>", views.download, name="download"),
    path("accessibility/", views.accessibility, name="accessibility"),
]
