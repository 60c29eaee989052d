"""Whoever steps aside leaves nothing in their own hands: not the work, not the answering, not a draft."""

from __future__ import annotations

from datetime import timedelta

import pytest

from answerable.alerts.models import Notice
from answerable.cases import upkeep
from answerable.cases.models import Deadline, Message, Move
from answerable.cases.rules import CannotAct
from answerable.cases.services import accusing, deciding, handling, persons, supervision, transfers
from answerable.cases.services.closed_posts import hand_on_from_closed
from answerable.orgs.models import Appointment, Hold, Post, Role
from answerable.orgs.services.changes import appoint
from answerable.record import reactions
from answerable.record.queries import acts_of
from tests.cast import LONG_AGO, MONDAY, PARTS, accepted, registered, staffed

pytestmark = pytest.mark.django_db
LATER = MONDAY + timedelta(days=1)


def aside(cast, case, staff):
    accusing.step_aside(case_id=case.pk, by=cast.actor(staff), now=LATER)
    case.refresh_from_db()
    return case


def test_what_a_handler_worked_on_goes_back_and_their_draft_is_not_before_the_leader(cast):
    case = accepted(cast)
    post = cast.post(cast.handler)
    clerk = cast.actor(cast.clerk)
    handling.assign_case(case_id=case.pk, to_post=post.pk, by=clerk, seen_version=case.version, now=MONDAY)
    draft = deciding.draft_decision(
        case_id=case.pk, outcome="supported", parts=PARTS, by=cast.actor(cast.handler), seen_draft=0, now=MONDAY,
        is_ready=True,
    )  # fmt: skip
    case = aside(cast, case, cast.handler)
    assert case.handler_post is None
    assert not case.is_draft_ready
    draft.refresh_from_db()
    assert draft.parts == PARTS
    body = acts_of(case.pk)[-1].body
    assert (body["draft"], body["left"]) == (1, ["handler_post_id"])


def test_where_the_leader_steps_aside_the_next_level_answers_and_may_sign(cast):
    case = accepted(cast)
    handling.take_charge(case_id=case.pk, by=cast.actor(cast.leader), seen_version=case.version, now=MONDAY)
    case = aside(cast, case, cast.leader)
    mayor = cast.post(cast.mayor)
    assert case.charge_post is None
    assert Message.objects.filter(case=case, code="charge_left").exists()
    assert (case.leader_post, case.unit) == (mayor, cast.roads)
    assert Move.objects.get(case=case).to_post == mayor
    sent = deciding.send_decision(
        case_id=case.pk, outcome="supported", parts=PARTS, by=cast.actor(cast.mayor), seen_version=case.version,
        now=LATER,
    )  # fmt: skip
    assert sent.post == mayor


def test_a_post_that_somebody_else_acts_for_keeps_the_matter(cast):
    case = accepted(cast)
    post = cast.post(cast.leader)
    Appointment.objects.create(post=post, staff=cast.clerk, from_at=LONG_AGO, hold=Hold.DEPUTY)
    assert aside(cast, case, cast.leader).leader_post == post
    # The deputy has an interest too: nobody is left.
    accusing.step_aside(case_id=case.pk, by=cast.actor(cast.clerk), now=LATER)
    case.refresh_from_db()
    assert case.leader_post == cast.post(cast.mayor)


def watching(case):
    return Deadline.objects.get(case=case, is_supervising=True, met_seq=None, voided_seq=None)


def test_the_date_by_which_one_watches_over_it_goes_to_the_next_level_as_it_is(cast):
    """It stayed with a head to whom the matter was a blank page, and reminders of it reached nobody."""
    case = accepted(cast)
    persons.raise_case(case_id=case.pk, now=MONDAY + timedelta(hours=2))
    before = watching(case)
    assert before.post == cast.post(cast.mayor)
    case = aside(cast, case, cast.mayor)
    row = watching(case)
    assert (row.unit, row.post) == (cast.county_root, cast.post(cast.county_leader))
    assert (row.pk, row.late_from, row.remind_at) == (before.pk, before.late_from, before.remind_at)
    body = acts_of(case.pk)[-1].body
    assert (body["left"], body["watch"]) == (["supervision"], [row.pk])
    reactions.dispatch(LATER)
    told = Notice.objects.filter(matter=case.pk, code="stepped_aside").values_list("post_id", flat=True)
    assert list(told) == [row.post_id], "those at work on it have nothing to do"
    # Above the county there is nobody: whoever answers for it keeps the date in sight.
    assert watching(aside(cast, case, cast.county_leader)).post == cast.post(cast.leader)


