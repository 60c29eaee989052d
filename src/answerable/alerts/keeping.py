"""For how long it is kept who was asked, who answered, and by which way (rights, rule 12)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from answerable.alerts.models import Alert, RollCall
from answerable.alerts.upkeep import ALERTS_KEPT, ROLL_CALLS_KEPT
from answerable.core.keeping import Kept

DAY = timedelta(days=1)
OVER = (Alert.State.RESOLVED, Alert.State.UNANSWERED)


def _alarms_overdue(now: datetime) -> int:
    return Alert.objects.filter(state__in=OVER, ended_at__lt=now - ALERTS_KEPT - DAY).count()


def _calls_overdue(now: datetime) -> int:
    return RollCall.objects.filter(called_at__lt=now - ROLL_CALLS_KEPT - DAY).count()


KEPT = (
    Kept(
        "alerts.alarm",
        _("Alarms: who was asked, who answered"),
        _("A year after the end; two where nobody said that it is over."),
        _("So that a night can be asked about. The record keeps posts and instants."),
        ("alerts.Alert", "alerts.Asked", "alerts.AlertNote"),
        "alarm upkeep",
        _alarms_overdue,
    ),
    Kept(
        "alerts.roll_call",
        _("Roll calls: who answered, who missed"),
        _("90 days."),
        _("To see that those on duty can be reached, and for nothing else."),
        ("alerts.RollCall",),
        "alarm upkeep",
        _calls_overdue,
    ),
    Kept(
        "alerts.message",
        _("Messages to staff that belong to no alarm and no matter"),
        _("90 days; those of an alarm or a matter as long as that."),
        _("To see whether a message arrived."),
        ("alerts.Delivery", "alerts.Notice"),
        "alarm upkeep",
    ),
    Kept(
        "alerts.rule",
        _("Escalation rules that name somebody"),
        _("Until the rule is changed."),
        _("So that an alarm finds them."),
        ("alerts.StepTarget",),
    ),
    Kept(
        "alerts.contact",
        _("Numbers and addresses of staff, and their quiet hours"),
        _(
            "Until their owner takes them away or serves no more; the empty row 90 days longer. Marks of replies 30 days."
        ),
        _("For alarms alone; nobody else sees them."),
        ("alerts.ContactPoint", "alerts.QuietHours", "alerts.Reply"),
        "contact upkeep",
    ),
)
