"""Templates of rounds as they were written, version by version."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from answerable.core.names import Named
from answerable.orgs.models import Authority, Staff


class RoundTemplate(Named):
    """What is asked of one kind of place or thing. `matter` is the id under which its acts are recorded."""

    matter = models.UUIDField(default=uuid4, unique=True, editable=False)
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="round_templates")
    code = models.SlugField(max_length=40)
    retired_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        db_table = "rounds_template"
        constraints = [models.UniqueConstraint(fields=["authority", "code"], name="round_template_code_once")]


class TemplateVersion(models.Model):
    """The text of a template; never changed once it is in use: a round keeps the version that it ran on."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        IN_USE = "in_use", pgettext_lazy("a template", "in use")
        REPLACED = "replaced", _("replaced")

    template = models.ForeignKey(RoundTemplate, models.PROTECT, related_name="versions")
    number = models.IntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    text = models.TextField()
    sha256 = models.BinaryField(max_length=32)
    note = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    adopted_at = models.DateTimeField(null=True)
    adopted_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    #: Counts the savings of a draft, to notice that somebody else changed it.
    version = models.IntegerField(default=1)

    class Meta:
        db_table = "rounds_template_version"
        ordering = ("-number",)
        constraints = [
            models.UniqueConstraint(fields=["template", "number"], name="round_template_version_once"),
            models.UniqueConstraint(
                fields=["template"], condition=Q(state="draft"), name="one_draft_a_round_template"
            ),
            models.UniqueConstraint(
                fields=["template"], condition=Q(state="in_use"), name="one_in_use_a_round_template"
            ),
        ]
