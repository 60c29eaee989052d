"""An accusation goes nowhere where those it is about could handle, read or learn of it (rights, rule 5)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.http import Http404

from answerable.alerts import sender
from answerable.alerts.models import Delivery, Notice
from answerable.cases import access, checks, digests_out, queries, upkeep
from answerable.cases.models import Deadline, Decision
from answerable.cases.packs import load_pack
from answerable.cases.rules import CannotAct
from answerable.cases.services import (
    accusing,
    deciding,
    dividing,
    erasure,
    grouping,
    handling,
    looks,
    persons,
    supervision,
    transfers,
)
from answerable.core.refusals import NotYours
from answerable.orgs.models import Appointment, Authority, Hold, Post, Role, Staff
from answerable.orgs.queries import holders_of
from answerable.orgs.services import changes
from answerable.parties.steps import Identity
from answerable.record import reactions
from answerable.record.actors import Actor, ActorKind
from answerable.record.queries import acts_of
from tests.cast import LONG_AGO, MONDAY, PARTS, accepted, registered

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)


def as_post(staff, post):
    return Actor(ActorKind.STAFF, staff_id=staff.pk, post_id=post.pk, unit_id=post.unit_id)


@pytest.mark.parametrize("who", ["unit", "head"])
def test_rule_05_a_review_does_not_go_to_the_accused(cast, who):
    accused = (
        {"accused_units": (cast.county_root.pk,)}
        if who == "unit"
        else {"accused_staff": (cast.county_leader.pk,)}
    )
    case = registered(cast, is_conduct=True, **accused).case
    assert case.unit == cast.discipline
    by = cast.actor(cast.discipline_head)
    case = handling.accept_case(case_id=case.pk, by=by, seen_version=case.version, now=MONDAY)
    deciding.send_decision(
        case_id=case.pk,
        outcome=_outcome(case),
        parts=PARTS,
        by=by,
        seen_version=case.version,
        now=MONDAY + DAY,
    )
    persons.see_decisions(case_id=case.pk, now=MONDAY + 2 * DAY)
    case = persons.ask_review(case_id=case.pk, text="", now=MONDAY + 2 * DAY)
    if who == "unit":
        assert case.unit_id != cast.county_root.pk, "the accused unit answers for the review"
    else:
        assert case.leader_post_id != cast.post(cast.county_leader).pk, "the accused answers for the review"


def test_rule_05_an_erased_half_stands_in_the_way_of_no_accusation(cast):
    """Nothing is left in it to be kept away from."""
    case, by = accepted(cast), cast.actor(cast.leader)
    half = dividing.divide_case(
        case_id=case.pk, own_title="灯", title="钱", subject=cast.lamps.pk, why="两件事", by=by,
        seen_version=case.version, now=MONDAY + DAY,
    )  # fmt: skip
    persons.withdraw(case_id=half.pk, now=MONDAY + DAY)
    assert erasure.ask_erasure(case_id=half.pk, now=MONDAY + DAY)
    case.refresh_from_db()
    case = accusing.name_accused(
        case_id=case.pk, staff=[cast.handler.pk], units=[], by=by, seen_version=case.version, now=MONDAY + 2 * DAY
    )  # fmt: skip
    assert case.unit == cast.discipline


def test_rule_05_an_accusation_in_a_review_does_not_send_it_back_down(cast):
    """It went to the discipline office of the very body whose decision was to be reviewed."""
    case, by = accepted(cast), cast.actor(cast.leader)
    deciding.send_decision(
        case_id=case.pk,
        outcome=_outcome(case),
        parts=PARTS,
        by=by,
        seen_version=case.version,
        now=MONDAY + DAY,
    )
    case = persons.ask_review(case_id=case.pk, text="", now=MONDAY + 2 * DAY)
    assert case.unit == cast.county_root
    case = accusing.name_accused(
        case_id=case.pk,
        staff=[cast.leader.pk],
        units=[],
        by=cast.actor(cast.county_reviewer),
        seen_version=case.version,
        now=MONDAY + 3 * DAY,
    )
    assert (case.unit, case.state, case.is_conduct) == (cast.county_root, "review", True)
    assert not access.readable_among(access.reader_for(cast.leader, MONDAY + 3 * DAY), [case.pk])


def _outcome(case):

    return load_pack(case.pack).outcomes[0].code


def test_rule_05_naming_the_accused_reaches_the_second_half_too(cast):
    case = accepted(cast, claim="张三举报主任收钱；还有路灯坏了")
    second = dividing.divide_case(
        case_id=case.pk,
        own_title="主任收钱",
        title="路灯",
        subject=cast.lamps.pk,
        why="两件事",
        by=cast.actor(cast.clerk),
        seen_version=case.version,
        now=MONDAY + DAY,
    )
    case.refresh_from_db()
    accusing.name_accused(
        case_id=case.pk,
        staff=[cast.leader.pk],
        units=[],
        by=cast.actor(cast.clerk),
        seen_version=case.version,
        now=MONDAY + DAY,
    )
    reader = access.reader_for(cast.leader, MONDAY + 2 * DAY)
    with pytest.raises(Http404):
        access.case_for(reader, case.pk)
    # The second half holds the same words and the same sealed identity.
    with pytest.raises(Http404):
        print(access.case_for(reader, second.pk).text.claim)


def test_rule_05_charge_is_not_taken_under_the_post_of_the_accused(cast):
    deputy = Staff.objects.create(username="deputy", name_zh="副", name_en="Deputy")
    post = cast.post(cast.mayor)
    Appointment.objects.create(post=post, staff=deputy, hold=Hold.DEPUTY, from_at=LONG_AGO)
    case = registered(cast, is_conduct=True, accused_staff=(cast.mayor.pk,)).case
    assert case.unit == cast.discipline
    with pytest.raises((CannotAct, NotYours)):
        handling.take_charge(case_id=case.pk, by=as_post(deputy, post), seen_version=case.version, now=MONDAY)


def test_rule_05_a_conduct_matter_is_not_linked_into_the_file_of_the_accused(cast):
    """Linked, the other file points at the accusation: its reader, the accused, learns that there is one, and why."""
    clerk = Staff.objects.create(username="top", name_zh="镇", name_en="Top")
    post = Post.objects.create(
        unit=cast.town_root, code="lead2", role=Role.LEADER, name_zh="副镇长", name_en="Vice"
    )
    Appointment.objects.create(post=post, staff=clerk, from_at=LONG_AGO)
    accusation = registered(cast, is_conduct=True, accused_staff=(cast.leader.pk,)).case
    plain = accepted(cast)
    with pytest.raises(CannotAct) as refusal:
        grouping.link_cases(
            case_id=accusation.pk,
            to=plain.pk,
            why="同一人反映主任收钱",
            by=as_post(clerk, post),
            seen_version=accusation.version,
            now=MONDAY + DAY,
        )
    assert refusal.value.code == "conduct_apart"


@pytest.mark.parametrize("is_outside", [False, True])
def test_rule_05_a_dispute_is_not_put_before_the_accused(cast, is_outside):
    Authority.objects.filter(pk=cast.county.pk).update(is_outside=is_outside)
    case = registered(cast, is_conduct=True, accused_staff=(cast.mayor.pk,)).case
    case = handling.transfer_case(
        case_id=case.pk,
        to_unit=cast.water.pk,
        why="x",
        by=cast.actor(cast.discipline_head),
        seen_version=case.version,
        now=MONDAY,
    )
    case = handling.object_to_transfer(
        case_id=case.pk, why="x", by=cast.actor(cast.water_leader), seen_version=case.version, now=MONDAY
    )
    case = transfers.decline_objection(
        case_id=case.pk, why="x", by=cast.actor(cast.discipline_head), seen_version=case.version, now=MONDAY
    )
    transfers.ask_common_superior(
        case_id=case.pk, why="x", by=cast.actor(cast.water_leader), seen_version=case.version, now=MONDAY
    )
    involved = {i.unit_id for i in case.involvements.all() if i.capacity == "supervises"}
    assert involved == {cast.county_root.pk}, "the level headed by the accused is passed over"
    reactions.dispatch(MONDAY)
    written = Delivery.objects.filter(matter=case.pk, purpose="outside").values_list("facts__why", flat=True)
    assert list(written) == (["dispute"] if is_outside else [])
    assert Notice.objects.filter(matter=case.pk, code="dispute").exists() is not is_outside


def test_rule_05_whoever_left_the_accused_unit_for_a_moment_does_not_read(cast):
    """The accused unit's own clerk moves: an accusation of what the unit did while they were in it opens to them."""
    case = registered(cast, is_conduct=True, accused_units=(cast.roads.pk,)).case
    one = Appointment.objects.get(staff=cast.leader)
    one.until_at = MONDAY + DAY
    one.save()
    post = Post.objects.create(
        unit=cast.discipline, code="new", role=Role.HANDLER, name_zh="新", name_en="New"
    )
    Appointment.objects.create(post=post, staff=cast.leader, from_at=MONDAY + DAY)
    reader = access.reader_for(cast.leader, MONDAY + 2 * DAY)

    with pytest.raises(Http404):
        access.case_for(reader, case.pk)


