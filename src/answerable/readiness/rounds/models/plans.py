"""Plans of rounds: which template, what is looked at, how often, by which post."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import F, Q

from answerable.core import days
from answerable.core.names import Named
from answerable.duty.models import StandbyItem
from answerable.orgs.models import Authority, Place, Post, Staff, Unit
from answerable.readiness.rounds.models.templates import RoundTemplate


class RoundPlan(Named):
    """One template, at its targets, in its rhythm, by its post. `matter`: under which its acts are recorded."""

    matter = models.UUIDField(default=uuid4, unique=True, editable=False)
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="round_plans")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="round_plans")
    template = models.ForeignKey(RoundTemplate, models.PROTECT, related_name="plans")
    #: Whose holder, or deputy at that time, does the rounds.
    post = models.ForeignKey(Post, models.PROTECT, related_name="round_plans")
    #: To whom a repair goes unless somebody else is chosen; null: the leader of the unit.
    mend_post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    #: `rules.Rhythm` as JSON; `faster`: the one while a readiness period asks for more, null: as always.
    rhythm = models.JSONField()
    faster = models.JSONField(null=True)
    #: So many hours before it is due a round stands on the list and can be done.
    open_hours = models.SmallIntegerField(default=24)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    stopped_at = models.DateTimeField(null=True)
    #: When the worker looks next whether a round is to be put on the list; at least hourly, for a period may begin.
    look_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        db_table = "rounds_plan"
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on__range=(days.FIRST_DAY, days.LAST_DAY))
                & (Q(ends_on=None) | Q(ends_on__gte=F("starts_on"), ends_on__lte=days.LAST_DAY)),
                name="round_plan_days",
            ),
            models.CheckConstraint(condition=Q(open_hours__range=(1, 24 * 31)), name="round_plan_hours"),
        ]
        indexes = [
            models.Index(fields=["unit"], name="round_plan_unit"),
            models.Index(fields=["look_at"], condition=Q(stopped_at=None), name="round_plan_look"),
        ]


class Target(models.Model):
    """One place or thing of a plan; neither: the unit's own lists, looked at from the desk. Never a person.

    `made_until`: for every due instant up to it the round has been made, or was passed over on purpose.
    """

    plan = models.ForeignKey(RoundPlan, models.PROTECT, related_name="targets")
    place = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+")
    item = models.ForeignKey(StandbyItem, models.PROTECT, null=True, related_name="+")
    position = models.IntegerField(default=1)
    made_until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "rounds_target"
        constraints = [
            models.CheckConstraint(condition=Q(place=None) | Q(item=None), name="round_target_is_one"),
            models.UniqueConstraint(
                fields=["plan", "place", "item"],
                condition=Q(ended_at=None),
                name="round_target_once",
                nulls_distinct=False,
            ),
        ]


class PlaceChange(models.Model):
    """A place was split or merged: what was looked at there is looked at here from now on, and its history with it."""

    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    into = models.ForeignKey(Place, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(Staff, models.PROTECT, related_name="+")

    class Meta:
        db_table = "rounds_place_change"
        constraints = [
            models.UniqueConstraint(fields=["place", "into"], name="round_place_change_once"),
            models.CheckConstraint(condition=~Q(place=F("into")), name="round_place_changes"),
        ]
        indexes = [models.Index(fields=["into"], name="round_place_into")]
