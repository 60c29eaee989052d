"""Photographs of rounds that are gone for good. Expects the caller's transaction; sealing is the incidents'."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from answerable.incidents.photos import steps as pictures
from answerable.readiness.rounds.models import RoundPhoto

#: What nobody has checked by then is destroyed: nobody needs it, and somebody may be seen in it.
UNCHECKED = timedelta(days=90)

open_, seal, replace, destroy = pictures.open_, pictures.seal, pictures.replace, pictures.destroy


def destroy_unchecked(now: datetime, limit: int = 100) -> int:
    """Held for too long without a check. Returns how many."""
    rows = RoundPhoto.objects.filter(state=RoundPhoto.State.HELD, at__lt=now - UNCHECKED)
    return _refuse(list(rows.select_for_update(skip_locked=True).order_by("pk")[:limit]), now)


def destroy_again(erased: Collection[UUID], *, now: datetime) -> int:
    """After an older backup was put back: pictures that were refused or blurred since are as they came in it, and go."""
    rows = RoundPhoto.objects.filter(pk__in=erased, state=RoundPhoto.State.HELD).exclude(sealed=None)
    return _refuse(list(rows.select_for_update().order_by("pk")), now)


def _refuse(rows: list[RoundPhoto], now: datetime) -> int:
    for photo in rows:
        photo.state = RoundPhoto.State.REFUSED
        photo.save(update_fields=["state"])
        destroy(photo, now=now)
    return len(rows)
