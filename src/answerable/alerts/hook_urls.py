"""Addresses for gateways: `/hooks/delivery/<kind>`."""

from __future__ import annotations

from django.urls import path

from answerable.alerts import hooks

urlpatterns = [path("delivery/<slug:kind>", hooks.delivery_report)]
