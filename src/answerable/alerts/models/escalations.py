"""How an alarm climbs until somebody says "I have it"."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from answerable.core.ids import uuid7
from answerable.core.names import Named
from answerable.duty.models import LineRole
from answerable.orgs.models import Authority, Post, Staff, Unit


class Mode(models.TextChoices):
    ONE = "one", _("one of them")
    ALL = "all", _("all of them")


class EscalationRule(Named):
    """A ladder of steps. `code` names what it is for (`late`, `danger`, `uncovered`, …): one in use a body and code."""

    authority = models.ForeignKey(Authority, models.PROTECT, related_name="escalation_rules")
    code = models.SlugField(max_length=40)
    #: Who of a step must acknowledge before the climb stops.
    mode = models.CharField(max_length=3, choices=Mode.choices, default=Mode.ONE)
    #: After the last step it begins again after so many seconds; `rounds` 0 is until acknowledged.
    repeat_after_s = models.IntegerField(default=600)
    rounds = models.SmallIntegerField(default=0)
    retired_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        db_table = "alerts_rule"
        constraints = [
            models.UniqueConstraint(
                fields=["authority", "code"], condition=Q(retired_at=None), name="alerts_rule_in_use"
            ),
            models.CheckConstraint(
                condition=Q(repeat_after_s__range=(10, 604_800), rounds__range=(0, 100)),
                name="alerts_rule_repeats",
            ),
        ]


class EscalationStep(models.Model):
    """`after_s`: seconds from the step before it (the first: from the alarm)."""

    rule = models.ForeignKey(EscalationRule, models.CASCADE, related_name="steps")
    position = models.SmallIntegerField()
    after_s = models.IntegerField(default=300)

    class Meta:
        db_table = "alerts_step"
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(fields=["rule", "position"], name="alerts_step_once"),
            models.CheckConstraint(condition=Q(after_s__range=(0, 604_800)), name="alerts_step_after"),
        ]


class StepTarget(models.Model):
    """Whom a step asks: exactly one of post, unit (its head), staff, or a duty line's role.

    `follows`: taken from what the alarm is about instead (its leader, the level above, who is on duty for the body).
    `is_told_only`: told at the same time, and not waited for.
    """

    class Follows(models.TextChoices):
        NONE = "", _("as named")
        OWNER = "owner", _("the post it rests with")
        LEADER = "leader", _("the leader who answers")
        ABOVE = "above", _("the level above")
        ON_DUTY = "on_duty", _("whoever is on duty for the body")

    step = models.ForeignKey(EscalationStep, models.CASCADE, related_name="targets")
    post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    staff = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    line_role = models.ForeignKey(LineRole, models.PROTECT, null=True, related_name="+")
    follows = models.CharField(max_length=8, choices=Follows.choices, default=Follows.NONE, blank=True)
    is_told_only = models.BooleanField(default=False)

    class Meta:
        db_table = "alerts_step_target"


class Alert(models.Model):
    """One alarm, from the first call to its end. Its own id is the matter under which its acts are recorded.

    `ladder` is the rule as it stood when the alarm was raised; whom a step means is looked up when it is taken.
    `context`: ids the ladder needs (`owner_post`, `leader_post`, `above_post`, `line`), never a person's data.
    """

    class State(models.TextChoices):
        OPEN = "open", _("nobody has it yet")
        ACKNOWLEDGED = "acknowledged", _("somebody has it")
        RESOLVED = "resolved", _("resolved")
        UNANSWERED = "unanswered", _("nobody answered")

    id = models.UUIDField(primary_key=True, default=uuid7)
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    code = models.CharField(max_length=40)
    facts = models.JSONField(default=dict)
    about = models.UUIDField(null=True, db_index=True)
    link = models.CharField(max_length=200, blank=True)
    is_urgent = models.BooleanField(default=True)
    is_drill = models.BooleanField(default=False)
    key = models.CharField(max_length=120, unique=True)
    ladder = models.JSONField(default=dict)
    context = models.JSONField(default=dict)
    opened_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)
    #: The last step taken (-1: none yet) and in which round; when the engine looks next.
    step = models.SmallIntegerField(default=-1)
    round = models.SmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    #: When the last step was really taken: a clock that is put back is known by it.
    taken_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        db_table = "alerts_alert"
        indexes = [
            models.Index(fields=["next_at"], condition=Q(next_at__isnull=False), name="alert_due"),
            models.Index(fields=["taken_at"], condition=Q(next_at__isnull=False), name="alert_taken"),
            models.Index(fields=["authority", "-opened_at"], name="alert_newest"),
            models.Index(fields=["authority"], condition=Q(state="open"), name="alert_open"),
            # What is watched (uncovered duty, hand-overs) is few among many.
            models.Index(fields=["code"], name="alert_code"),
        ]


class Asked(models.Model):
    """Whom an alarm has asked (or told), at which step, and what they said."""

    class Answer(models.TextChoices):
        NONE = "", _("no answer yet")
        HAVE_IT = "have_it", _("I have it")
        PASSED = "passed", _("passed to the next")

    alert = models.ForeignKey(Alert, models.CASCADE, related_name="asked")
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    post_id = models.BigIntegerField(null=True)
    step = models.SmallIntegerField()
    round = models.SmallIntegerField(default=0)
    is_told_only = models.BooleanField(default=False)
    #: No way to reach them was known when the step was taken; nobody waited for them.
    is_unreachable = models.BooleanField(default=False)
    at = models.DateTimeField()
    #: Of the private address to answer by, and the short code to answer by SMS; both end with the alarm.
    digest = models.BinaryField(max_length=32, unique=True)
    reply_code = models.CharField(max_length=8, blank=True)
    answer = models.CharField(max_length=8, choices=Answer.choices, default=Answer.NONE, blank=True)
    answered_at = models.DateTimeField(null=True)
    way = models.CharField(max_length=12, blank=True)
    #: Not urgent and about a matter: no message of its own, it is counted in the day's digest; and since when it was.
    for_digest = models.BooleanField(default=False, db_default=False)
    digested_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "alerts_asked"
        constraints = [
            models.UniqueConstraint(fields=["alert", "staff", "round", "step"], name="asked_once_a_step")
        ]
        indexes = [
            models.Index(fields=["staff", "-at"], name="asked_staff"),
            models.Index(fields=["reply_code"], condition=~Q(reply_code=""), name="asked_reply"),
            models.Index(
                fields=["at"], condition=Q(for_digest=True, digested_at=None), name="asked_undigested"
            ),
        ]


class AlertNote(models.Model):
    """What somebody wrote about an alarm; its digest stands in the act. Gone with the alarm."""

    alert = models.ForeignKey(Alert, models.CASCADE, related_name="notes")
    staff = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    post_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    text = models.TextField()

    class Meta:
        db_table = "alerts_note"
        ordering = ("at", "pk")
