"""What stands before `incidents.urls`: `/desk/incidents/<uuid>/board`."""

from __future__ import annotations

from django.urls import path

from answerable.incidents.board import views

app_name = "board"

urlpatterns = [
    path("<uuid:incident_id>/board", views.show, name="show"),
    path("<uuid:incident_id>/board/log", views.log, name="log"),
    path("<uuid:incident_id>/board/map.svg", views.sketch, name="map"),
]
