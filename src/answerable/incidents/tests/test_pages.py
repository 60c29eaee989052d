"""The incident pages: who may open which, in both languages, and what they do without JavaScript."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from answerable.cases.models import Case
from answerable.core import clock
from answerable.incidents.models import (
    Entry,
    Incident,
    IncidentRole,
    LevelChange,
    Promise,
    Sent,
    Strand,
    Task,
)
from answerable.incidents.services import tasks
from answerable.incidents.tests.responses import call, make_plan, respond
from answerable.orgs.models import Staff
from tests.cast import Cast, make_cast, registered

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _demo(settings):
    settings.DEMO = True  # the second factor has its own tests


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def browser(staff: Staff, language: str = "en") -> Client:
    made = Client(headers={"accept-language": language})
    made.force_login(staff)
    return made


def at(name: str, incident: Incident, *more: str, on: object = "") -> str:
    return reverse(f"incidents:{name}", args=[incident.pk, *more]) + (f"?on={on}" if on else "")


def do(staff: Staff, incident: Incident, verb: str, on: object = "", **data: object):
    return browser(staff).post(at("act", incident, verb, on=on), data)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page_opens_in_both_languages(cast: Cast, language: str) -> None:
    now = clock.now()
    version = make_plan(cast)
    waiting = call(cast, now=now, hazard="fire", call_back="0000-1")
    incident = respond(cast, version, now=now)
    task = Task.objects.filter(incident=incident).first()
    sent = do(cast.mayor, incident, "send", kind="people", what="two teams", count="2")
    assert sent.status_code == 303
    client = browser(cast.mayor, language)
    pages = [
        reverse("incidents:list"),
        reverse("incidents:new"),
        at("incident", waiting),
        at("begin", waiting),
        at("act", waiting, "dismiss"),
        at("incident", incident),
        at("level", incident),
        at("end", incident),
        at("briefing", incident),
        at("briefing_pdf", incident),
    ]
    pages += [at("act", incident, verb) for verb in ("task", "send", "take", "promise", "prolong", "scales")]
    pages += [at("act", incident, verb, on=task.pk) for verb in ("finish", "leave-out", "move", "give")]
    pages += [
        at("act", incident, "give-role", on="engineer"),
        at("act", incident, "close-track", on="safety"),
    ]
    for page in pages:
        answer = client.get(page)
        assert answer.status_code == 200, page
        if language == "zh-hans" and not page.endswith(".pdf"):
            main = answer.content.decode().split("<main", 1)[1].split("</main>")[0]
            assert not re.search(r">[A-Za-z][a-z]+ [a-z]+ [a-z]+", main), re.findall(
                r">[A-Za-z][a-z]+ [a-z]+ [a-z]+[^<]*", main
            )


def test_the_empty_list_says_what_to_do_next(cast: Cast) -> None:
    page = browser(cast.clerk).get(reverse("incidents:list")).content.decode()
    assert "Take a call down" in page
    assert "No incident is open" in page


def test_a_call_from_the_form_and_what_is_alike_is_offered(cast: Cast) -> None:
    client = browser(cast.clerk)
    data = {
        "key": str(uuid4()),
        "authority": cast.town.pk,
        "hazard": "flood",
        "what": "water over the dyke",
        "place": cast.village.pk,
        "in_danger": "about 20 people",
        "call_back": "0000-7",
    }
    done = client.post(reverse("incidents:new"), data)
    incident = Incident.objects.get()
    assert done.headers["Location"] == at("incident", incident)
    again = client.post(reverse("incidents:new"), data | {"key": str(uuid4())})
    assert again.status_code == 200
    assert f"It is {incident.code}: count the call" in again.content.decode()
    assert Incident.objects.count() == 1, "offered, not merged and not doubled"
    assert 'name="call_back" value="0000-7"' in again.content.decode(), "nothing that was typed is lost"
    do(cast.clerk, incident, "again", text="the water rises", call_back="0000-8")
    incident.refresh_from_db()
    assert incident.calls == 2
    assert Entry.objects.get(incident=incident).text == "the water rises"
    opened = browser(cast.mayor).post(at("call_back", incident), {"why": "ask"}).content.decode()
    assert "0000-7" in opened
    assert "0000-8" in opened
    client.post(reverse("incidents:new"), data | {"key": str(uuid4()), "anyway": "on"})
    assert Incident.objects.count() == 2
    # The same form sent twice is one call.
    client.post(reverse("incidents:new"), data)
    assert Incident.objects.count() == 2


def test_the_number_to_call_back_is_opened_for_a_reason_only(cast: Cast) -> None:
    incident = call(cast, call_back="0000-7181920212", now=clock.now())
    assert b"7181920212" not in bytes(incident.call_back)
    client = browser(cast.mayor)
    assert "7181920212" not in client.get(at("incident", incident)).content.decode()
    assert client.post(at("call_back", incident), {"why": ""}).status_code == 422
    opened = client.post(at("call_back", incident), {"why": "ask how high the water is"})
    assert "0000-7181920212" in opened.content.decode()
    assert browser(cast.handler).post(at("call_back", incident), {"why": "x"}).status_code == 403


def _decision(client: Client, incident: Incident, **more: object) -> dict[str, object]:
    form = client.get(at("begin", incident)).context["form"]
    found = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    found = {name: value for name, value in found.items() if value is not None}
    return found | {"clock": f"{found['clock']:%H:%M}", "grounds": "water over the mark", **more}


def test_activation_from_the_page_with_the_plans_words(cast: Cast) -> None:
    version = make_plan(cast)
    incident = call(cast, now=clock.now())
    client = browser(cast.mayor)
    assert "water" in client.get(at("begin", incident)).content.decode()
    done = client.post(at("begin", incident), _decision(client, incident, level=2, measures="boats go out"))
    assert done.status_code == 303, done.context and done.context["form"].errors
    incident.refresh_from_db()
    assert (incident.state, incident.response_level, incident.plan_version) == ("active", 2, version)
    refused = client.post(at("begin", incident), _decision(client, incident, level=1, measures="more"))
    assert refused.status_code == 422
    assert "under way already" in refused.content.decode()


def test_a_task_from_begun_to_done_and_what_was_seen(cast: Cast) -> None:
    incident = respond(cast, make_plan(cast), now=clock.now())
    task = Task.objects.get(incident=incident, code="look")
    assert do(cast.water_leader, incident, "begin", on=task.pk).status_code == 303
    refused = do(cast.water_leader, incident, "finish", on=task.pk, result="")
    assert refused.status_code == 422
    assert "nobody is left behind" in refused.content.decode()
    do(cast.water_leader, incident, "finish", on=task.pk, result="house by house, all out")
    task.refresh_from_db()
    assert (task.state, task.result) == ("done", "house by house, all out")
    page = browser(cast.mayor).get(at("incident", incident)).content.decode()
    assert "house by house, all out" in page


def test_what_one_saw_is_not_overwritten(cast: Cast) -> None:
    incident = respond(cast, make_plan(cast), now=clock.now())
    task = Task.objects.get(incident=incident, code="warn")
    seen = task.version
    do(cast.mayor, incident, "begin", on=task.pk)
    late = do(cast.mayor, incident, "leave-out", on=task.pk, why="not needed", seen_version=seen)
    assert late.status_code == 422
    task.refresh_from_db()
    assert task.state == "begun"


def test_the_page_of_the_end_lists_what_is_open_and_then_takes_the_signature(cast: Cast) -> None:
    incident = respond(cast, None, now=clock.now())
    client = browser(cast.mayor)
    do(cast.mayor, incident, "send", kind="vehicle", what="fire engine 2", count="1")
    page = client.get(at("end", incident)).content.decode()
    assert "fire engine 2" in page
    assert "Sign and lift" not in page
    refused = client.post(at("end", incident), {"grounds": "dry", "measures": ""})
    assert refused.status_code == 422
    do(cast.mayor, incident, "back", on=Sent.objects.get().pk, said="whole")
    for strand in Strand.objects.filter(incident=incident):
        do(cast.mayor, incident, "close-track", on=strand.code, said="")
    assert client.post(at("end", incident), {"grounds": "dry", "measures": ""}).status_code == 303
    incident.refresh_from_db()
    assert incident.state == "stood_down"
    assert LevelChange.objects.filter(incident=incident, after=None).exists()
    assert client.get(at("incident", incident)).status_code == 200


def test_command_is_taken_with_a_briefing_once_the_commander_vanished(cast: Cast) -> None:
    incident = respond(cast, make_plan(cast), by=cast.mayor, now=clock.now())
    # The plan's deputy: the head of the roads office. The mayor has acknowledged by activating.
    there = do(cast.leader, incident, "command")
    assert there.status_code == 422
    assert "commands and has acknowledged" in there.content.decode()
    IncidentRole.objects.filter(incident=incident, code="commander").update(acknowledged_at=None)
    assert do(cast.handler, incident, "command").status_code == 422, "the plan does not name them"
    taken = do(cast.leader, incident, "command", why="no answer")
    assert taken.headers["Location"] == at("briefing", incident)
    incident.refresh_from_db()
    assert incident.commander == cast.leader
    brief = browser(cast.leader).get(at("briefing", incident)).content.decode()
    for words in ("水位超过警戒线", "Organisation", "Resources", "do look"):
        assert words in brief


def test_a_promise_becomes_a_case_with_a_receipt_shown_once(cast: Cast) -> None:
    incident = respond(cast, make_plan(cast), now=clock.now())
    do(cast.mayor, incident, "promise", what="when is the bridge open again", hours="4")
    promise = Promise.objects.get()
    page = do(
        cast.mayor,
        incident,
        "register",
        on=promise.pk,
        claim="when is the bridge open",
        subject=cast.lamps.pk,
    )
    case = Case.objects.get()
    assert case.code in page.content.decode()
    promise.refresh_from_db()
    assert (promise.case_id, promise.answer) == (case.pk, case.code)
    assert promise.answered_at is not None
    again = do(
        cast.mayor,
        incident,
        "register",
        on=promise.pk,
        claim="when is the bridge open",
        subject=cast.lamps.pk,
    )
    assert again.status_code == 422
    assert Case.objects.count() == 1


def test_doors(cast: Cast) -> None:
    incident = respond(cast, make_plan(cast), now=clock.now())
    assert browser(cast.county_leader).get(at("incident", incident)).status_code == 200, "told, so they read"
    assert browser(cast.county_reviewer).get(at("incident", incident)).status_code == 404
    for staff in (cast.administrator, cast.auditor, cast.county_leader, cast.discipline_head):
        assert do(staff, incident, "task", title="x", strand="safety").status_code == 403, staff
        assert do(staff, incident, "command").status_code in (403, 422)
    assert browser(cast.administrator).get(reverse("incidents:new")).status_code == 403
    assert browser(cast.clerk).get(at("level", incident)).status_code == 403
    other = do(cast.mayor, incident, "finish", on=uuid4(), result="x")
    assert other.status_code == 404
    assert Client().get(at("incident", incident)).status_code == 302


def test_a_case_tells_of_a_hazard_by_its_place_alone(cast: Cast) -> None:
    case = registered(cast, is_danger=True, claim="张三家门口的河堤要垮了，电话 13800000000").case
    client = browser(cast.clerk)
    address = reverse("incidents:new") + f"?case={case.pk}"
    assert address in client.get(reverse("desk:case", args=[case.pk])).content.decode()
    page = client.get(address).content.decode()
    assert "张三" not in page
    assert "13800000000" not in page
    assert f'value="{cast.village.pk}" selected' in page
    assert browser(cast.water_leader).get(reverse("incidents:new") + f"?case={case.pk}").status_code == 404


def test_the_log_is_read_by_pages_and_a_line_is_struck_and_stays(cast: Cast) -> None:
    incident = respond(cast, None, now=clock.now())
    for n in range(55):
        tasks.set_task(
            incident_id=incident.pk,
            title=f"t{n}",
            strand_code="safety",
            by=cast.actor(cast.mayor),
            now=clock.now(),
        )
    do(cast.mayor, incident, "write", key=str(uuid4()), text="the gauge says 4.2 m")
    entry = Entry.objects.get()
    do(cast.mayor, incident, "strike", on=entry.pk, why="it was 3.2 m")
    page = browser(cast.mayor).get(at("incident", incident))
    assert "the gauge says 4.2 m" in page.content.decode()
    assert "struck out" in page.content.decode()
    before = page.context["timeline"].before
    assert before
    older = browser(cast.mayor).get(at("incident", incident) + f"?before={before}").content.decode()
    assert "The response begins" in older


def test_a_late_telephone_does_not_change_when_things_arrived(cast: Cast) -> None:
    now = clock.now()
    incident = respond(cast, make_plan(cast), now=now - timedelta(hours=1))
    task = Task.objects.get(incident=incident, code="warn")
    done = tasks.finish_task(
        incident_id=incident.pk, task_id=task.pk, result="", by=cast.actor(cast.clerk), now=now,
        happened_at=now + timedelta(days=400),
    )  # fmt: skip
    assert done.ended_at == now
