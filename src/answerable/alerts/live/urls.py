"""What the bar asks: `/desk/alerts/live/`."""

from __future__ import annotations

from django.urls import path

from answerable.alerts.live import views

app_name = "live"

urlpatterns = [
    path("now", views.now, name="now"),
    path("stream", views.stream, name="stream"),
    path("answer/<uuid:alert_id>", views.answer, name="answer"),
]
