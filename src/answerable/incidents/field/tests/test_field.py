"""What arrives from the field: once, in order, with a clock that is put right; and what is refused."""

from __future__ import annotations

import json
import struct
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from answerable.cases.counter import sealing as counter_sealing
from answerable.core import clock
from answerable.incidents.field import sealing
from answerable.incidents.field.rules import Claimed, claimed
from answerable.incidents.models import Entry, Photo, Task
from answerable.incidents.photos.tests.test_photos import jpeg
from answerable.incidents.services.tasks import finish_task, reopen_task
from answerable.incidents.tests.responses import make_plan, respond
from answerable.record.models import Act
from tests.cast import MONDAY

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def without_second_factor(settings):
    settings.DEMO = True


@pytest.fixture
def incident(cast):
    return respond(cast, make_plan(cast), now=clock.now() - timedelta(hours=8))


def sent(client, who, incident, *, number=None, device_now=None, told_at=None, **content):
    """Send as a telephone does."""
    number = str(number or uuid4())
    body = {"kind": "entry", "incident": str(incident.pk), "who": who.pk, "text": "桥已封闭"} | content
    if told_at is not None:
        body["told_at"] = told_at.isoformat()
    sealed = counter_sealing.seal(body, number, b"\0" * 12, sealing.FIELD)
    whole = {"id": number, "sealed": sealed, "device_now": (device_now or clock.now()).isoformat()}
    return client.post(reverse("field:send"), json.dumps(whole), content_type="application/json")


def photographed(client, who, incident, picture, number=None, **more):
    number = str(number or uuid4())
    about = json.dumps({"incident": str(incident.pk), "who": who.pk, "text": "路面塌陷"} | more).encode()
    whole = struct.pack(">I", len(about)) + about + picture
    point, data = counter_sealing.seal_bytes(whole, number, b"\0" * 12, sealing.FIELD)
    import base64

    return client.post(
        reverse("field:photograph"),
        data,
        content_type="application/octet-stream",
        headers={
            "X-Field-Id": number,
            "X-Field-Key": base64.b64encode(point).decode(),
            "X-Field-Iv": base64.b64encode(b"\0" * 12).decode(),
            "X-Field-Now": clock.now().isoformat(),
        },
    )


# --- the clock (pure)

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("ahead", "ago", "says"),
    [
        (timedelta(0), 2 * HOUR, (-2 * HOUR, 0)),
        (5 * HOUR, 2 * HOUR, (-2 * HOUR, 18000)),
        (-5 * HOUR, 2 * HOUR, (-2 * HOUR, -18000)),
        (timedelta(0), timedelta(seconds=5), (None, 0)),
        (3 * HOUR, -HOUR, (None, 10800)),  # written "after" it is sent: the clock was set back in between
        (timedelta(days=40_000), 2 * HOUR, (-2 * HOUR, 2_000_000_000)),
        (timedelta(0), timedelta(days=4000), (None, 0)),
    ],
)
def test_a_wrong_clock_is_put_right_and_never_in_the_future(ahead, ago, says):
    device = MONDAY + ahead
    found = claimed(device - ago, device, MONDAY)
    at = None if says[0] is None else MONDAY + says[0]
    assert found == Claimed(at, says[1])


def test_without_a_clock_nothing_is_claimed():
    assert claimed(MONDAY, None, MONDAY) == Claimed(None, None)
    assert claimed(None, MONDAY, MONDAY) == Claimed(None, 0)


# --- lines and tasks


