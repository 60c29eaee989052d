"""Addresses for gateways: `/hooks/replies/sms`, `/hooks/replies/voice`."""

from __future__ import annotations

from django.urls import path

from answerable.alerts.answering import hooks

urlpatterns = [path("sms", hooks.text_message), path("voice", hooks.digits)]
