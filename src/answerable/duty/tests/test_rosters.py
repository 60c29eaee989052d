"""A roster from its draft to the wall, and how duties change hands afterwards."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import translation

from answerable.core.refusals import Changed, NotYours
from answerable.duty import queries
from answerable.duty.asking import ask, carried_to, cell_key
from answerable.duty.models import (
    Absence,
    Assignment,
    DutyPerson,
    Line,
    LineRole,
    Roster,
    Shift,
    SolveRun,
    Swap,
)
from answerable.duty.roster_steps import CannotRoster
from answerable.duty.roster_wording import cannot_roster
from answerable.duty.rosters.board import draft_board
from answerable.duty.services import people, rosters, solving, swaps
from answerable.duty.services.absences import tell_absence
from answerable.duty.services.assigning import put_in
from answerable.duty.solver import fairness
from answerable.duty.solving import claim_run, solve_next, stalled_runs
from answerable.duty.tests.rooms import MONDAY, at, make_line, make_room, put
from answerable.record.models import Act
from tests.cast import staffed

pytestmark = pytest.mark.django_db(transaction=True)

NOW = at(-3)
UNTIL = MONDAY + timedelta(days=7)


@pytest.fixture
def room(cast):
    made = make_room(cast, days=0)
    for role, post in ((made.lead, "leader"), (made.staff, "handler")):
        role.post_roles = [post]
        role.save()
    return made


def leader(room):
    return room.cast.actor(room.cast.mayor)


def key(room, day, role):
    (span,) = queries.spans_of(room.line, MONDAY + timedelta(days=day), MONDAY + timedelta(days=day + 1))
    return cell_key(span.from_at, span.pattern_id, role.pk)


def full(room, days=7):
    """Everybody in turn, as `make_room` would put them."""
    cells = {}
    for day in range(days):
        cells[key(room, day, room.lead)] = [room.leaders[day % 3].pk]
        cells[key(room, day, room.staff)] = [room.watch[(2 * day + n) % 6].pk for n in range(2)]
    return cells


def draft(room, cells=None, now=NOW):
    roster = rosters.begin_roster(
        line_id=room.line.pk, from_on=MONDAY, until_on=UNTIL, by=leader(room), now=now
    )
    if cells is not None:
        roster = rosters.change_cells(
            roster_id=roster.pk, cells=cells, by=leader(room), seen_version=roster.version, now=now
        )
    return roster


def publish(room, roster, now=NOW, **more):
    return rosters.publish_roster(
        roster_id=roster.pk, by=leader(room), seen_version=roster.version, now=now, **more
    )


def stands(room, day, role):
    rows = Assignment.objects.filter(
        shift__line=room.line, shift__on=MONDAY + timedelta(days=day), role=role, voided_at=None
    )
    return sorted(rows.values_list("staff_id", flat=True))


def test_what_is_published_is_who_is_on_duty_and_the_certificate_holds(room):
    roster = publish(room, draft(room, full(room)))
    assert roster.published_at == NOW
    assert queries.certificate(room.line.pk, at(0), at(7)).holds
    names = {one.staff_id for one in queries.on_duty(room.line.pk, at(3, 5)) if not one.stays}
    assert names == {room.leaders[0].pk, room.watch[0].pk, room.watch[1].pk}
    assert Act.objects.filter(matter_id=room.line.matter, kind="roster.published").count() == 1


def test_the_proof_adds_up_by_hand(room):
    roster = publish(room, draft(room, full(room)))
    for group in roster.proof["groups"]:
        ends = []
        for pk in group["people"]:
            row = roster.proof["people"][str(pk)]["all"]
            ends.append(row["carried"] + 100 * row["turns"] - row["part"])
            assert ends[-1] == row["balance"]
        kind = group["kinds"]["all"]
        assert kind["spread"] == max(ends) - min(ends) >= kind["bound"]
    assert fairness.is_best({"groups": [g for g in roster.proof["groups"] if g["roles"] == [room.lead.pk]]})


def test_a_gap_is_not_published_whatever_the_reason(room):
    cells = full(room)
    cells[key(room, 4, room.staff)] = cells[key(room, 4, room.staff)][:1]
    roster = draft(room, cells)
    with pytest.raises(CannotRoster) as refused:
        publish(room, roster, despite="it must be")
    assert refused.value.code == "has_gaps"
    assert not Shift.objects.filter(line=room.line).exists()


def test_short_rest_is_published_only_with_a_reason_which_stands_in_the_act(room):
    cells = full(room)
    cells[key(room, 1, room.lead)] = cells[key(room, 0, room.lead)]
    roster = draft(room, cells)
    with pytest.raises(CannotRoster) as refused:
        publish(room, roster)
    assert refused.value.code == "breaks_rules"
    publish(room, roster, despite="The other two are at the county's meeting.")
    assert stands(room, 1, room.lead) == stands(room, 0, room.lead)


@pytest.mark.parametrize("what", ["away", "elsewhere", "may_not", "left"])
def test_whoever_cannot_stand_is_not_published(room, what):
    who = room.leaders[0]
    if what == "away":
        Absence.objects.create(staff=who, from_at=at(3, 20), until_at=at(4), told_at=NOW)
    if what == "left":
        DutyPerson.objects.filter(staff=who).update(leaves_on=MONDAY + timedelta(days=3))
    if what == "may_not":
        room.lead.post_roles = ["reviewer"]
        room.lead.save()
    if what == "elsewhere":
        other = make_room(room.cast, days=7, code="car")
        Assignment.objects.filter(shift=other.shift(3), role=other.lead).update(staff=who)
    with pytest.raises(CannotRoster) as refused:
        publish(room, draft(room, full(room)), despite="it must be")
    assert refused.value.code == "cannot_stand"


def test_a_second_roster_replaces_what_has_not_begun_and_keeps_who_stays(room):
    publish(room, draft(room, full(room)))
    kept = Assignment.objects.get(shift=room.shift(5), role=room.lead, voided_at=None)
    again = draft(room, now=at(2, 1))
    assert again.proposal == full(room) | {k: sorted(v) for k, v in full(room).items()}
    cell = key(room, 6, room.lead)
    again = rosters.change_cells(
        roster_id=again.pk,
        cells={cell: [room.leaders[1].pk]},
        by=leader(room),
        seen_version=again.version,
        now=at(2, 1),
    )
    with pytest.raises(CannotRoster) as refused:
        rosters.change_cells(
            roster_id=again.pk,
            cells={key(room, 2, room.lead): [room.leaders[1].pk]},
            by=leader(room),
            seen_version=again.version,
            now=at(2, 1),
        )
    assert refused.value.code == "begun"
    publish(room, again, now=at(2, 2))
    assert stands(room, 6, room.lead) == [room.leaders[1].pk]
    assert Assignment.objects.get(shift=room.shift(5), role=room.lead, voided_at=None).pk == kept.pk
    assert Assignment.objects.filter(shift=room.shift(2)).count() == 3
    assert queries.certificate(room.line.pk, at(0), at(7)).holds


def test_after_an_absence_the_month_is_solved_again_with_as_little_change_as_possible(room):
    publish(room, draft(room, full(room)))
    ill = room.leaders[1]
    tell_absence(staff_id=ill.pk, from_at=at(4), until_at=at(5), by=room.cast.actor(ill), now=at(0, 1))
    assert stands(room, 4, room.lead) == []
    again = draft(room, now=at(0, 1))
    solving.ask_solver(
        roster_id=again.pk, seconds=20, by=leader(room), seen_version=again.version, now=at(0, 1)
    )
    Line.objects.filter(pk=room.line.pk).update(rest_min_h=0, most_in_a_row=7)
    solve_next(lambda: at(0, 1), threads=1)
    again.refresh_from_db()
    run = SolveRun.objects.get()
    assert run.progress["changes"] == 0
    before = full(room)
    del before[key(room, 4, room.lead)]
    assert {k: v for k, v in again.proposal.items() if k in before} == {
        k: sorted(v) for k, v in before.items()
    }
    publish(room, again, now=at(0, 2))
    assert stands(room, 4, room.lead) not in ([], [ill.pk])


def test_a_shift_that_is_stood_in_parts_stays_as_it_was_settled_by_hand(room):
    publish(room, draft(room, full(room)))
    ill = room.leaders[1]
    tell_absence(staff_id=ill.pk, from_at=at(4, 12), until_at=at(5), by=room.cast.actor(ill), now=at(0, 1))
    put_in(
        shift_id=room.shift(4).pk,
        role_id=room.lead.pk,
        staff_id=room.leaders[2].pk,
        from_at=at(4, 12),
        by=leader(room),
        now=at(0, 1),
        rest_anyway="ill",
    )
    publish(room, draft(room, now=at(0, 2)), now=at(0, 2), despite="short rest")
    assert stands(room, 4, room.lead) == sorted([ill.pk, room.leaders[2].pk])
    assert queries.certificate(room.line.pk, at(0), at(7)).holds


def test_the_rest_that_another_line_wants_is_kept_or_needs_a_reason(room):
    """The night on the other line ends as this shift begins. This line wants no rest; that one wants it after its own."""
    Line.objects.filter(pk=room.line.pk).update(rest_min_h=0)
    other = make_line(room.cast, "night", rest_min_h=20)
    role = LineRole.objects.create(line=other, code="night", name_zh="夜班", name_en="Night")
    who = room.leaders[0]
    night = Shift.objects.create(line=other, from_at=at(2, 12), until_at=at(3), on=MONDAY + timedelta(days=2))
    put(night, role, who)
    roster = draft(room, full(room))
    with translation.override("en"):
        board = draft_board(roster, Line.objects.get(pk=room.line.pk), now=NOW)
        said = [fault.text for fault in board.faults]
        assert len(said) == 1
        assert "another line" in said[0]
        assert str(who) in said[0]
    assert not board.has_grave
    with pytest.raises(CannotRoster) as refused:
        publish(room, roster)
    assert refused.value.code == "breaks_rules"
    # The other way about: a duty of that line after this shift needs only what this line wants, which is nothing.
    Assignment.objects.filter(shift=night).delete()
    after = Shift.objects.create(line=other, from_at=at(4), until_at=at(4, 8), on=MONDAY + timedelta(days=4))
    put(after, role, who)
    publish(room, roster)


def test_a_change_is_undone_step_by_step(room):
    roster = draft(room, full(room))
    cell = key(room, 0, room.lead)
    roster = rosters.change_cells(
        roster_id=roster.pk, cells={cell: []}, by=leader(room), seen_version=roster.version, now=NOW
    )
    assert cell not in roster.proposal
    roster = rosters.undo_change(roster_id=roster.pk, by=leader(room), seen_version=roster.version, now=NOW)
    assert roster.proposal[cell] == [room.leaders[0].pk]
    roster = rosters.undo_change(roster_id=roster.pk, by=leader(room), seen_version=roster.version, now=NOW)
    assert roster.proposal == {}
    with pytest.raises(CannotRoster):
        rosters.undo_change(roster_id=roster.pk, by=leader(room), seen_version=roster.version, now=NOW)


def test_a_draft_that_moved_on_is_not_overwritten(room):
    roster = draft(room, full(room))
    with pytest.raises(Changed):
        rosters.change_cells(
            roster_id=roster.pk, cells={}, by=leader(room), seen_version=roster.version - 1, now=NOW
        )


def test_one_draft_a_period_and_none_without_shifts(room):
    draft(room)
    with pytest.raises(CannotRoster) as refused:
        draft(room)
    assert refused.value.code == "draft_there"
    with pytest.raises(CannotRoster) as refused:
        rosters.begin_roster(
            line_id=room.line.pk,
            from_on=date(2020, 1, 1),
            until_on=date(2020, 1, 8),
            by=leader(room),
            now=NOW,
        )
    assert refused.value.code == "no_shifts"


def test_a_clerk_of_another_office_drafts_nothing_and_a_clerk_of_the_room_does_not_publish(room):
    outsider = room.cast.actor(room.cast.clerk)
    with pytest.raises(NotYours):
        rosters.begin_roster(line_id=room.line.pk, from_on=MONDAY, until_on=UNTIL, by=outsider, now=NOW)
    clerk = room.cast.actor(staffed(room.cast.town_root, "room-clerk", "clerk", "值班文员", "Room clerk"))
    roster = rosters.begin_roster(line_id=room.line.pk, from_on=MONDAY, until_on=UNTIL, by=clerk, now=NOW)
    roster = rosters.change_cells(
        roster_id=roster.pk, cells=full(room), by=clerk, seen_version=roster.version, now=NOW
    )
    with pytest.raises(NotYours):
        rosters.publish_roster(roster_id=roster.pk, by=clerk, seen_version=roster.version, now=NOW)


def test_what_was_stood_is_carried_into_the_next_roster(room):
    publish(room, draft(room, full(room)))
    # 7 turns among 3 leaders: the first stood three, and is above the part by two thirds.
    carried = carried_to(room.line, UNTIL)
    assert carried[room.leaders[0].pk]["all"] == 300 - 233
    assert carried[room.leaders[1].pk]["all"] == 200 - 233
    asked = ask(room.line, UNTIL, UNTIL + timedelta(days=2), now=NOW)
    assert asked.problem.by_id[room.leaders[0].pk].carried["all"] == 67


# ---------------------------------------------------------------- the solver, as the worker runs it


def test_the_worker_fills_a_draft(room):
    roster = draft(room)
    solving.ask_solver(roster_id=roster.pk, seconds=20, by=leader(room), seen_version=roster.version, now=NOW)
    with pytest.raises(CannotRoster):
        solving.ask_solver(
            roster_id=roster.pk, seconds=20, by=leader(room), seen_version=roster.version, now=NOW
        )
    assert solve_next(lambda: NOW, threads=1) == 1
    run = SolveRun.objects.get()
    assert (run.state, run.progress["is_even"], run.progress["is_proven"]) == ("done", True, True)
    roster = Roster.objects.get()
    publish(room, roster)
    assert queries.certificate(room.line.pk, at(0), at(7)).holds
    assert fairness.is_best(Roster.objects.get().proof)


def test_an_impossible_month_says_which_cell_and_who(room):
    for one in room.leaders:
        Absence.objects.create(staff=one, from_at=at(2), until_at=at(3), told_at=NOW)
    roster = draft(room)
    solving.ask_solver(roster_id=roster.pk, seconds=20, by=leader(room), seen_version=roster.version, now=NOW)
    solve_next(lambda: NOW, threads=1)
    run = SolveRun.objects.get()
    assert run.state == "impossible"
    (why,) = run.conflicts
    assert why["cells"] == [[key(room, 2, room.lead), 1]]
    assert sorted(why["people"]) == sorted([one.pk, ["away"]] for one in room.leaders)


def test_a_run_whose_worker_died_is_ended_and_another_can_begin(room):
    roster = draft(room)
    run = solving.ask_solver(
        roster_id=roster.pk, seconds=5, by=leader(room), seen_version=roster.version, now=NOW
    )
    claim_run(NOW)
    assert stalled_runs(NOW + timedelta(seconds=29)) == []
    solve_next(lambda: NOW + timedelta(seconds=31))
    run.refresh_from_db()
    assert run.state == "failed"
    solving.ask_solver(roster_id=roster.pk, seconds=5, by=leader(room), seen_version=roster.version, now=NOW)


def test_what_is_found_does_not_overwrite_a_draft_that_moved_on(room):
    roster = draft(room)
    solving.ask_solver(roster_id=roster.pk, seconds=20, by=leader(room), seen_version=roster.version, now=NOW)
    mine = {key(room, 0, room.lead): [room.leaders[2].pk]}
    rosters.change_cells(
        roster_id=roster.pk, cells=mine, by=leader(room), seen_version=roster.version, now=NOW
    )
    run = SolveRun.objects.get()
    SolveRun.objects.filter(pk=run.pk).update(state="done", found=full(room))
    with pytest.raises(Changed):
        rosters.take_found(run_id=run.pk, by=leader(room), now=NOW)
    roster.refresh_from_db()
    assert roster.proposal == mine


# ---------------------------------------------------------------- swaps


@pytest.fixture
def published(room):
    publish(room, draft(room, full(room)))
    return room


def turn(room, day, role, who):
    return Assignment.objects.get(shift=room.shift(day), role=role, staff=who, voided_at=None)


def ask_swap(room, day_one=0, day_other=1):
    one, other = room.leaders[day_one % 3], room.leaders[day_other % 3]
    return swaps.ask_swap(
        gives_id=turn(room, day_one, room.lead, one).pk,
        gets_id=turn(room, day_other, room.lead, other).pk,
        by=room.cast.actor(one),
        now=NOW,
    )


def test_a_swap_needs_the_other_and_the_leader_and_coverage_never_moves(published):
    room = published
    Assignment.objects.filter(shift=room.shift(3)).update(voided_at=NOW)  # the first leader's next turn
    swap = ask_swap(room)
    with pytest.raises(CannotRoster):
        swaps.decide_swap(swap_id=swap.pk, consents=True, by=leader(room), now=NOW)
    swaps.answer_swap(swap_id=swap.pk, agrees=True, by=room.cast.actor(room.leaders[1]), now=NOW)
    assert stands(room, 0, room.lead) == [room.leaders[0].pk]
    with pytest.raises(NotYours):
        swaps.decide_swap(swap_id=swap.pk, consents=True, by=room.cast.actor(room.watch[0]), now=NOW)
    swaps.decide_swap(swap_id=swap.pk, consents=True, by=leader(room), now=NOW)
    assert stands(room, 0, room.lead) == [room.leaders[1].pk]
    assert stands(room, 1, room.lead) == [room.leaders[0].pk]
    assert queries.certificate(room.line.pk, at(0), at(3)).holds
    kinds = Act.objects.filter(matter_id=room.line.matter, kind__startswith="roster.swap").order_by("seq")
    assert [act.kind for act in kinds] == ["roster.swap_asked", "roster.swap_agreed", "roster.swap_done"]


def test_a_swap_that_breaks_a_rule_is_not_even_asked(published):
    with pytest.raises(CannotRoster) as refused:
        ask_swap(published, 0, 2)  # the third leader would stand on day 0 and the first on day 2 and 3
    assert (refused.value.code, refused.value.facts["rule"]) == ("rule", "rest")


def test_an_absence_told_meanwhile_stops_the_swap_at_the_leader(published):
    room = published
    Assignment.objects.filter(shift=room.shift(3)).update(voided_at=NOW)
    swap = ask_swap(room)
    swaps.answer_swap(swap_id=swap.pk, agrees=True, by=room.cast.actor(room.leaders[1]), now=NOW)
    Absence.objects.create(staff=room.leaders[1], from_at=at(0, 5), until_at=at(0, 6), told_at=NOW)
    with pytest.raises(CannotRoster) as refused:
        swaps.decide_swap(swap_id=swap.pk, consents=True, by=leader(room), now=NOW)
    assert refused.value.facts["rule"] == "away"
    assert stands(room, 0, room.lead) == [room.leaders[0].pk]


def test_a_give_away_is_taken_by_whoever_comes_first_and_may(published):
    room = published
    Assignment.objects.filter(shift__in=[room.shift(1), room.shift(4)]).update(voided_at=NOW)
    swap = swaps.ask_swap(
        gives_id=turn(room, 3, room.lead, room.leaders[0]).pk, by=room.cast.actor(room.leaders[0]), now=NOW
    )
    with pytest.raises(CannotRoster) as refused:  # stands the day before
        swaps.answer_swap(swap_id=swap.pk, agrees=True, by=room.cast.actor(room.leaders[2]), now=NOW)
    assert refused.value.facts["rule"] == "rest"
    swaps.answer_swap(swap_id=swap.pk, agrees=True, by=room.cast.actor(room.leaders[1]), now=NOW)
    swaps.decide_swap(swap_id=swap.pk, consents=True, by=leader(room), now=NOW)
    assert stands(room, 3, room.lead) == [room.leaders[1].pk]
    assert Assignment.objects.get(shift=room.shift(3), role=room.lead, voided_at=None).origin == "given"


def test_who_may_stand_is_asked_again_when_the_leader_consents(published):
    """Whoever was asked and agreed has left the line meanwhile: the leader's consent is refused, and says for whom."""
    gives = turn(published, 1, published.staff, published.watch[2])
    other = published.watch[7]
    swap = swaps.ask_swap(
        gives_id=gives.pk, asked_of_id=other.pk, by=published.cast.actor(gives.staff), now=NOW
    )
    swaps.answer_swap(swap_id=swap.pk, agrees=True, by=published.cast.actor(other), now=NOW)
    DutyPerson.objects.filter(line=published.line, staff=other).update(leaves_on=MONDAY)
    with translation.override("en"):
        with pytest.raises(CannotRoster) as refused:
            swaps.decide_swap(swap_id=swap.pk, consents=True, by=leader(published), now=NOW)
        said = cannot_roster(refused.value)
        assert said.startswith("8 December 2026: ")
        assert f"{other} is with this line only until before 2026-12-07." in said
    assert turn(published, 1, published.staff, published.watch[2]).pk == gives.pk


