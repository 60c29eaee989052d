"""The log's own page. Its files below this address are served by record.served, before any session."""

from __future__ import annotations

from django.urls import URLPattern, path

from answerable.site import record_page

app_name = "record"

urlpatterns: list[URLPattern] = [path("", record_page.log, name="log")]
