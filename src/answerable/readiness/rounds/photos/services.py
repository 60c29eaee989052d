"""A round's photographs: held; looked at, each look an act; cleared with what is to be hidden blurred, or refused."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from answerable.core.uploads import Received
from answerable.incidents.photos import steps as pictures
from answerable.incidents.photos.rules import CannotKeepPhoto
from answerable.readiness.rounds import access, steps
from answerable.readiness.rounds.act_kinds import RoundAct
from answerable.readiness.rounds.models import Round, RoundPhoto
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
