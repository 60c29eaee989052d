"""Grievances. One case: one complainant, one answerable post, its clocks and its record."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from answerable.cases.rules import WORKING
from answerable.core.ids import uuid7
from answerable.orgs.models import Authority, Place, Post, Staff, Subject, Unit


class State(models.TextChoices):
    REGISTERED = "registered", _("registered")
    ACCEPTED = "accepted", _("being handled")
    DECIDED = "decided", _("decided")
    REVIEW = "review", _("under review")
    REREVIEW = "rereview", _("under re-review")
    PASSED_ON = "passed_on", _("passed on to another body")
    WITHDRAWN = "withdrawn", _("withdrawn by the person")
    CLOSED = "closed", _("closed")


ENDED = (State.PASSED_ON, State.WITHDRAWN, State.CLOSED)


class Privacy(models.TextChoices):
    ANONYMOUS = "anonymous", _("anonymous")
    CONFIDENTIAL = "confidential", _("confidential")
    OPEN = "open", _("open")


class Intake(models.TextChoices):
    PORTAL = "portal", _("portal")
    COUNTER = "counter", _("counter")
    PHONE = "phone", _("telephone")
    LETTER = "letter", _("letter")
    API = "api", _("open API")
    OPEN311 = "open311", _("Open311")
    EMAIL = "email", _("e-mail")
    IMPORT = "import", _("taken over from another system")


# The name of an index, and which of the open cases it holds.
SPARSE_LISTS = {
    "case_open_nobodys": Q(handler_post=None, charge_post=None),
    "case_open_ready": Q(is_draft_ready=True),
    "case_open_waiting": Q(is_waiting=True),
    "case_open_decided": Q(state="decided"),
    "case_open_danger": Q(is_danger_told=True),
}


class Case(models.Model):
    """The narrow row that lists and clocks read. Words live in CaseText, identities in parties."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    code = models.CharField(max_length=16, unique=True)
    secret_mac = models.BinaryField(max_length=32)
    next_secret_mac = models.BinaryField(max_length=32, null=True)
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    leader_post = models.ForeignKey(Post, models.PROTECT, related_name="+", db_index=False)
    handler_post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    charge_post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+", db_index=False)
    place = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+", db_index=False)
    pack = models.CharField(max_length=64)
    kind = models.CharField(max_length=40)
    stage = models.CharField(max_length=16, default="handle")
    state = models.CharField(max_length=12, choices=State.choices, default=State.REGISTERED)
    intake = models.CharField(max_length=8, choices=Intake.choices)
    privacy = models.CharField(max_length=12, choices=Privacy.choices)
    language = models.CharField(max_length=10)
    is_conduct = models.BooleanField(default=False)
    # Named in words alone: until somebody compared them, only the unit that has the case reads it (rule 5).
    is_accused_unknown = models.BooleanField(default=False)
    # Nobody was asked whether it accuses somebody (an e-mail): kept like the one above until its first reader said so.
    is_nature_open = models.BooleanField(default=False, db_default=False)
    is_danger_told = models.BooleanField(default=False)
    is_shareable = models.BooleanField(default=False)
    # More than shareable: the person agreed that it is published, for everybody and every machine.
    is_publishable = models.BooleanField(default=False, db_default=False)
    received_at = models.DateTimeField()
    registered_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    is_lifted = models.BooleanField(default=False)
    is_waiting = models.BooleanField(default=False)
    is_draft_ready = models.BooleanField(default=False)
    decided_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    keep_until = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=24, blank=True)
    office_solved = models.BooleanField(null=True)
    person_solved = models.BooleanField(null=True)
    rating = models.SmallIntegerField(null=True)
    lead = models.ForeignKey("self", models.PROTECT, null=True, related_name="joined")
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged")
    reopened_seq = models.IntegerField(default=0)
    withdrawn_seq = models.IntegerField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_from = models.CharField(max_length=12, blank=True)
    version = models.IntegerField(default=1)
    erased_at = models.DateTimeField(null=True)

    # In memory alone: the unit and the post that the case is leaving, until the act that moves it is written.
    leaving: tuple[int, int] | None = None

    class Meta:
        db_table = "cases_case"
        constraints = [
            models.CheckConstraint(condition=Q(received_at__lte=F("registered_at")), name="received_first"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(state__in=ENDED), name="only_the_ended_have_an_end"
            ),
            models.CheckConstraint(condition=Q(rating=None) | Q(rating__range=(1, 5)), name="rating_1_to_5"),
        ]
        indexes = [
            models.Index(
                F("unit"),
                F("due_at").asc(nulls_last=True),
                F("id"),
                condition=Q(ended_at=None),
                name="case_open_unit",
            ),
            models.Index(
                F("handler_post"),
                F("due_at").asc(nulls_last=True),
                F("id"),
                condition=Q(ended_at=None),
                name="case_open_handler",
            ),
            models.Index(fields=["unit", "-received_at", "-id"], name="case_unit_newest"),
            # The newest of a unit are mostly open: without this, all of those are read to find the first ended one.
            models.Index(
                fields=["unit", "-received_at", "-id"],
                condition=Q(ended_at__isnull=False),
                name="case_unit_ended",
            ),
            models.Index(fields=["id"], condition=Q(is_accused_unknown=True), name="case_accused_unknown"),
            models.Index(
                fields=["keep_until"],
                condition=Q(ended_at__isnull=False, erased_at=None),
                name="case_kept_until",
            ),
            # Lists that hold few of the open: without these, most of a unit's open cases are read to find fifty.
            *(
                models.Index(
                    F("unit"),
                    F("due_at").asc(nulls_last=True),
                    F("id"),
                    condition=few & Q(ended_at=None),
                    name=name,
                )
                for name, few in SPARSE_LISTS.items()
            ),
            models.Index(
                fields=["subject", "place"],
                condition=Q(is_shareable=True, ended_at=None),
                name="case_similar",
            ),
            models.Index(
                fields=["authority", "-registered_at", "-id"],
                condition=Q(is_publishable=True, is_conduct=False, erased_at=None),
                name="case_published",
            ),
        ]

    @property
    def is_urgent(self) -> bool:
        """Whether the person said that someone is in danger, and the matter is still being worked on."""
        return self.is_danger_told and self.state in WORKING


