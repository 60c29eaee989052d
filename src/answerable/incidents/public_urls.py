"""Addresses for everybody: public warnings, their feeds, and what is published of responses."""

from __future__ import annotations

from django.urls import URLPattern, path

from answerable.incidents.warnings import public

app_name = "warnings"

urlpatterns: list[URLPattern] = [
    path("", public.front, name="front"),
    path("feed.atom", public.atom, name="atom"),
    path("feed.json", public.json_feed, name="json"),
    path("incidents/<str:code>", public.incident, name="incident"),
    path("<str:identifier>.xml", public.as_cap, name="cap"),
    path("<str:identifier>.pdf", public.as_paper, name="paper"),
    path("<str:identifier>", public.one, name="one"),
]
