"""What is kept as acts happen equals a recount, after any sequence of what people and offices do; and every sum has
its list.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from datetime import timedelta

import pytest
from django.http import Http404
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from answerable.cases.deadlines import CannotExtend
from answerable.cases.models import Case, Decision
from answerable.cases.packs import load_pack
from answerable.cases.rules import WORKING, CannotAct, CannotDecide
from answerable.cases.services import (
    accusing,
    closed_posts,
    deciding,
    dividing,
    erasure,
    grouping,
    handling,
    persons,
    supervision,
    transfers,
)
from answerable.core.refusals import Refusal
from answerable.figures import lists
from answerable.figures.models import Fact, Tally, Turn
from answerable.figures.recount import recount
from answerable.figures.tallies import Cut
from answerable.figures.tests.scenes import count
from answerable.orgs.models import Post, Staff
from answerable.orgs.queries import calendar_of
from answerable.record.actors import Actor
from tests.cast import MONDAY, PARTS, Cast, registered

pytestmark = pytest.mark.django_db


class Town:
    """A town in which things happen to cases, one after the other; what the rules refuse does not happen."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.cases, self.now = cast, [], MONDAY
        self.leaders = {
            cast.roads.pk: cast.leader,
            cast.water.pk: cast.water_leader,
            cast.town_root.pk: cast.mayor,
            cast.county_root.pk: cast.county_leader,
            cast.discipline.pk: cast.discipline_head,
        }

    def step(self, what: str, which: int, days: float) -> None:
        self.now += timedelta(days=days)
        if what == "register" or not self.cases:
            subject = self.cast.pipes if which % 2 else self.cast.lamps
            self.cases.append(registered(self.cast, self.now, subject=subject).case.pk)
            return
        case = Case.objects.get(pk=self.cases[which % len(self.cases)])
        with contextlib.suppress(CannotAct, CannotDecide, CannotExtend, Refusal, Http404):
            getattr(self, what)(case, self.leaders.get(case.unit_id, self.cast.mayor))

    def accept(self, case: Case, who: Staff) -> None:
        handling.accept_case(
            case_id=case.pk, by=self.cast.actor(who), seen_version=case.version, now=self.now
        )

    def reply(self, case: Case, who: Staff) -> None:
        handling.reply_to_person(
            case_id=case.pk, text="在办。", by=self.cast.actor(who), seen_version=None, now=self.now
        )

    def ask(self, case: Case, who: Staff) -> None:
        handling.ask_person(
            case_id=case.pk, text="哪一盏？", by=self.cast.actor(who), seen_version=case.version, now=self.now
        )

    def write(self, case: Case, who: Staff) -> None:
        persons.write(case_id=case.pk, text="门口那一盏。", now=self.now)

    def extend(self, case: Case, who: Staff) -> None:
        handling.extend_case(
            case_id=case.pk,
            number=5,
            why="等料",
            by=self.cast.actor(who),
            seen_version=case.version,
            now=self.now,
        )

    def transfer(self, case: Case, who: Staff) -> None:
        to = self.cast.roads if case.unit_id != self.cast.roads.pk else self.cast.water
        handling.transfer_case(
            case_id=case.pk, to_unit=to.pk, why="归口", by=self.cast.actor(who), seen_version=case.version,
            now=self.now,
        )  # fmt: skip

    def object(self, case: Case, who: Staff) -> None:
        handling.object_to_transfer(
            case_id=case.pk, why="不归口", by=self.cast.actor(who), seen_version=case.version, now=self.now
        )
        case.refresh_from_db()
        transfers.agree_objection(
            case_id=case.pk, by=self.cast.actor(self.cast.mayor), seen_version=case.version, now=self.now
        )

    def pass_on(self, case: Case, who: Staff) -> None:
        handling.pass_on(
            case_id=case.pk, to=self.cast.county.pk, why="属县级", by=self.cast.actor(who),
            seen_version=case.version, now=self.now,
        )  # fmt: skip

    def decide(self, case: Case, who: Staff) -> None:
        outcomes = load_pack(case.pack).outcomes_at(case.stage)
        deciding.send_decision(
            case_id=case.pk, outcome=outcomes[case.version % len(outcomes)].code, parts=PARTS,
            by=self.cast.actor(who), seen_version=case.version, now=self.now,
            office_solved=[None, True, False][case.version % 3],
        )  # fmt: skip

    def deliver(self, case: Case, who: Staff) -> None:
        for pk in Decision.objects.filter(case=case, sent_at__isnull=False).values_list("pk", flat=True):
            deciding.deliver_decision(decision_id=pk, how="page", by=Actor.person(), now=self.now)

    def close(self, case: Case, who: Staff) -> None:
        deciding.close_case(case_id=case.pk, by=self.cast.actor(who), seen_version=None, now=self.now)

    def reopen(self, case: Case, who: Staff) -> None:
        deciding.reopen_case(
            case_id=case.pk, by=self.cast.actor(who), seen_version=None, now=self.now, why="未修好"
        )

    def review(self, case: Case, who: Staff) -> None:
        persons.ask_review(case_id=case.pk, text="不服", now=self.now)

    def withdraw(self, case: Case, who: Staff) -> None:
        persons.withdraw(case_id=case.pk, now=self.now)

    def undo(self, case: Case, who: Staff) -> None:
        persons.undo_withdrawal(case_id=case.pk, now=self.now)

    def solved(self, case: Case, who: Staff) -> None:
        persons.say_solved(case_id=case.pk, solved=bool(case.version % 2), now=self.now)

    def raise_(self, case: Case, who: Staff) -> None:
        persons.raise_case(case_id=case.pk, now=self.now)

    def accuse(self, case: Case, who: Staff) -> None:
        accusing.name_accused(
            case_id=case.pk, staff=[self.cast.leader.pk], units=[], by=self.cast.actor(who),
            seen_version=case.version, now=self.now,
        )  # fmt: skip

    def close_post(self, case: Case, who: Staff) -> None:
        post = Post.objects.filter(pk=case.leader_post_id)
        post.update(closed_on=self.now.date())
        closed_posts.hand_on_from_closed(case_id=case.pk, now=self.now)
        post.update(closed_on=None)

    def merge(self, case: Case, who: Staff) -> None:
        other = Case.objects.filter(pk__in=self.cases, unit=case.unit_id).exclude(pk=case.pk).first()
        if other is not None:
            grouping.merge_case(
                case_id=case.pk, into=other.pk, why="同一件事", by=self.cast.actor(who),
                seen_version=case.version, now=self.now,
            )  # fmt: skip

    def divide(self, case: Case, who: Staff) -> None:
        second = dividing.divide_case(
            case_id=case.pk, own_title="灯", title="路", subject=self.cast.pipes.pk, why="两件事",
            by=self.cast.actor(who), seen_version=case.version, now=self.now,
        )  # fmt: skip
        self.cases.append(second.pk)

    def erase(self, case: Case, who: Staff) -> None:
        erasure.ask_erasure(case_id=case.pk, now=self.now)

    def lift(self, case: Case, who: Staff) -> None:
        for pk in supervision.newly_late(self.now):
            supervision.lift_deadline(deadline_id=pk, now=self.now)


