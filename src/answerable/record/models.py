"""Acts. Written once in their final form; the database refuses to change them."""

from __future__ import annotations

from django.db import models


class Matter(models.Model):
    """The head of one matter's chain of acts, and the row that its writers lock."""

    id = models.UUIDField(primary_key=True)
    seq = models.IntegerField(default=0)
    leaf = models.BinaryField(null=True)
    at = models.DateTimeField(null=True)

    class Meta:
        db_table = "record_matter"


class Act(models.Model):
    """The skeleton of an act: what stays when its opening has been erased."""

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="acts", db_index=False)
    seq = models.IntegerField()
    kind = models.CharField(max_length=64)
    recorded_at = models.DateTimeField()
    happened_at = models.DateTimeField(null=True)
    actor_kind = models.CharField(max_length=8)
    post_id = models.BigIntegerField(null=True)
    leaf = models.BinaryField(max_length=32)

    class Meta:
        db_table = "record_act"
        constraints = [models.UniqueConstraint(fields=["matter", "seq"], name="act_seq_once")]


class Opening(models.Model):
    """Salt and verbatim bytes: what proves the leaf, and what erasure destroys."""

    act = models.OneToOneField(Act, models.PROTECT, primary_key=True, related_name="opening")
    salt = models.BinaryField(max_length=32)
    body = models.BinaryField()

    class Meta:
        db_table = "record_opening"


class Outbox(models.Model):
    """One row an act, taken by the dispatcher *by presence*; a failed one waits until `not_before`."""

    act = models.OneToOneField(Act, models.PROTECT, primary_key=True, related_name="+")
    tries = models.SmallIntegerField(default=0)
    not_before = models.DateTimeField(null=True)

    class Meta:
        db_table = "record_outbox"


class Pending(models.Model):
    """Acts that were dispatched and wait for the log's sequencer, taken by presence."""

    act = models.OneToOneField(Act, models.PROTECT, primary_key=True, related_name="+")

    class Meta:
        db_table = "record_pending"
