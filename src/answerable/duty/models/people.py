"""The people's side: who can be on duty, when not, and what they would rather.

Duty data is for duty (rights, rule 12): an absence has no reason, and what is past goes.
"""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from answerable.duty.models.lines import Line
from answerable.orgs.models import KEPT, Staff


class DutyPerson(models.Model):
    """A member of staff in the pool of one line: from–until, and how much of a full share they carry."""

    line = models.ForeignKey(Line, models.CASCADE, related_name="people")
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="duty_lines")
    joins_on = models.DateField()
    leaves_on = models.DateField(null=True, blank=True)
    share_percent = models.SmallIntegerField(default=100)
    most_a_month = models.SmallIntegerField(null=True, blank=True)
    can_nights = models.BooleanField(default=True)

    class Meta:
        db_table = "duty_person"
        constraints = [
            models.UniqueConstraint(fields=["line", "staff"], name="duty_person_once"),
            models.CheckConstraint(condition=Q(share_percent__range=(1, 100)), name="duty_person_share"),
            models.CheckConstraint(
                condition=Q(leaves_on=None) | Q(leaves_on__gt=F("joins_on")), name="duty_person_has_length"
            ),
        ]


class Qualification(models.Model):
    """What a member of staff is qualified for on duty (a driving licence), until when it holds."""

    staff = models.ForeignKey(Staff, models.CASCADE, related_name="qualifications")
    code = models.SlugField(max_length=40)
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "duty_qualification"
        constraints = [models.UniqueConstraint(fields=["staff", "code"], name="duty_qualification_once")]


class Absence(models.Model):
    """Cannot be on duty from–until. Why is nobody's business here."""

    staff = models.ForeignKey(Staff, models.CASCADE, related_name="absences")
    from_at = models.DateTimeField()
    until_at = models.DateTimeField()
    told_at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "duty_absence"
        constraints = [
            models.CheckConstraint(
                condition=Q(from_at__range=KEPT, until_at__range=KEPT, until_at__gt=F("from_at")),
                name="duty_absence_has_length",
            ),
            ExclusionConstraint(
                name="duty_absence_once_at_a_time",
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
                condition=Q(taken_back_at=None),
            ),
        ]


class Wish(models.Model):
    """Would rather be (or not be) on duty on a day; `weight` 1–5, negative to be spared."""

    line = models.ForeignKey(Line, models.CASCADE, related_name="wishes")
    staff = models.ForeignKey(Staff, models.CASCADE, related_name="wishes")
    on = models.DateField()
    weight = models.SmallIntegerField(default=-1)

    class Meta:
        db_table = "duty_wish"
        constraints = [
            models.UniqueConstraint(fields=["line", "staff", "on"], name="duty_wish_once"),
            models.CheckConstraint(
                condition=Q(weight__range=(-5, 5)) & ~Q(weight=0), name="duty_wish_weight"
            ),
        ]


class Apart(models.Model):
    """Two who are never on one shift together. Which of them asked is not kept."""

    line = models.ForeignKey(Line, models.CASCADE, related_name="apart")
    one = models.ForeignKey(Staff, models.CASCADE, related_name="+")
    other = models.ForeignKey(Staff, models.CASCADE, related_name="+")

    class Meta:
        db_table = "duty_apart"
        constraints = [
            models.UniqueConstraint(fields=["line", "one", "other"], name="duty_apart_once"),
            models.CheckConstraint(condition=Q(other__gt=F("one")), name="duty_apart_in_order"),
        ]


class Calendar(models.Model):
    """A private address of an iCalendar feed: of one person, one line, or a unit's team. Its token is kept as a digest."""

    staff = models.ForeignKey(Staff, models.CASCADE, related_name="calendars")
    line = models.ForeignKey(Line, models.CASCADE, null=True, related_name="+")
    is_team = models.BooleanField(default=False)
    digest = models.BinaryField(max_length=32, unique=True)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "duty_calendar"
