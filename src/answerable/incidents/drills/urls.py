"""Addresses of drills in the desk."""

from __future__ import annotations

from django.urls import URLPattern, path

from answerable.incidents.drills import views

app_name = "drills"

urlpatterns: list[URLPattern] = [
    path("", views.listed, name="list"),
    path("new", views.new, name="new"),
    path("<int:drill_id>", views.show, name="show"),
    path("<int:drill_id>/begin", views.begin, name="begin"),
    path("<int:drill_id>/stop", views.stop, name="stop"),
    path("<int:drill_id>/events", views.add_event, name="add_event"),
    path("<int:drill_id>/events/<int:position>/drop", views.drop_event, name="drop_event"),
    path("<int:drill_id>/events/<int:position>/met", views.meet, name="meet"),
]
