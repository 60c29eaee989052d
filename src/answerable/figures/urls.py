"""Figures for the desk."""

from __future__ import annotations

from django.urls import path

from answerable.figures.views import cases, duties, listed, matters, rounds, things

app_name = "figures"
urlpatterns = [
    path("", cases.home, name="home"),
    path("flow/", cases.flow, name="flow"),
    path("matters/", matters.matters, name="matters"),
    path("duty/", duties.duty, name="duty"),
    path("incidents/", duties.incidents, name="incidents"),
    path("rounds/", rounds.rounds, name="rounds"),
    path("things/", things.things, name="things"),
    path("list/", listed.listed, name="list"),
    path("list/export", listed.export, name="export"),
]