def test_a_swap_lapses_when_the_duty_begins(published):
    swap = swaps.ask_swap(
        gives_id=turn(published, 0, published.lead, published.leaders[0]).pk,
        by=published.cast.actor(published.leaders[0]),
        now=NOW,
    )
    assert swaps.swaps_to_lapse(at(0) - timedelta(seconds=1)) == []
    assert swaps.swaps_to_lapse(at(0)) == [swap.pk]
    with pytest.raises(CannotRoster):
        swaps.answer_swap(
            swap_id=swap.pk, agrees=True, by=published.cast.actor(published.leaders[1]), now=at(0)
        )
    assert swaps.lapse_swap(swap_id=swap.pk, now=at(0))
    assert Swap.objects.get().state == "lapsed"


def test_a_swap_of_a_duty_that_was_published_anew_lapses(published):
    room = published
    Assignment.objects.filter(shift=room.shift(3)).update(voided_at=NOW)
    swap = ask_swap(room)
    again = draft(room, full(room) | {key(room, 1, room.lead): [room.leaders[2].pk]})
    publish(room, again, despite="short rest")
    swap.refresh_from_db()
    assert swap.state == "lapsed"


# ---------------------------------------------------------------- people


def test_apart_and_wishes_reach_the_solver(room):
    people.set_apart(
        line_id=room.line.pk,
        one_id=room.watch[1].pk,
        other_id=room.watch[0].pk,
        by=leader(room),
        now=NOW,
    )
    me = room.cast.actor(room.watch[2])
    people.wish(line_id=room.line.pk, on=MONDAY, weight=-3, by=me, now=NOW)
    people.wish(line_id=room.line.pk, on=MONDAY + timedelta(days=1), weight=2, by=me, now=NOW)
    people.wish(line_id=room.line.pk, on=MONDAY + timedelta(days=1), weight=0, by=me, now=NOW)
    problem = ask(room.line, MONDAY, UNTIL, now=NOW).problem
    assert problem.apart == ((room.watch[0].pk, room.watch[1].pk),)
    assert problem.by_id[room.watch[2].pk].wishes == {MONDAY: -3}
    with pytest.raises(CannotRoster):
        people.wish(line_id=make_line(room.cast, "other").pk, on=MONDAY, weight=1, by=me, now=NOW)
