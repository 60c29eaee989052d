"""The organisation kept in the process is never older than the last committed change."""

from __future__ import annotations

from datetime import timedelta
from threading import Thread

import pytest
from django.db import connection, transaction
from django.db.models import F

from answerable.core import clock
from answerable.orgs import queries, standing
from answerable.orgs.models import Appointment, Authority, Place, Post, SpecialDay, Staff, Unit
from tests.cast import make_cast


def test_the_same_rows_are_shared_while_nothing_changes(cast, django_assert_num_queries):
    first = standing.standing()
    with django_assert_num_queries(1):
        assert standing.standing() is first


@pytest.mark.parametrize(
    "change",
    [
        lambda cast: Authority.objects.filter(pk=cast.town.pk).update(phone="1"),
        lambda cast: Unit.objects.filter(pk=cast.town_root.pk).update(phone="1"),
        lambda cast: Post.objects.filter(unit=cast.town_root).update(name_en="other"),
        lambda cast: Appointment.objects.filter(staff=cast.clerk).delete(),
        lambda cast: Staff.objects.filter(pk=cast.clerk.pk).update(is_active=False),
        lambda cast: Place.objects.create(authority=cast.town, code="new"),
        lambda cast: SpecialDay.objects.create(authority=cast.town, on="2030-01-02", is_working=True),
    ],
)
def test_any_change_is_seen_by_the_next_who_asks(cast, change):
    before = standing.standing()
    change(cast)
    assert standing.standing().token != before.token


def test_a_sign_in_is_no_change(cast):
    before = standing.standing()
    Staff.objects.filter(pk=cast.clerk.pk).update(last_login=clock.now())
    assert standing.standing() is before


def test_what_was_rolled_back_is_forgotten(cast):
    kept = standing.standing()

    with transaction.atomic():
        Appointment.objects.filter(staff=cast.clerk).delete()
        assert queries.posts_of(cast.clerk, clock.now()) == []
        transaction.set_rollback(True)
    assert standing.standing().token == kept.token
    assert queries.posts_of(cast.clerk, clock.now()) != []


def test_held_work_reads_once_and_asks_again_where_it_must(cast, django_assert_num_queries):
    with standing.held():
        before = standing.standing()
        with django_assert_num_queries(0):
            assert standing.standing() is before
        Appointment.objects.filter(staff=cast.clerk).update(until_at=F("from_at") + timedelta(days=1))
        assert standing.standing() is before
        assert queries.posts_of(cast.clerk, clock.now()) != []
        assert standing.standing(fresh=True) is not before
        assert queries.posts_of(cast.clerk, clock.now()) == []


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_a_change_while_it_is_read_is_not_kept_under_the_older_token(monkeypatch):
    """Without the second look at the token, this would keep the newer rows as the older state, or the reverse."""
    cast = make_cast()
    standing.standing()
    Unit.objects.filter(pk=cast.town_root.pk).update(phone="1")
    read, once = standing._load, []

    def slowly(token):
        found = read(token)
        if not once:
            once.append(token)
            thread = Thread(target=_elsewhere, args=(cast.town_root.pk,))
            thread.start()
            thread.join()
        return found

    monkeypatch.setattr(standing, "_load", slowly)
    assert standing.standing().units[cast.town_root.pk].phone == "2"
    assert standing.standing().token != once[0]


def _elsewhere(unit: int) -> None:
    Unit.objects.filter(pk=unit).update(phone="2")
    connection.close()
