"""Rounds that are due or done, their answers, and what telephones have sent."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from answerable.core.ids import uuid7
from answerable.duty.models import StandbyItem
from answerable.orgs.models import Authority, Place, Post, Staff, Unit
from answerable.readiness.rounds.models.plans import RoundPlan, Target
from answerable.readiness.rounds.models.templates import TemplateVersion


class Round(models.Model):
    """One look at one target. Made by the worker when it comes near; done once, on the template's version of then."""

    class State(models.TextChoices):
        DUE = "due", _("due")
        DONE = "done", _("done")
        #: The next one was due before anybody did it.
        MISSED = "missed", _("missed")
        #: Nobody had to do it: the plan or the target ended.
        DROPPED = "dropped", _("no longer needed")

    id = models.UUIDField(primary_key=True, default=uuid7)
    plan = models.ForeignKey(RoundPlan, models.PROTECT, related_name="rounds")
    target = models.ForeignKey(Target, models.PROTECT, related_name="rounds")
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="rounds")
    post = models.ForeignKey(Post, models.PROTECT, related_name="rounds")
    place = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+")
    item = models.ForeignKey(StandbyItem, models.PROTECT, null=True, related_name="+")
    template_version = models.ForeignKey(TemplateVersion, models.PROTECT, related_name="rounds")
    state = models.CharField(max_length=8, choices=State.choices, default=State.DUE)
    #: The last instant in time, and its local day.
    due_at = models.DateTimeField()
    due_on = models.DateField()
    opens_at = models.DateTimeField()
    #: More often than always, because a readiness period asks for it.
    in_period = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    late_at = models.DateTimeField(null=True)
    #: When it arrived, and when it was done as the telephone claims (null: when it arrived).
    done_at = models.DateTimeField(null=True)
    happened_at = models.DateTimeField(null=True)
    clock_off_s = models.IntegerField(null=True)
    done_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    done_post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    #: Typed in from the paper form by somebody for whoever went.
    on_paper = models.BooleanField(default=False)
    findings_count = models.SmallIntegerField(default=0)
    version = models.IntegerField(default=1)

    class Meta:
        db_table = "rounds_round"
        constraints = [
            models.UniqueConstraint(fields=["target", "due_at"], name="round_once"),
            models.CheckConstraint(
                condition=Q(state="done", done_at__isnull=False, done_by__isnull=False)
                | (~Q(state="done") & Q(done_at=None)),
                name="round_done_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "due_at"], name="round_unit_due"),
            models.Index(fields=["due_at"], condition=Q(state="due"), name="round_still_due"),
            models.Index(fields=["post"], condition=Q(state="due"), name="round_due_post"),
            models.Index(fields=["place", "-due_at"], name="round_at_place"),
            models.Index(fields=["item", "-due_at"], name="round_at_item"),
        ]


class Answer(models.Model):
    """What was answered to one question: "yes" and "no", a number, the code of a choice, or words."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="answers")
    question = models.SlugField(max_length=40)
    value = models.CharField(max_length=500)
    number = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    is_finding = models.BooleanField(default=False)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        db_table = "rounds_answer"
        constraints = [models.UniqueConstraint(fields=["round", "question"], name="round_answer_once")]


class Sending(models.Model):
    """What a telephone sent, by the number that it made: twice the same is once, whatever happened in between."""

    id = models.UUIDField(primary_key=True)
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10)
    #: The round or finding that it was about, as a plain id, and a digest of what was said.
    about = models.UUIDField()
    sha256 = models.BinaryField(max_length=32)
    at = models.DateTimeField()

    class Meta:
        db_table = "rounds_sending"
        indexes = [models.Index(fields=["at"], name="round_sending_at")]