def test_a_line_arrives_once_with_its_own_time(client, cast, incident):
    client.force_login(cast.mayor)
    number, device = uuid4(), clock.now() + timedelta(hours=3)
    for _again in range(3):
        answer = sent(
            client,
            cast.mayor,
            incident,
            number=number,
            device_now=device,
            told_at=device - timedelta(hours=2),
        )
        assert (answer.status_code, answer.json()["state"]) == (200, "here")
    entry = Entry.objects.get(pk=number)
    assert entry.by == cast.mayor
    assert abs(entry.clock_off_s - 3 * 3600) < 30
    assert abs(entry.happened_at - (entry.at - timedelta(hours=2))) < timedelta(seconds=30)
    act = Act.objects.get(matter=incident.pk, seq=entry.seq)
    assert act.happened_at == entry.happened_at
    client.force_login(cast.mayor)
    board = client.get(reverse("board:show", args=[incident.pk])).content.decode()
    assert "据称发生于" in board
    assert "快了 180 分钟" in board


def test_the_same_number_with_other_words_is_refused(client, cast, incident):
    client.force_login(cast.mayor)
    number = uuid4()
    sent(client, cast.mayor, incident, number=number)
    answer = sent(client, cast.mayor, incident, number=number, text="别的")
    assert answer.status_code == 422
    assert answer.json()["content"]["text"] == "别的"
    assert Entry.objects.get(pk=number).text == "桥已封闭"


def test_a_task_is_begun_and_done_once_and_says_when(client, cast, incident):
    task = Task.objects.get(incident=incident, code="look")
    engineer = cast.water_leader
    client.force_login(engineer)
    state = client.get(reverse("field:state")).json()
    assert {one["title"] for one in state["tasks"]} == {"do look", "do close_road"}
    assert sent(client, engineer, incident, kind="begun", task=str(task.pk), text="").status_code == 200
    nothing_seen = sent(client, engineer, incident, kind="done", task=str(task.pk), text="")
    assert nothing_seen.status_code == 422
    assert "nobody is left behind" in nothing_seen.json()["sentence"]
    now = clock.now()
    for _again in range(2):
        answer = sent(
            client,
            engineer,
            incident,
            kind="done",
            task=str(task.pk),
            text="都撤了",
            device_now=now,
            told_at=now - timedelta(hours=1),
        )
        assert answer.json()["state"] == "here"
    task.refresh_from_db()
    assert (task.state, task.result, task.ended_by) == ("done", "都撤了", engineer)
    assert abs(task.ended_at - (now - timedelta(hours=1))) < timedelta(seconds=30)
    assert Act.objects.filter(matter=incident.pk, kind="incident.task_done").count() == 1
    assert "do look" not in {one["title"] for one in client.get(reverse("field:state")).json()["tasks"]}


def test_what_is_sent_again_after_a_reopening_ends_nothing(client, cast, incident):
    task = Task.objects.get(incident=incident, code="look")
    client.force_login(cast.water_leader)
    number = uuid4()
    done = {"kind": "done", "task": str(task.pk), "text": "都撤了", "number": number}
    assert sent(client, cast.water_leader, incident, **done).status_code == 200
    again = {"incident_id": incident.pk, "task_id": task.pk, "by": cast.actor(cast.mayor), "now": clock.now()}
    reopen_task(why="一户还在", **again)
    assert sent(client, cast.water_leader, incident, **done).json()["state"] == "here"
    task.refresh_from_db()
    assert task.state == Task.State.BEGUN
    done["number"] = uuid4()
    assert sent(client, cast.water_leader, incident, **done).status_code == 200
    task.refresh_from_db()
    assert task.state == Task.State.DONE, "done anew it is done"


def test_what_another_has_ended_meanwhile_is_refused_with_words(client, cast, incident):
    task = Task.objects.get(incident=incident, code="warn")
    finish_task(
        incident_id=incident.pk, task_id=task.pk, result="x", by=cast.actor(cast.mayor), now=clock.now()
    )
    client.force_login(cast.clerk)
    assert sent(client, cast.clerk, incident, kind="begun", task=str(task.pk), text="").status_code == 200
    answer = sent(client, cast.clerk, incident, kind="done", task=str(task.pk), text="我也做了")
    assert answer.status_code == 422
    assert answer.json()["content"]["text"] == "我也做了"


