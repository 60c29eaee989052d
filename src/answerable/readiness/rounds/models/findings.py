"""What was found, until it is mended and somebody else has looked; photographs held until a human has checked them."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from answerable.core.ids import uuid7
from answerable.core.names import Named
from answerable.duty.models import StandbyItem
from answerable.orgs.models import Authority, Place, Post, Staff, Unit
from answerable.readiness.rounds.models.plans import RoundPlan
from answerable.readiness.rounds.models.rounds import Round
from answerable.readiness.rounds.template.schema import CHECK_DAYS


class Finding(Named):
    """Something that is wrong at a place or with a thing. Its name is what the template calls it.

    Open until it is mended; mended until somebody else has seen so; then closed. Its id is the matter of its acts.
    """

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("a finding", "open")
        MENDED = "mended", _("mended, to be checked")
        CLOSED = "closed", _("mended and checked")

    class Becomes(models.TextChoices):
        REPAIR = "repair", _("repair")
        CASE = "case", _("case")
        INCIDENT = "incident", _("incident")

    class Severity(models.TextChoices):
        MINOR = "minor", _("minor")
        SERIOUS = "serious", _("serious")
        DANGER = "danger", _("danger")

    id = models.UUIDField(primary_key=True, default=uuid7)
    round = models.ForeignKey(Round, models.PROTECT, related_name="findings")
    plan = models.ForeignKey(RoundPlan, models.PROTECT, related_name="findings")
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="findings")
    place = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+")
    item = models.ForeignKey(StandbyItem, models.PROTECT, null=True, related_name="+")
    question = models.SlugField(max_length=40)
    note = models.CharField(max_length=500, blank=True)
    severity = models.CharField(max_length=8, choices=Severity.choices)
    becomes = models.CharField(max_length=8, choices=Becomes.choices, default=Becomes.REPAIR)
    #: For a case: the subject's id; for an incident: the hazard's code.
    wanted = models.CharField(max_length=40, blank=True)
    case_id = models.UUIDField(null=True)
    incident_id = models.UUIDField(null=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    #: Who mends it, by the end of which day.
    post = models.ForeignKey(Post, models.PROTECT, related_name="findings")
    due_on = models.DateField()
    #: The day that it had when it was found: figures count by it, however often it is postponed. None: as `due_on`,
    #: of a version that did not keep it.
    first_due_on = models.DateField(null=True)
    #: How often its day was moved beyond the first one, each time with grounds.
    postponed = models.SmallIntegerField(default=0, db_default=0)
    #: Once it is mended, somebody else looks by the end of which day: so many days later, as the template had it.
    check_days = models.SmallIntegerField(default=CHECK_DAYS, db_default=CHECK_DAYS)
    check_on = models.DateField(null=True)
    found_at = models.DateTimeField()
    #: The same question at the same place or thing was found before; the how-manieth time this is.
    earlier = models.ForeignKey("self", models.PROTECT, null=True, related_name="later")
    times = models.SmallIntegerField(default=1)
    #: Seen again in later rounds while it was open.
    seen_again = models.SmallIntegerField(default=0)
    mended_at = models.DateTimeField(null=True)
    mended_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    mended_with = models.CharField(max_length=500, blank=True)
    #: How often a check said that it was not mended.
    sent_back = models.SmallIntegerField(default=0)
    checked_at = models.DateTimeField(null=True)
    checked_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    checked_round = models.ForeignKey(Round, models.PROTECT, null=True, related_name="+")
    check_note = models.CharField(max_length=500, blank=True)
    reminded_at = models.DateTimeField(null=True)
    late_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)

    @property
    def first_day(self) -> date:
        return self.first_due_on or self.due_on

    class Meta:
        db_table = "rounds_finding"
        constraints = [
            models.UniqueConstraint(fields=["round", "question"], name="finding_once"),
            models.CheckConstraint(
                condition=Q(state="open", mended_at=None, checked_at=None)
                | Q(state="mended", mended_at__isnull=False, checked_at=None)
                | Q(state="closed", mended_at__isnull=False, checked_at__isnull=False),
                name="finding_goes_forward",
            ),
            # Whoever mended it is not who says that it is mended.
            models.CheckConstraint(
                condition=Q(checked_by=None) | Q(mended_by=None) | ~Q(checked_by=F("mended_by")),
                name="finding_checked_by_another",
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "due_on"], condition=~Q(state="closed"), name="finding_open_unit"),
            models.Index(fields=["due_on"], condition=~Q(state="closed"), name="finding_open_due"),
            models.Index(fields=["check_on"], condition=Q(state="mended"), name="finding_check_due"),
            models.Index(fields=["post"], condition=Q(state="open"), name="finding_open_post"),
            models.Index(fields=["place", "question", "-found_at"], name="finding_at_place"),
            models.Index(fields=["item", "question", "-found_at"], name="finding_at_item"),
            models.Index(fields=["unit", "found_at"], name="finding_unit_found"),
        ]


class RoundPhoto(models.Model):
    """A picture of a place or thing, without metadata, sealed; held until a human has checked and blurred it."""

    class State(models.TextChoices):
        HELD = "held", _("held until checked")
        CLEARED = "cleared", _("checked")
        REFUSED = "refused", _("not shown")

    id = models.UUIDField(primary_key=True, default=uuid7)
    round = models.ForeignKey(Round, models.PROTECT, related_name="photos")
    question = models.SlugField(max_length=40)
    state = models.CharField(max_length=8, choices=State.choices, default=State.HELD)
    sealed = models.BinaryField(null=True)
    media_type = models.CharField(max_length=40)
    size = models.IntegerField()
    sha256 = models.BinaryField(max_length=32)
    at = models.DateTimeField()
    by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    checked_at = models.DateTimeField(null=True)
    checked_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "rounds_photo"
        indexes = [models.Index(fields=["at"], condition=Q(state="held"), name="round_photo_held")]
