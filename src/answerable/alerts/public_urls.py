"""Where alarms are answered without signing in: `/a/<token>`."""

from __future__ import annotations

from django.urls import path

from answerable.alerts.answering import links

app_name = "answer"

urlpatterns = [path("<str:token>", links.link, name="link")]
