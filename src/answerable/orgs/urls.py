"""Addresses of the organisation's pages."""

from __future__ import annotations

from django.urls import URLPattern, path

from answerable.orgs.views import changing, files, first_steps, looking, people

app_name = "orgs"

urlpatterns: list[URLPattern] = [
    path("", looking.answering_map, name="map"),
    path("days", looking.calendar, name="calendar"),
    path("units", changing.overview, name="overview"),
    path("lists", changing.lists, name="lists"),
    path("post/<int:post_id>", changing.post, name="post"),
    path("appointment/<int:appointment_id>/end", changing.end, name="end"),
    path("new/<slug:table>", changing.edit, name="new"),
    path("change/<slug:table>/<path:key>", changing.edit, name="edit"),
    path("remove/<slug:what>/<int:row_id>", changing.remove, name="remove"),
    path("file", files.files, name="files"),
    path("file/in", files.carry_out, name="carry_out"),
    path("file/out", files.take_out, name="take_out"),
    path("people", people.people, name="people"),
    path("people/<int:staff_id>/<slug:what>", people.act, name="sign_in"),
    path("first-sign-in", people.first_sign_in, name="first_sign_in"),
    path("first-steps", first_steps.first_steps, name="first_steps"),
]
