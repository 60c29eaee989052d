"""What goes out: notices to posts, deliveries to persons and to members of staff, each try in a ledger."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from answerable.alerts.models.contacts import ContactPoint
from answerable.alerts.models.escalations import Asked
from answerable.core.ids import uuid7


class Notice(models.Model):
    """Something a post is told, once (`key`). Read by whoever holds the post."""

    post_id = models.BigIntegerField()
    matter = models.UUIDField(null=True)
    code = models.CharField(max_length=40)
    facts = models.JSONField(default=dict)
    is_urgent = models.BooleanField(default=False)
    key = models.CharField(max_length=120, unique=True)
    at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "alerts_notice"
        indexes = [
            models.Index(fields=["post_id", "-at"], name="notice_post"),
            models.Index(fields=["at"], condition=Q(mailed_at=None), name="notice_unmailed"),
            models.Index(fields=["matter"], name="notice_matter"),
        ]


class Delivery(models.Model):
    """One message out, with its ledger: what was tried, and what came of it.

    Of many alarms to one contact, one goes out for all (`carried_by`); those keep its state, and their tries are its.
    """

    class Report(models.TextChoices):
        """What the provider said later, by a callback; of a letter, what its body outside gave for it."""

        NONE = ""
        DELIVERED = "delivered"
        FAILED = "failed"

    class State(models.TextChoices):
        QUEUED = "queued"
        SENDING = "sending"
        SENT = "sent"
        FAILED = "failed"
        UNKNOWN = "unknown"
        #: Not handed over any more, because it was no longer needed: somebody has it, or the matter's readers changed.
        DROPPED = "dropped"

    id = models.UUIDField(primary_key=True, default=uuid7)
    matter = models.UUIDField(null=True)
    channel_id = models.UUIDField(null=True)
    post_id = models.BigIntegerField(null=True)
    #: Of an alarm: whom it asks, and by which of their ways.
    asked = models.ForeignKey(Asked, models.CASCADE, null=True, related_name="deliveries")
    contact = models.ForeignKey(
        ContactPoint, models.SET_NULL, null=True, related_name="deliveries", db_index=False
    )
    carried_by = models.ForeignKey("self", models.SET_NULL, null=True, related_name="carries", db_index=False)
    is_urgent = models.BooleanField(default=False)
    #: The provider's own name for it, by which its callbacks are known.
    provider_id = models.CharField(max_length=120, blank=True)
    kind = models.CharField(max_length=10)
    purpose = models.CharField(max_length=40)
    language = models.CharField(max_length=10, default="zh-hans")
    facts = models.JSONField(default=dict)
    key = models.CharField(max_length=120, unique=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    queued_at = models.DateTimeField()
    next_try_at = models.DateTimeField(null=True)
    claimed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    tries = models.SmallIntegerField(default=0)
    outcome = models.CharField(max_length=200, blank=True)
    may_be_duplicate = models.BooleanField(default=False)
    reported = models.CharField(max_length=9, choices=Report.choices, default=Report.NONE, blank=True)
    reported_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "alerts_delivery"
        indexes = [
            # Each lane takes its own, what is urgent apart: whatever waits for later is never walked over.
            models.Index(
                fields=["kind", "is_urgent", "next_try_at"],
                condition=Q(state="queued", carried_by=None),
                name="delivery_lane",
            ),
            models.Index(fields=["contact", "claimed_at"], name="delivery_contact"),
            # Most messages have no matter of a case and carry nothing: these are no entries that each change writes anew.
            models.Index(fields=["matter"], condition=Q(matter__isnull=False), name="delivery_matter"),
            models.Index(
                fields=["carried_by"], condition=Q(carried_by__isnull=False), name="delivery_carried"
            ),
            models.Index(
                fields=["asked"], condition=Q(state="queued", tries__gt=0), name="delivery_tried_again"
            ),
            models.Index(fields=["provider_id"], condition=~Q(provider_id=""), name="delivery_provider"),
            models.Index(fields=["claimed_at"], condition=Q(state="sending"), name="delivery_stalled"),
            # Letters that somebody prints are few among what machines send, and their list is read by hand.
            models.Index(
                fields=["queued_at"],
                condition=Q(kind="letter", purpose="outside", reported=""),
                name="delivery_letter_open",
            ),
        ]


class Attempt(models.Model):
    """One try at handing a message over. A try whose end nobody saw stays `unknown` for good."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="attempts")
    number = models.SmallIntegerField()
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=8, default="unknown")
    detail = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "alerts_attempt"
        constraints = [models.UniqueConstraint(fields=["delivery", "number"], name="attempt_once")]