def test_rule_05_agreeing_to_an_objection_looks_at_who_heads_the_sender_now(cast):
    case = registered(cast, is_conduct=True, accused_staff=(cast.handler.pk,)).case
    case = handling.transfer_case(
        case_id=case.pk,
        to_unit=cast.roads.pk,
        why="x",
        by=cast.actor(cast.discipline_head),
        seen_version=case.version,
        now=MONDAY,
    )
    case = handling.transfer_case(
        case_id=case.pk,
        to_unit=cast.water.pk,
        why="x",
        by=cast.actor(cast.leader),
        seen_version=case.version,
        now=MONDAY,
    )
    case = handling.object_to_transfer(
        case_id=case.pk, why="x", by=cast.actor(cast.water_leader), seen_version=case.version, now=MONDAY
    )
    Appointment.objects.create(
        post=cast.post(cast.leader), staff=cast.handler, hold=Hold.ACTING, from_at=MONDAY
    )

    with pytest.raises(CannotAct) as refusal:
        transfers.agree_objection(
            case_id=case.pk, by=cast.actor(cast.clerk), seen_version=case.version, now=MONDAY + DAY
        )
    assert refusal.value.code == "accused_post"


def test_a_charge_does_not_stay_with_the_unit_that_gave_the_case_back(cast):

    case = accepted(cast)
    case = handling.transfer_case(
        case_id=case.pk,
        to_unit=cast.water.pk,
        why="x",
        by=cast.actor(cast.leader),
        seen_version=case.version,
        now=MONDAY + DAY,
    )
    case = handling.take_charge(
        case_id=case.pk, by=cast.actor(cast.water_leader), seen_version=case.version, now=MONDAY + DAY
    )
    case = handling.object_to_transfer(
        case_id=case.pk,
        why="x",
        by=cast.actor(cast.water_leader),
        seen_version=case.version,
        now=MONDAY + DAY,
    )

    case = transfers.agree_objection(
        case_id=case.pk, by=cast.actor(cast.leader), seen_version=case.version, now=MONDAY + DAY
    )
    assert case.unit == cast.roads
    assert case.charge_post_id != cast.post(cast.water_leader).pk


