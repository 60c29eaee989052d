"""Rosters: two who take one duty, a leader who consents while an absence is told, two who publish, two workers.

Seen to fail with `select_for_update` taken away: all but the two lines, whom the exclusion constraint keeps apart as
well.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from answerable.core.refusals import Refusal
from answerable.duty.asking import ask, present_proposal
from answerable.duty.models import Absence, Assignment, DutyPerson, Line, SolveRun
from answerable.duty.services import rosters, solving, swaps
from answerable.duty.services.absences import tell_absence
from answerable.duty.solving import claim_run
from answerable.duty.tests.rooms import MONDAY, at, make_room
from tests.races.test_two_at_one_case import ROUNDS, at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

NOW = at(-2)


@pytest.fixture
def room(cast):
    made = make_room(cast, days=2 * ROUNDS)
    Line.objects.filter(pk=made.line.pk).update(rest_min_h=0, most_in_a_row=60, most_a_week=7)
    return made


def standing(shift, role) -> list[int]:
    rows = Assignment.objects.filter(shift=shift, role=role, voided_at=None)
    return sorted(rows.values_list("staff_id", flat=True))


def offered(room, day):
    lead = room.leaders[day % 3]
    turn = Assignment.objects.get(shift=room.shift(day), role=room.lead, staff=lead, voided_at=None)
    return swaps.ask_swap(gives_id=turn.pk, by=room.cast.actor(lead), now=NOW)


def test_two_take_one_duty(room):
    for n in range(ROUNDS):
        swap = offered(room, n)
        takers = [one for one in room.leaders if one.pk != swap.asked_by_id]
        results = at_once(
            *(
                partial(swaps.answer_swap, swap_id=swap.pk, agrees=True, by=room.cast.actor(one), now=NOW)
                for one in takers
            )
        )
        refused = [r for r in results if isinstance(r, Refusal)]
        assert [r.code for r in refused] == ["swap_over"], results


def test_a_consent_against_an_absence(room):
    """Whoever comes first, nobody is left on duty in a time for which they told an absence."""
    for n in range(ROUNDS):
        swap = offered(room, n)
        taker = next(one for one in room.leaders if one.pk != swap.asked_by_id)
        swaps.answer_swap(swap_id=swap.pk, agrees=True, by=room.cast.actor(taker), now=NOW)
        consent = partial(
            swaps.decide_swap, swap_id=swap.pk, consents=True, by=room.cast.actor(room.cast.mayor), now=NOW
        )
        ill = partial(
            tell_absence,
            staff_id=taker.pk,
            from_at=at(n),
            until_at=at(n + 1),
            by=room.cast.actor(taker),
            now=NOW,
        )
        results = at_once(consent, ill)
        assert not isinstance(results[1], Exception), results
        assert taker.pk not in standing(room.shift(n), room.lead), results
        Absence.objects.all().delete()


def test_two_publish_one_draft(room):
    actor = room.cast.actor(room.cast.mayor)
    for n in range(ROUNDS):
        day = MONDAY + timedelta(days=n)
        draft = rosters.begin_roster(
            line_id=room.line.pk, from_on=day, until_on=day + timedelta(days=1), by=actor, now=NOW
        )
        assert draft.proposal == present_proposal(ask(room.line, day, day + timedelta(days=1), now=NOW))
        publish = partial(
            rosters.publish_roster,
            roster_id=draft.pk,
            by=actor,
            seen_version=draft.version,
            now=NOW,
            despite="race",
        )
        results = at_once(publish, publish)
        assert sorted(type(r).__name__ for r in results) == ["CannotRoster", "Roster"], results
        assert len(standing(room.shift(n), room.staff)) == 2


def test_two_lines_publish_one_person(cast):
    """Nobody is on two lines at once: one of the two is refused with a sentence, and nothing of it is written."""
    one, other = make_room(cast, days=0), make_room(cast, days=0, code="other")
    for staff in one.leaders + one.watch:
        DutyPerson.objects.create(line=other.line, staff=staff, joins_on=MONDAY)
    actor = cast.actor(cast.mayor)
    for n in range(ROUNDS):
        day = MONDAY + timedelta(days=n)
        drafts = []
        for room in (one, other):
            draft = rosters.begin_roster(
                line_id=room.line.pk, from_on=day, until_on=day + timedelta(days=1), by=actor, now=NOW
            )
            keys = list(ask(room.line, day, day + timedelta(days=1), now=NOW).keys)
            lead, staff_key = sorted(keys, key=lambda key: not key.endswith(f"|{room.lead.pk}"))
            cells = {
                lead: [one.leaders[n % 3].pk],
                staff_key: [one.watch[n % 6].pk, one.watch[(n + 1) % 6].pk],
            }
            drafts.append(
                rosters.change_cells(
                    roster_id=draft.pk, cells=cells, by=actor, seen_version=draft.version, now=NOW
                )
            )
        results = at_once(
            *(
                partial(
                    rosters.publish_roster,
                    roster_id=draft.pk,
                    by=actor,
                    seen_version=draft.version,
                    now=NOW,
                    despite="race",
                )
                for draft in drafts
            )
        )
        refused = [r.code for r in results if isinstance(r, Refusal)]
        assert len(refused) == 1, results
        assert refused[0] in {"cannot_stand", "on_two_lines"}
        for draft in drafts:
            draft.refresh_from_db()
            if draft.published_at is None:
                rosters.drop_roster(roster_id=draft.pk, by=actor, seen_version=draft.version, now=NOW)


def test_two_workers_take_up_one_run(room):
    actor = room.cast.actor(room.cast.mayor)
    draft = rosters.begin_roster(
        line_id=room.line.pk, from_on=MONDAY, until_on=MONDAY + timedelta(days=1), by=actor, now=NOW
    )
    for _n in range(ROUNDS):
        solving.ask_solver(roster_id=draft.pk, seconds=5, by=actor, seen_version=draft.version, now=NOW)
        results = at_once(partial(claim_run, NOW), partial(claim_run, NOW))
        assert sum(r is not None for r in results) == 1, results
        SolveRun.objects.update(state="done")
