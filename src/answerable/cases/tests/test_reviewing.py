"""Nobody reviews what they signed: the route of a review, and what happens where nobody else is left."""

from __future__ import annotations

from datetime import timedelta

import pytest

from answerable.alerts.models import Delivery
from answerable.cases import checks, reviewing
from answerable.cases.rules import CannotDecide
from answerable.cases.services import accusing, deciding, persons
from answerable.orgs.models import Appointment, Authority, Hold, Role
from answerable.record import reactions
from tests.cast import LONG_AGO, MONDAY, PARTS, accepted, staffed

pytestmark = pytest.mark.django_db
LATER = MONDAY + timedelta(days=1)


def signed(cast, case, staff, outcome="not_supported"):
    case.refresh_from_db()
    by = cast.actor(staff)
    deciding.send_decision(
        case_id=case.pk, outcome=outcome, parts=PARTS, by=by, seen_version=case.version, now=LATER
    )
    persons.see_decisions(case_id=case.pk, now=LATER)


def reviewed(case):
    return persons.ask_review(case_id=case.pk, text="还是不亮。", now=LATER)


def of_one_body(cast, conduct_body=None):
    """A town with nothing above, where the mayor decided for a leader who stepped aside."""
    Authority.objects.filter(pk=cast.town.pk).update(above=None, conduct_body=conduct_body)
    case = accepted(cast, kind="claim")
    accusing.step_aside(case_id=case.pk, by=cast.actor(cast.leader), now=LATER)
    signed(cast, case, cast.mayor)
    return case


def test_what_the_head_decided_for_a_leader_who_stepped_aside_another_leader_reviews(cn_cast):
    cast = cn_cast
    vice = cast.post(staffed(cast.town_root, "vice", Role.LEADER, "副镇长", "Vice mayor"))
    case = reviewed(of_one_body(cast))
    assert (case.unit, case.leader_post) == (cast.town_root, vice)
    assert not list(checks.check_reviews())


@pytest.mark.parametrize("has_reviewer", [True, False])
def test_a_reviewer_who_steps_aside_does_not_leave_it_to_whoever_signed(cn_cast, has_reviewer):
    """It went back to the head, who had signed what was reviewed."""
    cast = cn_cast
    vice = staffed(cast.town_root, "vice", Role.LEADER, "副镇长", "Vice mayor")
    case = reviewed(of_one_body(cast, conduct_body=cast.outside))
    assert case.leader_post == cast.post(vice)
    if has_reviewer:
        other = staffed(cast.town_root, "reviewer", Role.REVIEWER, "复查", "Reviewer")
    reactions.dispatch(LATER)
    accusing.step_aside(case_id=case.pk, by=cast.actor(vice), now=LATER)
    case.refresh_from_db()
    if has_reviewer:
        assert (case.unit, case.leader_post) == (cast.town_root, cast.post(other))
        return
    assert (case.unit, case.state) == (cast.outside_unit, "review")
    reactions.dispatch(LATER)
    letter = Delivery.objects.get(matter=case.pk, purpose="outside")
    assert (letter.kind, letter.facts["why"], letter.facts["body"]) == ("letter", "review", cast.outside.pk)


def test_where_nobody_is_left_the_body_outside_gets_the_review(cn_cast):
    cast = cn_cast
    case = of_one_body(cast, conduct_body=cast.outside)
    assert reviewed(case).unit == cast.outside_unit


def test_without_any_body_it_is_registered_nobody_signs_their_own_and_check_and_desk_say_so(
    cn_cast, settings, client
):
    cast = cn_cast
    case = reviewed(of_one_body(cast))
    assert case.state == "review"
    with pytest.raises(CannotDecide) as refusal:
        signed(cast, case, cast.mayor, outcome="upheld")
    assert refusal.value.code == "own_decision"
    assert [fault.code for fault in checks.check_reviews()] == ["review_by_nobody"]
    settings.DEMO = True
    client.force_login(cast.mayor)
    said = "Nobody here may decide this review"
    page = f"/desk/case/{case.pk}"
    english = {"accept-language": "en"}
    assert said in client.get(page, headers=english).content.decode()
    draft = client.get(f"{page}/decision", headers=english).content.decode()
    assert "nobody reviews a decision of their own" in draft
    assert 'value="send"' not in draft
    vice = staffed(cast.town_root, "vice", Role.LEADER, "副镇长", "Vice mayor")
    assert not list(checks.check_reviews())
    assert said not in client.get(page, headers=english).content.decode()
    signed(cast, case, vice, outcome="upheld")


def test_at_the_top_of_the_highest_body_the_second_review_is_not_the_first_ones(cn_cast):
    """The county's head reviewed, and was asked to re-review that."""
    cast = cn_cast
    case = accepted(cast, kind="claim")
    signed(cast, case, cast.leader)
    assert reviewed(case).leader_post == cast.post(cast.county_leader)
    signed(cast, case, cast.county_leader, outcome="upheld")
    again = reviewed(case)
    assert (again.stage, again.leader_post) == ("rereview", cast.post(cast.county_reviewer))


def test_it_goes_by_who_signed_not_by_the_post(cn_cast):
    """Whoever signed for the office stands in for the county's head: that head is asked, and the deputy cannot sign."""
    cast = cn_cast
    above = cast.post(cast.county_leader)
    Appointment.objects.create(post=above, staff=cast.leader, from_at=LONG_AGO, hold=Hold.DEPUTY)
    case = accepted(cast, kind="claim")
    signed(cast, case, cast.leader)
    case = reviewed(case)
    assert case.leader_post == above
    assert reviewing.signers_of(case) == {cast.leader.pk}
    by = cast.actor(cast.county_leader)
    by = type(by)(by.kind, staff_id=cast.leader.pk, post_id=above.pk, unit_id=above.unit_id, stands_in=True)
    with pytest.raises(CannotDecide, match="nobody reviews a decision of their own"):
        deciding.send_decision(
            case_id=case.pk, outcome="upheld", parts=PARTS, by=by, seen_version=case.version, now=LATER
        )
