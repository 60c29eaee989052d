"""What running the installation needs to remember."""

from __future__ import annotations

from django.db import models


class Heartbeat(models.Model):
    """When a part last said that it is alive."""

    name = models.CharField(max_length=20, primary_key=True)
    beat_at = models.DateTimeField()

    class Meta:
        db_table = "ops_heartbeat"
