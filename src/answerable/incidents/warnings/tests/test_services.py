"""Warnings as they are sent: valid, kept word for word, one after the other, by whoever may."""

from __future__ import annotations

import hashlib
import xml.etree.ElementTree as ET
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction

from answerable.alerts.models import Alert
from answerable.core.refusals import Changed, NotYours
from answerable.incidents import steps
from answerable.incidents.act_kinds import IncidentAct
from answerable.incidents.models import Incident, PublicWarning
from answerable.incidents.reports.planned import plan_file_of
from answerable.incidents.tests.scenes import activated, at, flood, stood_down
from answerable.incidents.warnings import cap, composing, queries, services
from answerable.incidents.warnings.rules import CannotWarn, Kind
from answerable.incidents.warnings.tests.official import official_schema
from answerable.incidents.warnings.tests.test_rules import DRAFT
from answerable.orgs.models import Place
from answerable.record import reactions
from answerable.record.queries import acts_of

pytestmark = pytest.mark.django_db(transaction=True)
NS = {"c": cap.NAMESPACE}
XSD = official_schema()


def send(scene, kind=Kind.ALERT, minutes=20.0, seen="", draft=DRAFT, by=None) -> PublicWarning:
    return services.SERVICES[kind](
        incident_id=scene.incident.pk, draft=draft, by=by or scene.mayor, seen=seen, now=at(minutes)
    )


def read(row: PublicWarning, path: str) -> list[str]:
    return [one.text or "" for one in ET.fromstring(row.xml).iterfind(path, NS)]


def test_a_warning_is_valid_and_kept_word_for_word(cast):
    scene = activated(cast)
    row = send(scene)
    XSD.validate(row.xml)
    assert (row.identifier, row.kind, row.is_exercise) == ("town-2026-001-1", "Alert", False)
    assert read(row, "c:status") == ["Actual"]
    assert read(row, "c:sender") == ["town@" + cap_host()]
    assert read(row, "c:info/c:language") == ["zh-CN", "en"]
    assert read(row, "c:info/c:event") == ["洪涝", "Flood"]
    assert read(row, "c:sent") == ["2026-03-03T02:32:00+08:00"]
    assert read(row, "c:info/c:expires") == ["2026-03-03T08:32:00+08:00"] * 2
    act = acts_of(scene.incident.pk)[0]
    assert (act.kind, act.body["sha256"]) == (
        "incident.warned",
        hashlib.sha256(row.xml.encode()).hexdigest(),
    )


def cap_host() -> str:
    return composing.sender_of(type("Body", (), {"code": "town"})()).partition("@")[2]  # type: ignore[arg-type]


def test_update_cancel_and_all_clear_name_what_they_follow(cast):
    scene = activated(cast)
    first = send(scene)
    second = send(scene, Kind.UPDATE, 60, first.identifier)
    third = send(scene, Kind.ALL_CLEAR, 90, second.identifier)
    for row in (second, third):
        XSD.validate(row.xml)
    zone = ZoneInfo("Asia/Shanghai")
    names = [
        f"{first.fields['sender']},{one.identifier},{cap.instant(one.sent_at.astimezone(zone))}"
        for one in (first, second)
    ]
    assert read(second, "c:references") == [names[0]]
    assert read(third, "c:references") == [" ".join(names)]
    assert read(third, "c:msgType") == ["Update"]
    assert read(third, "c:info/c:responseType") == ["AllClear", "AllClear"]
    assert read(third, "c:info/c:urgency") == ["Past", "Past"]
    assert queries.in_force(at(91)) == []
    assert queries.ended_lately(at(91)) == [third]


def test_taking_back_is_caps_cancel(cast):
    scene = activated(cast)
    first = send(scene)
    row = send(scene, Kind.CANCEL, 25, first.identifier)
    XSD.validate(row.xml)
    assert (read(row, "c:msgType"), read(row, "c:info/c:responseType")) == (["Cancel"], ["None", "None"])
    assert PublicWarning.objects.get(pk=first.pk).xml == first.xml, "what was sent stays as it was sent"


def test_all_clear_after_it_ran_out_and_after_the_stand_down(cast):
    scene = activated(cast)
    first = send(scene)
    scene = stood_down(scene, 500)
    row = send(scene, Kind.ALL_CLEAR, 510, first.identifier)
    XSD.validate(row.xml)
    assert (read(row, "c:msgType"), read(row, "c:references")) == (["Alert"], [])
    with pytest.raises(CannotWarn) as refused:
        send(scene, Kind.ALERT, 520, row.identifier)
    assert refused.value.code == "not_active"


