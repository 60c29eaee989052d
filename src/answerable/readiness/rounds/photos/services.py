"""A round's photographs: held; looked at, each look an act; cleared with what is to be hidden blurred, or refused."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from answerable.core import images, marks
from answerable.core.marks import Marks
from answerable.core.pixels import Box
from answerable.core.uploads import Received
from answerable.incidents.photos.rules import CannotKeepPhoto
from answerable.readiness.rounds import access, steps
from answerable.readiness.rounds.act_kinds import RoundAct
from answerable.readiness.rounds.models import Round, RoundPhoto
from answerable.readiness.rounds.photos import steps as pictures
from answerable.readiness.rounds.rules import CannotRound
from answerable.readiness.rounds.template.reading import kept_template
from answerable.record.actors import Actor

MOST_A_ROUND = 20


@transaction.atomic(durable=True)
def keep_photo(
    *, round_id: UUID, photo_id: UUID, question: str, picture: Received, by: Actor, now: datetime
) -> RoundPhoto:
    """Seal and hold it. The same id is the same photograph, however often it is sent and whatever became of it.

    It comes before its round or after it. A review from the desk takes none (rights, rule 11).
    """
    round_ = steps.lock_round(round_id)
    found = RoundPhoto.objects.filter(pk=photo_id).first()
    if found is not None:
        if found.round_id != round_.pk or found.by_id != by.staff_id:
            raise CannotKeepPhoto("id_taken")
        return found
    access.post_to_do(by, round_, now, now)
    asked = kept_template(round_.template_version.text).question(question)
    if asked is None or asked.kind != "photograph" or round_.state == Round.State.DROPPED:
        raise CannotRound("unknown_question", given=question)
    if RoundPhoto.objects.filter(round=round_).count() >= MOST_A_ROUND:
        raise CannotRound("too_many_photos", most=MOST_A_ROUND)
    photo = RoundPhoto(id=photo_id, round=round_, question=question, at=now, by_id=by.staff)
    pictures.seal(photo, picture.data, picture.media_type)
    photo.save(force_insert=True)
    _act(photo, round_, RoundAct.PHOTO_KEPT, by=by, now=now)
    return photo


@transaction.atomic(durable=True)
def look_at(*, photo_id: UUID, by: Actor, now: datetime) -> tuple[RoundPhoto, bytes]:
    """The picture, for somebody who may check it; while it is held, each look is an act. Raises CannotKeepPhoto."""
    photo = _locked(photo_id, by=by, now=now)
    data = pictures.open_(photo)
    if photo.state == RoundPhoto.State.HELD:
        _act(photo, photo.round, RoundAct.PHOTO_SEEN, by=by, now=now)
    return photo, data


def propose_marks(photo_id: UUID) -> list[Box] | None:
    """Where a face or a plate may be: a machine searches, nobody looks, nothing of it is kept. Raises CannotKeepPhoto."""
    photo = RoundPhoto.objects.get(pk=photo_id)
    if photo.state != RoundPhoto.State.HELD:
        raise CannotKeepPhoto("checked")
    return images.propose(pictures.open_(photo))


def clear_photo(*, photo_id: UUID, hidden: Marks, by: Actor, now: datetime) -> RoundPhoto:
    """It may be shown, with what was marked made unreadable for good; the picture as it came opens no more afterwards.

    Blurred before the transaction, in a helper process. Raises CannotKeepPhoto: checked, closed; CannotMark: too_much.
    """
    photo = RoundPhoto.objects.get(pk=photo_id)
    if photo.state != RoundPhoto.State.HELD:
        raise CannotKeepPhoto("checked")
    if not hidden:
        return _clear(photo, None, by=by, now=now, how="as_it_came")
    kept = images.redact(pictures.open_(photo), hidden.boxes, hidden.strokes)
    marks.require_some_left(kept.covered)
    return _clear(
        photo,
        (kept.data, kept.media_type),
        by=by,
        now=now,
        how="blurred",
        covered_percent=round(100 * kept.covered),
    )


@transaction.atomic(durable=True)
def _clear(
    seen: RoundPhoto, instead: tuple[bytes, str] | None, *, by: Actor, now: datetime, **how: object
) -> RoundPhoto:
    photo = _locked(seen.pk, by=by, now=now)
    if photo.state != RoundPhoto.State.HELD or bytes(photo.sha256) != bytes(seen.sha256):
        raise CannotKeepPhoto("checked")
    if instead is not None:
        pictures.replace(photo, *instead, now=now)
    photo.state = RoundPhoto.State.CLEARED
    photo.checked_at, photo.checked_by_id = now, by.staff
    photo.save()
    _act(photo, photo.round, RoundAct.PHOTO_CLEARED, by=by, now=now, **how)
    return photo


@transaction.atomic(durable=True)
def refuse_photo(*, photo_id: UUID, why: str, by: Actor, now: datetime) -> RoundPhoto:
    """It is not shown, and destroyed with its key at once."""
    photo = _locked(photo_id, by=by, now=now)
    if photo.state != RoundPhoto.State.HELD:
        raise CannotKeepPhoto("checked")
    photo.state = RoundPhoto.State.REFUSED
    photo.checked_at, photo.checked_by_id = now, by.staff
    photo.save(update_fields=["state", "checked_at", "checked_by"])
    pictures.destroy(photo, now=now)
    _act(photo, photo.round, RoundAct.PHOTO_REFUSED, by=by, now=now, why_sha256=steps.digest(why))
    return photo


def _locked(photo_id: UUID, *, by: Actor, now: datetime) -> RoundPhoto:
    """The photograph with its round locked. Whoever does the round, or leads its unit, checks."""
    round_id = RoundPhoto.objects.values_list("round", flat=True).get(pk=photo_id)
    round_ = steps.lock_round(round_id)
    access.post_to_do(by, round_, now, now)
    photo = RoundPhoto.objects.select_for_update().get(pk=photo_id)
    photo.round = round_
    return photo


def _act(
    photo: RoundPhoto, round_: Round, kind: RoundAct, *, by: Actor, now: datetime, **more: object
) -> None:
    body = {
        "photo": str(photo.pk),
        "round": str(round_.pk),
        "sha256": bytes(photo.sha256).hex(),
        "size": photo.size,
    }
    steps.act(kind, round_.plan.matter, by=by, now=now, body=body | more)
