"""How the act behind a paper stands in the public log at the moment of printing: its proof, or the promise of one."""

from __future__ import annotations

from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from answerable.record import compact, files, promises, receipts, storage
from answerable.record.models import Act
from answerable.record.places import Place, places_of
from answerable.ui.print.data import InLog


def in_log(matter: UUID, seq: int, zone: str) -> InLog | None:
    """For the paper about this act; None where there is no such act. Nothing waits for the log."""
    act = Act.objects.filter(matter_id=matter, seq=seq).first()
    if act is None:
        return None
    receipt = receipts.receipt_of(act.pk)
    place = places_of(matter).get(seq)
    if receipt is None or place is None:
        promise = promises.promise_of(act)
        head = storage.head()
        return InLog(
            log=head.origin if head else "",
            by=(act.recorded_at + promises.WITHIN).astimezone(ZoneInfo(zone)) if promise and head else None,
            promise=promise if head else None,
        )
    return InLog(
        log=next(one.origin for one in files.epochs() if one.number == place.epoch),
        number=place.index + 1,
        small=address_of(place, bytes(act.leaf)),
        full=compact.to_text(receipt),
    )


def address_of(place: Place, leaf: bytes) -> str:
    """Where a telephone is led: the log's page, which holds the entry there against the leaf on the paper."""
    epoch = "" if place.epoch == 1 else f"&log={place.epoch}"
    return f"{settings.BASE_URL}/record/?entry={place.index}&leaf={leaf.hex()}{epoch}"