@pytest.mark.parametrize("how", ["raised twice", "late, then late again"])
def test_a_level_that_watches_already_gets_no_second_date(cast, how):
    """The county held two dates of one matter; its own stands, and whatever the town's watched over is watched on."""
    case = accepted(cast)
    if how == "raised twice":
        for hours in (2, 30):
            persons.raise_case(case_id=case.pk, now=MONDAY + timedelta(hours=hours))
    else:
        for _twice in range(2):
            row = (
                Deadline.objects.filter(case=case, lifted_at=None, met_seq=None).order_by("late_from").last()
            )
            assert supervision.lift_deadline(deadline_id=row.pk, now=row.late_from)
    town, county = Deadline.objects.filter(case=case, is_supervising=True).order_by("pk")
    now = county.started_at
    accusing.step_aside(case_id=case.pk, by=cast.actor(cast.mayor), now=now)
    row, act = watching(case), acts_of(case.pk)[-1]
    assert (row.pk, row.unit, row.late_from) == (county.pk, cast.county_root, county.late_from)
    assert row.lifted_from == town.lifted_from
    town.refresh_from_db()
    assert (town.voided_seq, act.body["watch"]) == (act.seq, [county.pk])
    case.refresh_from_db()
    # It ends as the one it took over would have: with the decision.
    deciding.send_decision(
        case_id=case.pk, outcome="supported", parts=PARTS, by=cast.actor(cast.leader), seen_version=case.version,
        now=now + timedelta(hours=1),
    )  # fmt: skip
    county.refresh_from_db()
    assert county.met_seq


def test_nor_does_a_level_get_one_of_a_post_that_was_closed(cast):
    case = accepted(cast)
    for hours in (2, 30):
        persons.raise_case(case_id=case.pk, now=MONDAY + timedelta(hours=hours))
    town, county = Deadline.objects.filter(case=case, is_supervising=True).order_by("pk")
    Post.objects.filter(pk=town.post_id).update(closed_on=MONDAY.date())
    assert hand_on_from_closed(case_id=case.pk, now=county.started_at)
    row = watching(case)
    assert (row.pk, row.late_from) == (county.pk, county.late_from)
    town.refresh_from_db()
    assert town.voided_seq == acts_of(case.pk)[-1].seq


def test_a_level_whose_head_stepped_aside_gets_no_date_to_watch_by_later(cast):
    case = aside(cast, accepted(cast), cast.mayor)
    answer = Deadline.objects.get(case=case, step="answer")
    assert supervision.lift_deadline(deadline_id=answer.pk, now=answer.late_from)
    assert watching(case).post == cast.post(cast.county_leader)


def test_a_watch_that_somebody_else_of_the_post_keeps_stays_there(cast):
    case = accepted(cast)
    post = cast.post(cast.mayor)
    Appointment.objects.create(post=post, staff=cast.clerk, from_at=LONG_AGO, hold=Hold.DEPUTY)
    persons.raise_case(case_id=case.pk, now=MONDAY + timedelta(hours=2))
    case = aside(cast, case, cast.mayor)
    assert watching(case).post == post
    assert "left" not in acts_of(case.pk)[-1].body
    reactions.dispatch(LATER)
    assert not Notice.objects.filter(matter=case.pk, code="stepped_aside").exists()


def test_what_a_review_revokes_goes_back_to_who_answers_instead(cn_cast):
    cast = cn_cast
    case = aside(cast, accepted(cast, kind="claim"), cast.leader)
    for by, outcome in ((cast.mayor, "not_supported"), (cast.county_leader, "revoked")):
        deciding.send_decision(
            case_id=case.pk, outcome=outcome, parts=PARTS, by=cast.actor(by), seen_version=case.version,
            now=LATER,
        )  # fmt: skip
        if by == cast.mayor:
            persons.see_decisions(case_id=case.pk, now=LATER)
            case = persons.ask_review(case_id=case.pk, text="还是不亮。", now=LATER)
    case.refresh_from_db()
    mayor = cast.post(cast.mayor)
    assert (case.unit, case.stage, case.leader_post) == (cast.roads, "handle", mayor)
    reactions.dispatch(LATER)
    assert Notice.objects.filter(matter=case.pk, code="reopened_back", post_id=mayor.pk).exists()


