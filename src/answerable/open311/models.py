"""Other programs that may hand in service requests, each with a key of its own."""

from __future__ import annotations

from django.db import models

from answerable.core.ids import uuid7
from answerable.orgs.models import Authority


class Open311Key(models.Model):
    """One program, for one authority. `name` is the program's, never a person's; only the key's digest is kept."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    key_digest = models.BinaryField(max_length=32, unique=True)
    issued_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "open311_key"
