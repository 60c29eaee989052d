"""Addresses of the responsibility sheet."""

from __future__ import annotations

from django.urls import URLPattern, path

from answerable.readiness.sheet import views

app_name = "sheet"

urlpatterns: list[URLPattern] = [
    path("", views.home, name="home"),
    path("sheet.pdf", views.as_paper, name="pdf"),
]
