"""What is kept how long: `/desk/kept/`, and the report on a month to print."""

from __future__ import annotations

from django.urls import path

from answerable.ops.retention import views

app_name = "retention"

urlpatterns = [
    path("", views.home, name="home"),
    path("<int:year>-<int:month>", views.report, name="report"),
]
