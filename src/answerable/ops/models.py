"""What running the installation needs to remember."""

from __future__ import annotations

from django.db import models


class Heartbeat(models.Model):
    """When a part last said that it is alive."""

    name = models.CharField(max_length=20, primary_key=True)
    beat_at = models.DateTimeField()

    class Meta:
        db_table = "ops_heartbeat"


class KeepingRun(models.Model):
    """When a part of the worker that destroys data last ran, and since when it fails."""

    name = models.CharField(max_length=40, primary_key=True)
    since = models.DateTimeField()
    ran_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=80, blank=True)

    class Meta:
        db_table = "ops_keeping_run"


class Destroyed(models.Model):
    """How much of a kind of data was destroyed in a month: a number, and nothing of what it was."""

    kind = models.CharField(max_length=40)
    month = models.DateField()
    number = models.BigIntegerField(default=0)

    class Meta:
        db_table = "ops_destroyed"
        constraints = [models.UniqueConstraint(fields=["kind", "month"], name="destroyed_once_a_kind_month")]


class KeepingReport(models.Model):
    """The report on a month, as it was recorded: an act on the matter of every body that works here."""

    month = models.DateField(primary_key=True)
    made_at = models.DateTimeField()
    body = models.JSONField()

    class Meta:
        db_table = "ops_keeping_report"
