"""Below /desk/imports/."""

from django.urls import URLPattern, path

from answerable.cases.imports import views

app_name = "imports"
urlpatterns: list[URLPattern] = [
    path("", views.home, name="home"),
    path("<uuid:import_id>", views.show, name="show"),
    path("<uuid:import_id>/list", views.result, name="result"),
    path("<uuid:import_id>/<slug:what>", views.decide, name="decide"),
]
