"""An incident: what happened, at which level the body responds, who commands, what is to be done and what was."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from answerable.core.ids import uuid7
from answerable.core.names import Named
from answerable.incidents.hazards import HAZARDS
from answerable.incidents.models.plans import PlanVersion
from answerable.orgs.models import Authority, Place, Post, Staff, Unit


class Incident(models.Model):
    """One incident or drill. Its id is the matter under which its acts are recorded.

    The grade of the event, the warning level and the level of the response are three scales (Emergency Response Law,
    art. 3, 63, 71): 1 is the gravest of each; null where nobody has said.
    """

    class State(models.TextChoices):
        REPORTED = "reported", _("reported")
        ACTIVE = "active", _("response under way")
        STOOD_DOWN = "stood_down", _("stood down")
        CLOSED = "closed", _("closed")
        DISMISSED = "dismissed", _("no response needed")
        SAME = "same", _("the same as another")

    id = models.UUIDField(primary_key=True, default=uuid7)
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="incidents")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="incidents")
    #: Year and running number in the body: 2026-017.
    code = models.CharField(max_length=20)
    state = models.CharField(max_length=12, choices=State.choices, default=State.REPORTED)
    hazard = models.CharField(max_length=24)
    title = models.CharField(max_length=200)
    what = models.TextField(blank=True)
    place = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+")
    place_text = models.CharField(max_length=300, blank=True)
    latitude = models.DecimalField(max_digits=8, decimal_places=5, null=True)
    longitude = models.DecimalField(max_digits=8, decimal_places=5, null=True)
    #: Who is in danger, in the words of the call; helpers and those affected as numbers, nobody by name.
    in_danger = models.CharField(max_length=300, blank=True)
    happened_at = models.DateTimeField(null=True)
    reported_at = models.DateTimeField()
    reported_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    #: The call back number, sealed under the incident's data key; destroyed on schedule (art. 85).
    call_back = models.BinaryField(null=True)
    #: How often it was called in; the same danger told again is counted and makes no second incident.
    calls = models.IntegerField(default=1)
    #: What a sending that is repeated is known by, and what it said, as keyed digests.
    submission = models.BinaryField(max_length=32, null=True, unique=True)
    submission_digest = models.BinaryField(max_length=32, null=True)
    #: The case that told of it, as a plain id: hazard and place crossed, and nothing else.
    from_case = models.UUIDField(null=True)
    same_as = models.ForeignKey("self", models.PROTECT, null=True, related_name="also_reported_as")
    event_grade = models.SmallIntegerField(null=True)
    warning_level = models.SmallIntegerField(null=True)
    response_level = models.SmallIntegerField(null=True)
    plan_version = models.ForeignKey(PlanVersion, models.PROTECT, null=True, related_name="incidents")
    activated_at = models.DateTimeField(null=True)
    expected_until = models.DateTimeField(null=True)
    commander_post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    commander = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    stood_down_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    personal_data_until = models.DateField(null=True)
    personal_data_gone_at = models.DateTimeField(null=True)
    is_drill = models.BooleanField(default=False)
    #: A table-top drill runs this many times faster than the clock on the wall.
    pace = models.SmallIntegerField(default=1)
    version = models.IntegerField(default=1)

    class Meta:
        db_table = "incidents_incident"
        constraints = [
            models.UniqueConstraint(fields=["authority", "code"], name="incident_code_once"),
            models.CheckConstraint(
                condition=(Q(event_grade=None) | Q(event_grade__range=(1, 4)))
                & (Q(warning_level=None) | Q(warning_level__range=(1, 4)))
                & (Q(response_level=None) | Q(response_level__range=(1, 4))),
                name="incident_scales",
            ),
            models.CheckConstraint(
                condition=Q(pace=1) | Q(is_drill=True, pace__range=(1, 60)), name="incident_pace_in_drills"
            ),
        ]
        indexes = [
            models.Index(
                fields=["authority", "-reported_at"],
                condition=Q(state__in=["reported", "active"]),
                name="incident_open",
            ),
            models.Index(fields=["authority", "-reported_at"], name="incident_newest"),
        ]

    @property
    def called(self) -> str:
        """What it is called in the reader's language: the hazard and where it is."""
        hazard = gettext(HAZARDS.get(self.hazard, self.hazard))
        where = self.place.name if self.place is not None else self.place_text
        return f"{hazard} · {where}" if where else hazard


class LevelChange(models.Model):
    """Activation, raising, lowering and lifting: each published with its grounds (art. 72, 86)."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="level_changes")
    #: The level of the response before and after; null is none.
    before = models.SmallIntegerField(null=True)
    after = models.SmallIntegerField(null=True)
    grounds = models.TextField()
    measures = models.TextField(blank=True)
    expected_until = models.DateTimeField(null=True)
    at = models.DateTimeField()
    by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "incidents_level_change"


class Strand(Named):
    """A track of the response: safety, information, coordination, or one of the plan's own."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="strands")
    code = models.SlugField(max_length=40)
    position = models.SmallIntegerField(default=0)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    closed_with = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "incidents_strand"
        ordering = ("position", "pk")
        constraints = [models.UniqueConstraint(fields=["incident", "code"], name="strand_once")]


