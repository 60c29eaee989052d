"""What is done with a case: its clocks, what was said and decided, its files, and the lists that it stands in."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from answerable.cases.models.cases import Case
from answerable.core.ids import uuid7
from answerable.orgs.models import Authority, Post, Unit


class Deadline(models.Model):
    """A clock, opened by one act and met by another. Several run side by side; none is ever restarted."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="deadlines")
    step = models.CharField(max_length=40)
    is_office = models.BooleanField()
    is_supervising = models.BooleanField(default=False)
    lifted_from = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+", db_index=False)
    started_at = models.DateTimeField()
    late_from = models.DateTimeField()
    derivation = models.JSONField()
    opened_seq = models.IntegerField()
    met_seq = models.IntegerField(null=True)
    met_at = models.DateTimeField(null=True)
    voided_seq = models.IntegerField(null=True)
    paused_at = models.DateTimeField(null=True)
    remind_at = models.DateTimeField(null=True)
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "cases_deadline"
        constraints = [
            models.CheckConstraint(condition=Q(late_from__gt=F("started_at")), name="deadline_has_length"),
            models.CheckConstraint(condition=Q(met_seq=None) | Q(met_at__isnull=False), name="met_has_time"),
        ]
        indexes = [
            models.Index(
                fields=["late_from"],
                condition=Q(is_office=True, met_seq=None, voided_seq=None, lifted_at=None, paused_at=None),
                name="deadline_to_lift",
            ),
            models.Index(
                fields=["remind_at"],
                condition=Q(met_seq=None, voided_seq=None, paused_at=None, remind_at__isnull=False),
                name="deadline_to_remind",
            ),
            models.Index(
                fields=["paused_at"],
                condition=Q(met_seq=None, voided_seq=None, lifted_at=None, paused_at__isnull=False),
                name="deadline_paused",
            ),
        ]

    @property
    def is_open(self) -> bool:
        return self.met_seq is None and self.voided_seq is None


class Message(models.Model):
    """The conversation between the office and the person. Both see every line of it."""

    class Kind(models.TextChoices):
        QUESTION = "question", _("question")
        ANSWER = "answer", _("answer")
        ADDITION = "addition", _("addition")
        REPLY = "reply", _("reply")
        NOTICE = "notice", _("notice")

    case = models.ForeignKey(Case, models.PROTECT, related_name="messages")
    act_seq = models.IntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    from_person = models.BooleanField()
    post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+", db_index=False)
    body = models.TextField()
    code = models.CharField(max_length=40, blank=True)
    facts = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        db_table = "cases_message"
        constraints = [
            models.CheckConstraint(
                condition=Q(from_person=True, post=None) | Q(from_person=False), name="a_person_has_no_post"
            )
        ]


class Note(models.Model):
    """An internal note; never leaves the desk, but is part of the record."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="notes")
    act_seq = models.IntegerField()
    post = models.ForeignKey(Post, models.PROTECT, related_name="+", db_index=False)
    body = models.TextField()
    at = models.DateTimeField()

    class Meta:
        db_table = "cases_note"


class Decision(models.Model):
    """A written decision of one stage; a draft until it is sent, then never changed."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="decisions")
    stage = models.CharField(max_length=16)
    outcome = models.CharField(max_length=24, blank=True)
    parts = models.JSONField(default=dict)
    language = models.CharField(max_length=10)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    post = models.ForeignKey(Post, models.PROTECT, related_name="+", db_index=False)
    version = models.IntegerField(default=1)
    drafted_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    act_seq = models.IntegerField(null=True)
    number = models.CharField(max_length=80, blank=True)
    letter = models.BinaryField(null=True)
    delivered_at = models.DateTimeField(null=True)
    delivered_how = models.CharField(max_length=24, blank=True)
    office_solved = models.BooleanField(null=True)

    class Meta:
        db_table = "cases_decision"
        constraints = [
            models.CheckConstraint(
                condition=Q(sent_at=None, act_seq=None) | Q(sent_at__isnull=False, act_seq__isnull=False),
                name="sent_is_an_act",
            ),
            models.UniqueConstraint(
                fields=["case", "stage"], condition=Q(sent_at=None), name="one_draft_a_stage"
            ),
        ]


class PaperCount(models.Model):
    """The last number that a body gave in a year to one kind of paper; locked while the next one is given."""

    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    year = models.SmallIntegerField()
    kind = models.CharField(max_length=16)
    last = models.IntegerField(default=0)

    class Meta:
        db_table = "cases_paper_count"
        constraints = [
            models.UniqueConstraint(fields=["authority", "year", "kind"], name="one_count_a_body_year_kind")
        ]


class Attachment(models.Model):
    """A file with the case, sealed; a picture under a key of its own. Held until a human has checked it (rule 2).

    Until it is cleared it opens in the unit that it came to (`held_in`) and to those who lead that unit, wherever the
    case goes. Of one that was blurred nothing is left but this row; the copy beside it `redacts` it.
    """

    class Check(models.TextChoices):
        HELD = "held", _("held until checked")
        CLEARED = "cleared", _("checked")
        REFUSED = "refused", _("not shown")
        BLURRED = "blurred", _("destroyed; a blurred copy stands for it")

    id = models.UUIDField(primary_key=True, default=uuid7)
    case = models.ForeignKey(Case, models.PROTECT, related_name="attachments")
    act_seq = models.IntegerField()
    from_person = models.BooleanField()
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.IntegerField()
    sha256 = models.BinaryField(max_length=32)
    sealed = models.BinaryField(null=True)
    has_own_key = models.BooleanField(default=False, db_default=False)
    held_in = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", db_index=False)
    check_state = models.CharField(max_length=8, choices=Check.choices, default=Check.HELD)
    virus_state = models.CharField(max_length=16, blank=True)
    redacts = models.ForeignKey("self", models.PROTECT, null=True, related_name="redacted_copies")
    at = models.DateTimeField()

    class Meta:
        db_table = "cases_attachment"


class TakenOut(models.Model):
    """That a case stood in a list which was taken out; the export itself is an act on the body's matter (rule 6)."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    act_id = models.BigIntegerField()

    class Meta:
        db_table = "cases_taken_out"


class SavedView(models.Model):
    """A work list's filters under a name, for one post."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    query = models.CharField(max_length=600)

    class Meta:
        db_table = "cases_saved_view"
        constraints = [models.UniqueConstraint(fields=["post", "name"], name="view_name_once_a_post")]
