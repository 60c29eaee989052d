"""How a case comes in: half told, told twice, under a receipt set aside, with a new secret asked for."""

from __future__ import annotations

from django.db import models

from answerable.cases.models.cases import Case
from answerable.core.ids import uuid7
from answerable.orgs.models import Post


class IntakeDraft(models.Model):
    """A grievance half told: sealed under a key that only the person's return code gives."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    finder = models.BinaryField(max_length=32, unique=True)
    sealed = models.BinaryField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "cases_intake_draft"


class Submission(models.Model):
    """What was already received: a second press, a replay or an offline resend finds the first one's case."""

    key = models.BinaryField(max_length=32, primary_key=True)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    digest = models.BinaryField(max_length=32)
    at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "cases_submission"


class ReservedCode(models.Model):
    """A receipt code handed to a counter for work without a network."""

    code = models.CharField(max_length=16, primary_key=True)
    secret_mac = models.BinaryField(max_length=32)
    post = models.ForeignKey(Post, models.PROTECT, related_name="+")
    reserved_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "cases_reserved_code"


class SecretWish(models.Model):
    """A new secret that somebody asked for with this code, which may be nobody's. The worker sees to it."""

    code = models.CharField(max_length=16)
    at = models.DateTimeField()

    class Meta:
        db_table = "cases_secret_wish"
