"""What lies with a post that was closed gets another at once, and everybody concerned is told (ADR 0089)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils.translation import override

from answerable.alerts.models import Delivery, Notice
from answerable.alerts.wording import notice
from answerable.cases import checks
from answerable.cases.models import Case, Deadline, Message
from answerable.cases.services import closed_posts, deciding, handling, persons, supervision
from answerable.core import clock
from answerable.orgs.models import Authority, Post, Responsibility, Role, Unit
from answerable.record.queries import acts_of
from answerable.record.reactions import dispatch
from tests.cast import MONDAY, PARTS, Cast, accepted, registered, staffed

pytestmark = pytest.mark.django_db(transaction=True)
LATER = MONDAY + timedelta(days=1)


def close(*posts: Post) -> None:
    Post.objects.filter(pk__in=[post.pk for post in posts]).update(closed_on=MONDAY.date(), is_head=False)


def handed_on(case: Case) -> Case:
    closed_posts.hand_on_all(LATER)
    dispatch(LATER)
    case.refresh_from_db()
    return case


def told(code: str) -> list[int]:
    return list(Notice.objects.filter(code=code).order_by("pk").values_list("post_id", flat=True))


def test_the_maps_leader_answers_and_no_date_moves(cast: Cast) -> None:
    case = accepted(cast)
    dates = list(Deadline.objects.filter(case=case).order_by("pk").values_list("step", "late_from"))
    staffed(cast.roads, "deputy", Role.LEADER, "副主任", "Deputy head")
    named = cast.post(staffed(cast.roads, "second", Role.LEADER, "二把手", "Second head"))
    Responsibility.objects.filter(unit=cast.roads).update(leader_post=named)
    close(cast.post(cast.leader))
    case = handed_on(case)
    assert case.leader_post == named
    assert told("answers_now") == [named.pk]
    assert list(Deadline.objects.filter(case=case).order_by("pk").values_list("step", "late_from")) == dates
    assert Message.objects.get(case=case, code="answers_now").facts == {"post": named.pk}
    last = acts_of(case.pk)[-1]
    assert (last.kind, last.actor_kind, last.body["left"]) == (
        "case.post_closed",
        "system",
        ["leader_post_id"],
    )
    handed_on(case)
    assert len(acts_of(case.pk)) == last.seq, "once"


def test_without_another_leader_there_the_next_one_above_answers_and_the_person_sees_it(cast: Cast) -> None:
    done = registered(cast)
    case = handling.accept_case(
        case_id=done.case.pk, by=cast.actor(cast.clerk), seen_version=done.case.version, now=LATER
    )
    close(cast.post(cast.leader), cast.post(cast.clerk), cast.post(cast.handler))
    Unit.objects.filter(pk=cast.roads.pk).update(closed_on=MONDAY.date())
    assert handed_on(case).leader_post == cast.post(cast.mayor)
    line = Notice.objects.get(code="answers_for_closed_unit")
    assert line.post_id == cast.post(cast.mayor).pk
    with override("en"):
        assert "Roads office was closed" in notice(line.code, line.facts)
    person = Client(headers={"accept-language": "en"})
    person.post("/case/", {"code": done.code, "secret": done.secret})
    html = person.get("/case/now").content.decode()
    assert "Mayor, Town government, answers for it." in html
    assert "Mayor, Town government answers for it now; no date changed." in html
    handling.transfer_case(
        case_id=case.pk,
        to_unit=cast.water.pk,
        why="并入水利站。",
        by=cast.actor(cast.mayor),
        seen_version=case.version,
        now=LATER,
    )
    case.refresh_from_db()
    assert case.leader_post == cast.post(cast.water_leader)


def test_nobody_watches_over_what_they_answer_for_themselves(cast: Cast) -> None:
    """Raised, and late, it went to the mayor, who had it already from the closed post: nobody above heard of it."""
    case = accepted(cast)
    close(cast.post(cast.leader))
    assert handed_on(case).leader_post == cast.post(cast.mayor)
    above = persons.next_level(case, LATER)
    assert above is not None
    assert above.unit == cast.county_root
    persons.raise_case(case_id=case.pk, now=LATER)
    assert Deadline.objects.get(case=case, is_supervising=True).post == cast.post(cast.county_leader)
    other = accepted(cast)
    handed_on(other)
    late = Deadline.objects.filter(case=other, is_supervising=False, met_seq=None).order_by("late_from")[0]
    assert supervision.lift_deadline(deadline_id=late.pk, now=late.late_from + timedelta(days=1))
    assert Deadline.objects.get(case=other, is_supervising=True).post == cast.post(cast.county_leader)


def test_whoever_worked_on_it_took_charge_or_watched_over_it_gets_a_successor(cast: Cast) -> None:
    case = accepted(cast)
    handling.assign_case(
        case_id=case.pk,
        to_post=cast.post(cast.handler).pk,
        by=cast.actor(cast.leader),
        seen_version=None,
        now=LATER,
    )
    case.refresh_from_db()
    case = handling.take_charge(
        case_id=case.pk, by=cast.actor(cast.mayor), seen_version=case.version, now=LATER
    )
    persons.raise_case(case_id=case.pk, now=LATER)
    watch = Deadline.objects.get(case=case, is_supervising=True)
    assert watch.post == cast.post(cast.mayor)
    deputy = cast.post(staffed(cast.town_root, "deputy", Role.LEADER, "副镇长", "Deputy mayor"))
    close(cast.post(cast.mayor), cast.post(cast.handler))
    case = handed_on(case)
    assert (case.leader_post, case.handler_post, case.charge_post) == (cast.post(cast.leader), None, None)
    moved = Deadline.objects.get(pk=watch.pk)
    assert (moved.post, moved.late_from) == (deputy, watch.late_from)
    assert told("watches_now") == [deputy.pk]
    assert told("worker_post_closed") == [cast.post(cast.clerk).pk]
    assert Message.objects.get(case=case, code="answers_now").facts == {"post": case.leader_post_id}


def test_rule_05_it_goes_to_nobody_whom_it_accuses(cast: Cast) -> None:
    case = registered(cast, is_conduct=True, accused_staff=(cast.mayor.pk,)).case
    assert case.leader_post == cast.post(cast.discipline_head)
    Authority.objects.filter(pk=cast.town.pk).update(above=None, conduct_body=None)
    close(case.leader_post)
    assert handed_on(case).leader_post.closed_on is not None
    assert [fault.code for fault in checks.check_closed_holders()] == ["cases_of_closed_post"]
    # As soon as somebody is there who may have it, they get it.
    head = cast.post(staffed(cast.discipline, "new", Role.LEADER, "新组长", "New head", head=True))
    assert handed_on(case).leader_post == head
    assert not list(checks.check_closed_holders())


def test_what_comes_to_a_closed_post_later_goes_on_too(cast: Cast) -> None:
    """By a map that names it still: whoever brings something is answered for from the first minute."""
    close(cast.post(cast.leader))
    closed_posts.hand_on_all(LATER)
    case = registered(cast, now=clock.now()).case
    assert case.leader_post == cast.post(cast.leader)
    dispatch(clock.now())
    case.refresh_from_db()
    assert case.leader_post == cast.post(cast.mayor)


def test_a_body_outside_that_watches_over_it_now_is_written_to(cast: Cast) -> None:
    """Nobody holds the post that stands for it here: told there, it would hear nothing."""
    Authority.objects.filter(pk=cast.town.pk).update(above=cast.outside)
    case = accepted(cast)
    persons.raise_case(case_id=case.pk, now=LATER)
    close(cast.post(cast.mayor))
    handed_on(case)
    assert Deadline.objects.get(case=case, is_supervising=True).unit.authority == cast.outside
    assert [row.facts["why"] for row in Delivery.objects.filter(purpose="outside")] == ["raised"]
    assert told("watches_now") == []


def test_the_watch_over_a_matter_that_ended_goes_on_and_check_names_one_that_cannot(cast: Cast) -> None:
    """A person may raise what was closed: whoever watches has to be somebody."""
    case = accepted(cast)
    persons.raise_case(case_id=case.pk, now=LATER)
    Case.objects.filter(pk=case.pk).update(state="closed", ended_at=LATER)
    watch = Deadline.objects.get(case=case, is_supervising=True)
    close(watch.post)
    assert [fault.code for fault in checks.check_closed_holders()] == ["watches_of_closed_post"]
    case = handed_on(case)
    moved = Deadline.objects.get(case=case, is_supervising=True, voided_seq=None)
    assert moved.post.closed_on is None
    assert told("watches_now") == [moved.post_id]
    assert case.leader_post == cast.post(cast.leader), "nobody else answers for what has ended"
    assert not list(checks.check_closed_holders())


@pytest.mark.parametrize("above", ["county", None])
def test_rule_05_where_nobody_here_may_have_it_an_accusation_goes_on_to_the_next_level(
    cast: Cast, above: str | None
) -> None:
    case = registered(cast, is_conduct=True, accused_staff=(cast.mayor.pk,)).case
    if above is None:
        Authority.objects.filter(pk=cast.town.pk).update(above=None)
    before = case.unit
    close(case.leader_post)
    case = handed_on(case)
    assert case.unit.authority == (cast.county if above else cast.outside)
    assert case.involvements.filter(unit=before, capacity="received").exists()
    assert Message.objects.get(case=case, code="transferred").facts == {"unit": case.unit_id}
    letters = [row.facts["why"] for row in Delivery.objects.filter(purpose="outside")]
    assert (told("answers_now"), letters) == (
        ([cast.post(cast.county_leader).pk], []) if above else ([], ["conduct"])
    )
    assert not list(checks.check_closed_holders())


def test_a_review_falls_to_a_reviewer_there(cn_cast: Cast) -> None:
    cast = cn_cast
    case = accepted(cast, kind="claim")
    case.refresh_from_db()
    deciding.send_decision(
        case_id=case.pk,
        outcome="not_supported",
        parts=PARTS,
        by=cast.actor(cast.leader),
        seen_version=case.version,
        now=LATER,
    )
    persons.see_decisions(case_id=case.pk, now=LATER)
    case = persons.ask_review(case_id=case.pk, text="请复查。", now=LATER)
    assert case.leader_post == cast.post(cast.county_leader)
    close(case.leader_post)
    assert handed_on(case).leader_post == cast.post(cast.county_reviewer)
