"""Two leaders plan the same season at the same instant, and two workers turn one period: one of them does."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from answerable.duty.tests.rooms import at
from answerable.readiness.periods import services
from answerable.readiness.periods.models import Period
from answerable.readiness.periods.rules import CannotPeriod
from answerable.readiness.periods.tests.scenes import BEFORE, announced, wish
from answerable.record.models import Act

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def together(does: list[Callable[[], object]]) -> list[object]:
    """Each in a thread of its own, all at once; a refusal is its code."""
    start, found = threading.Barrier(len(does)), []

    def one(do: Callable[[], object]) -> None:
        try:
            start.wait()
            found.append(do())
        except CannotPeriod as refusal:
            found.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(do,)) for do in does]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_the_same_season_is_planned_once(cast):
    by = cast.actor(cast.mayor)

    def plan() -> str:
        services.plan_period(wish(cast), by=by, now=BEFORE, is_usual=False)
        return "planned"

    assert sorted(map(str, together([plan] * 4))) == ["overlaps", "overlaps", "overlaps", "planned"]
    assert Period.objects.count() == 1


def test_a_period_begins_once_however_many_workers_turn(cast):
    period = announced(cast)

    def turn() -> bool:
        return services.turn_period(period_id=period.pk, now=at(1))

    assert sorted(map(str, together([turn] * 4))) == ["False", "False", "False", "True"]
    assert Act.objects.filter(matter_id=period.pk, kind="period.begun").count() == 1