@pytest.mark.parametrize("how", ["agreed", "handed back"])
def test_what_comes_back_to_a_unit_does_not_come_to_its_head_who_stepped_aside(cast, how):
    case = aside(cast, accepted(cast), cast.leader)
    clerk, water = cast.actor(cast.clerk), cast.actor(cast.water_leader)

    def doing(by):
        return {"case_id": case.pk, "why": "w", "by": by, "seen_version": case.version, "now": LATER}

    case = handling.transfer_case(to_unit=cast.water.pk, **doing(clerk))
    if how == "agreed":
        case = handling.object_to_transfer(**doing(water))
        case = transfers.agree_objection(**doing(clerk))
    else:
        case = handling.transfer_case(to_unit=cast.roads.pk, **doing(water))
    assert (case.unit, case.leader_post) == (cast.roads, cast.post(cast.mayor))


def test_at_the_top_another_leader_there_watches_and_answers_for_the_review(cn_cast):
    cast = cn_cast
    vice = cast.post(staffed(cast.county_root, "vice", Role.LEADER, "副县长", "Vice head"))
    case = accepted(cast, kind="claim")
    for hours in (2, 3):
        persons.raise_case(case_id=case.pk, now=MONDAY + timedelta(hours=hours))
    case = aside(cast, case, cast.county_leader)
    posts = (
        Deadline.objects.filter(case=case, is_supervising=True).order_by("pk").values_list("post", flat=True)
    )
    assert list(posts) == [cast.post(cast.mayor).pk, vice.pk]
    deciding.send_decision(
        case_id=case.pk, outcome="not_supported", parts=PARTS, by=cast.actor(cast.leader),
        seen_version=case.version, now=LATER,
    )  # fmt: skip
    persons.see_decisions(case_id=case.pk, now=LATER)
    assert persons.ask_review(case_id=case.pk, text="还是不亮。", now=LATER).leader_post == vice


def test_nobody_gives_it_to_whoever_stepped_aside_nor_to_who_only_reads(cast):
    case = aside(cast, accepted(cast), cast.handler)
    reader = staffed(cast.roads, "auditor", Role.AUDITOR, "审计", "Auditor")
    for staff, code in ((cast.handler, "post_aside"), (reader, "role_handles_none")):
        with pytest.raises(CannotAct) as refused:
            handling.assign_case(
                case_id=case.pk,
                to_post=cast.post(staff).pk,
                by=cast.actor(cast.clerk),
                seen_version=None,
                now=LATER,
            )
        assert refused.value.code == code


def test_an_accusation_named_anew_does_not_go_back_to_the_head_who_stepped_aside_from_it(cast):
    clerk = staffed(cast.discipline, "clerk", Role.CLERK, "窗口", "Clerk")
    case = registered(cast, is_conduct=True, accused_staff=(cast.handler.pk,)).case
    case = aside(cast, case, cast.discipline_head)
    assert case.leader_post == cast.post(cast.mayor)
    by, version = cast.actor(clerk), case.version
    accusing.name_accused(
        case_id=case.pk, staff=[cast.clerk.pk], units=[], by=by, seen_version=version, now=LATER
    )
    case.refresh_from_db()
    assert (case.unit, case.leader_post) == (cast.discipline, cast.post(cast.mayor))


def test_whoever_stepped_aside_and_is_given_the_post_that_answers_or_watches_does_not_get_it(cast):
    """They held the post alone, and could not open the matter: it answered to nobody, and no reminder was read."""
    case = aside(cast, accepted(cast), cast.handler)
    persons.raise_case(case_id=case.pk, now=LATER)
    for staff in (cast.leader, cast.mayor):
        appoint(
            post_id=cast.post(staff).pk, staff_id=cast.handler.pk, hold=Hold.HOLDER, by=cast.actor(cast.administrator),
            now=LATER,
        )  # fmt: skip
    upkeep.tidy(LATER + timedelta(hours=1))
    case.refresh_from_db()
    assert watching(case).post == cast.post(cast.county_leader)
    said = acts_of(case.pk)[-1]
    assert (said.kind, said.actor_kind, said.body["left"]) == (
        "case.stepped_aside",
        "system",
        ["supervision"],
    )
    upkeep.tidy(LATER + timedelta(hours=2))
    assert acts_of(case.pk)[-1].seq == said.seq, "said once"


def test_an_accusation_that_nobody_is_left_for_goes_to_the_next_level(cast):
    """Named in words alone it is kept from the body's own heads: with its one reader gone, nobody could open it."""
    case = registered(cast, is_conduct=True, accused_text="有人收了钱").case
    case = aside(cast, case, cast.discipline_head)
    assert (case.unit, case.leader_post) == (cast.county_root, cast.post(cast.county_leader))
    reactions.dispatch(LATER)
    told = Notice.objects.filter(matter=case.pk, code="stepped_aside").values_list("post_id", flat=True)
    assert cast.post(cast.county_leader).pk in told