def test_what_somebody_else_wrote_stays_until_they_sign_in(client, cast, incident):
    client.force_login(cast.clerk)
    answer = sent(client, cast.mayor, incident)
    assert (answer.status_code, answer.json()["state"]) == (409, "kept")
    assert not Entry.objects.filter(text="桥已封闭").exists()


def test_who_may_not_write_is_refused_and_gets_the_words_back(client, cast, incident):
    client.force_login(cast.auditor)
    answer = sent(client, cast.auditor, incident)
    assert answer.status_code == 422
    assert answer.json()["content"]["text"] == "桥已封闭"
    client.force_login(cast.county_reviewer)
    assert sent(client, cast.county_reviewer, incident).status_code == 422
    assert not Entry.objects.filter(text="桥已封闭").exists()


def test_nobody_signed_in_is_sent_to_the_sign_in(client, cast, incident):
    assert client.get(reverse("field:state")).status_code == 302
    assert sent(client, cast.mayor, incident).status_code in (302, 401)
    assert not Entry.objects.filter(text="桥已封闭").exists()
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast.mayor)
    assert sent(strict, cast.mayor, incident).status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "{",
        '{"id": 7}',
        json.dumps({"id": "0" * 8 + "-0000-4000-8000-" + "0" * 12, "sealed": {"key": "x"}}),
        "[" * 99_999,
    ],
)
def test_nonsense_is_refused_and_changes_nothing(client, cast, incident, body):
    client.force_login(cast.mayor)
    count = Entry.objects.count()
    answer = client.post(reverse("field:send"), body, content_type="application/json")
    assert answer.status_code == 422
    assert Entry.objects.count() == count


def test_what_is_sealed_for_the_counter_does_not_open_here(client, cast, incident):
    client.force_login(cast.mayor)
    number = str(uuid4())
    sealed = counter_sealing.seal({"who": cast.mayor.pk}, number, b"\0" * 12)
    whole = {"id": number, "sealed": sealed, "device_now": "x"}
    answer = client.post(reverse("field:send"), json.dumps(whole), content_type="application/json")
    assert answer.status_code == 422


# --- photographs


def test_a_photograph_arrives_once_and_is_held(client, cast, incident):
    client.force_login(cast.mayor)
    number, picture = uuid4(), jpeg()
    for _again in range(2):
        assert photographed(client, cast.mayor, incident, picture, number).json() == {"state": "here"}
    photo = Photo.objects.get()
    assert (photo.pk, photo.state, photo.entry.text) == (number, "held", "路面塌陷")


def test_a_hundred_megabytes_are_refused_with_a_sentence_before_they_are_read(client, cast, incident):
    client.force_login(cast.mayor)
    answer = client.post(
        reverse("field:photograph"),
        b"x",
        content_type="application/octet-stream",
        headers={"X-Field-Id": str(uuid4()), "Content-Length": str(100 << 20)},
    )
    assert answer.status_code == 422
    assert "12 MB" in answer.json()["sentence"]
    assert not Photo.objects.exists()


# --- the page


def test_the_page_that_a_device_keeps_names_nobody(client, cast, incident):
    client.force_login(cast.mayor)
    text = client.get(reverse("field:page")).content.decode()
    assert cast.mayor.name_zh not in text
    assert "csrf" not in text
    assert incident.title not in text


def test_the_worker_answers_for_the_field_alone(client):
    answer = client.get(reverse("field:worker"))
    assert answer["Service-Worker-Allowed"] == "/desk/field/"
    text = answer.content.decode()
    assert text.count("cache.put") == 1, "only what the page asks for is kept"


def test_state_tells_the_server_s_time(client, cast, incident):
    client.force_login(cast.clerk)
    told = client.get(reverse("field:state")).json()
    assert abs(datetime.fromisoformat(told["now"]) - clock.now()) < timedelta(seconds=30)
    assert told["who"] == cast.clerk.pk
    assert [one["id"] for one in told["incidents"]] == [str(incident.pk)]
