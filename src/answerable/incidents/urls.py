"""Addresses of incidents in the desk."""

from __future__ import annotations

from django.urls import URLPattern, path

from answerable.incidents.views import calls, deciding, doing, pages

app_name = "incidents"

urlpatterns: list[URLPattern] = [
    path("", pages.listed, name="list"),
    path("new", calls.first_call, name="new"),
    path("<uuid:incident_id>", pages.show, name="incident"),
    # The live board calls it so.
    path("<uuid:incident_id>", pages.show, name="show"),
    path("<uuid:incident_id>/briefing", pages.brief, name="briefing"),
    path("<uuid:incident_id>/briefing.pdf", pages.brief_on_paper, name="briefing_pdf"),
    path("<uuid:incident_id>/begin", deciding.begin, name="begin"),
    path("<uuid:incident_id>/level", deciding.change_level, name="level"),
    path("<uuid:incident_id>/end", deciding.end, name="end"),
    path("<uuid:incident_id>/call-back", calls.call_back, name="call_back"),
    path("<uuid:incident_id>/do/<slug:slug>", doing.act, name="act"),
]
