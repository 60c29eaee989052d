"""A matter stays in its closed unit until whoever answers hands it over: the list and its page say so until then."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from answerable.cases.services import handling
from answerable.core import clock
from answerable.orgs.models import Post, Unit
from tests.cast import Cast, accepted

pytestmark = pytest.mark.django_db(transaction=True)
TO_DO = "its unit was closed: to be handed over"
STILL = "Roads office was closed, and this matter still lies there. "


def test_it_is_said_until_it_is_handed_over(cast: Cast, at_desk):
    case = accepted(cast, clock.now() - timedelta(hours=2))
    mayor, page = at_desk(cast.mayor), reverse("desk:case", args=[case.pk])
    every = reverse("desk:worklist") + "?list=unit"
    assert TO_DO not in mayor.get(every).content.decode()
    assert STILL not in mayor.get(page).content.decode()
    Post.objects.filter(unit=cast.roads).update(closed_on=clock.now().date(), is_head=False)
    Unit.objects.filter(pk=cast.roads.pk).update(closed_on=clock.now().date())
    assert TO_DO in mayor.get(every).content.decode()
    assert STILL in mayor.get(page).content.decode()
    handling.transfer_case(
        case_id=case.pk,
        to_unit=cast.water.pk,
        why="并入水利站。",
        by=cast.actor(cast.mayor),
        seen_version=case.version,
        now=clock.now(),
    )
    assert TO_DO not in mayor.get(every).content.decode()
    assert STILL not in mayor.get(page).content.decode()
