"""Addresses without a sign-in: calendar feeds, each behind a private token."""

from __future__ import annotations

from django.urls import URLPattern, path

from answerable.duty.rosters import feeds

app_name = "calendar"

urlpatterns: list[URLPattern] = [path("<str:token>.ics", feeds.feed, name="feed")]
