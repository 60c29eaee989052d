"""After the response: the review, its lessons, and drills that go the same way."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _

from answerable.core.ids import uuid7
from answerable.incidents.models.incidents import Incident
from answerable.incidents.models.plans import Plan
from answerable.orgs.models import Authority, Post, Staff


class Review(models.Model):
    """What went well and what did not, beside the plan's own targets."""

    incident = models.OneToOneField(Incident, models.PROTECT, related_name="review")
    well = models.TextField(blank=True)
    badly = models.TextField(blank=True)
    #: Targets and actual minutes as they stood when it was signed.
    measured = models.JSONField(default=dict)
    begun_at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True)
    signed_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    version = models.IntegerField(default=1)

    class Meta:
        db_table = "incidents_review"


class Lesson(models.Model):
    """An action that the review asks for: by which post, until when, and what was done."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    review = models.ForeignKey(Review, models.PROTECT, related_name="lessons")
    what = models.CharField(max_length=500)
    #: Whether it wants the plan changed, and the version that did.
    changes_plan = models.BooleanField(default=False)
    plan_version = models.IntegerField(null=True)
    post = models.ForeignKey(Post, models.PROTECT, related_name="+")
    due_on = models.DateField()
    reminded_at = models.DateTimeField(null=True)
    late_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    done_with = models.CharField(max_length=500, blank=True)

    class Meta:
        db_table = "incidents_lesson"
        ordering = ("due_on", "pk")
        indexes = [models.Index(fields=["due_on"], condition=models.Q(done_at=None), name="lesson_open")]


class Drill(models.Model):
    """A drill that was planned: on which plan, when, with which script of events."""

    class Kind(models.TextChoices):
        FULL = "full", _("exercise in the field")
        TABLE_TOP = "table_top", _("table-top")

    matter = models.UUIDField(default=uuid4, unique=True, editable=False)
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="drills")
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="drills")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.TABLE_TOP)
    planned_on = models.DateField()
    pace = models.SmallIntegerField(default=1)
    #: The first call, as the script tells it, and where: a place of the hazard.
    call_zh = models.TextField(blank=True)
    call_en = models.TextField(blank=True)
    place_text = models.CharField(max_length=300, blank=True)
    #: What is told to those who practise, and when: [{"after_s", "text_zh", "text_en", "expect_zh", "expect_en"}].
    script = models.JSONField(default=list)
    incident = models.OneToOneField(Incident, models.PROTECT, null=True, related_name="drill")
    planned_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    begun_at = models.DateTimeField(null=True)
    #: It was broken off: something real came, or it went wrong.
    stopped_at = models.DateTimeField(null=True)
    stopped_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    stopped_why = models.CharField(max_length=300, blank=True)
    version = models.IntegerField(default=1)

    class Meta:
        db_table = "incidents_drill"
        ordering = ("-planned_on", "-pk")


class Inject(models.Model):
    """An event of a drill's script: due, told, and whether what was expected was done."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="injects")
    position = models.SmallIntegerField()
    due_at = models.DateTimeField()
    text_zh = models.TextField(blank=True)
    text_en = models.TextField(blank=True)
    expect_zh = models.CharField(max_length=300, blank=True)
    expect_en = models.CharField(max_length=300, blank=True)
    told_at = models.DateTimeField(null=True)
    met_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "incidents_inject"
        ordering = ("position",)
        constraints = [models.UniqueConstraint(fields=["incident", "position"], name="inject_once")]
        indexes = [models.Index(fields=["due_at"], condition=models.Q(told_at=None), name="inject_due")]
