"""Two workers count the same month, two leaders let it out, two people check the same photograph, at the same instant.

Seen to fail with the lock taken out, each alone: of `published.services.lock` (the database's unique numbers refuse the
second), of `_locked` there, of a layout (`batch`: both lay it out), and of `rounds.photos.services._locked`.
"""

from __future__ import annotations

from functools import partial
from uuid import uuid4

import pytest

from answerable.figures.published import batch, pressing, services
from answerable.figures.published.models import Edition, EditionFile, Layout, Publishing
from answerable.figures.published.rules import CannotPublish
from answerable.figures.published.tests.scenes import NOW as JANUARY
from answerable.figures.published.tests.scenes import SYSTEM, two_months
from answerable.incidents.photos.rules import CannotKeepPhoto
from answerable.incidents.photos.services import receive
from answerable.incidents.photos.tests.test_photos import jpeg
from answerable.readiness.rounds.models import RoundPhoto
from answerable.readiness.rounds.photos.services import clear_photo, keep_photo, refuse_photo
from answerable.readiness.rounds.tests.scenes import NOW, rounds
from answerable.record.models import Act
from tests.races.test_two_at_one_case import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
ROUNDS = 4


def test_two_workers_count_a_month_once_and_two_leaders_let_it_out_once(cast):
    two_months(cast)
    Publishing.objects.create(authority=cast.town, first_month="2026-11")
    count = partial(services.prepare, body=cast.town, period="2026-11", by=SYSTEM, now=JANUARY)
    first, second = at_once(count, count)
    assert isinstance(first, Edition), first
    assert first == second
    let_out = partial(services.release, edition_id=first.pk, by=cast.actor(cast.mayor), now=JANUARY)
    results = at_once(let_out, let_out)
    (refused,) = [one for one in results if isinstance(one, Exception)]
    assert isinstance(refused, CannotPublish), refused
    assert refused.code == "released_already"
    kinds = Act.objects.filter(matter_id=first.pk).order_by("seq").values_list("kind", flat=True)
    assert list(kinds) == ["figures.prepared", "figures.released"]
    names = list(EditionFile.objects.filter(edition=first.pk).values_list("name", flat=True))
    assert len(names) == len(set(names)) > 3


def test_two_workers_lay_out_once_what_was_asked_for(cast, monkeypatch):
    two_months(cast)
    Publishing.objects.create(authority=cast.town, first_month="2026-11")
    laid_out, periods = pressing.laid_out, []

    def noted(period, *args, **more):
        periods.append(period)
        return laid_out(period, *args, **more)

    monkeypatch.setattr(pressing, "laid_out", noted)
    batch.publish_due(JANUARY)
    work = partial(batch.lay_out_due, lambda: JANUARY)
    assert sorted(at_once(work, work)) == [0, 1]
    assert (periods, Edition.objects.count(), Layout.objects.count()) == (["2026-11"], 1, 0)


def test_two_people_check_a_photograph_once(cast):
    scene = rounds(cast)
    scene.make(NOW)
    one, by, leader = scene.due(), cast.actor(cast.handler), cast.actor(cast.leader)
    picture = receive(jpeg())
    for n in range(ROUNDS):
        keep = partial(keep_photo, round_id=one.pk, picture=picture, by=by, now=NOW)
        photo = keep(photo_id=uuid4(), question="picture")
        results = at_once(
            partial(clear_photo, photo_id=photo.pk, hidden=(), by=by, now=NOW),
            partial(refuse_photo, photo_id=photo.pk, why="有人", by=leader, now=NOW),
        )
        (refused,) = [found for found in results if isinstance(found, Exception)]
        assert isinstance(refused, CannotKeepPhoto), refused
        assert refused.code == "checked"
        photo = RoundPhoto.objects.get(pk=photo.pk)
        assert (photo.state == "refused") == (photo.sealed is None)
        kinds = Act.objects.filter(kind__in=("round.photo_cleared", "round.photo_refused"))
        assert kinds.count() == n + 1
