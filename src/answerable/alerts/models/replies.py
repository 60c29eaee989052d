"""Answers that came in from outside, each once: so that a repeated callback or e-mail changes nothing."""

from __future__ import annotations

from django.db import models


class Reply(models.Model):
    """One message or digit that came in. Neither who sent it nor what it said is kept."""

    class Outcome(models.TextChoices):
        ANSWERED = "answered"
        OVER = "over"
        UNCLEAR = "unclear"
        NOT_ASKED = "not_asked"
        WHICH = "which"
        IGNORED = "ignored"

    way = models.CharField(max_length=8)
    #: Of the gateway's or the mail's own name for it.
    digest = models.BinaryField(max_length=32)
    at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)

    class Meta:
        db_table = "alerts_reply"
        constraints = [models.UniqueConstraint(fields=["way", "digest"], name="alerts_reply_once")]
        indexes = [models.Index(fields=["at"], name="alerts_reply_at")]
