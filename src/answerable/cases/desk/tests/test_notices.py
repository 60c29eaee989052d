"""Notices on the desk: what one's posts were told, without a word about cases kept from the reader."""

from __future__ import annotations

from datetime import timedelta

import pytest

from answerable.alerts.models import Notice
from answerable.cases.models import Deadline
from answerable.cases.services import handling, supervision
from answerable.record import reactions
from tests.cast import MONDAY, accepted, registered

pytestmark = pytest.mark.django_db


def test_a_late_case_rings_at_the_level_above_until_it_is_read(client, cast, settings):
    settings.DEMO = True
    case = accepted(cast)
    row = Deadline.objects.get(case=case, step="answer")
    supervision.lift_deadline(deadline_id=row.pk, now=row.late_from)
    reactions.dispatch(row.late_from + timedelta(minutes=1))
    client.force_login(cast.mayor, backend=settings.AUTHENTICATION_BACKENDS[0])
    page = client.get("/desk/notices").content.decode()
    assert case.code in page
    assert "bell-count" in page
    client.post("/desk/notices/seen")
    after = client.get("/desk/notices").content.decode()
    assert case.code in after
    assert "bell-count" not in after


def test_a_notice_of_danger_is_called_urgent_and_not_late(client, cast, settings):
    settings.DEMO = True
    registered(cast, is_danger=True)
    reactions.dispatch(MONDAY + timedelta(hours=1))
    client.force_login(cast.clerk, backend=settings.AUTHENTICATION_BACKENDS[0])
    page = client.get("/desk/notices", headers={"accept-language": "zh-hans"}).content.decode()
    assert "紧急" in page
    assert "已逾期" not in page


def test_rule_05_no_notice_names_a_case_to_the_accused(client, cast, settings):
    settings.DEMO = True
    case = accepted(cast)
    reactions.dispatch(MONDAY + timedelta(hours=1))
    handling.name_accused(
        case_id=case.pk,
        staff=[cast.leader.pk],
        units=[],
        by=cast.actor(cast.clerk),
        seen_version=case.version,
        now=MONDAY + timedelta(hours=2),
    )
    reactions.dispatch(MONDAY + timedelta(days=1))
    assert Notice.objects.filter(matter=case.pk, post_id=cast.post(cast.leader).pk).exists()
    client.force_login(cast.leader, backend=settings.AUTHENTICATION_BACKENDS[0])
    page = client.get("/desk/notices").content.decode()
    assert case.code not in page
    assert "bell-count" not in page
