"""Rule 5: the accused does not hold the file. Through every page, post, deputy, alert, list and export."""

from __future__ import annotations

from datetime import timedelta

import pytest

from answerable.alerts.models import Notice
from answerable.cases import access
from answerable.cases.services import accusing, handling, looks, receipts
from answerable.core.refusals import NotYours
from answerable.orgs.models import Appointment
from answerable.parties.steps import Identity
from answerable.record import reactions

pytestmark = pytest.mark.django_db(transaction=True)
WORDS = "主任收钱不办事，路灯还是坏的。"


def conduct(bring, **more):
    return bring(
        is_conduct=True,
        claim=WORDS,
        kind="conduct",
        privacy="confidential",
        identities=(Identity("孙巧云", "桥头三组"),),
        **more,
    )


def addresses(person) -> list[str]:
    case = f"/desk/case/{person.case_id}"
    return [
        case,
        f"{case}/identity",
        f"{case}/decision",
        f"/desk/looks/{person.case_id}/receipt",
    ]


def assert_shut(browser, person) -> None:
    """Not one address of the case is there for them, by reading or by sending."""
    for path in addresses(person):
        assert browser.get(path).status_code == 404, path
    assert browser.post(f"/desk/case/{person.case_id}/files").status_code == 404
    assert browser.post(f"/desk/looks/{person.case_id}/receipt/paper").status_code == 404


def test_rule_05_the_accused_cannot_open_the_case(bring, cast, at_desk):
    person = conduct(bring, accused_staff=(cast.leader.pk,))
    accused = at_desk(cast.leader)
    assert_shut(accused, person)
    for verb in ("accept", "assign", "ask", "reply", "note", "charge"):
        response = accused.post(f"/desk/case/{person.case_id}/do/{verb}", {"seen_version": 1})
        assert response.status_code == 404, verb
    assert person.case.unit == cast.discipline
    assert at_desk(cast.discipline_head).get(f"/desk/case/{person.case_id}").status_code == 200


def test_rule_05_no_post_and_no_deputyship_opens_it_either(bring, cast, at_desk, now):
    """They become deputy of the very post that handles it, and of the mayor's: it stays shut."""
    person = conduct(bring, accused_staff=(cast.leader.pk,))
    for other in (cast.discipline_head, cast.mayor, cast.county_leader):
        Appointment.objects.create(
            post=cast.post(other), staff=cast.leader, hold="deputy", from_at=now - timedelta(days=9)
        )
    accused = at_desk(cast.leader)
    assert_shut(accused, person)
    assert access.shown_to(cast.leader, [person.case_id], now) == set()


def test_rule_05_no_list_search_or_export_shows_it(bring, cast, at_desk, now):
    person = conduct(bring, accused_staff=(cast.leader.pk,))
    Appointment.objects.create(
        post=cast.post(cast.mayor), staff=cast.leader, hold="acting", from_at=now - timedelta(days=9)
    )
    accused, mayor = at_desk(cast.leader), at_desk(cast.mayor)
    for query in ({"q": "收钱不办事"}, {"q": person.code}, {"list": "all"}, {"list": "unit"}, {}):
        html = accused.get("/desk/search", query, follow=True).content.decode()
        assert f"/desk/case/{person.case_id}" not in html, query
        assert query or person.code not in html
    assert f"/desk/case/{person.case_id}" in mayor.get("/desk/search", {"q": "收钱不办事"}).content.decode()
    export = {"form": "csv", "address": "list=all"}
    assert person.code not in b"".join(accused.post("/desk/export", export).streaming_content).decode()
    assert person.code in b"".join(mayor.post("/desk/export", export).streaming_content).decode()


def test_rule_05_no_notice_or_count_tells_them(bring, cast, at_desk, now):
    person = conduct(bring, accused_staff=(cast.leader.pk,))
    while reactions.dispatch(now):
        pass
    posts = set(Appointment.objects.filter(staff=cast.leader).values_list("post_id", flat=True))
    assert not Notice.objects.filter(matter=person.case_id, post_id__in=posts).exists()
    accused = at_desk(cast.leader)
    for path in ("/desk/", "/desk/notices/", "/desk/counts"):
        response = accused.get(path, follow=True)
        if response.status_code == 200:
            assert person.code not in response.content.decode(), path


def test_rule_05_an_accused_unit_is_out_with_everybody_in_it(bring, cast, at_desk):
    person = conduct(bring, accused_units=(cast.roads.pk,))
    for staff in (cast.leader, cast.handler, cast.clerk):
        assert_shut(at_desk(staff), person)


def test_rule_05_a_unit_below_the_accused_one_is_out_too(bring, cast, at_desk):
    person = conduct(bring, accused_units=(cast.town_root.pk,))
    for staff in (cast.mayor, cast.leader, cast.discipline_head, cast.auditor):
        assert at_desk(staff).get(f"/desk/case/{person.case_id}").status_code in (403, 404), staff
        if at_desk(staff).get("/desk/", follow=True).status_code == 200:
            assert person.code not in at_desk(staff).get("/desk/?list=all").content.decode()


def test_rule_05_naming_them_later_takes_it_away_at_once(bring, cast, at_desk, now):
    """A case that they could read becomes one about them: the open page is shut, the case moves on."""
    person = bring(accept=True)
    accused = at_desk(cast.leader)
    assert accused.get(f"/desk/case/{person.case_id}").status_code == 200
    accusing.name_accused(
        case_id=person.case_id,
        staff=(cast.leader.pk,),
        units=(),
        by=cast.actor(cast.mayor),
        seen_version=person.case.version,
        now=now,
    )
    assert_shut(accused, person)
    assert person.case.leader_post != cast.post(cast.leader)
    page = person.page()
    assert "Your matter is now with Discipline office" in page, "they read where it is"
    assert "It was moved to where those it is about cannot reach it." in page


def test_rule_05_nobody_overrides_it(bring, cast, now):
    """The services look again under the lock, whatever a page let through."""
    from django.http import Http404

    person = conduct(bring, accused_staff=(cast.leader.pk,))
    by = cast.actor(cast.leader)
    for attempt in (
        lambda: looks.look_at_identity(case_id=person.case_id, reason="to know", by=by, now=now),
        lambda: receipts.compare_identity(case_id=person.case_id, name="孙巧云", by=by, now=now),
        lambda: handling.note_case(case_id=person.case_id, text="x", by=by, now=now),
    ):
        with pytest.raises((Http404, NotYours)):
            attempt()


def test_rule_05_where_no_post_is_left_the_outside_body_gets_it(bring, cast):
    every = (cast.town_root.pk, cast.county_root.pk)
    person = conduct(bring, accused_units=every)
    assert person.case.unit == cast.outside_unit
    cast.town.conduct_body = None
    cast.town.save()
    from answerable.orgs.checks import check_authorities, check_outside_bodies

    faults = [*check_authorities(), *check_outside_bodies()]
    assert any("conduct" in fault.code or "outside" in fault.code for fault in faults)


def test_rule_05_raising_skips_the_accused_level(bring, cast):
    person = conduct(bring, accused_units=(cast.town_root.pk,))
    person.client.post("/case/raise")
    assert not person.case.involvements.filter(unit=cast.town_root).exists()
    assert "Town government" not in person.page()
