"""Reports that units owe: what is asked of whom and how often, each report that fell due, and its versions."""

from __future__ import annotations

from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from answerable.core.ids import uuid7
from answerable.core.names import Named
from answerable.incidents.models import Incident
from answerable.orgs.models import Authority, Post, Staff, Unit


class Kind(Named):
    """What an office asks its units to report. `matter` is the id under which its acts are recorded."""

    class Rhythm(models.TextChoices):
        DAILY = "daily", _("daily")
        WEEKLY = "weekly", _("weekly")
        MONTHLY = "monthly", _("monthly")
        AFTER_EVENT = "after_event", _("after an event")

    class After(models.TextChoices):
        ACTIVATION = "activation", _("a response begins")
        END = "end", _("a response ends")

    matter = models.UUIDField(default=uuid4, unique=True, editable=False)
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="report_kinds")
    purpose_zh = models.CharField(max_length=300, blank=True)
    purpose_en = models.CharField(max_length=300, blank=True)
    #: Lines of the form, as `fields.Field` reads them.
    fields = models.JSONField(default=list)
    rhythm = models.CharField(max_length=12, choices=Rhythm.choices)
    #: Local times of day: what a report covers ends at the first, the last instant in time is the second.
    cut = models.TimeField(null=True)
    due = models.TimeField(null=True)
    weekday = models.SmallIntegerField(null=True)
    month_day = models.SmallIntegerField(null=True)
    after = models.CharField(max_length=10, choices=After.choices, blank=True)
    hours_after = models.SmallIntegerField(null=True)
    #: Whether a readiness period that asks for reports more often makes this one more frequent.
    follows_periods = models.BooleanField(default=False)
    remind_min = models.SmallIntegerField(default=60)
    begins_on = models.DateField()
    stopped_at = models.DateTimeField(null=True)
    #: The last local day whose reports were opened.
    planned_until = models.DateField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        db_table = "due_reports_kind"
        ordering = ("authority", "pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    rhythm="after_event", after__in=["activation", "end"], hours_after__range=(1, 720)
                )
                | (~Q(rhythm="after_event") & Q(cut__isnull=False, due__gt=F("cut"))),
                name="report_kind_rhythm_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(rhythm="weekly") | Q(weekday__range=(0, 6)), name="report_kind_weekday"
            ),
            models.CheckConstraint(
                condition=~Q(rhythm="monthly") | Q(month_day__range=(1, 28)), name="report_kind_month_day"
            ),
        ]


class Owing(models.Model):
    """A unit that owes a kind of report, alone or with all below it."""

    kind = models.ForeignKey(Kind, models.CASCADE, related_name="owing")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    with_below = models.BooleanField(default=False)

    class Meta:
        db_table = "due_reports_owing"
        constraints = [models.UniqueConstraint(fields=["kind", "unit"], name="report_owing_once")]


class DueReport(models.Model):
    """One report that a unit owes. Its id is the matter under which its acts are recorded.

    What it asks, to whom it goes and where its unit stood in the tree are those of the day on which it was opened: a
    kind that is changed, or a unit that is split, moved or closed later, changes nothing about it.
    """

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("a due report", "owed")
        SENT = "sent", pgettext_lazy("a due report", "sent")
        TAKEN = "taken", pgettext_lazy("a due report", "acknowledged")
        BACK = "back", pgettext_lazy("a due report", "sent back")
        DROPPED = "dropped", pgettext_lazy("a due report", "not owed any more")

    id = models.UUIDField(primary_key=True, default=uuid7)
    kind = models.ForeignKey(Kind, models.PROTECT, related_name="reports")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    #: The unit's way from the root, as it stood when this was opened: sums of the past keep their places.
    path = ArrayField(models.BigIntegerField(), default=list)
    to_unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    incident = models.ForeignKey(Incident, models.PROTECT, null=True, related_name="+")
    rhythm = models.CharField(max_length=12)
    fields = models.JSONField(default=list)
    #: What it covers: from the first instant to before the second.
    from_at = models.DateTimeField()
    until_at = models.DateTimeField()
    #: The last instant in time; never changed.
    due_at = models.DateTimeField()
    remind_at = models.DateTimeField()
    opened_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    draft = models.JSONField(default=dict)
    reminded_at = models.DateTimeField(null=True)
    #: When it was found late; `is_told`: whether somebody was alarmed, or a standstill had hidden it.
    late_at = models.DateTimeField(null=True)
    is_told = models.BooleanField(default=False)
    #: When the first version was sent: decides whether it was in time, whatever comes later.
    first_at = models.DateTimeField(null=True)
    is_nil = models.BooleanField(default=False)
    taken_at = models.DateTimeField(null=True)
    taken_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    back_at = models.DateTimeField(null=True)
    back_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    back_why = models.CharField(max_length=500, blank=True)
    times_back = models.SmallIntegerField(default=0)
    #: Why it is not owed any more: `unit_closed`, `not_asked` or `kind_stopped`.
    dropped_why = models.CharField(max_length=20, blank=True)
    version = models.IntegerField(default=1)

    class Meta:
        db_table = "due_reports_report"
        ordering = ("due_at", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "unit", "until_at"], condition=Q(incident=None), name="due_report_once"
            ),
            models.UniqueConstraint(
                fields=["kind", "unit", "incident"],
                condition=Q(incident__isnull=False),
                name="due_report_once_an_event",
            ),
            models.CheckConstraint(
                condition=Q(until_at__gt=F("from_at"), due_at__gte=F("until_at")), name="due_report_in_order"
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(state="open", late_at=None), name="due_report_to_be_late"
            ),
            models.Index(
                fields=["remind_at"],
                condition=Q(state__in=["open", "back"], reminded_at=None),
                name="due_report_to_remind",
            ),
            models.Index(fields=["unit", "-due_at"], name="due_report_unit"),
            models.Index(fields=["to_unit", "-due_at"], name="due_report_to_unit"),
            models.Index(fields=["kind", "until_at"], name="due_report_kind"),
            GinIndex(fields=["path"], name="due_report_path"),
        ]


class Version(models.Model):
    """A report as it was sent; a correction is a new one, and the old one stays. `key` makes a second sending one."""

    report = models.ForeignKey(DueReport, models.PROTECT, related_name="versions")
    number = models.SmallIntegerField()
    key = models.UUIDField()
    is_nil = models.BooleanField(default=False)
    #: By field code: {"value", "computed", "why"}, as `fields.answers` makes them.
    answers = models.JSONField(default=dict)
    #: Why it was corrected.
    why = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "due_reports_version"
        ordering = ("number",)
        constraints = [
            models.UniqueConstraint(fields=["report", "number"], name="due_report_version_once"),
            models.UniqueConstraint(fields=["report", "key"], name="due_report_sent_once"),
        ]
