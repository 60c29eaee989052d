"""Duty lines: what must be covered, by whom, and when it changes hands."""

from __future__ import annotations

from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from answerable.core import days
from answerable.core.names import Named
from answerable.orgs.models import Authority, Place, Unit


class Line(Named):
    """One thing that is always covered: the 24 h duty room, the reception day, a car on standby, a village's night.

    `matter` is the id under which its acts are recorded. Local times are those of the authority's zone.
    """

    matter = models.UUIDField(default=uuid4, unique=True, editable=False)
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="duty_lines")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="duty_lines")
    place = models.ForeignKey(Place, models.PROTECT, null=True, blank=True, related_name="+")
    code = models.SlugField(max_length=40)
    #: The room's own telephone, answered by whoever is on duty.
    phone = models.CharField(max_length=64, blank=True)
    #: Whether the one who leaves stays until relieved, and both sign.
    has_hand_over = models.BooleanField(default=True)
    #: Whether it is meant to be covered at every hour of every day: a hole in its patterns is then a fault.
    is_round_the_clock = models.BooleanField(default=False)
    #: Minutes before the shift at which the relief is to be there, and after it at which an unsigned one alarms.
    relief_early_min = models.SmallIntegerField(default=10)
    unsigned_after_min = models.SmallIntegerField(default=15)
    rest_min_h = models.SmallIntegerField(default=11)
    most_in_a_row = models.SmallIntegerField(default=1)
    most_a_week = models.SmallIntegerField(default=3)
    #: Days ahead for which the coverage certificate must hold.
    horizon_days = models.SmallIntegerField(default=14)
    closed_on = models.DateField(null=True, blank=True)
    version = models.IntegerField(default=1)

    class Meta:
        db_table = "duty_line"
        constraints = [
            models.UniqueConstraint(fields=["authority", "code"], name="duty_line_code_once"),
            models.CheckConstraint(
                condition=Q(rest_min_h__range=(0, 168), most_in_a_row__gte=1, most_a_week__gte=1),
                name="duty_line_limits",
            ),
        ]


class LineRole(Named):
    """A role that a line needs (leader, staff, driver) and who may fill it: any of the lists that is not empty."""

    line = models.ForeignKey(Line, models.CASCADE, related_name="roles")
    code = models.SlugField(max_length=40)
    position = models.SmallIntegerField(default=0)
    #: The one role whose holder consents to swaps and signs for the shift.
    is_lead = models.BooleanField(default=False)
    post_roles = ArrayField(models.CharField(max_length=16), default=list, blank=True)
    posts = ArrayField(models.BigIntegerField(), default=list, blank=True)
    units = ArrayField(models.BigIntegerField(), default=list, blank=True)
    #: All of these are needed on top, in force on the day.
    qualifications = ArrayField(models.SlugField(max_length=40), default=list, blank=True)

    class Meta:
        db_table = "duty_line_role"
        ordering = ("position", "pk")
        constraints = [models.UniqueConstraint(fields=["line", "code"], name="duty_role_code_once")]


class DayKind(models.TextChoices):
    ANY = "any", _("every day")
    WORKING = "working", _("working days")
    FREE = "free", _("weekends and holidays")
    HOLIDAY = "holiday", _("public holidays")


class Pattern(Named):
    """A shift that recurs: local start and end, on which days. Its ends are local times, so that a day of 23 or 25
    hours leaves neither gap nor overlap."""

    line = models.ForeignKey(Line, models.CASCADE, related_name="patterns")
    code = models.SlugField(max_length=40)
    day_kind = models.CharField(max_length=8, choices=DayKind.choices, default=DayKind.ANY)
    #: Bit 0 is Monday; 127 is every day of the week.
    weekdays = models.SmallIntegerField(default=127)
    starts = models.TimeField()
    ends = models.TimeField()
    ends_days_later = models.SmallIntegerField(default=1)
    is_night = models.BooleanField(default=False)
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "duty_pattern"
        constraints = [
            models.UniqueConstraint(fields=["line", "code"], name="duty_pattern_code_once"),
            models.CheckConstraint(
                condition=Q(ends_days_later__range=(0, 7))
                & (Q(ends_days_later__gte=1) | Q(ends__gt=F("starts"))),
                name="duty_pattern_has_length",
            ),
            models.CheckConstraint(condition=Q(weekdays__range=(1, 127)), name="duty_pattern_weekdays"),
            models.CheckConstraint(
                condition=Q(from_on__range=(days.FIRST_DAY, days.LAST_DAY))
                & (Q(until_on=None) | Q(until_on__gte=F("from_on"), until_on__lte=days.LAST_DAY)),
                name="duty_pattern_within_days",
            ),
        ]


class PatternNeed(models.Model):
    """How many of a role a pattern's shift needs at once."""

    pattern = models.ForeignKey(Pattern, models.CASCADE, related_name="needs")
    role = models.ForeignKey(LineRole, models.CASCADE, related_name="+")
    count = models.SmallIntegerField(default=1)

    class Meta:
        db_table = "duty_pattern_need"
        constraints = [
            models.UniqueConstraint(fields=["pattern", "role"], name="duty_need_once"),
            models.CheckConstraint(condition=Q(count__range=(1, 50)), name="duty_need_count"),
        ]


class ExtraNeed(models.Model):
    """More on duty from one day to another: holidays, a readiness period.

    `because`: the matter that asks for it, and which alone changes it; null where a leader does. Of several that matters
    ask for, the most counts; on top of what leaders ask for.
    """

    line = models.ForeignKey(Line, models.CASCADE, related_name="extra_needs")
    role = models.ForeignKey(LineRole, models.CASCADE, related_name="+")
    extra = models.SmallIntegerField(default=1)
    day_kind = models.CharField(max_length=8, choices=DayKind.choices, default=DayKind.ANY)
    from_on = models.DateField()
    until_on = models.DateField()
    why = models.CharField(max_length=200, blank=True)
    because = models.UUIDField(null=True, db_index=True)
    #: With an hour: every shift that runs at any time between them, also one that began before.
    from_at = models.DateTimeField(null=True)
    until_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "duty_extra_need"
        constraints = [
            models.CheckConstraint(condition=Q(extra__range=(1, 50)), name="duty_extra_count"),
            models.CheckConstraint(
                condition=Q(
                    from_on__gte=days.FIRST_DAY, until_on__gte=F("from_on"), until_on__lte=days.LAST_DAY
                ),
                name="duty_extra_within_days",
            ),
            models.CheckConstraint(
                condition=Q(from_at=None, until_at=None)
                | Q(from_at__isnull=False, until_at__gt=F("from_at")),
                name="duty_extra_hours",
            ),
        ]
