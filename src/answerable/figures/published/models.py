"""What was published of the office's figures, frozen; how it is published; and the annual report."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from answerable.core.ids import uuid7
from answerable.orgs.models import Authority, Post, Staff

LICENCE, LICENCE_URL = "CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/"


class Publishing(models.Model):
    """How a body publishes its figures: one row a body, made on the first turn."""

    authority = models.OneToOneField(Authority, models.PROTECT, primary_key=True, related_name="+")
    first_month = models.CharField(max_length=7)
    counted_on = models.SmallIntegerField(default=10)
    released_after_days = models.SmallIntegerField(default=7)
    licence = models.CharField(max_length=80, default=LICENCE)
    licence_url = models.URLField(default=LICENCE_URL)
    version = models.IntegerField(default=1)

    class Meta:
        db_table = "published_publishing"
        constraints = [
            models.CheckConstraint(
                condition=Q(counted_on__range=(1, 28)) & Q(released_after_days__range=(0, 31)),
                name="publishing_within_a_month",
            )
        ]


class Edition(models.Model):
    """A month's or a year's tables as they were counted and as they are published; never changed after release.

    `counted` are the sums of each row, small ones too: the year is made of them, and nothing serves them.
    `content` is what everybody may have.
    """

    class State(models.TextChoices):
        PREPARED = "prepared", _("prepared")
        RELEASED = "released", _("is published")
        DROPPED = "dropped", _("stays unpublished")

    id = models.UUIDField(primary_key=True, default=uuid7)
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    period = models.CharField(max_length=7)
    number = models.SmallIntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.PREPARED)
    why = models.TextField(blank=True)
    counted = models.JSONField()
    content = models.JSONField()
    sha256 = models.BinaryField(max_length=32)
    prepared_at = models.DateTimeField()
    releases_at = models.DateTimeField()
    held_why = models.TextField(blank=True)
    released_at = models.DateTimeField(null=True)
    released_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    released_post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "published_edition"
        constraints = [
            models.UniqueConstraint(fields=["authority", "period", "number"], name="edition_number_once"),
            models.UniqueConstraint(
                fields=["authority", "period"], condition=Q(state="prepared"), name="one_edition_prepared"
            ),
            models.CheckConstraint(
                condition=Q(state="released", released_at__isnull=False)
                | ~Q(state="released") & Q(released_at=None),
                name="released_has_time",
            ),
            models.CheckConstraint(
                condition=Q(releases_at__gte=F("prepared_at")), name="released_after_prepared"
            ),
        ]
        indexes = [
            models.Index(fields=["releases_at"], condition=Q(state="prepared"), name="edition_to_release")
        ]

    @property
    def is_year(self) -> bool:
        return len(self.period) == 4


class Layout(models.Model):
    """A month or a year that is counted and laid out by the worker, or was not made; gone once its edition is there.

    `refused`: why it was not made, as CannotPublish has it; asked for again, the row begins anew.
    """

    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    period = models.CharField(max_length=7)
    why = models.TextField(blank=True)
    asked_at = models.DateTimeField()
    #: Nobody: it was due.
    asked_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    asked_post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    begun_at = models.DateTimeField(null=True)
    #: How often it was begun: a worker that is killed each time is tried a few times, not for ever.
    tries = models.SmallIntegerField(default=0)
    done = models.SmallIntegerField(default=0)
    steps = models.SmallIntegerField(default=0)
    refused = models.CharField(max_length=20, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "published_layout"
        constraints = [
            models.UniqueConstraint(fields=["authority", "period"], name="one_layout_of_a_period"),
            models.CheckConstraint(
                condition=Q(ended_at=None, refused="") | Q(ended_at__isnull=False) & ~Q(refused=""),
                name="layout_ends_with_why",
            ),
        ]
        indexes = [models.Index(fields=["asked_at"], condition=Q(ended_at=None), name="layout_at_work")]

    @property
    def is_begun(self) -> bool:
        return self.begun_at is not None


class EditionFile(models.Model):
    """One file of an edition, byte for byte as it is served."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="files")
    name = models.CharField(max_length=80)
    media_type = models.CharField(max_length=80)
    content = models.BinaryField()
    sha256 = models.BinaryField(max_length=32)

    class Meta:
        db_table = "published_file"
        constraints = [models.UniqueConstraint(fields=["edition", "name"], name="file_name_once")]


class Report(models.Model):
    """An annual report: drafted from the year's edition, its texts written by a post, approved, published.

    A later version of a published report is another row; the earlier one stays.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        APPROVED = "approved", _("approved")
        PUBLISHED = "published", _("is published")
        REPLACED = "replaced", _("replaced by a later version")

    id = models.UUIDField(primary_key=True, default=uuid7)
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    year = models.SmallIntegerField()
    number = models.SmallIntegerField()
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="reports")
    state = models.CharField(max_length=9, choices=State.choices, default=State.DRAFT)
    pack = models.CharField(max_length=64)
    texts = models.JSONField(default=dict)
    drafted_at = models.DateTimeField()
    drafted_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    approved_post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)
    pdf_zh = models.BinaryField(null=True)
    pdf_en = models.BinaryField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        db_table = "published_report"
        constraints = [
            models.UniqueConstraint(fields=["authority", "year", "number"], name="report_number_once"),
            models.UniqueConstraint(
                fields=["authority", "year"],
                condition=Q(state__in=["draft", "approved"]),
                name="one_report_in_the_making",
            ),
            models.CheckConstraint(
                condition=Q(state="draft", approved_at=None)
                | ~Q(state="draft") & Q(approved_at__isnull=False, approved_by__isnull=False),
                name="approved_has_who_and_when",
            ),
            models.CheckConstraint(
                condition=Q(published_at=None) | Q(state__in=["published", "replaced"]),
                name="published_has_state",
            ),
        ]