def test_rule_05_the_accused_does_not_learn_of_an_accusation_by_a_link(cast, at_desk, now):
    top = Staff.objects.create(username="top", name_zh="镇", name_en="Top")
    post = Post.objects.create(
        unit=cast.town_root, code="lead2", role=Role.LEADER, name_zh="副镇长", name_en="Vice"
    )
    Appointment.objects.create(post=post, staff=top, from_at=LONG_AGO)
    accusation = registered(cast, now=now - DAY, is_conduct=True, accused_staff=(cast.leader.pk,)).case
    plain = registered(cast, now=now - DAY).case
    desk = at_desk(top)
    answer = desk.post(
        f"/desk/case/{accusation.pk}/do/link",
        {
            "seen_version": accusation.version,
            "seen_seq": 0,
            "code": plain.code,
            "why": "Li Lan says the head took money",
        },
    )
    assert answer.status_code in (200, 303, 422), answer.status_code
    seen = at_desk(cast.leader).get(f"/desk/case/{plain.pk}").content.decode()
    assert "Linked with" not in seen
    assert "Li Lan says the head took money" not in seen


def test_rule_05_a_deputy_does_not_decide_under_the_post_of_the_accused(cast):
    deputy = Staff.objects.create(username="deputy", name_zh="副", name_en="Deputy")
    post = cast.post(cast.mayor)
    Appointment.objects.create(post=post, staff=deputy, hold=Hold.DEPUTY, from_at=LONG_AGO)
    case = registered(cast, is_conduct=True, accused_staff=(cast.mayor.pk,)).case

    with pytest.raises((NotYours, Http404, CannotAct)):
        deciding.send_decision(
            case_id=case.pk,
            outcome="not_supported",
            parts=PARTS,
            by=as_post(deputy, post),
            seen_version=case.version,
            now=MONDAY + DAY,
        )


