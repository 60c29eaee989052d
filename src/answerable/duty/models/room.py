"""The duty room: hand-over, the log book, vehicles and equipment on standby."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _

from answerable.core.ids import uuid7
from answerable.core.names import Named
from answerable.duty.models.lines import Line, LineRole
from answerable.duty.models.rosters import Shift
from answerable.orgs.models import Staff, Unit


class HandOver(models.Model):
    """One shift's end: signed by who leaves and by the relief. Until both have, the one who leaves stays on duty."""

    shift = models.OneToOneField(Shift, models.PROTECT, related_name="hand_over")
    next_shift = models.ForeignKey(Shift, models.PROTECT, null=True, related_name="+")
    summary = models.TextField(blank=True)
    left_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    left_at = models.DateTimeField(null=True)
    taken_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    taken_at = models.DateTimeField(null=True)
    alarmed_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        db_table = "duty_hand_over"


class LogEntry(models.Model):
    """A line in the log book of a shift. Never changed: struck out by a later one, with both to be read."""

    class Kind(models.TextChoices):
        ENTRY = "entry", _("entry")
        CALL = "call", _("call")
        OPEN_ITEM = "open_item", _("open item")
        NIL = "nil", _("nothing to report")

    id = models.UUIDField(primary_key=True, default=uuid7)
    line = models.ForeignKey(Line, models.PROTECT, related_name="entries")
    shift = models.ForeignKey(Shift, models.PROTECT, null=True, related_name="entries")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.ENTRY)
    text = models.TextField(blank=True)
    at = models.DateTimeField()
    happened_at = models.DateTimeField(null=True)
    by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    settled_with = models.CharField(max_length=500, blank=True)
    strikes = models.OneToOneField("self", models.PROTECT, null=True, related_name="struck_by")

    class Meta:
        db_table = "duty_log_entry"
        indexes = [
            models.Index(fields=["line", "-at"], name="duty_log_line"),
            models.Index(
                fields=["line"],
                condition=models.Q(kind="open_item", settled_at=None),
                name="duty_log_open",
            ),
        ]


class StandbyItem(Named):
    """A vehicle or a piece of equipment on standby. `matter` is the id under which its acts are recorded."""

    class State(models.TextChoices):
        READY = "ready", _("ready")
        OUT = "out", _("in use")
        REPAIR = "repair", _("out of order")

    matter = models.UUIDField(default=uuid4, unique=True, editable=False)
    line = models.ForeignKey(Line, models.PROTECT, null=True, blank=True, related_name="standby")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="standby")
    code = models.SlugField(max_length=40)
    is_vehicle = models.BooleanField(default=False)
    registration = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.READY)
    level_percent = models.SmallIntegerField(null=True, blank=True)
    #: Who drives it is whoever is on duty in this role of its line.
    driver_role = models.ForeignKey(LineRole, models.SET_NULL, null=True, blank=True, related_name="+")
    reserved_for = models.CharField(max_length=200, blank=True)
    reserved_until = models.DateTimeField(null=True, blank=True)
    check_every_days = models.SmallIntegerField(default=7)
    checked_at = models.DateTimeField(null=True)
    closed_on = models.DateField(null=True, blank=True)
    version = models.IntegerField(default=1)

    class Meta:
        db_table = "duty_standby_item"
        constraints = [
            models.UniqueConstraint(fields=["unit", "code"], name="duty_standby_code_once"),
            models.CheckConstraint(
                condition=models.Q(level_percent=None) | models.Q(level_percent__range=(0, 100)),
                name="duty_standby_level",
            ),
        ]


class StandbyCheck(models.Model):
    """One look at an item: its state, fuel or charge, and what was found."""

    item = models.ForeignKey(StandbyItem, models.CASCADE, related_name="checks")
    at = models.DateTimeField()
    by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=StandbyItem.State.choices)
    level_percent = models.SmallIntegerField(null=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "duty_standby_check"
