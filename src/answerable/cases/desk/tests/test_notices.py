"""Notices on the desk: what one's posts were told, without a word about cases kept from the reader."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import translation

from answerable.alerts.models import Notice
from answerable.alerts.services import tell_post
from answerable.alerts.wording import notice
from answerable.cases.models import CaseText, Deadline
from answerable.cases.services import accusing, handling, supervision
from answerable.orgs.models import Appointment, Hold
from answerable.record import reactions
from tests.cast import LONG_AGO, MONDAY, accepted, registered

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
    accusing.name_accused(
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


def test_whoever_holds_two_posts_that_were_told_reads_it_once(client, cast, settings):
    settings.DEMO = True
    Appointment.objects.create(
        post=cast.post(cast.clerk), staff=cast.leader, from_at=LONG_AGO, hold=Hold.DEPUTY
    )
    case = registered(cast).case
    CaseText.objects.filter(case=case).update(title="Lamp by the bridge")
    reactions.dispatch(MONDAY + timedelta(hours=1))
    assert Notice.objects.filter(matter=case.pk, code="registered").count() == 2
    client.force_login(cast.leader, backend=settings.AUTHENTICATION_BACKENDS[0])
    page = client.get("/desk/notices").content.decode()
    assert page.count(reverse("desk:case", args=[case.pk])) == 1
    assert "Lamp by the bridge" in page
    assert re.search(r'bell-count">1<', page)
    client.post("/desk/notices/seen")
    assert not Notice.objects.filter(matter=case.pk, seen_at=None).exists()


def test_fifty_notices_make_a_page(client, cast, settings):
    settings.DEMO = True
    post = cast.post(cast.clerk).pk
    for number in range(51):
        tell_post(post, "registered", key=f"k{number}", at=MONDAY, facts={"case": f"NR-{number:03}"})
    client.force_login(cast.clerk, backend=settings.AUTHENTICATION_BACKENDS[0])
    pages = [client.get(f"/desk/notices?page={n}").content.decode() for n in (1, 2)]
    assert [len(re.findall(r"NR-\d\d\d", page)) for page in pages] == [50, 1]


def test_an_assignment_that_was_taken_back_takes_its_notice_with_it(cast):
    case = accepted(cast)
    for hour, to in ((1, cast.post(cast.handler).pk), (2, None)):
        case.refresh_from_db()
        handling.assign_case(
            case_id=case.pk,
            to_post=to,
            by=cast.actor(cast.clerk),
            seen_version=case.version,
            now=MONDAY + timedelta(hours=hour),
        )
        reactions.dispatch(MONDAY + timedelta(hours=hour))
        told = Notice.objects.filter(matter=case.pk, code="assigned", post_id=cast.post(cast.handler).pk)
        assert told.count() == (1 if to else 0)


def test_a_date_is_said_in_the_readers_words_and_no_date_leaves_none():
    with translation.override("zh-hans"):
        assert "2026年3月5日" in notice("assigned", {"case": "A", "due": "2026-03-05"})
        assert notice("registered", {"case": "A", "due": ""}) == "新登记 A。"
    with translation.override("en"):
        assert "5 March 2026" in notice("late_own", {"case": "A", "due": "2026-03-05"})
        for code in ("registered", "assigned", "transferred", "review", "withdrawal_undone"):
            assert "due" not in notice(code, {"case": "A"}).lower()


def test_what_an_auditor_is_told_of_the_office_leads_to_their_list(client, cast, settings):
    """A head reads no such list, and is led nowhere that does not open."""
    settings.DEMO = True
    for staff, leads in ((cast.auditor, True), (cast.mayor, False)):
        tell_post(cast.post(staff).pk, "way_out_changed", key=f"t:{staff.pk}", at=MONDAY, facts={})
        client.force_login(staff, backend=settings.AUTHENTICATION_BACKENDS[0])
        page = client.get("/desk/notices").content.decode()
        link = 'href="/desk/oversight"'
        assert (link in page[page.index('<ul class="stack notices">') :]) is leads
        if leads:
            assert client.get("/desk/oversight").status_code == 200
