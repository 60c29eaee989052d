"""The ASGI application that granian loads for `answerable live`: streams alone (alerts/live/streaming.py)."""

from __future__ import annotations

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "answerable.config.settings")
django.setup()

from answerable.alerts.live.streaming import application  # noqa: E402
from answerable.ops.processes import end_with_parent  # noqa: E402

__all__ = ["application"]
end_with_parent()
