"""Addresses of the style pages; they answer in the demo alone."""

from __future__ import annotations

from django.urls import path

from answerable.site import style

app_name = "style"

urlpatterns = [
    path("", style.page, name="page"),
    path("desk", style.desk_page, name="desk"),
    path("question", style.question, name="question"),
    path("sheet", style.sheet, name="sheet"),
    path("error/<int:code>", style.error, name="error"),
]
