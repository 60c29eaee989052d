"""What a telephone sends twice at the same instant, and two who check one photograph.

Seen to fail with the lock taken out of `incidents.steps.lock_incident`.
"""

from __future__ import annotations

from functools import partial
from uuid import uuid4

import pytest

from answerable.incidents.models import Photo
from answerable.incidents.photos import services, steps
from answerable.incidents.photos.rules import CannotKeepPhoto
from answerable.incidents.photos.tests.test_photos import jpeg
from answerable.incidents.tests.responses import make_plan, respond
from answerable.parties.models import DataKey
from answerable.record.models import Act
from tests.cast import MONDAY
from tests.races.test_two_at_one_case import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
ROUNDS = 4


def test_a_photograph_sent_twice_at_once_is_there_once_and_checked_once(cast):
    incident, picture, by = respond(cast, make_plan(cast)), services.receive(jpeg()), cast.actor(cast.mayor)
    for n in range(1, ROUNDS + 1):
        number = uuid4()
        keep = partial(
            services.keep_photo,
            incident_id=incident.pk,
            photo_id=number,
            picture=picture,
            text="x",
            by=by,
            now=MONDAY,
        )
        results = at_once(keep, keep)
        assert not any(isinstance(one, Exception) for one in results), results
        assert Photo.objects.count() == n
        assert Act.objects.filter(matter=incident.pk, kind="incident.photo_kept").count() == n

        checked = at_once(
            partial(services.clear_photo, photo_id=number, boxes=(), by=by, now=MONDAY),
            partial(services.refuse_photo, photo_id=number, why="", by=by, now=MONDAY),
        )
        assert [one.code for one in checked if isinstance(one, CannotKeepPhoto)] == ["checked"], checked
        photo = Photo.objects.get(pk=number)
        is_cleared = photo.state == Photo.State.CLEARED
        assert (photo.sealed is not None) == is_cleared == DataKey.objects.filter(owner=number).exists()
        if is_cleared:
            assert steps.open_(photo)
