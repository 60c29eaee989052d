"""The check under the lock says the same as the query that lists: for every member of staff and every case."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.http import Http404

from answerable.cases import access
from answerable.cases.models import Case, Deadline
from answerable.cases.rules import Doing
from answerable.cases.services import accusing, persons, supervision
from answerable.core.refusals import NotYours
from answerable.orgs.models import Appointment, Staff
from answerable.orgs.standing import held
from tests.cast import MONDAY, accepted, registered

pytestmark = pytest.mark.django_db


def test_both_doors_agree(cast):
    plain = accepted(cast)
    water = registered(cast, subject=cast.pipes).case
    lifted = accepted(cast)
    row = Deadline.objects.get(case=lifted, step="answer")
    supervision.lift_deadline(deadline_id=row.pk, now=row.late_from)
    raised = accepted(cast)
    persons.raise_case(case_id=raised.pk, now=MONDAY + timedelta(days=1))
    persons.raise_case(case_id=raised.pk, now=MONDAY + timedelta(days=2))
    aside = accepted(cast)
    accusing.step_aside(case_id=aside.pk, by=cast.actor(cast.handler), now=MONDAY + timedelta(days=1))
    accused = registered(cast, is_conduct=True, accused_staff=(cast.mayor.pk,)).case
    unit = registered(cast, is_conduct=True, accused_units=(cast.roads.pk,)).case
    now = MONDAY + timedelta(days=3)
    seen = 0
    for case in Case.objects.filter(
        pk__in=[c.pk for c in (plain, water, lifted, raised, aside, accused, unit)]
    ):
        for staff in Staff.objects.all():
            reader = access.reader_for(staff, now)
            listed = access.readable_cases(reader).filter(pk=case.pk).exists()
            try:
                access.require(cast.actor(staff), case, Doing.READ, now)
                allowed = True
            except (Http404, NotYours):
                allowed = False
            assert listed == allowed, (staff, case.unit)
            seen += listed
    assert seen > 10


def test_under_the_lock_a_post_just_lost_opens_nothing(cast):
    """What a request has read of the organisation is asked for again where it counts."""
    case = registered(cast).case
    by = cast.actor(cast.clerk)
    with held():
        access.require(by, case, Doing.READ, MONDAY)
        Appointment.objects.filter(staff=cast.clerk).delete()
        with pytest.raises(NotYours):
            access.require(by, case, Doing.READ, MONDAY)
