"""Rule 8 in figures: reopening never spoils an honest office's figures, and parking never improves them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from answerable.cases.services import deciding, handling, persons
from answerable.figures.models import Fact, Turn
from answerable.figures.tests.scenes import count
from tests.cast import MONDAY, PARTS, accepted

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)


def decided(cast, case, at):
    case.refresh_from_db()
    deciding.send_decision(
        case_id=case.pk, outcome="supported", parts=PARTS, by=cast.actor(cast.leader),
        seen_version=case.version, now=at, office_solved=True,
    )  # fmt: skip


def test_rule_08_reopening_leaves_the_answer_that_was_in_time_in_time(cast):
    case = accepted(cast)
    decided(cast, case, MONDAY + 3 * DAY)
    deciding.close_case(case_id=case.pk, by=cast.actor(cast.leader), seen_version=None, now=MONDAY + 5 * DAY)
    count()
    before = Turn.objects.values("is_conduct", "ended_at", "own_due_at", "office_solved").get()
    deciding.reopen_case(
        case_id=case.pk, by=cast.actor(cast.leader), seen_version=None, now=MONDAY + 200 * DAY, why="又坏了"
    )
    count()
    assert (
        Turn.objects.values("is_conduct", "ended_at", "own_due_at", "office_solved").get(number=1) == before
    )
    assert before["ended_at"] < before["own_due_at"]
    # The person waits again: their own time is told when they have their final answer, and then from the first day.
    assert Fact.objects.get().elapsed is None
    decided(cast, case, MONDAY + 210 * DAY)
    count()
    assert Fact.objects.get().elapsed > 200 * DAY


def test_rule_08_parking_does_not_shorten_the_persons_own_time(cast):
    case = accepted(cast)
    handling.ask_person(
        case_id=case.pk,
        text="哪一盏？",
        by=cast.actor(cast.leader),
        seen_version=case.version,
        now=MONDAY + DAY,
    )
    persons.write(case_id=case.pk, text="门口那一盏。", now=MONDAY + 40 * DAY)
    decided(cast, case, MONDAY + 45 * DAY)
    count()
    fact = Fact.objects.get()
    assert fact.elapsed == 45 * DAY
    assert (fact.office_solved, fact.person_solved) == (True, None)
    persons.say_solved(case_id=case.pk, solved=False, now=MONDAY + 46 * DAY)
    count()
    fact.refresh_from_db()
    assert (fact.office_solved, fact.person_solved) == (True, False)
