"""Addresses of reports in the desk."""

from __future__ import annotations

from django.urls import URLPattern, path

from answerable.incidents.reports import views

app_name = "incident_reports"

urlpatterns: list[URLPattern] = [
    path("", views.listed, name="list"),
    path("<uuid:incident_id>", views.of_incident, name="incident"),
    path("report/<uuid:report_id>", views.show, name="report"),
    path("report/<uuid:report_id>.pdf", views.as_paper, name="pdf"),
    path("report/<uuid:report_id>/<slug:what>", views.write, name="write"),
]