class CaseText(models.Model):
    """The words, and what finds them. `unit_token` keeps the search inside a reader's units.

    `received_at` is the case's: the index is looked through from the newest stretch of days on (`core.search`).
    """

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, related_name="text")
    received_at = models.DateTimeField()
    unit_token = models.CharField(max_length=24)
    claim = models.TextField()
    wants = models.TextField(blank=True)
    place_text = models.CharField(max_length=300, blank=True)
    title = models.CharField(max_length=200, blank=True)
    shared_summary = models.TextField(blank=True)
    accused_text = models.TextField(blank=True)
    tsv = models.GeneratedField(
        expression=Func(
            F("unit_token"),
            F("title"),
            F("claim"),
            F("wants"),
            F("place_text"),
            function="answerable_search_vector",
        ),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        db_table = "cases_text"
        indexes = [
            # Without a list of what waits to be put in: a search would read it whole for each stretch.
            GinIndex(
                Func(F("received_at"), F("tsv"), function="answerable_search_index"),
                name="case_text_stretches",
                fastupdate=False,
            )
        ]


class Involvement(models.Model):
    """A unit beyond the handling one that sees the case: it supervises, reviews, or received it first."""

    class Capacity(models.TextChoices):
        SUPERVISES = "supervises"
        REVIEWS = "reviews"
        RECEIVED = "received"

    case = models.ForeignKey(Case, models.PROTECT, related_name="involvements", db_index=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    capacity = models.CharField(max_length=12, choices=Capacity.choices)
    since = models.DateTimeField()

    class Meta:
        db_table = "cases_involvement"
        constraints = [
            models.UniqueConstraint(fields=["case", "unit", "capacity"], name="involved_once_a_capacity")
        ]


class Move(models.Model):
    """The case changed hands with this act. Who had it when outlives erasure; of an accusation nothing is kept here."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="moves")
    act_seq = models.IntegerField()
    at = models.DateTimeField()
    from_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    from_post = models.ForeignKey(Post, models.PROTECT, related_name="+", db_index=False)
    to_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    to_post = models.ForeignKey(Post, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        db_table = "cases_move"


class Accused(models.Model):
    """Whose conduct the case is about. Serves one purpose: to keep them away from it (rights, rule 5)."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="accused")
    staff = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "cases_accused"
        constraints = [
            models.CheckConstraint(
                condition=Q(staff=None, unit__isnull=False) | Q(staff__isnull=False, unit=None),
                name="accused_is_one_thing",
            )
        ]


class SteppedAside(models.Model):
    """A member of staff with an interest: out of this case from now on."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="stepped_aside")
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "cases_stepped_aside"
        constraints = [models.UniqueConstraint(fields=["case", "staff"], name="steps_aside_once")]
