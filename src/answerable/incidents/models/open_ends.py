"""What must be closed before a response is: who and what was sent, what was taken, what was promised."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from answerable.core.ids import uuid7
from answerable.duty.models import StandbyItem
from answerable.incidents.models.incidents import Incident
from answerable.orgs.models import Post, Staff


class Sent(models.Model):
    """Helpers, a vehicle or equipment sent out, until they are back."""

    class Kind(models.TextChoices):
        PEOPLE = "people", _("helpers")
        VEHICLE = "vehicle", _("vehicle")
        EQUIPMENT = "equipment", _("equipment")
        MATERIAL = "material", _("material")

    id = models.UUIDField(primary_key=True, default=uuid7)
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="sent")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    what = models.CharField(max_length=200)
    count = models.IntegerField(default=1)
    item = models.ForeignKey(StandbyItem, models.PROTECT, null=True, related_name="+")
    #: Where to: a place of the hazard, in words.
    where = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    back_at = models.DateTimeField(null=True)
    back_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    back_with = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "incidents_sent"


class Requisition(models.Model):
    """Property taken for the response; returned or paid for (Emergency Response Law, art. 12). Owners: in the paper."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="requisitions")
    what = models.CharField(max_length=200)
    #: Number of the paper that the owner was given; the name stands there and not here.
    paper = models.CharField(max_length=60)
    at = models.DateTimeField()
    by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    returned_at = models.DateTimeField(null=True)
    returned_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    returned_with = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "incidents_requisition"


class Promise(models.Model):
    """What those affected asked and were promised an answer to: a case with a receipt, or an answer given on the spot."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="promises")
    what = models.CharField(max_length=500)
    #: The case that was registered for it, as a plain id.
    case_id = models.UUIDField(null=True)
    at = models.DateTimeField()
    by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    due_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    answer = models.TextField(blank=True)

    class Meta:
        db_table = "incidents_promise"


class Report(models.Model):
    """One report that is due: first by telephone, then in writing, follow-ups numbered, final (art. 61: never late,
    false or left out). `duty`: the plan's report duty."""

    class Kind(models.TextChoices):
        FIRST_PHONE = "first_phone", _("first, by telephone")
        FIRST_WRITTEN = "first_written", _("first, in writing")
        FOLLOW_UP = "follow_up", _("follow-up")
        FINAL = "final", _("final")

    class State(models.TextChoices):
        DUE = "due", _("due")
        SENT = "sent", _("sent")
        WAIVED = "waived", _("not required")

    id = models.UUIDField(primary_key=True, default=uuid7)
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="reports")
    duty = models.SlugField(max_length=40)
    kind = models.CharField(max_length=14, choices=Kind.choices)
    number = models.IntegerField(default=1)
    state = models.CharField(max_length=8, choices=State.choices, default=State.DUE)
    name_zh = models.CharField(max_length=120, blank=True)
    name_en = models.CharField(max_length=120, blank=True)
    #: The plan's reference to whom it goes (`authority:…`, `post:…`, `contact:…`), and how they were called then.
    recipient = models.CharField(max_length=140, blank=True)
    recipient_zh = models.CharField(max_length=200, blank=True)
    recipient_en = models.CharField(max_length=200, blank=True)
    #: The last instant in time; null: no instant is set. Written once, when the report is opened or a change announced.
    due_at = models.DateTimeField(null=True)
    #: What it was counted from: {"from": "first_call", "at", "minutes", "source", "verified", "role"}.
    derivation = models.JSONField(default=dict)
    #: Follow-ups of this kind are owed until then; null: until the end of the response.
    until_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField()
    #: What must be in it, and what is, by content code; a draft until it is sent.
    contents = models.JSONField(default=list)
    text = models.JSONField(default=dict)
    reminded_at = models.DateTimeField(null=True)
    late_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    sent_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    sent_post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    sent_way = models.CharField(max_length=20, blank=True)
    waived_at = models.DateTimeField(null=True)
    waived_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    why = models.CharField(max_length=500, blank=True)
    #: Who took it down at the other end, as their post, for a report by telephone.
    taken_by = models.CharField(max_length=100, blank=True)
    version = models.IntegerField(default=1)

    class Meta:
        db_table = "incidents_report"
        constraints = [
            models.UniqueConstraint(fields=["incident", "duty", "number"], name="report_once"),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(state="due"), name="report_due"),
        ]


class PublicWarning(models.Model):
    """A public warning as it was sent (CAP 1.2): the XML word for word, and what the page says in plain words."""

    class Kind(models.TextChoices):
        ALERT = "Alert", _("warning")
        UPDATE = "Update", _("update")
        CANCEL = "Cancel", _("taken back")
        ALL_CLEAR = "AllClear", _("all clear")

    id = models.UUIDField(primary_key=True, default=uuid7)
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="warnings")
    identifier = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    follows = models.ForeignKey("self", models.PROTECT, null=True, related_name="followed_by")
    #: What was filled in: event, urgency, severity, certainty, area, headline, description, instruction, by language.
    fields = models.JSONField(default=dict)
    xml = models.TextField()
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    is_exercise = models.BooleanField(default=False)

    class Meta:
        db_table = "incidents_warning"
        indexes = [
            models.Index(fields=["-sent_at"], name="warning_newest"),
            models.Index(fields=["expires_at"], name="warning_expires"),
        ]
