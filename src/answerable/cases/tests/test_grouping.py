"""Matters that belong together: each keeps its receipt and its clocks; files checked before they are shown."""

from __future__ import annotations

from datetime import timedelta

import pytest

from answerable.cases.files import Accepted, attach, content
from answerable.cases.models import Attachment, Case, CaseText, Deadline, Decision, Message
from answerable.cases.rules import CannotAct
from answerable.cases.services import checking, deciding, erasure, grouping, persons
from answerable.core.refusals import Changed, NotYours
from answerable.record.actors import Actor
from answerable.record.queries import acts_of
from tests.cast import MONDAY, PARTS, accepted, registered

pytestmark = pytest.mark.django_db
LATER = MONDAY + timedelta(days=1)


def clocks(case: Case) -> list[tuple]:
    rows = Deadline.objects.filter(case=case).order_by("pk")
    return list(rows.values_list("step", "late_from", "met_seq", "voided_seq"))


def join(cast, case, lead, **more):
    case.refresh_from_db()
    fields = {
        "case_id": case.pk,
        "lead_id": lead.pk,
        "why": "同一盏灯。",
        "by": cast.actor(cast.clerk),
        "seen_version": case.version,
        "now": LATER,
    }
    return grouping.join_case(**(fields | more))


def test_joining_moves_no_clock_and_is_in_both_files(cast):
    lead, case = accepted(cast), accepted(cast)
    before = clocks(lead), clocks(case)
    join(cast, case, lead)
    assert (clocks(lead), clocks(case)) == before
    for one in (lead, case):
        assert acts_of(one.pk)[-1].kind == "case.joined"
    assert Message.objects.filter(case=case, code="joined").exists()
    assert not Message.objects.filter(case=lead, code="joined").exists()


def test_an_erased_lead_holds_nobody(cast):
    """Nothing is written into it any more; its members could never be taken out."""
    lead, case = accepted(cast), accepted(cast)
    join(cast, case, lead)
    persons.withdraw(case_id=lead.pk, now=LATER)
    assert erasure.ask_erasure(case_id=lead.pk, now=LATER)
    case.refresh_from_db()
    by = cast.actor(cast.clerk)
    out = grouping.take_out(case_id=case.pk, why="另一件。", by=by, seen_version=case.version, now=LATER)
    assert out.lead_id is None


def test_merging_does_not_end_the_merged_matter(cast):
    lead, case = accepted(cast), accepted(cast)
    before = clocks(case)
    grouping.merge_case(
        case_id=case.pk,
        into=lead.pk,
        why="重复登记。",
        by=cast.actor(cast.clerk),
        seen_version=case.version,
        now=LATER,
    )
    case.refresh_from_db()
    assert (case.state, case.ended_at, case.merged_into_id) == ("accepted", None, lead.pk)
    assert clocks(case) == before


def test_taking_out_undoes_it_with_history(cast):
    lead, case = accepted(cast), accepted(cast)
    join(cast, case, lead)
    case.refresh_from_db()
    grouping.take_out(
        case_id=case.pk, why="不是同一盏。", by=cast.actor(cast.clerk), seen_version=case.version, now=LATER
    )
    case.refresh_from_db()
    assert case.lead_id is None
    assert [a.kind for a in acts_of(case.pk)][-2:] == ["case.joined", "case.split"]


def test_joined_matters_get_one_answer_each_with_its_own_receipt_and_act(cast):
    lead, one, two = accepted(cast), accepted(cast), accepted(cast, claim="我住对面。")
    join(cast, one, lead)
    join(cast, two, lead)
    lead.refresh_from_db()
    assert (
        grouping.reply_together(
            case_id=lead.pk,
            members=[one.pk],
            text="周五修。",
            by=cast.actor(cast.clerk),
            seen_version=lead.version,
            now=LATER,
        )
        == 2
    )
    assert Message.objects.filter(kind="reply").count() == 2
    lead.refresh_from_db()
    sent = grouping.decide_together(
        case_id=lead.pk,
        members=[one.pk, two.pk],
        outcome="supported",
        parts=PARTS,
        by=cast.actor(cast.leader),
        seen_version=lead.version,
        now=LATER,
    )
    assert sent == 3
    assert Decision.objects.filter(sent_at__isnull=False).count() == 3
    assert len({c.code for c in Case.objects.filter(state="decided")}) == 3
    for case in (lead, one, two):
        assert acts_of(case.pk)[-1].kind == "case.decided"
    # What one of them wrote is not read by the others: each answer names what its own person asked for.
    asked = {case.pk: Decision.objects.get(case=case).parts["claim"] for case in (lead, one, two)}
    assert asked == {
        lead.pk: PARTS["claim"],
        one.pk: CaseText.objects.get(case=one).claim,
        two.pk: "我住对面。",
    }