def test_rule_05_an_accusation_told_in_words_alone_is_not_open_to_everyone_above(cast):
    """Nobody has named the mayor yet, so the mayor reads what is said about the mayor, and may open who said it."""
    case = registered(
        cast,
        is_conduct=True,
        accused_text="镇长收了承包商的钱",
        privacy="confidential",
        identities=(Identity("李兰"),),
    ).case
    assert case.unit == cast.discipline
    with pytest.raises(Http404):
        access.case_for(access.reader_for(cast.mayor, MONDAY), case.pk)


def test_rule_05_the_identity_of_such_an_accuser_is_not_opened_to_the_mayor(cast):
    case = registered(
        cast,
        is_conduct=True,
        accused_text="镇长收了承包商的钱",
        privacy="confidential",
        identities=(Identity("李兰"),),
    ).case

    with pytest.raises((Http404, NotYours)):
        looks.look_at_identity(case_id=case.pk, reason="x", by=cast.actor(cast.mayor), now=MONDAY)


def test_a_draft_before_the_leader_does_not_go_along_with_a_transfer(cast):
    case = accepted(cast)
    deciding.draft_decision(
        case_id=case.pk,
        outcome="supported",
        parts=PARTS,
        by=cast.actor(cast.handler),
        seen_draft=0,
        now=MONDAY + DAY,
        is_ready=True,
    )
    case.refresh_from_db()
    case = handling.transfer_case(
        case_id=case.pk,
        to_unit=cast.water.pk,
        why="x",
        by=cast.actor(cast.leader),
        seen_version=case.version,
        now=MONDAY + DAY,
    )
    assert not case.is_draft_ready


def test_rule_05_a_draft_of_the_accused_is_not_before_the_one_who_decides(cast):
    case = accepted(cast)
    deciding.draft_decision(
        case_id=case.pk,
        outcome="not_supported",
        parts=PARTS,
        by=cast.actor(cast.handler),
        seen_draft=0,
        now=MONDAY + DAY,
        is_ready=True,
    )
    case.refresh_from_db()
    case = accusing.name_accused(
        case_id=case.pk,
        staff=[cast.handler.pk],
        units=[],
        by=cast.actor(cast.leader),
        seen_version=case.version,
        now=MONDAY + DAY,
    )
    assert case.unit == cast.discipline
    assert not case.is_draft_ready
    assert not Decision.objects.filter(case=case, sent_at=None).exists()


def test_rule_05_notices_of_a_post_do_not_count_what_is_hidden(cast, at_desk, now):
    case = registered(cast, now=now - DAY).case
    reactions.dispatch(now)
    accusing.name_accused(
        case_id=case.pk,
        staff=[cast.leader.pk],
        units=[],
        by=cast.actor(cast.clerk),
        seen_version=case.version,
        now=now,
    )
    reactions.dispatch(now)
    page = at_desk(cast.leader).get("/desk/notices").content.decode()
    assert case.code not in page


