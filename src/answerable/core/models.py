"""Rate limits without addresses (rights, rule 2). Both tables are unlogged: neither WAL nor replicas hold them."""

from __future__ import annotations

from django.db import models


class RateKey(models.Model):
    """The random key that digests of the running hour are made with. One row; replaced every hour."""

    hour = models.DateTimeField(primary_key=True)
    key = models.BinaryField(max_length=32)

    class Meta:
        db_table = "core_rate_key"


class RateCount(models.Model):
    """How often something was done in one window. `digest` stands for purpose, window and source."""

    digest = models.BinaryField(primary_key=True, max_length=16)
    times = models.IntegerField()

    class Meta:
        db_table = "core_rate_count"
