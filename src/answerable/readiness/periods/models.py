"""Readiness periods: a physical hazard that is expected, from–to, where, and what it demands of the helpers."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from answerable.alerts.models import RollCall
from answerable.core import days
from answerable.core.ids import uuid7
from answerable.core.names import Named
from answerable.duty.models import Line, LineRole, StandbyItem
from answerable.incidents.models import Plan
from answerable.orgs.models import Authority, Place, Unit
from answerable.readiness.periods.kinds import KINDS
from answerable.readiness.periods.rhythms import Of, Rhythm


class Period(Named):
    """Its id is the matter under which its acts are recorded. Without places it holds for the whole body.

    What is in force follows from `from_at`, `until_at` and having been announced, never from whether the worker has
    written the beginning down: see `queries.in_force`.
    """

    class State(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("a readiness period", "planned")
        ANNOUNCED = "announced", pgettext_lazy("a readiness period", "announced")
        BEGUN = "begun", pgettext_lazy("a readiness period", "running")
        ENDED = "ended", pgettext_lazy("a readiness period", "ended")
        CALLED_OFF = "called_off", pgettext_lazy("a readiness period", "called off")

    id = models.UUIDField(primary_key=True, default=uuid7)
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="readiness_periods")
    #: Whose leader planned it, hears what is missing, and may end it.
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="readiness_periods")
    kind = models.CharField(max_length=24)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    from_at = models.DateTimeField()
    #: The first instant that is no longer in it; moved when it is prolonged or ended early.
    until_at = models.DateTimeField()
    grounds = models.TextField()
    places = models.ManyToManyField(Place, through="PeriodPlace", related_name="+")
    #: The newest place of the body when the places were chosen: what is newer may have taken over a closed one.
    places_up_to = models.BigIntegerField(default=0)
    announced_at = models.DateTimeField(null=True)
    begun_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        db_table = "periods_period"
        ordering = ("from_at", "pk")
        constraints = [
            models.CheckConstraint(condition=Q(until_at__gt=F("from_at")), name="period_has_length"),
            models.CheckConstraint(
                condition=Q(from_at__gte=days.FIRST_AT, until_at__lte=days.LAST_AT), name="period_within_days"
            ),
        ]
        indexes = [
            models.Index(
                fields=["authority", "from_at"],
                condition=Q(state__in=["announced", "begun"]),
                name="period_in_force",
            )
        ]

    def __str__(self) -> str:
        """Its name, else that of its danger."""
        kind = KINDS.get(self.kind)
        return self.name or (gettext(kind.name) if kind is not None else self.kind)


class PeriodPlace(models.Model):
    period = models.ForeignKey(Period, models.CASCADE, related_name="named_places")
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")

    class Meta:
        db_table = "periods_period_place"
        constraints = [models.UniqueConstraint(fields=["period", "place"], name="period_place_once")]


class Demand(models.Model):
    """One thing that a period asks for. Which columns are filled follows from its kind."""

    class Kind(models.TextChoices):
        DUTY = "duty", _("more on duty")
        RHYTHM = "rhythm", _("shorter rhythm")
        STANDBY = "standby", _("on standby")
        ROLL_CALLS = "roll_calls", _("surprise roll calls")
        DRILL = "drill", _("plan to drill first")
        CONTACTS = "contacts", _("everybody can be reached")

    id = models.UUIDField(primary_key=True, default=uuid7)
    period = models.ForeignKey(Period, models.CASCADE, related_name="demands")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    #: Which line has more on duty, or is called by surprise.
    line = models.ForeignKey(Line, models.PROTECT, null=True, related_name="+")
    role = models.ForeignKey(LineRole, models.PROTECT, null=True, related_name="+")
    #: How many more on duty; how many calls a week.
    count = models.SmallIntegerField(null=True)
    item = models.ForeignKey(StandbyItem, models.PROTECT, null=True, related_name="+")
    plan = models.ForeignKey(Plan, models.PROTECT, null=True, related_name="+")
    #: What has the shorter rhythm, of which topic ("": all), and how often.
    of = models.CharField(max_length=8, blank=True)
    topic = models.CharField(max_length=24, blank=True)
    rhythm = models.CharField(max_length=16, blank=True)
    #: Surprise calls come between these local hours, and are answered within so many minutes.
    between_from = models.TimeField(null=True)
    between_until = models.TimeField(null=True)
    answer_within_min = models.SmallIntegerField(null=True)
    #: A drill counts that was done so many days before the beginning, or since.
    within_days = models.SmallIntegerField(null=True)

    class Meta:
        db_table = "periods_demand"
        ordering = ("pk",)
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    kind="duty",
                    line__isnull=False,
                    role__isnull=False,
                    count__isnull=False,
                    count__range=(1, 50),
                )
                | Q(kind="rhythm", of__in=[one.value for one in Of], rhythm__in=[one.value for one in Rhythm])
                | Q(kind="standby", item__isnull=False)
                | Q(
                    kind="roll_calls",
                    line__isnull=False,
                    count__isnull=False,
                    count__range=(1, 7),
                    between_from__isnull=False,
                    between_until__isnull=False,
                    between_until__gt=F("between_from"),
                    answer_within_min__isnull=False,
                    answer_within_min__range=(1, 240),
                )
                | Q(kind="drill", plan__isnull=False, within_days__isnull=False, within_days__range=(0, 366))
                | Q(kind="contacts"),
                name="period_demand_of_its_kind",
            ),
            models.UniqueConstraint(
                fields=["period", "kind", "line", "role", "item", "plan", "of", "topic"],
                nulls_distinct=False,
                name="period_demand_once",
            ),
        ]


class SurpriseCall(models.Model):
    """A surprise roll call that was made, or passed over with why. What is still to come is stored nowhere."""

    demand = models.ForeignKey(Demand, models.CASCADE, related_name="calls")
    #: The local day: at most one a day.
    on = models.DateField()
    at = models.DateTimeField()
    #: Gone with its alarm in time; what came of it stays in `asked` and `in_time`.
    roll_call = models.OneToOneField(RollCall, models.SET_NULL, null=True, related_name="+")
    passed_over = models.CharField(max_length=24, blank=True)
    asked = models.SmallIntegerField(null=True)
    in_time = models.SmallIntegerField(null=True)

    class Meta:
        db_table = "periods_surprise_call"
        ordering = ("-on", "-pk")
        constraints = [models.UniqueConstraint(fields=["demand", "on"], name="surprise_call_once")]
