"""Acts and the log over them. Written once in their final form; the database refuses to change them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


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
        # What an auditor reads over all matters at once: few among millions, so no act pays for it but these.
        indexes = [
            models.Index(
                fields=["-recorded_at"],
                condition=Q(kind__in=["identity.looked", "receipt.reissued"]),
                name="act_looks",
            )
        ]


class Opening(models.Model):
    """Salt and verbatim bytes: what proves the leaf, and what erasure destroys."""

    act = models.OneToOneField(
        Act, models.PROTECT, primary_key=True, related_name="opening", db_constraint=False
    )
    salt = models.BinaryField(max_length=32)
    body = models.BinaryField()

    class Meta:
        db_table = "record_opening"


class Outbox(models.Model):
    """One row an act, taken by the dispatcher *by presence*; a failed one waits until `not_before`."""

    act = models.OneToOneField(Act, models.PROTECT, primary_key=True, related_name="+", db_constraint=False)
    tries = models.SmallIntegerField(default=0)
    not_before = models.DateTimeField(null=True)

    class Meta:
        db_table = "record_outbox"


class Pending(models.Model):
    """Acts that wait for the log's sequencer, taken by presence.

    The entry is kept here, because an erasure may destroy the opening that it came from before it is in the log.
    """

    act = models.OneToOneField(Act, models.PROTECT, primary_key=True, related_name="+", db_constraint=False)
    entry = models.BinaryField(max_length=33)

    class Meta:
        db_table = "record_pending"


class Log(models.Model):
    """One row an epoch; the newest is the fence that whoever writes to the log takes FOR UPDATE.

    `padded` is the size up to which dummies were filled in: a publication that was cut short is not padded twice.
    `seed` is what the salts of dummies are derived from: whoever has it can tell dummies from acts.
    `fault` says why the log stands still; null while it goes on.
    """

    epoch = models.SmallIntegerField(primary_key=True)
    origin = models.TextField(unique=True)
    size = models.BigIntegerField(default=0)
    padded = models.BigIntegerField(default=0)
    root = models.BinaryField(max_length=32)
    seed = models.BinaryField(max_length=32)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    fault = models.JSONField(null=True)

    class Meta:
        db_table = "record_log"


class LogKey(models.Model):
    """A public key, and the sizes whose checkpoints it signs; `until_size` is null while it is in use.

    The promise key (`is_for_promises`) signs no checkpoint; its sizes say nothing.
    """

    epoch = models.SmallIntegerField()
    public = models.BinaryField(max_length=32)
    is_for_promises = models.BooleanField(default=False)
    from_size = models.BigIntegerField(default=0)
    until_size = models.BigIntegerField(null=True)

    class Meta:
        db_table = "record_log_key"
        constraints = [
            models.UniqueConstraint(fields=["epoch", "is_for_promises", "public"], name="log_key_once")
        ]


class Entry(models.Model):
    """One leaf. `act` is null for dummies and for what the log says about itself. Columns lie so that a row is small."""

    pk = models.CompositePrimaryKey("epoch", "index")
    index = models.BigIntegerField(db_column="idx")
    act = models.ForeignKey(
        Act, models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    epoch = models.SmallIntegerField()
    entry = models.BinaryField()

    class Meta:
        db_table = "record_entry"
        constraints = [
            models.UniqueConstraint(
                fields=["act"], condition=models.Q(act__isnull=False), name="act_in_log_once"
            )
        ]


class Tile(models.Model):
    """Up to 256 hashes of a level; the last tile of a level grows in place, and a partial one is its beginning."""

    pk = models.CompositePrimaryKey("epoch", "level", "index")
    index = models.BigIntegerField(db_column="idx")
    epoch = models.SmallIntegerField()
    level = models.SmallIntegerField()
    hashes = models.BinaryField(max_length=8192)

    class Meta:
        db_table = "record_tile"


class Checkpoint(models.Model):
    """A signed head. It is given out once it is published; that is the only thing about it that ever changes."""

    pk = models.CompositePrimaryKey("epoch", "size")
    size = models.BigIntegerField()
    made_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    epoch = models.SmallIntegerField()
    note = models.BinaryField()

    class Meta:
        db_table = "record_checkpoint"
        indexes = [models.Index(fields=["-made_at"], name="checkpoint_newest")]


class Cosignature(models.Model):
    """A witness's line under a checkpoint; kept for the newest ones, which receipts are given under."""

    pk = models.CompositePrimaryKey("epoch", "size", "witness")
    size = models.BigIntegerField()
    epoch = models.SmallIntegerField()
    witness = models.TextField()
    line = models.BinaryField()

    class Meta:
        db_table = "record_cosignature"


class Witness(models.Model):
    """How things stand with a witness: up to where it cosigned, and what is wrong with it or, it says, with us.

    `contradiction` is null unless the witness holds a log that ours does not continue: nothing is signed then.
    """

    pk = models.CompositePrimaryKey("epoch", "vkey")
    epoch = models.SmallIntegerField()
    vkey = models.TextField()
    size = models.BigIntegerField(default=0)
    asked_at = models.DateTimeField()
    cosigned_at = models.DateTimeField(null=True)
    fault = models.JSONField(null=True)
    contradiction = models.JSONField(null=True)

    class Meta:
        db_table = "record_witness"


class Anchor(models.Model):
    """A time-stamp of a checkpoint's text by an authority outside (RFC 3161)."""

    pk = models.CompositePrimaryKey("epoch", "size")
    size = models.BigIntegerField()
    stamped_at = models.DateTimeField()
    made_at = models.DateTimeField()
    epoch = models.SmallIntegerField()
    token = models.BinaryField()

    class Meta:
        db_table = "record_anchor"
        indexes = [models.Index(fields=["-made_at"], name="anchor_newest")]