def test_two_at_once_the_second_is_told(cast):
    scene = activated(cast)
    first = send(scene)
    with pytest.raises(Changed) as told:
        send(scene, minutes=21)
    assert told.value.facts == {"identifier": first.identifier}
    with pytest.raises(CannotWarn) as refused:
        send(scene, minutes=21, seen=first.identifier)
    assert refused.value.code == "in_force"
    assert PublicWarning.objects.count() == 1


def test_an_exercise_says_so_in_every_place(cast):
    scene = activated(cast, is_drill=True)
    row = send(scene)
    XSD.validate(row.xml)
    assert read(row, "c:status") == ["Exercise"]
    assert "nothing has happened" in read(row, "c:note")[0]
    assert [one[:2] for one in read(row, "c:info/c:headline")] == ["演练", "EX"]
    assert [one[:2] for one in read(row, "c:info/c:description")] == ["演练", "EX"]
    assert row.is_exercise


def test_who_may_warn(cast):
    scene = activated(cast)
    for who in (cast.handler, cast.auditor, cast.administrator, cast.water_leader):
        with pytest.raises(NotYours):
            send(scene, by=cast.actor(who))
    early = flood(cast, code="2026-002")
    assert send(early).kind == "Alert", "who leads the unit warns before there is a commander"


def test_a_part_in_one_language_alone_is_not_sent(cast):
    scene = activated(cast)
    with pytest.raises(CannotWarn) as refused:
        send(scene, draft=replace(DRAFT, en=replace(DRAFT.en, instruction="")))
    assert refused.value.code == "missing"
    assert not PublicWarning.objects.exists()


def test_the_map(cast):
    Place.objects.filter(pk=cast.village.pk).update(latitude="30.51", longitude="114.25")
    scene = activated(cast)
    square = ((30.0, 114.0), (30.0, 115.0), (31.0, 115.0), (30.0, 114.0))
    row = send(scene, draft=replace(DRAFT, radius_km=2.5, polygon=square))
    XSD.validate(row.xml)
    assert read(row, "c:info/c:area/c:circle")[0] == "30.51,114.25 2.5"
    assert read(row, "c:info/c:area/c:polygon")[0] == "30,114 30,115 31,115 30,114"
    Place.objects.filter(pk=cast.village.pk).update(latitude=None, longitude=None)
    with pytest.raises(CannotWarn) as refused:
        send(scene, Kind.UPDATE, 30, row.identifier, draft=replace(DRAFT, radius_km=1.0))
    assert refused.value.code == "no_place"


def test_the_first_draft_is_the_plans_words_and_never_a_callers(cast):
    scene = activated(cast)
    incident = scene.again()
    draft = composing.first_draft(incident, Kind.ALERT, None, plan_file_of(incident))
    assert draft.zh.headline == "洪涝警报：东村"
    assert draft.en.headline == "Flood: East village"
    assert "二级响应" in draft.zh.description
    assert "{" not in draft.zh.description + draft.en.description
    assert "slopes" in draft.en.instruction
    for words in (draft.zh, draft.en):
        assert "王某" not in str(words)
    row = send(scene, draft=draft)
    over = composing.first_draft(incident, Kind.ALL_CLEAR, row, plan_file_of(incident))
    assert over.zh.area == draft.zh.area


def test_incident_codes_of_any_shape_name_a_warning(cast):
    scene = flood(cast, code="2026 第3号")
    assert send(scene).identifier == "town-2026-3--1"


def test_a_closed_or_dismissed_incident_warns_no_more(cast):
    scene = flood(cast)
    Incident.objects.update(state="dismissed")
    with pytest.raises(CannotWarn) as refused:
        send(scene)
    assert refused.value.code == "not_active"


def test_a_warning_that_stands_after_the_end_is_somebodys_business(cast):
    scene = activated(cast)
    first = send(scene)
    scene = stood_down(scene, 60)
    with transaction.atomic():
        steps.act(scene.incident, IncidentAct.STOOD_DOWN, by=scene.mayor, now=at(60))
    reactions.dispatch(at(61))
    (alert,) = Alert.objects.filter(code="warning_stands")
    assert (alert.state, alert.is_urgent) == ("open", False)
    assert alert.link.endswith("/all-clear")
    send(scene, Kind.ALL_CLEAR, 65, first.identifier)
    alert.refresh_from_db()
    assert alert.state == "resolved"


def test_measures_written_in_one_language_are_not_put_into_the_other(cast):
    incident = activated(cast).again()
    draft = composing.first_draft(incident, Kind.ALERT, None, plan_file_of(incident))
    assert "转移低洼处群众" in draft.zh.description
    assert "转移" not in draft.en.description
    assert "What is being done" not in draft.en.description, "a line that leads up to nothing is left out"