def test_rule_05_a_mail_in_the_queue_does_not_tell_the_accused(cast, now):
    """The mail server was away; meanwhile the leader is named. The digest that waits names the case all the same."""

    Staff.objects.filter(pk=cast.leader.pk).update(email="leader@example.org")
    case = registered(cast, now=MONDAY, is_danger=True).case
    reactions.dispatch(MONDAY)
    digests_out.send_digests(MONDAY + timedelta(minutes=1))
    assert Delivery.objects.filter(purpose="urgent").exists()
    accusing.name_accused(
        case_id=case.pk,
        staff=[cast.leader.pk],
        units=[],
        by=cast.actor(cast.clerk),
        seen_version=case.version,
        now=MONDAY + timedelta(minutes=2),
    )
    sent = []

    def take(message):
        sent.append((message.to, message.subject))

    sender_email = sender.CHANNELS["email"]
    sender.CHANNELS["email"] = take
    try:
        sender.send_due(lambda: MONDAY + timedelta(minutes=9))
    finally:
        sender.CHANNELS["email"] = sender_email
    assert not [one for one in sent if one[0] == "leader@example.org" and case.code in one[1]]


def test_rule_05_a_digest_that_is_taken_back_loses_nothing_about_other_matters(cast, now):
    """The leader is named in one of two matters while the digest of both waits: the other one is told next."""
    Staff.objects.filter(pk=cast.leader.pk).update(email="leader@example.org")
    case, other = (registered(cast, now=MONDAY).case for _ in range(2))
    reactions.dispatch(MONDAY)
    digests_out.send_digests(MONDAY + DAY)
    mine = Delivery.objects.filter(purpose="digest", state="queued", facts__to="leader@example.org")
    assert case.code in str(mine.get().facts)
    accusing.name_accused(
        case_id=case.pk,
        staff=[cast.leader.pk],
        units=[],
        by=cast.actor(cast.clerk),
        seen_version=case.version,
        now=MONDAY + DAY + timedelta(minutes=2),
    )
    assert not mine.exists()
    digests_out.send_digests(MONDAY + 2 * DAY)
    told = str(mine.get().facts)
    assert other.code in told
    assert case.code not in told


def test_rule_05_raising_does_not_stop_at_a_level_whose_head_is_accused_and_supervises_already(cast):
    """The mayor's level watched over it before the mayor was named: a further raise must get past it."""
    case = accepted(cast)
    persons.raise_case(case_id=case.pk, now=MONDAY + DAY)
    assert cast.town_root.pk in {i.unit_id for i in case.involvements.all()}
    case.refresh_from_db()
    case = accusing.name_accused(
        case_id=case.pk,
        staff=[cast.mayor.pk],
        units=[],
        by=cast.actor(cast.leader),
        seen_version=case.version,
        now=MONDAY + 2 * DAY,
    )
    row = Deadline.objects.filter(case=case, is_supervising=True, met_seq=None, voided_seq=None).get()
    assert row.post_id != cast.post(cast.mayor).pk, "the accused supervises"


def test_rule_05_whoever_is_accused_and_becomes_head_does_not_answer_for_it(cast):
    case = registered(cast, is_conduct=True, accused_staff=(cast.handler.pk,)).case
    assert case.unit == cast.discipline

    changes.appoint(
        post_id=cast.post(cast.discipline_head).pk,
        staff_id=cast.handler.pk,
        hold=Hold.HOLDER,
        by=cast.actor(cast.administrator),
        now=MONDAY + DAY,
    )
    reactions.dispatch(MONDAY + DAY)
    case.refresh_from_db()

    assert cast.handler not in holders_of(case.leader_post_id, MONDAY + 2 * DAY)


