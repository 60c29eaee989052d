"""Identities and channels, apart from cases and apart from each other (rights, rules 1 and 6)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from answerable.core.ids import uuid7


class PartyRole(models.TextChoices):
    SELF = "self", _("the person")
    REPRESENTED = "represented", _("the person represented")
    REPRESENTATIVE = "representative", _("representative the person chose")
    SUPPORT = "support", _("support person the person named")


class Party(models.Model):
    """A party to one case, and to that one alone: nothing here can join two cases of one person."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    case_id = models.UUIDField(db_index=True)
    role = models.CharField(max_length=16, choices=PartyRole.choices, default=PartyRole.SELF)
    is_confidential = models.BooleanField(default=True)
    sealed = models.BinaryField(null=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "parties_party"


class ChannelKind(models.TextChoices):
    EMAIL = "email", _("e-mail")
    SMS = "sms", _("text message")
    POST = "post", _("letter by post")


class Channel(models.Model):
    """How the person chose to be reached; sealed under a key of its own. No row: they come and look."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    case_id = models.UUIDField(db_index=True)
    kind = models.CharField(max_length=8, choices=ChannelKind.choices)
    sealed = models.BinaryField(null=True)
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "parties_channel"


class DataKey(models.Model):
    """A row's data key, wrapped by the key file. Left out of backups; destroyed by erasure."""

    owner = models.UUIDField(primary_key=True)
    case_id = models.UUIDField(db_index=True)
    wrapped = models.BinaryField()

    class Meta:
        db_table = "parties_data_key"


class Tombstone(models.Model):
    """What was erased and when, so that a restored backup erases it again."""

    case_id = models.UUIDField(primary_key=True)
    erased_at = models.DateTimeField()

    class Meta:
        db_table = "parties_tombstone"


class KnownKey(models.Model):
    """Marks of the key file's keys, so that a wrong file is noticed at start-up and not at the first look."""

    version = models.IntegerField(primary_key=True)
    mark = models.CharField(max_length=16)

    class Meta:
        db_table = "parties_known_key"
