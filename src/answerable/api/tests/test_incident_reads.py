"""Incidents, warnings and duty as another system reads them: hazards, posts and states; nobody by name."""

from __future__ import annotations

from datetime import timedelta

import pytest

from answerable.api.tests.systems import ask, system
from answerable.core import clock
from answerable.duty.models import Assignment, Shift
from answerable.duty.tests.rooms import make_room
from answerable.incidents.models import Incident, PublicWarning
from answerable.incidents.tests.responses import call, make_plan, respond
from tests.cast import MONDAY, Cast

pytestmark = pytest.mark.django_db(transaction=True)
SAID = "李家门口 13800000000"


def test_an_incident_is_its_hazard_place_and_levels_and_nothing_that_was_said(cast: Cast) -> None:
    key = system(cast, "incidents:read")[1]
    first = respond(cast, make_plan(cast))
    second = call(
        cast, now=MONDAY + timedelta(hours=1), what=SAID, place=None, place_text=SAID, call_back="138"
    )
    listed = ask(key, "incidents").json()["items"]
    assert [one["code"] for one in listed] == [second.code, first.code]
    assert (
        SAID
        not in ask(key, "incidents").content.decode() + ask(key, f"incidents/{second.code}").content.decode()
    )
    whole = ask(key, f"incidents/{first.code}").json()
    assert (whole["state"], whole["place"], whole["response_level"]) == ("active", "village", 3)
    (change,) = whole["level_changes"]
    assert (change["before"], change["after"], change["grounds"]) == (None, 3, "水位超过警戒线 0.5 米")
    text = ask(key, f"incidents/{first.code}").content.decode()
    for staff in (cast.mayor, cast.clerk):
        assert staff.name not in text
    page = ask(key, "incidents?limit=1&order=oldest").json()
    assert page["items"][0]["code"] == first.code
    assert (
        ask(key, f"incidents?limit=1&order=oldest&cursor={page['next']}").json()["items"][0]["code"]
        == second.code
    )
    Incident.objects.filter(pk=second.pk).update(state="dismissed")
    assert [one["code"] for one in ask(key, "incidents?which=open").json()["items"]] == [first.code]


def test_a_key_reads_its_own_office_s_and_its_own_unit_s(cast: Cast) -> None:
    incident = call(cast)
    Incident.objects.update(unit=cast.water)
    roads = system(cast, "incidents:read", name="roads", unit=cast.roads)[1]
    water = system(cast, "incidents:read", name="water", unit=cast.water)[1]
    assert ask(roads, "incidents").json()["items"] == []
    assert ask(roads, f"incidents/{incident.code}").status_code == 404
    assert ask(water, f"incidents/{incident.code}").status_code == 200
    Incident.objects.update(authority=cast.county)
    assert ask(water, "incidents").json()["items"] == []


def test_a_warning_is_read_as_it_was_sent(cast: Cast) -> None:
    now = clock.now()
    words = {"headline": "Flood", "description": "water", "instruction": "go up", "area": "village"}
    row = PublicWarning.objects.create(
        incident=call(cast), identifier="town.2026-001.1", kind="Alert", xml="<alert/>", by=cast.mayor,
        fields={"zh": words, "en": words, "severity": "Severe"},
        sent_at=now - timedelta(hours=1), expires_at=now + timedelta(hours=1),
    )  # fmt: skip
    key = system(cast, "incidents:read")[1]
    (one,) = ask(key, "warnings?which=in_force").json()["items"]
    assert (one["identifier"], one["is_in_force"], one["en"]) == (row.identifier, True, words)
    assert one["cap_url"].endswith("/warnings/town.2026-001.1.xml")
    PublicWarning.objects.update(expires_at=now - timedelta(minutes=1))
    assert ask(key, "warnings?which=in_force").json()["items"] == []
    assert ask(key, "warnings").json()["items"][0]["is_in_force"] is False


def test_rule_12_duty_now_is_posts_and_the_duty_telephone(cast: Cast) -> None:
    room, now = make_room(cast, days=1), clock.now()
    key = system(cast, "duty:read")[1]
    (line,) = ask(key, "duty/now").json()["lines"]
    assert (line["on_duty"], line["missing"]) == ([], 3)
    span = {"from_at": now - timedelta(hours=1), "until_at": now + timedelta(hours=1)}
    Shift.objects.update(**span)
    Assignment.objects.update(**span)
    said = ask(key, "duty/now")
    (line,) = said.json()["lines"]
    assert (line["code"], line["telephone"], line["missing"]) == ("room", "0000-6000000", 0)
    assert [one["role"] for one in line["on_duty"]] == ["Leader", "Staff", "Staff"]
    assert line["on_duty"][0]["post"]["name"] == "Lead 0"
    for staff in [*room.leaders, *room.watch]:
        assert staff.name_zh not in said.content.decode()
        assert f'"{staff.name_en}"' not in said.content.decode()
    assert ask(system(cast, "duty:read", name="x", unit=cast.roads)[1], "duty/now").json()["lines"] == []
