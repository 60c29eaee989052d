"""Plans as they were written, version by version."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from answerable.core.names import Named
from answerable.orgs.models import Authority, Post, Staff


class Plan(Named):
    """A body's plan for one kind of hazard. `matter` is the id under which its acts are recorded."""

    matter = models.UUIDField(default=uuid4, unique=True, editable=False)
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="plans")
    code = models.SlugField(max_length=40)
    hazard = models.CharField(max_length=24)
    retired_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        db_table = "incidents_plan"
        constraints = [models.UniqueConstraint(fields=["authority", "code"], name="plan_code_once")]


class PlanVersion(models.Model):
    """The text of a plan; never changed once it is approved. One in use and one draft at most."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        IN_USE = "in_use", pgettext_lazy("a plan", "in use")
        REPLACED = "replaced", _("replaced")
        DROPPED = "dropped", _("dropped")

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="versions")
    number = models.IntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    text = models.TextField()
    sha256 = models.BinaryField(max_length=32)
    note = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    approved_post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    #: Counts the savings of a draft, to notice that somebody else changed it.
    version = models.IntegerField(default=1)

    class Meta:
        db_table = "incidents_plan_version"
        ordering = ("-number",)
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="plan_version_once"),
            models.UniqueConstraint(fields=["plan"], condition=Q(state="draft"), name="one_draft_a_plan"),
            models.UniqueConstraint(fields=["plan"], condition=Q(state="in_use"), name="one_in_use_a_plan"),
        ]