def test_deciding_together_is_all_or_none(cast):
    lead, one, two = accepted(cast), accepted(cast), accepted(cast)
    join(cast, one, lead)
    join(cast, two, lead)
    persons.withdraw(case_id=two.pk, now=LATER)
    lead.refresh_from_db()
    with pytest.raises(CannotAct):
        grouping.decide_together(
            case_id=lead.pk,
            members=[one.pk, two.pk],
            outcome="supported",
            parts=PARTS,
            by=cast.actor(cast.leader),
            seen_version=lead.version,
            now=LATER,
        )


def test_what_cannot_be_joined(cast):
    lead, case, third = accepted(cast), accepted(cast), accepted(cast)
    water = registered(cast, subject=cast.pipes).case
    conduct = registered(cast, is_conduct=True, accused_staff=(cast.discipline_head.pk,)).case
    with pytest.raises(CannotAct, match="same matter"):
        join(cast, case, case)
    with pytest.raises(CannotAct, match="say why"):
        join(cast, case, lead, why=" ")
    with pytest.raises(NotYours):
        join(cast, case, water, by=cast.actor(cast.auditor))
    with pytest.raises(CannotAct, match="same unit"):
        join(cast, case, water, by=cast.actor(cast.mayor))
    with pytest.raises(CannotAct, match="kept apart"):
        join(cast, case, conduct, by=cast.actor(cast.mayor))
    join(cast, case, lead)
    with pytest.raises(CannotAct, match=f"Take the code of their first: {lead.code}"):
        join(cast, third, case)
    Case.objects.filter(pk=lead.pk).update(unit=cast.water)
    with pytest.raises(CannotAct, match="Take the code of their first.$"):
        join(cast, third, case)
    Case.objects.filter(pk=lead.pk).update(unit=cast.roads)
    with pytest.raises(CannotAct, match="Take them out"):
        join(cast, lead, third)
    with pytest.raises(Changed):
        join(cast, third, lead, seen_version=99)


def test_only_a_member_is_answered_with_the_lead(cast):
    lead, stranger = accepted(cast), accepted(cast)
    with pytest.raises(CannotAct, match="changed"):
        grouping.reply_together(
            case_id=lead.pk,
            members=[stranger.pk],
            text="x",
            by=cast.actor(cast.clerk),
            seen_version=lead.version,
            now=LATER,
        )


def test_a_summary_is_shared_only_where_the_person_agreed(cast):
    shy, open_ = accepted(cast), accepted(cast, is_shareable=True)
    for case, allowed in ((shy, False), (open_, True)):

        def describe(case=case):
            return grouping.describe_case(
                case_id=case.pk,
                title="灯",
                shared_summary="东村路灯不亮",
                by=cast.actor(cast.clerk),
                seen_version=case.version,
                now=LATER,
            )

        if allowed:
            describe()
            assert Case.objects.get(pk=case.pk).text.shared_summary == "东村路灯不亮"
        else:
            with pytest.raises(CannotAct, match="did not agree"):
                describe()


def photo(cast, case: Case) -> Attachment:
    return attach(
        case, [Accepted("a.jpg", "image/jpeg", b"picture", b"1" * 32)], by=Actor.person(), now=LATER
    )[0]


def test_rule_02_a_file_is_held_until_a_human_checked_it(cast):
    case = accepted(cast)
    row = photo(cast, case)
    assert row.check_state == "held"
    with pytest.raises(NotYours):
        checking.check_file(attachment_id=row.pk, cleared=True, by=cast.actor(cast.auditor), now=LATER)
    with pytest.raises(CannotAct, match="say why"):
        checking.check_file(attachment_id=row.pk, cleared=False, by=cast.actor(cast.handler), now=LATER)
    checking.check_file(attachment_id=row.pk, cleared=True, by=cast.actor(cast.handler), now=LATER)
    checking.check_file(
        attachment_id=row.pk, cleared=False, why="a face", by=cast.actor(cast.handler), now=LATER
    )
    with pytest.raises(CannotAct, match="checked"):
        checking.check_file(attachment_id=row.pk, cleared=True, by=cast.actor(cast.handler), now=LATER)
    copy = checking.add_redacted_copy(
        attachment_id=row.pk,
        accepted=Accepted("b.jpg", "image/jpeg", b"blurred", b"2" * 32),
        by=cast.actor(cast.handler),
        now=LATER,
    )
    assert (copy.check_state, copy.redacts_id) == ("cleared", row.pk)
    assert content(Attachment.objects.get(pk=copy.pk)) == b"blurred"
    assert [a.kind for a in acts_of(case.pk)][-5:] == [
        "case.attachment_added",
        *["case.attachment_checked"] * 2,
        "case.attachment_added",
        "case.attachment_checked",
    ]


def test_a_unit_that_gave_the_case_away_decides_nothing(cast):
    from answerable.cases.services import handling

    case = accepted(cast)
    case = handling.transfer_case(
        case_id=case.pk,
        to_unit=cast.water.pk,
        why="w",
        by=cast.actor(cast.clerk),
        seen_version=case.version,
        now=LATER,
    )
    with pytest.raises(NotYours):
        deciding.send_decision(
            case_id=case.pk,
            outcome="supported",
            parts=PARTS,
            by=cast.actor(cast.leader),
            seen_version=case.version,
            now=LATER,
        )