@pytest.mark.parametrize("later", ["begins later", "while it was withdrawn"])
def test_rule_05_a_post_that_begins_without_an_act_takes_no_accusation_either(cast, later):
    """Given for a day to come, or while the matter had ended: no act tells when they come to answer for it."""
    case = registered(cast, is_conduct=True, accused_staff=(cast.handler.pk,)).case
    if later == "while it was withdrawn":
        persons.withdraw(case_id=case.pk, now=MONDAY)
    changes.appoint(
        post_id=cast.post(cast.discipline_head).pk,
        staff_id=cast.handler.pk,
        hold=Hold.DEPUTY,
        from_at=MONDAY + (0 if later == "while it was withdrawn" else 3) * DAY,
        by=cast.actor(cast.administrator),
        now=MONDAY,
    )
    reactions.dispatch(MONDAY + DAY)
    if later == "while it was withdrawn":
        persons.undo_withdrawal(case_id=case.pk, now=MONDAY + 2 * DAY)
    upkeep.tidy(MONDAY + 4 * DAY)
    case.refresh_from_db()
    assert case.unit != cast.discipline
    assert cast.handler not in holders_of(case.leader_post_id, MONDAY + 4 * DAY)
    assert upkeep.held_by_accused(MONDAY + 4 * DAY) == []


def test_rule_05_an_accusation_does_not_stay_in_a_unit_that_was_put_below_the_accused_one(cast):
    """Its own staff belong to the accused unit from then on: nobody there may read it, and nobody would answer for it."""
    case = registered(cast, is_conduct=True, accused_units=(cast.roads.pk,)).case
    persons.raise_case(case_id=case.pk, now=MONDAY)
    assert case.unit == cast.discipline
    moved = {"authority": "town", "code": "discipline", "parent": "roads"}
    changes.save_row(
        "units", moved, bodies=None, home=cast.town, by=cast.actor(cast.administrator), now=MONDAY
    )
    assert not access.readable_cases(access.reader_for(cast.discipline_head, MONDAY + DAY)).exists()
    upkeep.tidy(MONDAY + DAY)
    case.refresh_from_db()
    assert (case.unit, case.leader_post) == (cast.town_root, cast.post(cast.mayor))
    assert access.readable_cases(access.reader_for(cast.mayor, MONDAY + DAY)).get() == case
    last = acts_of(case.pk)[-1].seq
    upkeep.tidy(MONDAY + DAY)
    assert acts_of(case.pk)[-1].seq == last, "once"


def test_rule_05_an_accusation_stays_where_it_can_go_nowhere_else(cast):
    Authority.objects.filter(pk=cast.town.pk).update(above=None, conduct_body=None)
    case = registered(cast, is_conduct=True, accused_units=(cast.town_root.pk,)).case
    before = acts_of(case.pk)[-1].seq
    upkeep.tidy(MONDAY + DAY)
    assert acts_of(case.pk)[-1].seq == before


def test_rule_05_an_accused_who_is_given_the_post_that_watches_does_not_get_the_watch(cast):
    case = registered(cast, is_conduct=True, accused_staff=(cast.handler.pk,)).case
    persons.raise_case(case_id=case.pk, now=MONDAY + DAY)
    row = Deadline.objects.get(case=case, is_supervising=True)
    before = row.post_id, row.late_from
    changes.appoint(
        post_id=row.post_id,
        staff_id=cast.handler.pk,
        hold=Hold.HOLDER,
        from_at=MONDAY + 3 * DAY,
        by=cast.actor(cast.administrator),
        now=MONDAY + 2 * DAY,
    )
    upkeep.tidy(MONDAY + 4 * DAY)
    row.refresh_from_db()
    assert (row.post_id, row.late_from) == (cast.post(cast.county_leader).pk, before[1])
    assert upkeep.held_by_accused(MONDAY + 4 * DAY) == []


def _touched_everywhere(cast):
    """The mayor is accused and is a deputy of the county's head: no level above is untouched; a conduct body is named."""
    Appointment.objects.create(
        post=cast.post(cast.county_leader), staff=cast.mayor, hold=Hold.DEPUTY, from_at=LONG_AGO
    )
    return registered(cast, is_conduct=True, accused_staff=(cast.mayor.pk,)).case


