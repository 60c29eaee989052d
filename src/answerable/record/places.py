"""Where a matter's acts stand in the public log: one read for a whole timeline."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from django.db import connection

# An epoch's newest published size is read from the end of its index, whatever the number of checkpoints.
_PLACES = """
SELECT a.seq, e.epoch, e.idx, e.idx < coalesce(
    (SELECT size FROM record_checkpoint c WHERE c.epoch = e.epoch AND published_at IS NOT NULL
     ORDER BY size DESC LIMIT 1), 0)
FROM record_act a JOIN record_entry e ON e.act_id = a.id
WHERE a.matter_id = %s
"""


class Place(NamedTuple):
    """An act's leaf. Until it is published nobody outside can be shown it."""

    epoch: int
    index: int  # type: ignore[assignment]  # its place in the log, not tuple's method
    is_published: bool


def places_of(matter: UUID) -> dict[int, Place]:
    """The acts of a matter that the log has taken in, by their number; the others wait."""
    with connection.cursor() as cursor:
        cursor.execute(_PLACES, [matter])
        return {seq: Place(epoch, index, is_out) for seq, epoch, index, is_out in cursor.fetchall()}
