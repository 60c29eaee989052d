"""No sequence of permitted acts yields a missing, shortened or silently moved deadline (rights, rule 7).

The model below does what the services do with `deadlines.apply`: it writes exactly the changes it is given.
After every act the promises are checked against a memory of every date that was ever told.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from answerable.cases import deadlines as d
from answerable.cases.act_kinds import ActKind as A
from answerable.cases.pack_checks import is_backbone
from answerable.cases.pack_types import PAUSES
from answerable.cases.packs import Pack, all_packs, load_pack
from answerable.orgs.calendars import WorkCalendar

# The office changes its own closures while cases run: told dates must not come forward by it.
CALENDARS = (
    WorkCalendar("Asia/Shanghai", "CN", extra_closed=frozenset({date(2026, 6, 15), date(2026, 7, 1)})),
    WorkCalendar("Asia/Shanghai", "CN"),
)
BEGIN = datetime(2026, 5, 20, 3, tzinfo=UTC)
ENDED = (A.WITHDRAWN, A.ERASED, A.PASSED_ON)
MOVERS = {A.EXTENDED, A.DECISION_DELIVERED, *(act for pair in PAUSES.values() for act in pair)}
DECIDES = {"handle": A.DECIDED, "review": A.REVIEW_DECIDED, "rereview": A.REREVIEW_DECIDED}


@dataclass
class Case:
    """A case as the services keep it: open deadlines, and what the acts so far allow next."""

    pack: Pack
    kind: str | None
    reachable: bool
    petition_office: bool
    channel: str
    received_at: datetime
    open: dict[int, d.OpenDeadline] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)
    voided: list[d.OpenDeadline] = field(default_factory=list)
    told: dict[int, datetime] = field(default_factory=dict)
    withdrawn_at: datetime | None = None
    decided: str | None = None  # the rung decided last
    asked: str = "handle"  # the rung that is being decided
    ended: A | None = None
    next_id: int = 1
    seq: int = 0

    def permits(self, act: A) -> bool:
        """What the services would refuse is not tried."""
        if self.ended is A.WITHDRAWN:
            return act is A.WITHDRAWAL_UNDONE
        if self.ended or act in (A.REGISTERED, A.WITHDRAWAL_UNDONE):
            return False
        rungs = [rung.code for rung in self.pack.ladder]
        if act in DECIDES.values():
            return DECIDES[self.asked] is act and self.decided != self.asked
        if act is A.REVIEW_ASKED:
            return "review" in rungs and self.decided == "handle"
        if act is A.REREVIEW_ASKED:
            return "rereview" in rungs and self.decided == "review"
        if act in (A.REOPENED, A.DECISION_DELIVERED):
            return self.decided == self.asked
        if act in (A.OBJECTION_AGREED, A.OBJECTION_DECLINED):
            return any(row.step_code == "answer_objection" for row in self.open.values())
        return act is not A.PASSED_ON or self.decided is None

    def act(
        self,
        act: A,
        at: datetime,
        lift: int | None = None,
        number: int = 1,
        calendar: WorkCalendar = CALENDARS[0],
    ) -> list[d.Change]:
        self.seq += 1
        facts = d.ActFacts(
            received_at=self.received_at, channel=self.channel, kind=self.kind, reachable=self.reachable,
            petition_office=self.petition_office, rung=self.asked, act_seq=self.seq, lifted=lift,
            extension=number if act is A.EXTENDED else None, done=frozenset(self.done),
            delivered_at=at - timedelta(days=number % 25) if act is A.DECISION_DELIVERED else None,
            restored=tuple(self.voided) if act is A.WITHDRAWAL_UNDONE else (), withdrawn_at=self.withdrawn_at,
        )  # fmt: skip
        changes = d.apply(self.pack, list(self.open.values()), act, at, calendar=calendar, facts=facts)
        self.remember(act, at, changes)
        return changes

    def remember(self, act: A, at: datetime, changes: list[d.Change]) -> None:
        if act is A.REOPENED:
            self.done, self.decided, self.asked = set(), None, "handle"
        if act is A.WITHDRAWN:
            self.voided, self.withdrawn_at = [], at
        for change in changes:
            match change:
                case d.Met(deadline_id):
                    self.done.add(self.open.pop(deadline_id).step_code)
                case d.Voided(deadline_id):
                    self.voided.append(self.open.pop(deadline_id))
                case d.Moved(deadline_id, derivation):
                    self.open[deadline_id] = replace(self.open[deadline_id], derivation=derivation)
                case d.Opened():
                    row = change.restores or self.next_id
                    self.next_id += 1
                    self.open[row] = d.OpenDeadline(
                        row, change.step_code, change.derivation, change.supervising, change.of
                    )
        if act in DECIDES.values():
            self.decided = self.asked
        self.asked = {A.REVIEW_ASKED: "review", A.REREVIEW_ASKED: "rereview"}.get(act, self.asked)
        self.ended = act if act in ENDED else (None if act is A.WITHDRAWAL_UNDONE else self.ended)


def check(case: Case, act: A, before: dict[int, d.OpenDeadline], changes: list[d.Change]) -> None:
    """The promises, after each act."""
    named = {change.deadline_id for change in changes if not isinstance(change, d.Opened)}
    assert act is not A.HEARING_CALLED_OFF or not changes, "calling a hearing off moves no date"
    for row, deadline in before.items():
        if row in case.open and row not in named:
            assert case.open[row] == deadline, "moved without a word"
        if row not in case.open:
            assert row in named, "gone without a word"
            step = case.pack.step(deadline.step_code)
            may = step.voided_by if deadline.of is not None else (*step.met_by, *step.voided_by)
            assert act in may or deadline.of in named, "ended by an act that may not"
    for change in changes:
        if isinstance(change, d.Moved):
            assert act in MOVERS
            assert change.why_act == case.seq
            if act is A.EXTENDED:
                # Equal only where the office's calendar gained working days meanwhile; test_deadlines has the
                # strict case.
                assert change.derivation.late_from >= before[change.deadline_id].derivation.late_from
        if isinstance(change, d.Opened) and act is A.REGISTERED:
            assert change.derivation.start == case.received_at, "counted from first receipt"
    for row, deadline in case.open.items():
        made = deadline.derivation
        if row in case.told:
            assert made.late_from >= case.told[row], "shortened"
        case.told[row] = made.late_from
        assert made.late_from > made.start
        assert made.extended_by <= (made.extension_rule.max_number if made.extension_rule else 0)
        assert d.Derivation.from_record(json.loads(json.dumps(made.to_record()))) == made
    codes = [deadline.step_code for deadline in case.open.values() if not deadline.supervising]
    assert len(codes) == len(set(codes)), "one clock a step"
    watched = [deadline.of for deadline in case.open.values() if deadline.supervising]
    assert len(watched) == len(set(watched)), "lifted once a deadline"
    if case.ended is None and case.decided is None:
        backbone = [row for row in case.open.values() if is_backbone(case.pack.step(row.step_code))]
        assert backbone, f"a case without a date after {act}"
    if case.ended is None and case.asked != "handle" and case.decided != case.asked:
        assert any(row.step_code == case.asked for row in case.open.values()), "a review without a date"


XINFANG = load_pack("cn-xinfang-2022")
PACKS = [XINFANG] * 8 + list(all_packs().values())  # the one with most steps is tried most
MATTERS = {
    act
    for step in XINFANG.steps
    for act in (
        *step.opened_by,
        *step.met_by,
        A.EXTENDED,
        A.LIFTED,
        A.WITHDRAWN,
        A.HEARING_OPENED,
        A.HEARING_CLOSED,
        A.HEARING_CALLED_OFF,
    )
}
EVERY = [act for act in A if act.value.startswith("case.") and act is not A.REGISTERED]
ACTS = EVERY + [act for act in EVERY if act in MATTERS] * 3 + [A.WITHDRAWAL_UNDONE] * 6
STEPS = st.tuples(st.sampled_from(ACTS), st.integers(0, 20 * 24 * 60), st.integers(0, 50), st.integers(1, 40))


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    pack=st.sampled_from(PACKS),
    kind_number=st.integers(0, 9),
    flags=st.tuples(st.booleans(), st.booleans(), st.booleans()),
    early=st.integers(0, 30),
    acts=st.lists(STEPS, min_size=15, max_size=45),
)
def test_no_sequence_of_permitted_acts_loses_shortens_or_silently_moves_a_date(
    pack, kind_number, flags, early, acts
):
    kinds = [None, *(kind.code for kind in pack.kinds)]
    reachable, petition_office, transferred = flags
    case = Case(pack, kinds[kind_number % len(kinds)], reachable, petition_office,
                "transferred" if transferred else "brought", BEGIN - timedelta(days=early))  # fmt: skip
    at = BEGIN
    check(case, A.REGISTERED, {}, case.act(A.REGISTERED, at))
    for act, minutes, pick, number in acts:
        at += timedelta(minutes=minutes)
        if not case.permits(act):
            continue
        late = sorted(
            row for row, x in case.open.items() if x.derivation.lifts and x.derivation.late_from <= at
        )
        if act is A.LIFTED and not late:
            continue
        before = dict(case.open)
        told = dict(case.told)
        try:
            lift = late[pick % len(late)] if late else None
            changes = case.act(act, at, lift=lift, number=number, calendar=CALENDARS[pick % 2])
        except d.CannotExtend:
            assert case.open == before
            continue
        check(case, act, before, changes)
        if act is A.WITHDRAWAL_UNDONE:
            for old in case.voided:
                assert case.open[old.id].derivation.late_from >= told[old.id], (
                    "lost or shortened by withdrawing"
                )
                assert case.open[old.id].derivation.start == old.derivation.start


@settings(max_examples=200, deadline=None)
@given(
    start=st.datetimes(datetime(2024, 1, 1), datetime(2026, 10, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    number=st.integers(1, 45),
)
def test_working_days_agree_with_counting_on_fingers(start, number):
    library = __import__("holidays").country_holidays("CN", years=range(2024, 2028))
    day = (start + timedelta(hours=8)).date()  # Shanghai has no daylight saving
    left = number
    while left:
        day += timedelta(days=1)
        left -= library.is_working_day(day)
    plain = WorkCalendar("Asia/Shanghai", "CN")
    late = d.late_from(start, number=number, span="days", day_kind="working", calendar=plain)
    assert late == datetime(day.year, day.month, day.day, 16, tzinfo=UTC)


@settings(max_examples=150, deadline=None)
@given(
    pack=st.sampled_from(list(all_packs().values())),
    start=st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    later=st.integers(0, 100_000),
    zone=st.sampled_from(["Asia/Shanghai", "Africa/Cairo", "America/Havana", "Asia/Kathmandu"]),
)
def test_receiving_later_never_makes_it_due_earlier(pack, start, later, zone):
    calendar = WorkCalendar(zone, "CN")
    for step in pack.steps:
        first = d.derive(step, pack, start, calendar, trigger="case.registered")
        second = d.derive(step, pack, start + timedelta(minutes=later), calendar, trigger="case.registered")
        assert second.late_from >= first.late_from
