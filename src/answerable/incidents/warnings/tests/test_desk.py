"""Composing a warning at the desk: read before it is sent, in both languages, by whoever may."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from answerable.core import clock
from answerable.incidents.models import PublicWarning
from answerable.incidents.tests.scenes import activated, at, stood_down
from answerable.incidents.warnings.rules import Kind
from answerable.incidents.warnings.tests.test_services import send

pytestmark = pytest.mark.django_db(transaction=True)

TYPED = {
    "headline_zh": "洪涝警报：东村",
    "headline_en": "Flood: East village",
    "description_zh": "东河水位上涨。",
    "description_en": "The river is rising.",
    "instruction_zh": "马上往高处走。",
    "instruction_en": "Go to high ground.",
    "area_zh": "东村",
    "area_en": "East village",
    "responses": ["Evacuate", "Avoid"],
    "urgency": "Immediate",
    "severity": "Severe",
    "certainty": "Observed",
    "hours": "6",
    "polygon": "",
    "seen": "",
}


@pytest.fixture(autouse=True)
def _at_twenty_minutes(monkeypatch, settings):
    settings.DEMO = True
    monkeypatch.setattr(clock, "now", lambda: at(20))


def browser(staff, language="en") -> Client:
    made = Client(headers={"accept-language": language})
    made.force_login(staff)
    return made


def text(page) -> str:
    return re.sub(r"<[^>]+>", " ", page.content.decode())


def url(scene, what="new") -> str:
    return reverse("incident_warnings:compose", args=[scene.incident.pk, what])


def hidden(page, name: str) -> str:
    found = re.search(rf'<input[^>]*name="{name}"[^>]*>', page.content.decode())
    assert found, name
    value = re.search(r'value="([^"]*)"', found[0])
    return value[1] if value else ""


def test_it_is_read_as_the_public_will_before_it_is_sent(cast):
    scene = activated(cast)
    desk = browser(cast.mayor)
    assert "洪涝警报：东村" in desk.get(url(scene)).content.decode(), "the plan's words are there"
    early = desk.post(url(scene), TYPED | {"send": "1"})
    assert "This text was not shown yet." in text(early)
    assert not PublicWarning.objects.exists()
    shown = hidden(early, "shown")
    changed = desk.post(url(scene), TYPED | {"send": "1", "shown": shown, "area_en": "West village"})
    assert "This text was not shown yet." in text(changed), "what is sent is what was read"
    sent = desk.post(url(scene), TYPED | {"send": "1", "shown": shown}, follow=True)
    assert "It is out: town-2026-001-1." in text(sent)
    row = PublicWarning.objects.get()
    assert row.fields["responses"] == ["Evacuate", "Avoid"]
    assert "Leave the area" in text(
        Client(headers={"accept-language": "en"}).get(f"/warnings/{row.identifier}")
    )


def test_the_preview_shows_both_languages_the_xml_and_what_could_be_plainer(cast):
    scene = activated(cast)
    page = browser(cast.mayor).post(
        url(scene), TYPED | {"preview": "1", "instruction_en": " ".join(["please"] * 30)}
    )
    seen = text(page)
    assert page.status_code == 200
    for part in ("马上往高处走", "The river is rising", "&lt;msgType&gt;Alert", "A sentence of 30 words"):
        assert part in seen, part


@pytest.mark.parametrize(("language", "said"), [("en", "Please fill this in."), ("zh-hans", "请填写")])
def test_both_languages_are_required(cast, language, said):
    scene = activated(cast)
    page = browser(cast.mayor, language).post(url(scene), TYPED | {"send": "1", "instruction_en": ""})
    assert page.status_code == 422
    assert said in text(page)


def test_a_gathering_is_no_hazard(cast):
    scene = activated(cast)
    page = browser(cast.mayor).post(url(scene), TYPED | {"preview": "1", "description_zh": "村民聚集上访"})
    assert page.status_code == 422
    assert "are no hazard" in text(page)


def test_two_at_once_the_second_sees_what_the_first_sent(cast):
    scene = activated(cast)
    desk = browser(cast.mayor)
    shown = hidden(desk.post(url(scene), TYPED | {"preview": "1"}), "shown")
    send(scene)
    page = desk.post(url(scene), TYPED | {"send": "1", "shown": shown})
    assert page.status_code == 422
    assert "in force already" in text(page)
    assert PublicWarning.objects.count() == 1


def test_renewing_after_somebody_elses_update_is_told(cast):
    scene = activated(cast)
    first = send(scene)
    desk = browser(cast.mayor)
    typed = TYPED | {"seen": first.identifier}
    shown = hidden(desk.post(url(scene, "update"), typed | {"preview": "1"}), "shown")
    send(scene, Kind.UPDATE, 20, first.identifier)
    page = desk.post(url(scene, "update"), typed | {"send": "1", "shown": shown})
    assert page.status_code == 422
    assert "Somebody has sent a message about this incident meanwhile" in text(page)
    assert hidden(page, "seen") == "town-2026-001-2"
    again = desk.post(url(scene, "update"), TYPED | {"seen": "town-2026-001-2", "send": "1", "shown": shown})
    assert again.status_code == 303


def test_all_clear_from_the_page(cast):
    scene = activated(cast)
    first = send(scene)
    desk = browser(cast.mayor)
    listed = desk.get(reverse("incident_warnings:incident", args=[scene.incident.pk]))
    assert "Say that the danger is over" in text(listed)
    assert "Warn the public" not in text(listed)
    page = desk.get(url(scene, "all-clear"))
    assert "All clear: Flood, East village" in page.content.decode()
    typed = {name: value for name, value in TYPED.items() if name[-3:] in ("_zh", "_en")}
    typed |= {"seen": first.identifier, "instruction_zh": "", "instruction_en": ""}
    shown = hidden(desk.post(url(scene, "all-clear"), typed | {"preview": "1"}), "shown")
    done = desk.post(url(scene, "all-clear"), typed | {"send": "1", "shown": shown})
    assert done.status_code == 303
    assert PublicWarning.objects.get(kind="AllClear").follows == first


def test_a_warning_that_outlives_the_response_is_named_on_its_page(cast):
    scene = activated(cast)
    first = send(scene, minutes=12)
    page = reverse("incidents:incident", args=[scene.incident.pk])
    said = "the public is still being warned"
    assert said not in text(browser(cast.mayor).get(page)), (
        "while the response goes on that is as it should be"
    )
    stood_down(scene, 15)
    assert said in text(browser(cast.mayor).get(page))
    send(scene, Kind.ALL_CLEAR, 18, first.identifier)
    assert said not in text(browser(cast.mayor).get(page))


def test_who_may(cast):
    scene = activated(cast)
    for staff, status in (
        (cast.mayor, 200),
        (cast.handler, 403),
        (cast.auditor, 403),
        (cast.county_leader, 403),
        (cast.county_reviewer, 404),
    ):
        assert browser(staff).get(url(scene)).status_code == status, staff
    assert browser(cast.mayor).get(url(scene, "nonsense")).status_code == 404


def test_an_exercise_is_marked_before_it_is_sent(cast):
    scene = activated(cast, is_drill=True)
    page = browser(cast.mayor).post(url(scene), TYPED | {"preview": "1"})
    assert "Exercise: nothing has happened." in text(page)
    assert "&lt;status&gt;Exercise" in text(page)
