"""The arithmetic of dates, and what single acts do, in tables."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from answerable.cases import deadlines as d
from answerable.cases.packs import load_pack
from answerable.orgs.calendars import WorkCalendar

BEIJING = WorkCalendar("Asia/Shanghai", "CN")
XINFANG = load_pack("cn-xinfang-2022")
GENERIC = load_pack("generic")


def at(text: str) -> datetime:
    """A local instant in Beijing."""
    return datetime.fromisoformat(text + "+08:00").astimezone(UTC)


def last_day(
    start: str, number: int, span: str, kind: str = "calendar", calendar: WorkCalendar = BEIJING
) -> date:
    late = d.late_from(at(start), number=number, span=span, day_kind=kind, calendar=calendar)
    assert calendar.local_day(late) == calendar.local_day(late - timedelta(microseconds=1)) + timedelta(
        days=1
    )
    return calendar.local_day(late - timedelta(microseconds=1))


@pytest.mark.parametrize(
    ("start", "number", "span", "kind", "last"),
    [
        ("2026-11-23T10:00", 60, "days", "calendar", "2027-01-22"),
        ("2026-11-23T00:00", 15, "days", "calendar", "2026-12-08"),
        ("2026-11-23T23:59:59", 15, "days", "calendar", "2026-12-08"),
        ("2026-11-23T10:00", 2, "weeks", "calendar", "2026-12-07"),
        ("2026-11-30T10:00", 3, "months", "calendar", "2027-02-28"),
        ("2027-11-30T10:00", 3, "months", "calendar", "2028-02-29"),
        ("2024-02-29T10:00", 1, "years", "calendar", "2025-02-28"),
        ("2026-11-27T10:00", 1, "days", "working", "2026-11-30"),  # Friday to Monday
        ("2026-11-28T10:00", 1, "days", "working", "2026-11-30"),  # received on a Saturday
        ("2026-09-18T10:00", 1, "days", "working", "2026-09-20"),  # a Sunday that is worked
        ("2026-09-30T10:00", 1, "days", "working", "2026-10-08"),  # over National Day
        ("2026-09-30T10:00", 3, "days", "working", "2026-10-10"),  # a Saturday that is worked
        ("2026-09-15T10:00", 20, "days", "working", "2026-10-19"),
    ],
)
def test_the_last_day_in_time(start, number, span, kind, last):
    assert last_day(start, number, span, kind) == date.fromisoformat(last)


def test_hours_are_exact_even_when_clocks_change():
    berlin = WorkCalendar("Europe/Berlin", "DE")
    start = datetime(2026, 10, 24, 20, tzinfo=UTC)
    late = d.late_from(start, number=12, span="hours", day_kind="calendar", calendar=berlin)
    assert late - start == timedelta(hours=12)


def test_days_are_local_days_even_when_clocks_change():
    berlin = WorkCalendar("Europe/Berlin", "DE")
    start = datetime(2026, 10, 24, 20, tzinfo=UTC)
    late = d.late_from(start, number=1, span="days", day_kind="calendar", calendar=berlin)
    assert late == datetime(2026, 10, 25, 23, tzinfo=UTC)  # winter time begins that night


@pytest.mark.parametrize("number", [0, -3])
def test_a_limit_of_nothing_is_refused(number):
    with pytest.raises(ValueError, match="at least"):
        d.late_from(at("2026-11-23T10:00"), number=number, span="days", day_kind="working", calendar=BEIJING)


def test_a_derivation_explains_itself_and_survives_json():
    made = d.derive(
        GENERIC.step("answer"), GENERIC, at("2026-09-15T10:00"), BEIJING, trigger="case.registered"
    )
    holidays = [skipped.name for skipped in made.skipped if skipped.why == "holiday"]
    assert "国庆节" in holidays
    assert [moved.day for moved in made.worked] == [date(2026, 9, 20), date(2026, 10, 10)]
    assert (made.day_zero, made.last_day) == (date(2026, 9, 15), date(2026, 10, 19))
    assert not made.provisional
    again = d.Derivation.from_record(json.loads(json.dumps(made.to_record())))
    assert again == made


def test_a_full_derivation_survives_json_too():
    step = XINFANG.step("rereview")
    made = d.derive(step, XINFANG, at("2026-06-01T10:00"), BEIJING, trigger="case.rereview_asked")
    made = d.resumed(d.paused(made, code="hearing", at=at("2026-06-03T09:00")), code="hearing",
                     at=at("2026-06-05T17:00"), calendar=BEIJING)  # fmt: skip
    made = d.paused(made, code="hearing", at=at("2026-06-10T09:00"))
    assert d.Derivation.from_record(json.loads(json.dumps(made.to_record()))) == made
    handle = d.derive(
        XINFANG.step("handle"), XINFANG, at("2026-06-01T10:00"), BEIJING, trigger="case.accepted"
    )
    handle = d.extended(handle, number=30, calendar=BEIJING, act_seq=4, at=at("2026-06-20T10:00"))
    assert d.Derivation.from_record(json.loads(json.dumps(handle.to_record()))) == handle


def test_another_edition_of_the_record_is_not_guessed_at():
    with pytest.raises(ValueError, match="edition"):
        d.Derivation.from_record({"v": 2})


def test_beyond_the_declared_holidays_a_working_date_is_provisional():
    known = BEIJING.known_until()
    assert known is not None
    start = datetime(known.year, 12, 20, 2, tzinfo=UTC)
    assert d.derive(GENERIC.step("answer"), GENERIC, start, BEIJING, trigger="case.registered").provisional
    assert not d.derive(XINFANG.step("handle"), XINFANG, start, BEIJING, trigger="case.accepted").provisional


def test_a_date_once_told_is_not_brought_forward_by_a_new_calendar():
    start = at("2026-11-23T10:00")
    closed = WorkCalendar("Asia/Shanghai", "CN", extra_closed=frozenset({date(2026, 11, 25)}))
    told = d.derive(GENERIC.step("acknowledge"), GENERIC, start, closed, trigger="case.registered")
    assert told.last_day == date(2026, 11, 26)
    assert d.recount(told, BEIJING).late_from == told.late_from
    plain = d.derive(GENERIC.step("acknowledge"), GENERIC, start, BEIJING, trigger="case.registered")
    assert d.recount(plain, closed).last_day == date(2026, 11, 26)


# ---- extensions ----


def handle(start: str = "2026-06-01T10:00") -> d.Derivation:
    return d.derive(XINFANG.step("handle"), XINFANG, at(start), BEIJING, trigger="case.accepted")


def test_an_extension_is_counted_on_from_the_original_limit():
    made = d.extended(handle(), number=30, calendar=BEIJING, act_seq=9, at=at("2026-07-30T10:00"))
    assert (handle().last_day, made.last_day) == (date(2026, 7, 31), date(2026, 8, 30))
    assert made.extensions == (d.ExtensionApplied(30, 9),)


@pytest.mark.parametrize(
    ("number", "when", "code"),
    [
        (31, "2026-06-20T10:00", "too_long"),
        (0, "2026-06-20T10:00", "not_positive"),
        (-5, "2026-06-20T10:00", "not_positive"),
        (10, "2026-08-01T00:00", "already_late"),
    ],
)
def test_an_extension_beyond_the_rule_is_refused(number, when, code):
    with pytest.raises(d.CannotExtend) as refused:
        d.extended(handle(), number=number, calendar=BEIJING, act_seq=1, at=at(when))
    assert refused.value.code == code


def test_the_last_instant_in_time_is_early_enough_to_extend():
    moved = d.extended(handle(), number=1, calendar=BEIJING, act_seq=1, at=at("2026-07-31T23:59:59"))
    assert moved.last_day == date(2026, 8, 1)


def test_a_second_extension_is_refused_where_the_rule_gives_one():
    once = d.extended(handle(), number=5, calendar=BEIJING, act_seq=1, at=at("2026-06-20T10:00"))
    with pytest.raises(d.CannotExtend) as refused:
        d.extended(once, number=5, calendar=BEIJING, act_seq=2, at=at("2026-06-21T10:00"))
    assert refused.value.code == "too_many_times"


def test_what_has_no_extension_is_not_extended():
    review = d.derive(
        XINFANG.step("review"), XINFANG, at("2026-06-01T10:00"), BEIJING, trigger="case.review_asked"
    )
    with pytest.raises(d.CannotExtend) as refused:
        d.extended(review, number=1, calendar=BEIJING, act_seq=1, at=at("2026-06-02T10:00"))
    assert refused.value.code == "not_extendable"


# ---- pauses ----


def rereview() -> d.Derivation:
    return d.derive(
        XINFANG.step("rereview"), XINFANG, at("2026-06-01T10:00"), BEIJING, trigger="case.rereview_asked"
    )


def heard(since: str, until: str) -> d.Derivation:
    return d.resumed(
        d.paused(rereview(), code="hearing", at=at(since)), code="hearing", at=at(until), calendar=BEIJING
    )


def test_the_days_of_a_hearing_are_not_counted():
    assert rereview().last_day == date(2026, 7, 1)
    assert heard("2026-06-10T09:00", "2026-06-10T17:00").last_day == date(2026, 7, 2)
    assert heard("2026-06-10T09:00", "2026-06-12T17:00").last_day == date(2026, 7, 4)


def test_two_hearings_on_one_day_leave_out_one_day():
    once = heard("2026-06-10T09:00", "2026-06-10T11:00")
    again = d.resumed(d.paused(once, code="hearing", at=at("2026-06-10T14:00")), code="hearing",
                      at=at("2026-06-10T16:00"), calendar=BEIJING)  # fmt: skip
    assert again.last_day == once.last_day


def test_a_hearing_on_day_zero_gives_nothing_since_day_zero_is_not_counted():
    assert heard("2026-06-01T11:00", "2026-06-01T12:00").last_day == rereview().last_day


def test_a_hearing_over_the_last_day_moves_past_itself():
    assert heard("2026-06-30T09:00", "2026-07-03T12:00").last_day == date(2026, 7, 5)


def test_while_a_hearing_lasts_the_date_keeps_moving_but_not_for_ever():
    open_hearing = d.paused(rereview(), code="hearing", at=at("2026-06-10T09:00"))
    assert open_hearing.late_from == rereview().late_from
    assert open_hearing.paused_since == at("2026-06-10T09:00")
    assert d.as_of(open_hearing, at("2026-07-01T12:00"), BEIJING).last_day == date(2026, 7, 23)
    forgotten = d.as_of(open_hearing, at("2027-07-01T12:00"), BEIJING)
    assert forgotten.last_day == date(2026, 7, 1) + timedelta(days=60)
    assert forgotten.open_pause is not None


def test_as_of_leaves_a_running_clock_alone():
    assert d.as_of(rereview(), at("2026-07-20T12:00"), BEIJING) == rereview()


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: d.paused(handle(), code="hearing", at=at("2026-06-10T09:00")), "not_pausable"),
        (lambda: d.paused(rereview(), code="asked", at=at("2026-06-10T09:00")), "not_pausable"),
        (lambda: d.paused(rereview(), code="hearing", at=at("2026-07-02T00:00")), "already_late"),
        (
            lambda: d.resumed(rereview(), code="hearing", at=at("2026-06-10T09:00"), calendar=BEIJING),
            "not_paused",
        ),
        (
            lambda: d.paused(
                d.paused(rereview(), code="hearing", at=at("2026-06-10T09:00")),
                code="hearing",
                at=at("2026-06-11T09:00"),
            ),
            "already_paused",
        ),
    ],
)
def test_a_pause_the_rule_does_not_know_is_refused(make, code):
    with pytest.raises(d.CannotPause) as refused:
        make()
    assert refused.value.code == code


# ---- how much is left ----


@pytest.mark.parametrize(
    ("now", "days", "working", "late", "days_late"),
    [
        ("2026-11-27T10:00", 6, 4, False, 0),  # Friday: Monday to Thursday are left
        ("2026-12-02T10:00", 1, 1, False, 0),
        ("2026-12-03T23:59:59", 0, 0, False, 0),
        ("2026-12-04T00:00", 0, 0, True, 1),
        ("2026-12-10T00:00", 0, 0, True, 7),
    ],
)
def test_time_left_as_an_office_says_it(now, days, working, late, days_late):
    left = d.time_left(at("2026-12-04T00:00"), at(now), BEIJING)
    assert (left.days, left.working_days, left.late, left.days_late) == (days, working, late, days_late)


def test_late_by_hours_is_late_on_the_same_day():
    left = d.time_left(at("2026-12-03T12:00"), at("2026-12-03T15:00"), BEIJING)
    assert left.late
    assert (left.days_late, left.by) == (0, timedelta(hours=3))


def test_reminders_come_at_half_and_four_fifths():
    start, late = at("2026-06-01T00:00"), at("2026-06-11T00:00")
    assert d.reminder_instants(start, late) == (at("2026-06-06T00:00"), at("2026-06-09T00:00"))


# ---- single acts ----


def run(pack, opened, act, when, **facts):
    return d.apply(pack, opened, act, at(when), calendar=BEIJING, facts=d.ActFacts(**facts))


def opened_by(changes) -> dict[str, d.Derivation]:
    return {change.step_code: change.derivation for change in changes if isinstance(change, d.Opened)}


def rows(changes, **more) -> list[d.OpenDeadline]:
    return [
        d.OpenDeadline(id=change.step_code, step_code=change.step_code, derivation=change.derivation,
                       supervising=change.supervising, of=change.of, **more)
        for change in changes if isinstance(change, d.Opened)
    ]  # fmt: skip


def test_a_letters_clock_runs_from_the_day_it_arrived():
    found = opened_by(
        run(GENERIC, [], "case.registered", "2026-06-10T10:00", received_at=at("2026-06-03T09:00"))
    )
    assert set(found) == {"acknowledge", "answer"}
    assert found["answer"].day_zero == date(2026, 6, 3)


def test_a_receipt_in_the_future_does_not_buy_time():
    found = opened_by(
        run(GENERIC, [], "case.registered", "2026-06-10T10:00", received_at=at("2026-07-01T09:00"))
    )
    assert found["answer"].day_zero == date(2026, 6, 10)


@pytest.mark.parametrize(
    ("facts", "steps"),
    [
        ({}, {"notice", "settle"}),
        ({"reachable": False}, {"take", "settle"}),
        ({"petition_office": True}, {"route", "settle"}),
        ({"channel": "transferred"}, {"notice_transferred", "object", "settle"}),
    ],
)
def test_which_clocks_of_the_petition_rules_open_at_registration(facts, steps):
    assert set(opened_by(run(XINFANG, [], "case.registered", "2026-06-01T10:00", **facts))) == steps


def test_a_transfer_opens_the_new_bodys_notice_and_keeps_the_handling_limit():
    running = rows(run(XINFANG, [], "case.registered", "2026-06-01T10:00"))
    running += rows(run(XINFANG, running, "case.accepted", "2026-06-03T10:00", kind="claim"))
    before = {row.id: row.derivation for row in running}
    changes = run(XINFANG, running, "case.transferred", "2026-06-08T10:00", kind="claim")
    assert set(opened_by(changes)) == {"notice_transferred", "object"}
    assert not [change for change in changes if not isinstance(change, d.Opened)]
    assert "handle" in before


@pytest.mark.parametrize("act", ["case.accepted", "case.assigned", "case.asked", "case.answered", "case.noted",
                                 "case.added_to", "case.merged", "case.joined", "case.closed", "case.replied"])  # fmt: skip
def test_desk_work_moves_no_handling_date(act):
    running = rows(run(XINFANG, [], "case.registered", "2026-06-01T10:00"))
    running += rows(run(XINFANG, running, "case.accepted", "2026-06-03T10:00", kind="claim"))
    touched = run(XINFANG, running, act, "2026-06-20T10:00", kind="claim")
    assert not [c for c in touched if isinstance(c, d.Opened | d.Moved)]
    assert not {"handle", "settle"} & {c.deadline_id for c in touched}


def test_accepting_twice_after_the_decision_opens_nothing():
    changes = run(XINFANG, [], "case.accepted", "2026-07-20T10:00", kind="claim", done=frozenset({"handle"}))
    assert changes == []


def test_the_persons_window_opens_on_proven_delivery_alone():
    asked = {"rung": "handle"}
    assert run(XINFANG, [], "case.decision_delivered", "2026-07-01T10:00", **asked) == []
    made = run(
        XINFANG,
        [],
        "case.decision_delivered",
        "2026-07-09T10:00",
        delivered_at=at("2026-07-05T15:00"),
        **asked,
    )
    assert opened_by(made)["ask_review"].last_day == date(2026, 8, 4)
    assert not opened_by(made)["ask_review"].lifts


def test_each_rungs_decision_opens_its_own_window():
    def window(rung):
        return set(opened_by(run(XINFANG, [], "case.decision_delivered", "2026-07-09T10:00",
                                 delivered_at=at("2026-07-09T09:00"), rung=rung)))  # fmt: skip

    assert [window(rung) for rung in ("handle", "review", "rereview")] == [
        {"ask_review"},
        {"ask_rereview"},
        set(),
    ]


def test_a_second_delivery_only_ever_lengthens_the_persons_window():
    first = rows(
        run(XINFANG, [], "case.decision_delivered", "2026-07-05T10:00", delivered_at=at("2026-07-05T09:00"))
    )
    later = run(XINFANG, first, "case.decision_delivered", "2026-07-20T10:00", delivered_at=at("2026-07-20T09:00"),
                act_seq=7)  # fmt: skip
    assert [(c.deadline_id, c.derivation.last_day, c.why_act) for c in later] == [
        ("ask_review", date(2026, 8, 19), 7)
    ]
    earlier = run(
        XINFANG, first, "case.decision_delivered", "2026-07-20T10:00", delivered_at=at("2026-07-01T09:00")
    )
    assert earlier == []


def test_asking_the_person_pauses_nothing():
    running = rows(run(GENERIC, [], "case.registered", "2026-06-01T10:00"))
    changes = run(GENERIC, running, "case.asked", "2026-06-01T15:00")
    assert changes == [d.Met("acknowledge")]


def test_a_late_case_is_lifted_once_and_the_lower_clock_stays():
    running = rows(run(GENERIC, [], "case.registered", "2026-06-01T10:00"))
    lifted = run(GENERIC, running, "case.lifted", "2026-07-20T10:00", lifted="answer")
    (change,) = lifted
    assert (change.supervising, change.of, change.derivation.day_zero) == (True, "answer", date(2026, 7, 20))
    running += rows(lifted)
    assert run(GENERIC, running, "case.lifted", "2026-07-21T10:00", lifted="answer") == []


def test_a_supervised_clock_ends_with_what_it_watches_and_not_with_a_kind_word():
    running = rows(run(GENERIC, [], "case.registered", "2026-06-01T10:00"))
    running += rows(run(GENERIC, running, "case.lifted", "2026-07-20T10:00", lifted="answer"))
    above = run(GENERIC, running, "case.lifted", "2026-08-20T10:00", lifted="supervise")
    running.append(d.OpenDeadline("again", "supervise", above[0].derivation, True, "supervise"))
    assert d.Met("supervise") not in run(GENERIC, running, "case.replied", "2026-08-21T10:00")
    met = {change.deadline_id for change in run(GENERIC, running, "case.decided", "2026-08-22T10:00")}
    assert met == {"acknowledge", "answer", "supervise", "again"}


def test_a_lift_that_comes_after_the_decision_lifts_nothing():
    assert run(GENERIC, [], "case.lifted", "2026-07-20T10:00", lifted="answer") == []


def test_raising_it_oneself_gives_the_level_above_a_date_that_an_answer_meets():
    raised = rows(run(GENERIC, [], "case.raised", "2026-06-02T10:00"))
    assert raised[0].supervising
    assert run(GENERIC, raised, "case.raised", "2026-06-03T10:00") == []
    ours = run(GENERIC, raised, "case.replied", "2026-06-04T10:00", unheard=frozenset({"supervise"}))
    assert ours == [], "a kind word of the office that it was raised about answers nothing"
    decided = run(GENERIC, raised, "case.decided", "2026-06-04T11:00", unheard=frozenset({"supervise"}))
    assert decided == [d.Met("supervise")]
    assert run(GENERIC, raised, "case.replied", "2026-06-04T10:00") == [d.Met("supervise")]


def test_an_extension_moves_what_the_rule_lets_it_move():
    running = rows(run(XINFANG, [], "case.registered", "2026-06-01T10:00"))
    running += rows(run(XINFANG, running, "case.accepted", "2026-06-03T10:00", kind="claim"))
    moved = run(XINFANG, running, "case.extended", "2026-07-01T10:00", extension=30, act_seq=5)
    assert {c.deadline_id: c.derivation.last_day for c in moved} == {
        "handle": date(2026, 9, 1), "settle": date(2026, 9, 29)
    }  # fmt: skip
    only = run(XINFANG, running, "case.extended", "2026-07-01T10:00", extension=30, step="handle")
    assert [c.deadline_id for c in only] == ["handle"]


def test_an_extension_of_nothing_or_by_nothing_is_refused():
    with pytest.raises(d.CannotExtend, match="nothing_to_extend"):
        run(XINFANG, [], "case.extended", "2026-07-01T10:00", extension=30)
    with pytest.raises(d.CannotExtend, match="not_positive"):
        run(
            XINFANG,
            rows(run(XINFANG, [], "case.registered", "2026-06-01T10:00")),
            "case.extended",
            "2026-07-01T10:00",
        )


def test_a_withdrawal_undone_puts_every_clock_back_without_the_days_between():
    running = rows(run(GENERIC, [], "case.registered", "2026-06-01T10:00"))
    gone = run(GENERIC, running, "case.withdrawn", "2026-06-02T10:00")
    assert {c.deadline_id for c in gone} == {"acknowledge", "answer"}
    back = run(GENERIC, [], "case.withdrawal_undone", "2026-06-04T10:00", received_at=at("2026-06-01T10:00"),
               restored=tuple(running), withdrawn_at=at("2026-06-02T10:00"))  # fmt: skip
    assert {c.restores for c in back} == {"acknowledge", "answer"}
    by_step = {row.step_code: row.derivation for row in running}
    for step, derivation in opened_by(back).items():
        assert derivation.start == by_step[step].start
        assert derivation.late_from > by_step[step].late_from
    assert opened_by(back)["acknowledge"].last_day == date(
        2026, 6, 8
    )  # 2 to 4 June are left out: Friday, Monday


def test_a_withdrawal_undone_on_the_same_day_costs_no_day():
    """A slip of the hand gives the office no day more, on whichever day it happens."""
    running = rows(run(GENERIC, [], "case.registered", "2026-06-01T10:00"))
    back = run(GENERIC, [], "case.withdrawal_undone", "2026-06-02T23:30", received_at=at("2026-06-01T10:00"),
               restored=tuple(running), withdrawn_at=at("2026-06-02T00:10"))  # fmt: skip
    assert [change.derivation for change in back] == [one.derivation for one in running]


def test_a_withdrawal_undone_with_nothing_kept_still_has_a_date_from_first_receipt():
    back = run(GENERIC, [], "case.withdrawal_undone", "2026-06-20T10:00", received_at=at("2026-06-01T10:00"))
    assert opened_by(back)["answer"].day_zero == date(2026, 6, 1)
    done = run(GENERIC, [], "case.withdrawal_undone", "2026-06-20T10:00", done=frozenset({"answer"}))
    assert done == []


def test_a_work_orders_own_number_counts():
    beijing = load_pack("cn-beijing-12345")
    found = opened_by(run(beijing, [], "case.registered", "2026-06-01T10:00", order_number=2))
    assert (found["respond"].number, found["respond"].last_day) == (2, date(2026, 6, 3))
    assert opened_by(run(beijing, [], "case.registered", "2026-06-01T10:00"))["respond"].number == 5


def test_a_step_that_the_pack_no_longer_has_stays_open():
    stranger = d.OpenDeadline("x", "gone_step", handle())
    assert run(GENERIC, [stranger], "case.decided", "2026-06-20T10:00") == []


def test_an_unknown_act_is_an_error_of_ours():
    with pytest.raises(ValueError, match="nonsense"):
        run(GENERIC, [], "case.nonsense", "2026-06-20T10:00")
