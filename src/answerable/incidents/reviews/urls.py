"""Addresses of reviews in the desk."""

from __future__ import annotations

from django.urls import URLPattern, path

from answerable.incidents.reviews import views

app_name = "incident_reviews"

urlpatterns: list[URLPattern] = [
    path("", views.listed, name="list"),
    path("lessons/<uuid:lesson_id>", views.lesson, name="lesson"),
    path("<uuid:incident_id>", views.show, name="show"),
    path("<uuid:incident_id>.pdf", views.as_paper, name="pdf"),
    path("<uuid:incident_id>/begin", views.begin, name="begin"),
    path("<uuid:incident_id>/close", views.close, name="close"),
    path("<uuid:incident_id>/destroyed.zip", views.destroyed, name="destroyed"),
    path("<uuid:incident_id>/lessons", views.add_lesson, name="add_lesson"),
    path("<uuid:incident_id>/lessons/<uuid:lesson_id>/drop", views.drop_lesson, name="drop_lesson"),
]
