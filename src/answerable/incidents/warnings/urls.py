"""Addresses of warnings in the desk."""

from __future__ import annotations

from django.urls import URLPattern, path

from answerable.incidents.warnings import views

app_name = "incident_warnings"

urlpatterns: list[URLPattern] = [
    path("<uuid:incident_id>", views.of_incident, name="incident"),
    path("<uuid:incident_id>/<slug:what>", views.compose, name="compose"),
]
