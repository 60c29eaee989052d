"""Roll calls: are those on duty there? Asked by an alarm of its own, answered within minutes."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from answerable.alerts.models.escalations import Alert
from answerable.duty.models import Line


class RollCallPlan(models.Model):
    """When a line is called: local time on these days of the week; `within_min` by chance within so many minutes."""

    line = models.ForeignKey(Line, models.CASCADE, related_name="roll_call_plans")
    weekdays = models.SmallIntegerField(default=127)
    at = models.TimeField()
    #: A surprise: at some minute of so many after `at`.
    spread_min = models.SmallIntegerField(default=0)
    answer_within_min = models.SmallIntegerField(default=10)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "alerts_roll_call_plan"
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    answer_within_min__range=(1, 240), spread_min__range=(0, 1440), weekdays__range=(1, 127)
                ),
                name="alerts_roll_call_minutes",
            )
        ]


class RollCall(models.Model):
    """One call of those on duty. Who was asked and what they said stands with its alarm; gone with it in time."""

    line = models.ForeignKey(Line, models.PROTECT, related_name="roll_calls")
    plan = models.ForeignKey(RollCallPlan, models.SET_NULL, null=True, related_name="+")
    alert = models.OneToOneField(Alert, models.CASCADE, related_name="roll_call")
    called_at = models.DateTimeField()
    answer_by = models.DateTimeField()
    called_by = models.BigIntegerField(null=True)
    closed_at = models.DateTimeField(null=True)
    result = models.JSONField(default=dict)

    class Meta:
        db_table = "alerts_roll_call"
        indexes = [models.Index(fields=["answer_by"], condition=Q(closed_at=None), name="roll_call_open")]
