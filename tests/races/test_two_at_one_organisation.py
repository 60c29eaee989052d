"""A file and a single change to the organisation at the same instant: one after the other, and each is told.

Real threads, each with a connection of its own. Seen to fail with the lock taken out of `changes.appoint` and of
`changes.remove_rule`.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from answerable.core import clock
from answerable.orgs.models import Appointment, Hold, Post, Responsibility, Role
from answerable.orgs.services import changes
from answerable.orgs.services.files import carry_out_import
from answerable.orgs.sheets.reading import Read, read_file
from answerable.record.actors import Actor
from answerable.record.matters import matter_of
from answerable.record.queries import acts_of
from tests.cast import Cast
from tests.races.test_two_at_one_case import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
ROUNDS = 6


def file_of(name: str, *lines: str) -> Read:
    return read_file("\r\n".join(lines).encode(), name)


def test_a_file_and_a_hand_give_one_post(cast: Cast) -> None:
    """The table itself keeps two holders apart, and would say so to nobody who understands it."""
    heads = "authority,unit,post,username,hold,from_at"
    since = (clock.now() - timedelta(days=1)).date().isoformat()
    for number in range(ROUNDS):
        post = Post.objects.create(unit=cast.roads, code=f"new{number}", role=Role.CLERK, name_en="New")
        read = file_of(
            "appointments.csv", heads, f"town,roads,{post.code},{cast.clerk.username},holder,{since}"
        )
        now, by = clock.now(), Actor.system()
        results = at_once(
            partial(carry_out_import, read, by=by, now=now),
            partial(
                changes.appoint, post_id=post.pk, staff_id=cast.handler.pk, hold=Hold.HOLDER, by=by, now=now
            ),
        )
        assert not any(isinstance(one, Exception) for one in results), results
        held = Appointment.objects.filter(post=post, until_at=None)
        assert [one.staff_id for one in held] == [cast.handler.pk]


def test_a_rule_taken_away_twice_is_one_act(cast: Cast) -> None:
    rule = Responsibility.objects.get(subject=cast.pipes)
    doing = partial(changes.remove_rule, rule_id=rule.pk, by=Actor.system(), now=clock.now())
    assert at_once(doing, doing, doing) == [None, None, None]
    assert [act.kind for act in acts_of(matter_of("authority", cast.town.pk))] == ["organisation.removed"]
