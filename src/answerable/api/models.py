"""Other systems with a key of their own, the cases that came in with it, and what is told to them."""

from __future__ import annotations

from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from answerable.core.ids import uuid7
from answerable.orgs.models import Authority, Post, Unit


class ApiClient(models.Model):
    """One system, for one authority. `name` is the system's, never a person's; only digests of its secrets are kept.

    `unit` narrows what it reads to that unit and those below. `post` answers for the key. Two secrets live side by side
    for a while after a rotation. `used_on` is a day, never an address.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=120)
    # Keys that were there before scopes handed in, and did nothing else.
    scopes = ArrayField(
        models.CharField(max_length=40), default=list, db_default=["cases:write", "incidents:write"]
    )
    key_digest = models.BinaryField(max_length=32, unique=True)
    old_digest = models.BinaryField(max_length=32, unique=True, null=True)
    old_until = models.DateTimeField(null=True)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    used_on = models.DateField(null=True)
    #: The day on which rows of its unit's cases were last taken out; each such day is an act (rights, rule 10).
    exported_on = models.DateField(null=True)
    exported_act = models.BigIntegerField(null=True)

    class Meta:
        db_table = "api_client"
        constraints = [
            models.CheckConstraint(
                condition=Q(old_digest=None, old_until=None)
                | Q(old_digest__isnull=False, old_until__isnull=False),
                name="api_old_secret_ends",
            )
        ]


class HandedIn(models.Model):
    """A case and the system that handed it in. Nothing of the person: a system brings many people's cases."""

    case_id = models.UUIDField(primary_key=True)
    client = models.ForeignKey(ApiClient, models.CASCADE, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        db_table = "api_handed_in"
        indexes = [models.Index(fields=["client", "-at", "-case_id"], name="handed_in_newest")]


class Hook(models.Model):
    """An https address that one system is told events at. Address and secrets are sealed; `host` is shown."""

    class Stop(models.TextChoices):
        FAILED = "failed", _("it could not be reached for days")
        GONE = "gone", _("the other side said that it is gone")
        BY_HAND = "by_hand", _("by an administrator")

    id = models.UUIDField(primary_key=True, default=uuid7)
    client = models.ForeignKey(ApiClient, models.PROTECT, related_name="hooks")
    host = models.CharField(max_length=253)
    #: {"url", "secret", "old"}: `old` signs too until `old_until`.
    sealed = models.BinaryField(null=True)
    old_until = models.DateTimeField(null=True)
    kinds = ArrayField(models.CharField(max_length=40))
    made_at = models.DateTimeField()
    failing_since = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    stopped_why = models.CharField(max_length=12, blank=True, choices=Stop.choices)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "api_hook"
        indexes = [
            models.Index(
                fields=["client"], condition=Q(ended_at=None, stopped_at=None), name="hook_that_is_told"
            )
        ]


class HookMessage(models.Model):
    """One event to one hook. `name` is its webhook-id on every try; `body` holds ids and states alone.

    Of one matter, what happened later waits for what happened before (`seq`).
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("waits")
        SENT = "sent", _("taken")
        FAILED = "failed", _("given up")

    hook = models.ForeignKey(Hook, models.CASCADE, related_name="messages", db_index=False)
    name = models.UUIDField(unique=True, default=uuid4)
    kind = models.CharField(max_length=40)
    matter = models.UUIDField(null=True)
    seq = models.IntegerField(default=0)
    #: What it is told once by: the act, or the key of a test.
    key = models.CharField(max_length=80)
    body = models.JSONField()
    made_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    tries = models.SmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "api_hook_message"
        constraints = [models.UniqueConstraint(fields=["hook", "key"], name="hook_told_once")]
        indexes = [
            models.Index(fields=["next_try_at"], condition=Q(state="queued"), name="hook_message_due"),
            models.Index(fields=["hook", "matter", "seq"], condition=Q(state="queued"), name="hook_in_order"),
            models.Index(fields=["hook", "-id"], name="hook_log"),
        ]


class HookTry(models.Model):
    """One try: when, how long, and the other side's status; never what it answered."""

    message = models.ForeignKey(HookMessage, models.CASCADE, related_name="attempts")
    at = models.DateTimeField()
    status = models.SmallIntegerField(null=True)
    ms = models.IntegerField()
    #: Why there is no status, in a few words of ours.
    fault = models.CharField(max_length=80, blank=True)

    class Meta:
        db_table = "api_hook_try"
