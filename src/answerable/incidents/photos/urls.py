"""Photographs of an incident: `/desk/incidents/<uuid>/photos`."""

from __future__ import annotations

from django.urls import path

from answerable.incidents.photos import views

app_name = "photos"

urlpatterns = [
    path("<uuid:incident_id>/photos", views.all_, name="list"),
    path("<uuid:incident_id>/photos/<uuid:photo_id>", views.check, name="check"),
    path("<uuid:incident_id>/photos/<uuid:photo_id>/picture", views.picture, name="picture"),
    path("<uuid:incident_id>/photos/<uuid:photo_id>/proposals", views.proposals, name="proposals"),
]