def test_rule_05_a_late_accusation_goes_to_the_conduct_body_where_every_level_above_is_touched(cast):
    case = _touched_everywhere(cast)
    row = Deadline.objects.filter(case=case, is_office=True).order_by("late_from")[0]
    supervision.lift_deadline(deadline_id=row.pk, now=row.late_from + DAY)
    assert [i.unit for i in case.involvements.all()] == [cast.outside_unit]


def test_rule_03_raising_goes_to_the_conduct_body_where_every_level_above_is_touched(cast):
    case = _touched_everywhere(cast)
    persons.raise_case(case_id=case.pk, now=MONDAY + DAY)
    assert [i.unit for i in case.involvements.all()] == [cast.outside_unit]


def test_rule_05_a_clerk_of_the_level_above_who_is_accused_is_not_told(cast):
    accused = Staff.objects.create(username="c", name_zh="文", name_en="Clerk C", email="c@example.org")
    post = Post.objects.create(
        unit=cast.county_root, code="clerk", role=Role.CLERK, name_zh="窗", name_en="Clerk"
    )
    Appointment.objects.create(post=post, staff=accused, from_at=LONG_AGO)
    case = registered(cast, is_conduct=True, accused_staff=(accused.pk, cast.mayor.pk)).case
    persons.raise_case(case_id=case.pk, now=MONDAY + DAY)
    reactions.dispatch(MONDAY + DAY)

    digests_out.send_digests(MONDAY + 3 * DAY)
    assert not [d for d in Delivery.objects.all() if d.facts.get("to") == "c@example.org"]
    reader = access.reader_for(accused, MONDAY + 3 * DAY)
    for name in queries.ListName:
        wanted = queries.Wanted(name, soon_before=MONDAY + 30 * DAY)
        assert not queries.listed(wanted, reader, MONDAY + 3 * DAY).rows
        assert queries.count_listed(wanted, reader, MONDAY + 3 * DAY) == 0
        words = queries.Wanted(name, words="路灯", soon_before=MONDAY + 30 * DAY)
        assert queries.count_listed(words, reader, MONDAY + 3 * DAY) == 0


def test_rule_05_words_compared_and_nobody_found_open_the_matter_to_those_above(cast):
    case = registered(cast, is_conduct=True, accused_text="包工头收了钱").case
    by = cast.actor(cast.discipline_head)

    def hand_on() -> None:
        given = {"why": "x", "by": by, "seen_version": case.version, "now": MONDAY}
        handling.transfer_case(case_id=case.pk, to_unit=cast.roads.pk, **given)

    with pytest.raises(CannotAct) as not_yet:
        hand_on()
    assert not_yet.value.code == "accused_unknown"
    accusing.name_accused(case_id=case.pk, staff=[], units=[], by=by, seen_version=case.version, now=MONDAY)
    assert access.case_for(access.reader_for(cast.mayor, MONDAY), case.pk).is_conduct
    case.refresh_from_db()
    with pytest.raises(CannotAct) as refusal:
        accusing.name_accused(
            case_id=case.pk, staff=[], units=[], by=by, seen_version=case.version, now=MONDAY
        )
    assert refusal.value.code == "nobody_named"
    hand_on()


def test_rule_05_words_alone_climb_past_the_own_body(cast):
    case = registered(cast, is_conduct=True, accused_text="镇长收了承包商的钱").case
    persons.raise_case(case_id=case.pk, now=MONDAY + DAY)
    assert [i.unit for i in case.involvements.all()] == [cast.county_root]
    found = queries.listed(
        queries.Wanted(queries.ListName.ALL, soon_before=MONDAY),
        access.reader_for(cast.mayor, MONDAY),
        MONDAY + DAY,
    )
    assert not found.rows


def test_rule_05_check_wants_a_conduct_body_that_a_machine_can_reach(cast):
    Authority.objects.filter(pk=cast.outside.pk).update(letter_email="")
    assert "conduct_body_by_letter_only" in {fault.code for fault in checks.check_conduct_bodies()}
    Authority.objects.filter(pk=cast.outside.pk).update(letter_email="board@example.org")
    assert not list(checks.check_conduct_bodies())
