"""Sealing and opening photographs, each under a data key of its own. Expects the caller's transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import datetime
from typing import Any, ClassVar, Protocol
from uuid import UUID

from answerable.incidents.models import Photo
from answerable.incidents.photos.rules import CannotKeepPhoto
from answerable.parties import steps as parties
from answerable.parties import vault
from answerable.parties.keyfile import KeyFileError
from answerable.parties.models import DataKey


class Sealed(Protocol):
    """A row that holds a sealed picture: an incident's, a round's."""

    pk: UUID
    sealed: Any
    media_type: Any
    size: Any
    sha256: Any
    _meta: ClassVar[Any]

    def save(self, *, update_fields: Any = ...) -> None: ...


def _bound(photo: Sealed) -> bytes:
    return vault.bind(photo._meta.db_table, "sealed", photo.pk)


def seal(photo: Sealed, data: bytes, media_type: str) -> None:
    """Put a picture into the row, under a new key; the row is not saved. What was sealed before opens no more."""
    DataKey.objects.filter(owner=photo.pk).delete()
    photo.sealed = vault.seal(parties.file_key(photo.pk), data, _bound(photo))
    photo.media_type, photo.size = media_type, len(data)
    photo.sha256 = hashlib.sha256(data).digest()


def replace(photo: Sealed, data: bytes, media_type: str, *, now: datetime) -> None:
    """Put another picture in its place; the row is not saved. The one that came is gone, from older backups too."""
    parties.erase(photo.pk, now=now)
    seal(photo, data, media_type)


def open_(photo: Sealed) -> bytes:
    """The picture. Raises CannotKeepPhoto("closed")."""
    if photo.sealed is None:
        raise CannotKeepPhoto("closed")
    try:
        return vault.open_(parties.data_key(photo.pk), bytes(photo.sealed), _bound(photo))
    except (DataKey.DoesNotExist, KeyFileError, vault.CannotOpen):
        raise CannotKeepPhoto("closed") from None


def destroy(photo: Sealed, *, now: datetime) -> None:
    """The picture and its key are gone for good, from backups too; the row stays and says that there was one."""
    parties.erase(photo.pk, now=now)
    photo.sealed = None
    photo.save(update_fields=["sealed"])


def destroy_again(erased: Collection[UUID], *, now: datetime) -> int:
    """After an older backup was put back: pictures that were refused or blurred since are as they came in it, and go."""
    rows = Photo.objects.filter(pk__in=erased, state=Photo.State.HELD).exclude(sealed=None)
    for photo in (found := list(rows.select_for_update().order_by("pk"))):
        photo.state = Photo.State.REFUSED
        photo.save(update_fields=["state"])
        destroy(photo, now=now)
    return len(found)


def destroy_unchecked(incident_id: UUID, *, now: datetime) -> int:
    """What nobody has cleared is destroyed with the personal data of the emergency (art. 85). Returns how many."""
    rows = Photo.objects.filter(incident=incident_id).exclude(state=Photo.State.CLEARED).exclude(sealed=None)
    for photo in (found := list(rows.select_for_update().order_by("pk"))):
        destroy(photo, now=now)
    return len(found)
