"""Ways round the rules that somebody tried: each stays shut."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.http import Http404

from answerable.cases import access, queries
from answerable.cases.models import Case, CaseText, Deadline
from answerable.cases.rules import CannotAct
from answerable.cases.services import (
    accusing,
    dividing,
    erasure,
    grouping,
    handling,
    persons,
    supervision,
    withdrawing,
)
from answerable.orgs.models import Appointment, Post, Role, Staff
from answerable.record.actors import Actor, ActorKind
from answerable.record.queries import acts_of
from tests.cast import LONG_AGO, MONDAY, accepted, registered

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)


def test_rule_05_an_erased_accusation_is_not_shown_to_the_accused(cast):
    case = accepted(cast)
    accusing.name_accused(
        case_id=case.pk,
        staff=[],
        units=[cast.roads.pk],
        by=cast.actor(cast.leader),
        seen_version=case.version,
        now=MONDAY + DAY,
    )
    case.refresh_from_db()
    case.involvements.create(unit=cast.roads, capacity="received", since=MONDAY)
    persons.withdraw(case_id=case.pk, now=MONDAY + DAY)
    assert erasure.ask_erasure(case_id=case.pk, now=MONDAY + 2 * DAY)
    reader = access.reader_for(cast.leader, MONDAY + 3 * DAY)
    with pytest.raises(Http404):
        access.case_for(reader, case.pk)
    wanted = queries.Wanted(queries.ListName.ALL)
    assert not queries.listed(wanted, reader, MONDAY + 3 * DAY).rows
    assert queries.count_listed(wanted, reader, MONDAY + 3 * DAY) == 0


def test_rule_05_a_level_headed_by_the_accused_is_passed_over(cast):
    told = {"is_conduct": True, "accused_staff": (cast.mayor.pk,)}
    late, raised = registered(cast, **told).case, registered(cast, **told).case
    assert late.unit == cast.discipline
    row = Deadline.objects.filter(case=late, is_office=True).order_by("late_from")[0]
    supervision.lift_deadline(deadline_id=row.pk, now=row.late_from + DAY)
    persons.raise_case(case_id=raised.pk, now=MONDAY + DAY)
    for case in (late, raised):
        assert [i.unit for i in case.involvements.all()] == [cast.county_root]


def test_rule_05_a_post_of_the_accused_is_not_given_the_case(cast):
    case = accepted(cast)
    handler = cast.post(cast.handler)
    case = handling.assign_case(
        case_id=case.pk, to_post=handler.pk, by=cast.actor(cast.leader), seen_version=case.version, now=MONDAY
    )
    case = accusing.name_accused(
        case_id=case.pk,
        staff=[cast.mayor.pk, cast.handler.pk],
        units=[],
        by=cast.actor(cast.leader),
        seen_version=case.version,
        now=MONDAY,
    )
    Case.objects.filter(pk=case.pk).update(unit=cast.roads, leader_post=cast.post(cast.leader))
    for refused in (
        lambda: handling.assign_case(
            case_id=case.pk, to_post=handler.pk, by=cast.actor(cast.leader), seen_version=None, now=MONDAY
        ),
        lambda: handling.transfer_case(
            case_id=case.pk,
            to_unit=cast.town_root.pk,
            why="x",
            by=cast.actor(cast.leader),
            seen_version=case.version,
            now=MONDAY,
        ),
    ):
        with pytest.raises(CannotAct) as refusal:
            refused()
        assert refusal.value.code == "accused_post"


def test_rule_04_one_clerk_in_two_posts_does_not_withdraw_a_matter(cast):
    case = accepted(cast)
    post = Post.objects.create(unit=cast.town_root, code="two", role=Role.LEADER, name_zh="副", name_en="Two")
    Appointment.objects.create(post=post, staff=cast.clerk, from_at=LONG_AGO)
    first = cast.actor(cast.clerk)
    other = Actor(ActorKind.STAFF, staff_id=cast.clerk.pk, post_id=post.pk, unit_id=post.unit_id)
    if first.post_id == post.pk:
        first, other = other, first
    case = withdrawing.tell_withdrawal(case_id=case.pk, by=first, seen_version=None, now=MONDAY + DAY)
    with pytest.raises(withdrawing.CannotWithdraw):
        withdrawing.answer_withdrawal(
            case_id=case.pk,
            confirmed=True,
            how="came",
            known=("words", "when"),
            by=other,
            seen_version=None,
            now=MONDAY + DAY,
        )


def test_rule_09_the_wish_reaches_a_second_half_that_nobody_took_a_receipt_for(cast):
    case = accepted(cast, claim="桥头那口井")
    second = dividing.divide_case(
        case_id=case.pk,
        own_title="一",
        title="二",
        subject=cast.pipes.pk,
        why="两件事",
        by=cast.actor(cast.leader),
        seen_version=case.version,
        now=MONDAY + DAY,
    )
    persons.withdraw(case_id=case.pk, now=MONDAY + DAY)
    assert erasure.ask_erasure(case_id=case.pk, now=MONDAY + 2 * DAY)
    persons.withdraw(case_id=second.pk, now=MONDAY + 2 * DAY)
    erasure.sweep(MONDAY + 3 * DAY)
    assert set(CaseText.objects.values_list("claim", flat=True)) == {""}


@pytest.mark.usefixtures("one_window")
def test_a_second_factor_is_not_guessed_through(client, db):
    from allauth.mfa.totp.internal.auth import (
        TOTP,
        format_hotp_value,
        generate_totp_secret,
        hotp_value,
        yield_hotp_counters_from_time,
    )

    staff = Staff.objects.create_user("clerk-9", "a long enough password", name_zh="员", name_en="Clerk")
    secret = generate_totp_secret()
    TOTP.activate(staff, secret)
    client.post("/accounts/login/", {"login": "clerk-9", "password": "a long enough password"})
    for _ in range(10):
        client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    code = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    client.post("/accounts/2fa/authenticate/", {"code": code})
    assert "_auth_user_id" not in client.session


def test_an_undo_does_not_take_back_what_a_colleague_did_since(cast, at_desk):
    case = accepted(cast)
    mine, theirs = cast.post(cast.handler).pk, cast.post(cast.leader).pk
    for to, by in ((mine, cast.clerk), (theirs, cast.leader)):
        case.refresh_from_db()
        handling.assign_case(
            case_id=case.pk, to_post=to, by=cast.actor(by), seen_version=case.version, now=MONDAY + DAY
        )
    at_desk(cast.clerk).post(f"/desk/case/{case.pk}/undo/assign/0")
    case.refresh_from_db()
    assert case.handler_post_id == theirs


@pytest.mark.parametrize("accused", ["member", "lead"])
def test_rule_05_a_joined_matter_that_turns_into_an_accusation_stands_apart(cast, accused):
    lead, member = accepted(cast), accepted(cast)
    by = cast.actor(cast.leader)
    member = grouping.join_case(
        case_id=member.pk, lead_id=lead.pk, why="一件事", by=by, seen_version=member.version, now=MONDAY + DAY
    )
    lead.refresh_from_db()
    case = member if accused == "member" else lead
    accusing.name_accused(
        case_id=case.pk,
        staff=[],
        units=[cast.water.pk],
        by=by,
        seen_version=case.version,
        now=MONDAY + DAY,
    )
    member.refresh_from_db()
    assert member.lead_id is None
    kinds = {pk: [act.kind for act in acts_of(pk)] for pk in (lead.pk, member.pk)}
    assert all("case.split" in found for found in kinds.values())
