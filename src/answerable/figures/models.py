"""What is kept of cases so that figures need not read them: facts, turns, and sums that are rolled up.

Nothing here is about a person: who brought a case, in which words and by which channel is in no column, so erasing a
case leaves its facts as they are (rights, rules 9 and 10). Everything is made from the case by `formulas` and can be
made again: `answerable figures recount`.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from answerable.cases.models import Case
from answerable.duty.models import Line
from answerable.orgs.models import Authority, Place, Post, Subject, Unit


class Due(models.Model):
    """Something happened to a case: it has to be counted anew. Appended with each act, taken by presence."""

    case_id = models.UUIDField()

    class Meta:
        db_table = "figures_due"


class Fact(models.Model):
    """One case as `formulas.Facts` says it: for public tables, and for lists by subject and place.

    Of a case that is about conduct (`is_conduct`) `first_unit` and `unit` are where it lies now; it must be counted
    apart from all others, by the whole body and with small numbers held back (rules 5 and 10).
    """

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, related_name="+")
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+", db_index=False)
    first_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+", db_index=False)
    place = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+", db_index=False)
    intake = models.CharField(max_length=8)
    is_conduct = models.BooleanField()
    received_at = models.DateTimeField()
    # "open", or how the last turn ended: "answered", "passed_on", "withdrawn".
    state = models.CharField(max_length=12)
    # The first time the office said something of the matter itself: a question, a reply, a decision, where it went.
    first_answer_at = models.DateTimeField(null=True)
    # About the first decision, and never changed by what comes after.
    first_decided_at = models.DateTimeField(null=True)
    is_date_kept = models.BooleanField(null=True)
    date_missed_by = models.DurationField(null=True)
    # The final answer so far, and the person's own time up to it, pauses included.
    answered_at = models.DateTimeField(null=True)
    elapsed = models.DurationField(null=True)
    turns = models.SmallIntegerField()
    handed_over = models.SmallIntegerField()
    reopened = models.SmallIntegerField()
    raised = models.SmallIntegerField()
    reviews_asked = models.SmallIntegerField()
    reviews_stood = models.SmallIntegerField()
    reviews_changed = models.SmallIntegerField()
    # The office's word about its own answer, and the person's newest word about the newest answer.
    office_solved = models.BooleanField(null=True)
    person_solved = models.BooleanField(null=True)
    # Of the office's dates in this case: those met, and of them those met in time.
    dates_met = models.SmallIntegerField()
    dates_kept = models.SmallIntegerField()

    class Meta:
        db_table = "figures_fact"
        indexes = [
            models.Index(fields=["authority", "received_at"], name="fact_received"),
            models.Index(fields=["authority", "answered_at"], name="fact_answered"),
            models.Index(fields=["subject", "received_at"], name="fact_subject"),
            models.Index(fields=["place", "received_at"], name="fact_place"),
        ]


class Turn(models.Model):
    """One unit's time with a case: `formulas.Turn`. What a unit and a leader are counted by.

    The leader is the post that answered for the case in this turn, whoever holds it: figures are of posts.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="+", db_index=False)
    number = models.SmallIntegerField()
    stage = models.CharField(max_length=16)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    post = models.ForeignKey(Post, models.PROTECT, related_name="+", db_index=False)
    is_conduct = models.BooleanField()
    beginning = models.CharField(max_length=12)
    began_at = models.DateTimeField()
    ending = models.CharField(max_length=12, blank=True)
    ended_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    own_due_at = models.DateTimeField(null=True)
    first_answer_at = models.DateTimeField(null=True)
    elapsed = models.DurationField(null=True)
    review = models.CharField(max_length=8, blank=True)
    review_asked_at = models.DateTimeField(null=True)
    reviewed_at = models.DateTimeField(null=True)
    office_solved = models.BooleanField(null=True)
    person_solved = models.BooleanField(null=True)

    class Meta:
        db_table = "figures_turn"
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="turn_number_once"),
            models.CheckConstraint(
                condition=Q(ending="", ended_at=None) | ~Q(ending="") & Q(ended_at__gte=F("began_at")),
                name="turn_ends_after_it_began",
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "began_at", "id"], name="turn_began"),
            models.Index(fields=["unit", "ended_at", "id"], name="turn_ended"),
            models.Index(fields=["unit", "own_due_at", "id"], condition=Q(ending=""), name="turn_open"),
            models.Index(fields=["unit", "first_answer_at", "id"], name="turn_first_answer"),
            models.Index(
                fields=["unit", "review_asked_at", "id"], condition=~Q(review=""), name="turn_review"
            ),
            # Accusations are few, and are counted one by one.
            models.Index(fields=["unit", "began_at"], condition=Q(is_conduct=True), name="turn_conduct"),
        ]


class Tally(models.Model):
    """A sum, kept by adding differences; a sum of zero is no row. One counter writes at a time, so no row is hot.

    `cut` says which columns are used: see `tallies.Cut`; the others are 0. `on` is the first day of a month, or the
    very day for what moves with time (open cases); `bucket` the length class of a duration, else 0.
    """

    cut = models.CharField(max_length=1)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    on = models.DateField()
    measure = models.CharField(max_length=12)
    post_id = models.BigIntegerField(default=0)
    subject_id = models.BigIntegerField(default=0)
    place_id = models.BigIntegerField(default=0)
    bucket = models.SmallIntegerField(default=0)
    n = models.BigIntegerField()

    class Meta:
        db_table = "figures_tally"
        constraints = [
            models.UniqueConstraint(
                fields=["cut", "unit", "on", "measure", "post_id", "subject_id", "place_id", "bucket"],
                name="tally_cell_once",
                include=["n"],
            ),
            models.CheckConstraint(condition=Q(n__gt=0), name="a_sum_of_nothing_is_no_row"),
        ]


class DutyMonth(models.Model):
    """What duty came to in a month: of a line, or (alarms) of a body. Numbers that outlive the data that they are made
    from, which say who stood and who answered and expire (rights, rule 12); nothing here is about one of them.

    `measure`: see `duty.Measure`; `bucket` is the class of minutes of a length, else 0.
    """

    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+", db_index=False)
    line = models.ForeignKey(Line, models.PROTECT, null=True, related_name="+", db_index=False)
    on = models.DateField()
    measure = models.CharField(max_length=12)
    bucket = models.SmallIntegerField(default=0)
    n = models.BigIntegerField()

    class Meta:
        db_table = "figures_duty_month"
        constraints = [
            models.UniqueConstraint(
                fields=["authority", "on", "line", "measure", "bucket"],
                name="duty_month_once",
                nulls_distinct=False,
            )
        ]


class DutyRow(models.Model):
    """One thing behind a number of `DutyMonth`, written with it: so a number and the rows that it opens are one count.

    `kind`: see `duty.Kind`, which says what `n` and `of` are there. Nobody's name, and nothing of a case, is in a row;
    it goes in time, while the number stays (rights, rule 12).
    """

    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+", db_index=False)
    line = models.ForeignKey(Line, models.PROTECT, null=True, related_name="+", db_index=False)
    kind = models.CharField(max_length=8)
    at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)
    role_id = models.BigIntegerField(null=True)
    code = models.CharField(max_length=40, blank=True)
    alert_id = models.UUIDField(null=True)
    n = models.BigIntegerField(null=True)
    of = models.BigIntegerField(default=0)

    class Meta:
        db_table = "figures_duty_row"
        indexes = [
            models.Index(fields=["authority", "kind", "line", "at", "id"], name="duty_row_newest"),
            models.Index(fields=["kind", "at"], name="duty_row_age"),
        ]