class IncidentRole(Named):
    """A role of the response and who has it. One row in force a role: a new holder is a new row.

    `alert` is the alarm that asks the holder; acknowledged there or on the board.
    """

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="roles")
    code = models.SlugField(max_length=40)
    position = models.SmallIntegerField(default=0)
    group = models.CharField(max_length=12, blank=True)
    strand = models.ForeignKey(Strand, models.PROTECT, null=True, related_name="roles")
    is_commander = models.BooleanField(default=False)
    duty_zh = models.TextField(blank=True)
    duty_en = models.TextField(blank=True)
    post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    staff = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    #: Whether the holder stands in: the one named first is away, cannot be reached, or did not answer.
    stands_in = models.BooleanField(default=False)
    alert = models.UUIDField(null=True)
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "incidents_role"
        ordering = ("position", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "code"], condition=Q(until_at=None), name="role_in_force_once"
            )
        ]


class Task(models.Model):
    """Something to be done by a role, with a target. Titles and checks as the plan words them, in both languages."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("a task", "open")
        BEGUN = "begun", _("begun")
        DONE = "done", _("done")
        LEFT_OUT = "left_out", _("not needed")

    id = models.UUIDField(primary_key=True, default=uuid7)
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="tasks")
    strand = models.ForeignKey(Strand, models.PROTECT, related_name="tasks")
    #: The plan's action, or blank for a task that was set by hand.
    code = models.SlugField(max_length=60, blank=True)
    position = models.SmallIntegerField(default=0)
    title_zh = models.CharField(max_length=300, blank=True)
    title_en = models.CharField(max_length=300, blank=True)
    check_zh = models.TextField(blank=True)
    check_en = models.TextField(blank=True)
    role_code = models.SlugField(max_length=40, blank=True)
    #: Codes of the tasks that come first.
    needs = models.JSONField(default=list)
    level = models.SmallIntegerField(null=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    set_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    begun_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    result = models.CharField(max_length=500, blank=True)
    version = models.IntegerField(default=1)

    class Meta:
        db_table = "incidents_task"
        ordering = ("position", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "code"], condition=~Q(code=""), name="task_of_action_once"
            )
        ]
        indexes = [
            models.Index(fields=["incident"], condition=Q(state__in=["open", "begun"]), name="task_open")
        ]


class Entry(models.Model):
    """A line of the incident's log. Never changed: struck out by a later one. The record holds its digest.

    The id may come from a telephone that was without a network: the same one twice is one entry. `happened_at`: when
    the writer says it was; `at`: when it arrived.
    """

    class Kind(models.TextChoices):
        ENTRY = "entry", _("entry")
        DECISION = "decision", _("decision")
        CALL = "call", _("call")
        INJECT = "inject", _("event of the drill")
        SYSTEM = "system", _("by the system")

    id = models.UUIDField(primary_key=True, default=uuid7)
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="entries")
    #: Order in the incident; act_seq of the act that recorded it.
    seq = models.IntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.ENTRY)
    strand = models.ForeignKey(Strand, models.PROTECT, null=True, related_name="+")
    task = models.ForeignKey(Task, models.PROTECT, null=True, related_name="entries")
    text = models.TextField(blank=True)
    at = models.DateTimeField()
    happened_at = models.DateTimeField(null=True)
    #: How far the writer's clock was from ours when it was sent, in seconds; positive is ahead.
    clock_off_s = models.IntegerField(null=True)
    by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    strikes = models.OneToOneField("self", models.PROTECT, null=True, related_name="struck_by")

    class Meta:
        db_table = "incidents_entry"
        constraints = [models.UniqueConstraint(fields=["incident", "seq"], name="entry_order")]


class FieldSending(models.Model):
    """What a telephone sent about a task, by the number that it gave it: sent again, nothing is done again."""

    id = models.UUIDField(primary_key=True)
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="+")

    class Meta:
        db_table = "incidents_field_sending"


class Photo(models.Model):
    """A picture of the hazard, re-encoded without metadata, sealed; held until a human has checked and blurred it."""

    class State(models.TextChoices):
        HELD = "held", _("held until checked")
        CLEARED = "cleared", _("checked")
        REFUSED = "refused", _("not shown")

    id = models.UUIDField(primary_key=True, default=uuid7)
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="photos")
    entry = models.ForeignKey(Entry, models.PROTECT, null=True, related_name="photos")
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
        db_table = "incidents_photo"
