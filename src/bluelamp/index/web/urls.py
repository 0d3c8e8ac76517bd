"""The addresses of the Index's pages. The project mounts them for both languages."""

from django.urls import path

from bluelamp.index.web import check, compare, downloads, publications, views

app_name = "index"

urlpatterns = [
    path("", views.home, name="home"),
    path("search", views.search, name="search"),
    path("check/", check.check, name="check"),
    path("compare/", compare.compare_page, name="compare"),
    path("table/", views.table, name="table"),
    path("category/<slug:code>/", views.category, name="category"),
    path("product/<str:key>/", views.product, name="product"),
    path("maker/<str:key>/", views.maker, name="maker"),
    path("methods/", views.methods, name="methods"),
    path("data/", views.data, name="data"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("editions/", publications.editions, name="editions"),
    path("editions/<int:number>/<int:revision>/", publications.edition, name="edition"),
    path("releases/", publications.releases, name="releases"),
    path("feed.atom", publications.feed, name="feed"),
    path("download/<uuid:edition_id>.zip", downloads.as_package, name="download-package"),
    path("download/<uuid:edition_id>.pdf", downloads.as_pdf, name="download-pdf"),
    path("download/<uuid:edition_id>.csv", downloads.as_csv, name="download-csv"),
    path("download/<uuid:edition_id>.json", downloads.as_json, name="download-json"),
]
