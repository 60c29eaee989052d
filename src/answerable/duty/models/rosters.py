"""Rosters: the shifts of a period, who stands them, and how they change hands."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from answerable.core.ids import uuid7
from answerable.duty.models.lines import Line, LineRole, Pattern
from answerable.duty.models.people import Absence
from answerable.orgs.models import KEPT, Staff


class Roster(models.Model):
    """A line's roster from a day until before another. A draft lives in `proposal` alone; published, in assignments.

    `proposal`: {"<start of the shift, ISO, UTC>|<pattern id>|<role id>": [staff ids]}.
    `proof`: counts by person, spread and lower bound, as they stood when it was published.
    `undo`: what the last changes to the draft wrote over, oldest first: [{cell: [staff ids]}].
    """

    line = models.ForeignKey(Line, models.PROTECT, related_name="rosters")
    from_on = models.DateField()
    until_on = models.DateField()
    proposal = models.JSONField(default=dict)
    undo = models.JSONField(default=list)
    proof = models.JSONField(default=dict)
    made_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    published_by = models.BigIntegerField(null=True)
    dropped_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        db_table = "duty_roster"
        constraints = [
            models.CheckConstraint(condition=Q(until_on__gt=F("from_on")), name="duty_roster_has_length")
        ]


class Shift(models.Model):
    """One stretch of duty on a line, as published; its ends are instants."""

    line = models.ForeignKey(Line, models.PROTECT, related_name="shifts")
    roster = models.ForeignKey(Roster, models.PROTECT, null=True, related_name="shifts")
    pattern = models.ForeignKey(Pattern, models.PROTECT, null=True, related_name="+")
    from_at = models.DateTimeField()
    until_at = models.DateTimeField()
    is_night = models.BooleanField(default=False)
    #: The local day it is counted under, and whether that is a weekend or a holiday.
    on = models.DateField()
    is_weekend = models.BooleanField(default=False)
    is_holiday = models.BooleanField(default=False)

    class Meta:
        db_table = "duty_shift"
        indexes = [models.Index(fields=["line", "from_at"], name="duty_shift_line")]
        constraints = [
            models.CheckConstraint(
                condition=Q(from_at__range=KEPT, until_at__range=KEPT, until_at__gt=F("from_at")),
                name="duty_shift_has_length",
            ),
            models.UniqueConstraint(fields=["line", "pattern", "from_at"], name="duty_shift_once"),
        ]


class ShiftNeed(models.Model):
    """How many of a role a shift needs, frozen when it was published."""

    shift = models.ForeignKey(Shift, models.CASCADE, related_name="needs")
    role = models.ForeignKey(LineRole, models.PROTECT, related_name="+")
    count = models.SmallIntegerField()

    class Meta:
        db_table = "duty_shift_need"
        constraints = [models.UniqueConstraint(fields=["shift", "role"], name="duty_shift_need_once")]


class Origin(models.TextChoices):
    ROSTER = "roster", _("by the roster")
    SWAP = "swap", _("swapped")
    GIVEN = "given", _("taken over")
    OVERRIDE = "override", _("put in by the leader")
    RELIEF = "relief", _("relieved early")


class Assignment(models.Model):
    """A person stands (part of) a shift in a role. Ended early or voided, never rewritten.

    No one is on two lines at once: the exclusion constraint holds over all of them.
    """

    shift = models.ForeignKey(Shift, models.PROTECT, related_name="assignments")
    role = models.ForeignKey(LineRole, models.PROTECT, related_name="+")
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="assignments")
    from_at = models.DateTimeField()
    until_at = models.DateTimeField()
    origin = models.CharField(max_length=8, choices=Origin.choices, default=Origin.ROSTER)
    made_at = models.DateTimeField()
    voided_at = models.DateTimeField(null=True)
    #: Of a piece that an absence took out: which, so that it can be put back when the absence is taken back.
    absence = models.ForeignKey(Absence, models.SET_NULL, null=True, related_name="took_out")
    reminded_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "duty_assignment"
        indexes = [
            models.Index(fields=["staff", "from_at"], name="duty_assignment_staff"),
            models.Index(fields=["until_at"], condition=Q(voided_at=None), name="duty_assignment_until"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(until_at__gt=F("from_at")), name="duty_assignment_has_length"),
            ExclusionConstraint(
                name="duty_one_line_at_a_time",
                expressions=[
                    ("staff", RangeOperators.EQUAL),
                    (
                        Func(
                            "from_at",
                            "until_at",
                            RangeBoundary(),
                            function="TSTZRANGE",
                            output_field=DateTimeRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(voided_at=None),
            ),
        ]


class Swap(models.Model):
    """Two change shifts, or one gives a shift to whoever takes it: asked, agreed, and the leader consents."""

    class State(models.TextChoices):
        ASKED = "asked", _("asked")
        AGREED = "agreed", _("agreed, waits for the leader")
        DONE = "done", _("done")
        REFUSED = "refused", _("refused")
        TAKEN_BACK = "taken_back", _("taken back")
        LAPSED = "lapsed", _("lapsed")

    line = models.ForeignKey(Line, models.PROTECT, related_name="swaps")
    gives = models.ForeignKey(Assignment, models.PROTECT, related_name="+")
    #: What is got for it; null: given away.
    gets = models.ForeignKey(Assignment, models.PROTECT, null=True, related_name="+")
    asked_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    #: Whom is asked; null: whoever takes it.
    asked_of = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    note = models.CharField(max_length=300, blank=True)
    asked_at = models.DateTimeField()
    agreed_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.BigIntegerField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        db_table = "duty_swap"
        constraints = [
            models.UniqueConstraint(
                fields=["gives"], condition=Q(state__in=["asked", "agreed"]), name="duty_swap_once_open"
            )
        ]


class SolveRun(models.Model):
    """One run of the solver over a draft roster: what it was asked, how far it is, what it found."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waits")
        RUNNING = "running", _("at work")
        STOPPING = "stopping", _("stopping")
        DONE = "done", _("done")
        IMPOSSIBLE = "impossible", _("impossible")
        FAILED = "failed", _("failed")

    id = models.UUIDField(primary_key=True, default=uuid7)
    roster = models.ForeignKey(Roster, models.CASCADE, related_name="runs")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    seconds = models.SmallIntegerField(default=60)
    asked_at = models.DateTimeField()
    asked_by = models.BigIntegerField(null=True)
    claimed_at = models.DateTimeField(null=True)
    beat_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    #: Whether what the draft holds already is to be changed as little as possible.
    keeps = models.BooleanField(default=True)
    roster_version = models.IntegerField()
    progress = models.JSONField(default=dict)
    found = models.JSONField(default=dict)
    conflicts = models.JSONField(default=list)

    class Meta:
        db_table = "duty_solve_run"