STEPS = (
    *("register", "accept", "accept", "reply", "ask", "write", "extend", "transfer", "transfer", "object"),
    *("pass_on", "decide", "decide", "decide", "deliver", "close", "reopen", "review", "review", "withdraw"),
    *("undo", "solved", "raise_", "accuse", "merge", "divide", "erase", "lift", "close_post"),
)
ONE = st.tuples(st.sampled_from(STEPS), st.integers(0, 3), st.sampled_from([0, 0.25, 1, 9, 40]))


@pytest.mark.parametrize("pack", ["generic", "cn-xinfang-2022"])
@settings(
    max_examples=8,
    # A history is told step by step in the message; making it shorter takes minutes of a database.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_what_is_kept_equals_a_recount_after_whatever_happens(request, pack, data):
    cast = request.getfixturevalue("cast" if pack == "generic" else "cn_cast")
    town = Town(cast)
    for what, which, days in data.draw(st.lists(ONE, min_size=8, max_size=20)):
        town.step(what, which, days)
        if data.draw(st.booleans()):
            count()
    count()
    found = recount()
    assert found.is_right, (found.examples, found.sums)
    _each_open_turn_is_an_open_case(town)
    _every_sum_has_its_list(cast)


def _each_open_turn_is_an_open_case(town: Town) -> None:
    """The turns say of each case what the case says of itself: who has it, and whether an answer is owed."""
    for case in Case.objects.filter(pk__in=town.cases):
        turns = list(Turn.objects.filter(case=case).order_by("number"))
        assert (turns[-1].ending == "") == (case.state in WORKING), case.state
        # What has ended may move still: its last turn was of the unit that had it then.
        assert turns[-1].ending or turns[-1].unit_id == case.unit_id
        assert all(turn.ending for turn in turns[:-1])
        fact = Fact.objects.get(case=case)
        assert fact.state == (turns[-1].ending or "open")


def _every_sum_has_its_list(cast: Cast) -> None:
    """The condition behind a number finds as many turns as the number says, in each month and of each post."""
    calendar = calendar_of(cast.town)
    sums: Counter[tuple[str, int, int, object]] = Counter()
    for row in Tally.objects.filter(cut__in=[Cut.POST, Cut.POST_NOW]).exclude(measure="due"):
        sums[row.measure, row.unit_id, row.post_id, None if row.measure == "open" else row.on] += row.n
    found: Counter[tuple[str, int, int, object]] = Counter()
    units = tuple(Turn.objects.values_list("unit", flat=True).distinct())
    for name in [*map(str, lists.OF_TURNS), "open"]:
        rows, at = lists.turns_behind(lists.Behind(name, units), MONDAY)
        for turn in rows:
            month = calendar.local_day(getattr(turn, at)).replace(day=1)
            found[name, turn.unit_id, turn.post_id, None if name == "open" else month] += 1
    assert {key: (n, found[key]) for key, n in (sums | found).items() if sums[key] != found[key]} == {}
    for name in {key[0] for key in sums}:
        total = sum(n for key, n in sums.items() if key[0] == name)
        assert lists.total_of(lists.Behind(name, units), MONDAY) == total


def test_a_recount_names_what_is_wrong_and_mends_it(cast):
    done = registered(cast)
    count()
    Tally.objects.filter(measure="received").delete()
    Fact.objects.update(raised=7)
    found = recount()
    assert (found.wrong, found.examples) == (1, [done.case.pk])
    assert found.sums
    recount(mend=True)
    assert recount().is_right


def test_what_waits_to_be_counted_is_not_called_wrong(cast):
    done = registered(cast)
    count()
    persons.raise_case(case_id=done.case.pk, now=MONDAY + timedelta(days=1))
    assert recount().is_right
    assert Fact.objects.get().raised == 0
    count()
    assert Fact.objects.get().raised == 1


def test_erasing_a_case_changes_no_figure_and_leaves_nothing_of_the_person(cast):
    town = Town(cast)
    for what in ("register", "accept", "decide", "close"):
        town.step(what, 0, 1)
    count()
    before = list(Tally.objects.order_by("pk").values())
    town.step("erase", 0, 60)
    count()
    assert Case.objects.get().erased_at is not None
    assert list(Tally.objects.order_by("pk").values()) == before
    assert recount().is_right
