"""Whoever steps aside leaves nothing in their own hands: not the work, not the answering, not a draft."""

from __future__ import annotations

from datetime import timedelta

import pytest

from answerable.cases.models import Message, Move
from answerable.cases.services import accusing, deciding, handling
from answerable.orgs.models import Appointment, Hold
from answerable.record.queries import acts_of
from tests.cast import LONG_AGO, MONDAY, PARTS, accepted

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
