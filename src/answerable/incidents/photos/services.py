"""Photographs: taken in and held; looked at, each look an act; cleared with what is to be hidden blurred, or refused.

Decoding and blurring happen before the transaction, in a helper process; under the lock it is seen that the picture is
still the one that was looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext

from answerable.core import images, marks, uploads
from answerable.core.pixels import Box, Stroke
from answerable.core.uploads import Limits, Received
from answerable.incidents import access
from answerable.incidents import steps as incidents
from answerable.incidents.act_kinds import IncidentAct
from answerable.incidents.field.rules import Claimed
from answerable.incidents.models import Photo
from answerable.incidents.photos import steps
from answerable.incidents.photos.rules import CannotKeepPhoto
from answerable.incidents.rules import CannotAct
from answerable.record.actors import Actor

LIMITS = Limits(file_bytes=12 << 20, files_a_case=1)
_NO_CLAIM = Claimed(None, None)


def read_at_most(request: HttpRequest, most: int) -> bytes:
    """The body of a request. Raises CannotKeepPhoto("too_large") without reading further."""
    told = request.headers.get("Content-Length", "")
    if told.isascii() and told.isdigit() and len(told) < 19 and int(told) > most:
        raise CannotKeepPhoto("too_large", limit=LIMITS.file_bytes >> 20)
    data = request.read(most + 1)
    if len(data) > most:
        raise CannotKeepPhoto("too_large", limit=LIMITS.file_bytes >> 20)
    return data


def receive(source: bytes | BinaryIO, *, scanner: Path | str | None = None) -> Received:
    """A picture from outside, written anew without metadata. Raises CannotTake, CannotReadPicture, CannotKeepPhoto."""
    taken = uploads.receive(gettext("Photograph"), source, scanner=scanner, limits=LIMITS)
    if not taken.is_picture:
        raise CannotKeepPhoto("no_picture")
    return taken


@transaction.atomic(durable=True)
def keep_photo(
    *,
    incident_id: UUID,
    photo_id: UUID,
    picture: Received,
    text: str,
    by: Actor,
    now: datetime,
    claim: Claimed = _NO_CLAIM,
) -> Photo:
    """Seal and hold it, with a line in the log. The same id is the same photograph, however often it is sent."""
    incident = incidents.lock_incident(incident_id)
    access.require_writer(by, incident, now)
    found = Photo.objects.filter(pk=photo_id).first()
    if found is not None:
        if found.incident_id != incident.pk or found.by_id != by.staff_id:
            raise CannotKeepPhoto("id_taken")
        return found
    if incident.personal_data_gone_at is not None:
        # What was gathered has been destroyed, and nothing would destroy this one (art. 85).
        raise CannotAct("is_over")
    entry = incidents.write_entry(
        incident,
        text.strip() or gettext("Photograph of the hazard, held until it is checked."),
        by=by,
        now=now,
        entry_id=photo_id,
        happened_at=claim.happened_at,
        clock_off_s=claim.clock_off_s,
    )
    photo = Photo(id=photo_id, incident=incident, entry=entry, at=now, by_id=by.staff)
    steps.seal(photo, picture.data, picture.media_type)
    photo.save(force_insert=True)
    _act(photo, IncidentAct.PHOTO_KEPT, by=by, now=now)
    return photo


@transaction.atomic(durable=True)
def look_at(*, photo_id: UUID, by: Actor, now: datetime) -> tuple[Photo, bytes]:
    """The picture, for somebody who may check it; while it is held, each look is an act. Raises CannotKeepPhoto."""
    photo = _locked(photo_id, by=by, now=now)
    data = steps.open_(photo)
    if photo.state == Photo.State.HELD:
        _act(photo, IncidentAct.PHOTO_SEEN, by=by, now=now)
    return photo, data


def propose_marks(photo_id: UUID) -> list[Box] | None:
    """Where a face or a plate may be: a machine searches, nobody looks, nothing of it is kept. Raises CannotKeepPhoto."""
    photo = Photo.objects.get(pk=photo_id)
    if photo.state != Photo.State.HELD:
        raise CannotKeepPhoto("checked")
    return images.propose(steps.open_(photo))


def clear_photo(
    *, photo_id: UUID, boxes: Sequence[Box], by: Actor, now: datetime, strokes: Sequence[Stroke] = ()
) -> Photo:
    """It may be shown, with what was marked made unreadable for good; the picture as it came opens no more afterwards.

    Raises CannotKeepPhoto: checked, closed; CannotMark: too_much.
    """
    photo = Photo.objects.get(pk=photo_id)
    if photo.state != Photo.State.HELD:
        raise CannotKeepPhoto("checked")
    seen = bytes(photo.sha256)
    if not boxes and not strokes:
        return _clear(photo_id, seen, None, by=by, now=now, how="as_it_came")
    kept = images.redact(steps.open_(photo), boxes, strokes)
    marks.require_some_left(kept.covered)
    return _clear(
        photo_id,
        seen,
        (kept.data, kept.media_type),
        by=by,
        now=now,
        how="blurred",
        marks=len(boxes) + len(strokes),
        covered_percent=round(100 * kept.covered),
    )


def clear_with_copy(*, photo_id: UUID, copy: Received, by: Actor, now: datetime) -> Photo:
    """A copy that somebody made themselves takes the picture's place, and may be shown."""
    photo = Photo.objects.get(pk=photo_id)
    return _clear(photo_id, bytes(photo.sha256), (copy.data, copy.media_type), by=by, now=now, how="copy")


@transaction.atomic(durable=True)
def _clear(
    photo_id: UUID,
    seen: bytes,
    instead: tuple[bytes, str] | None,
    *,
    by: Actor,
    now: datetime,
    **how: object,
) -> Photo:
    photo = _locked(photo_id, by=by, now=now)
    if photo.state != Photo.State.HELD or bytes(photo.sha256) != seen:
        raise CannotKeepPhoto("checked")
    if instead is not None:
        steps.replace(photo, *instead, now=now)
    photo.state = Photo.State.CLEARED
    photo.checked_at, photo.checked_by_id = now, by.staff
    photo.save()
    _act(photo, IncidentAct.PHOTO_CLEARED, by=by, now=now, **how)
    return photo


@transaction.atomic(durable=True)
def refuse_photo(*, photo_id: UUID, why: str, by: Actor, now: datetime) -> Photo:
    """It is not shown, and destroyed with its key at once."""
    photo = _locked(photo_id, by=by, now=now)
    if photo.state != Photo.State.HELD:
        raise CannotKeepPhoto("checked")
    photo.state = Photo.State.REFUSED
    photo.checked_at, photo.checked_by_id = now, by.staff
    photo.save(update_fields=["state", "checked_at", "checked_by"])
    steps.destroy(photo, now=now)
    _act(photo, IncidentAct.PHOTO_REFUSED, by=by, now=now, why_sha256=incidents.digest(why))
    return photo


def _locked(photo_id: UUID, *, by: Actor, now: datetime) -> Photo:
    incident_id = Photo.objects.values_list("incident", flat=True).get(pk=photo_id)
    incident = incidents.lock_incident(incident_id)
    access.require_writer(by, incident, now)
    photo = Photo.objects.select_for_update().get(pk=photo_id)
    photo.incident = incident
    return photo


def _act(photo: Photo, kind: IncidentAct, *, by: Actor, now: datetime, **more: object) -> None:
    body = {"photo": str(photo.pk), "sha256": bytes(photo.sha256).hex(), "size": photo.size} | more
    incidents.act(photo.incident, kind, by=by, now=now, body=body)
