"""Rounds on a telephone: `/desk/rounds/field/`. The service worker answers for these addresses alone."""

from __future__ import annotations

from django.urls import path

from answerable.readiness.rounds.field import views

app_name = "rounds_field"

urlpatterns = [
    path("", views.page, name="page"),
    path("state", views.state, name="state"),
    path("send", views.send, name="send"),
    path("photograph", views.photograph, name="photograph"),
    path("worker.js", views.worker, name="worker"),
]
