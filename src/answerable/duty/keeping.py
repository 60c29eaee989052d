"""For how long duty data is kept (rights, rule 12)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from answerable.core.keeping import Kept
from answerable.duty.models import Absence, Assignment, LogEntry
from answerable.duty.upkeep import ABSENCES_KEPT, DUTY_KEPT

DAY = timedelta(days=1)


def _log_days() -> str:
    return gettext("%(days)s days; what is still open stays until it is settled.") % {
        "days": settings.DUTY_LOG_DAYS
    }


def _log_overdue(now: datetime) -> int:
    past = LogEntry.objects.filter(at__lt=now - timedelta(days=settings.DUTY_LOG_DAYS + 1))
    return past.exclude(kind=LogEntry.Kind.OPEN_ITEM, settled_at=None).count()


KEPT = (
    Kept(
        "duty.absence",
        _("Absences, wishes, subscriptions to a calendar, searches for a roster"),
        _("90 days after they are past."),
        _("To make the next rosters. No absence has a reason."),
        ("duty.Absence", "duty.Wish", "duty.Calendar", "duty.SolveRun"),
        "duty upkeep",
        lambda now: Absence.objects.filter(until_at__lt=now - ABSENCES_KEPT - DAY).count(),
    ),
    Kept(
        "duty.assignment",
        _("Who stood when, and who swapped with whom"),
        _("Two years."),
        _("So that duties are spread evenly over a year, and can be asked about after it."),
        ("duty.Assignment", "duty.Swap", "duty.Roster"),
        "duty upkeep",
        lambda now: Assignment.objects.filter(until_at__lt=now - DUTY_KEPT - DAY).count(),
    ),
    Kept(
        "duty.person",
        _("Who stands on a line, for what they are qualified, and beside whom not"),
        _("Until 90 days after they left the line or the office, or the qualification ran out."),
        _("To make rosters, and for nothing else."),
        ("duty.DutyPerson", "duty.Qualification", "duty.Apart"),
        "duty upkeep",
    ),
    Kept(
        "duty.log",
        _("Log books, hand-overs, looks at equipment"),
        lazy(_log_days, str)(),
        _("So that a night can be asked about. The record keeps digests and posts, not the words."),
        ("duty.LogEntry", "duty.HandOver", "duty.StandbyCheck"),
        "duty upkeep",
        _log_overdue,
        _("A line that strikes another out goes with it, never alone."),
    ),
)
