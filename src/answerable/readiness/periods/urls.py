"""Addresses of readiness periods in the desk."""

from __future__ import annotations

from django.urls import URLPattern, path

from answerable.readiness.periods import views, views_deciding

app_name = "periods"

urlpatterns: list[URLPattern] = [
    path("", views.listed, name="list"),
    path("new", views_deciding.new, name="new"),
    path("<uuid:period_id>", views.show, name="show"),
    path("<uuid:period_id>/sheet", views.sheet, name="sheet"),
    path("<uuid:period_id>/change", views_deciding.change, name="change"),
    path("<uuid:period_id>/places", views_deciding.places, name="places"),
    path("<uuid:period_id>/announce", views_deciding.announce, name="announce"),
    path("<uuid:period_id>/prolong", views_deciding.prolong, name="prolong"),
    path("<uuid:period_id>/end", views_deciding.end, name="end"),
    path("<uuid:period_id>/call-off", views_deciding.call_off, name="call_off"),
    path("<uuid:period_id>/ask/<slug:kind>", views_deciding.ask, name="ask"),
    path("<uuid:period_id>/demands/<uuid:demand_id>/drop", views_deciding.drop, name="drop"),
]
