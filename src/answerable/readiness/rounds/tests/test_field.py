"""What arrives from a telephone: a round once, however often it is sent; photographs held until they were checked."""

from __future__ import annotations

import base64
import json
import struct
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from answerable.cases.counter import sealing as counter_sealing
from answerable.core import clock
from answerable.incidents.photos.tests.test_photos import jpeg
from answerable.parties.models import DataKey
from answerable.readiness.rounds import chasing
from answerable.readiness.rounds.field.views import ROUNDS
from answerable.readiness.rounds.models import Finding, Round, RoundPhoto
from answerable.readiness.rounds.photos import steps
from answerable.readiness.rounds.services.findings import check_finding
from answerable.readiness.rounds.tests.scenes import FIRE, rounds, template
from answerable.record.models import Act

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def without_second_factor(settings):
    settings.DEMO = True


@pytest.fixture
def scene(cast):
    now = clock.now()
    found = rounds(cast, now=now - timedelta(hours=1), starts_on=(now - timedelta(days=3)).date())
    found.make(now)
    return found


def browser(who) -> Client:
    made = Client(headers={"accept-language": "en"})
    made.force_login(who)
    return made


def sent(client, who, number=None, **content):
    """Send as a telephone does."""
    number = str(number or uuid4())
    body = {"who": who.pk, "told_at": clock.now().isoformat()} | content
    sealed = counter_sealing.seal(body, number, b"\0" * 12, ROUNDS)
    whole = {"id": number, "sealed": sealed, "device_now": clock.now().isoformat()}
    return client.post(reverse("rounds_field:send"), json.dumps(whole), content_type="application/json")


def photographed(client, who, one, picture, number=None, question="picture"):
    number = str(number or uuid4())
    about = json.dumps({"round": str(one.pk), "who": who.pk, "question": question}).encode()
    whole = struct.pack(">I", len(about)) + about + picture
    point, data = counter_sealing.seal_bytes(whole, number, b"\0" * 12, ROUNDS)
    headers = {
        "X-Field-Id": number,
        "X-Field-Key": base64.b64encode(point).decode(),
        "X-Field-Iv": base64.b64encode(b"\0" * 12).decode(),
    }
    return client.post(
        reverse("rounds_field:photograph"), data, content_type="application/octet-stream", headers=headers
    )


ANSWERS = {code: {"value": one.value} for code, one in FIRE.items()}
WRONG = ANSWERS | {"clear": {"value": "no", "note": "堆着纸箱", "becomes": "repair"}}


def test_the_page_gives_what_is_to_be_done_and_nobodys_name(scene, cast):
    client = browser(cast.handler)
    page = client.get(reverse("rounds_field:page"))
    assert page.status_code == 200
    assert cast.handler.name_en not in page.content.decode()
    state = client.get(reverse("rounds_field:state")).json()
    # Within the hour after one was due, the next one is on the list as well.
    one = min(state["rounds"], key=lambda row: row["due_at"])
    assert (one["id"], len(one["questions"])) == (str(scene.due().pk), 8)
    assert cast.handler.name_en not in json.dumps(state)
    worker = client.get(reverse("rounds_field:worker"))
    assert worker["Service-Worker-Allowed"] == "/desk/rounds/field/"
    assert b'const KEPT = "answerable-rounds"' in worker.content
    assert browser(cast.water_leader).get(reverse("rounds_field:state")).json()["rounds"] == []


def test_a_round_sent_twice_is_done_once_and_a_mending_twice_too_after_it_was_sent_back(scene, cast):
    client, one, number = browser(cast.handler), scene.due(), uuid4()
    for _again in range(2):
        assert sent(client, cast.handler, number, kind="round", round=str(one.pk), answers=WRONG).json() == {
            "state": "here"
        }
    assert Finding.objects.count() == 1
    found = scene.finding()
    leader, number = browser(cast.leader), uuid4()
    mended = {"kind": "mended", "finding": str(found.pk), "text": "清走\ud800了\0"}
    assert sent(leader, cast.leader, number, **mended).status_code == 200
    check_finding(
        finding_id=found.pk, is_mended=False, note="还在", by=cast.actor(cast.handler), now=clock.now()
    )
    assert sent(leader, cast.leader, number, **mended).status_code == 200
    found.refresh_from_db()
    assert found.state == "open"
    assert sent(leader, cast.leader, **mended).status_code == 200
    seen = {"kind": "checked", "finding": str(found.pk), "is_mended": True, "text": ""}
    assert sent(client, cast.handler, **seen).status_code == 200
    found.refresh_from_db()
    assert found.state == "closed"


def test_what_is_refused_comes_back_with_its_words_and_what_is_anothers_stays(scene, cast):
    client, one = browser(cast.handler), scene.due()
    about = {"kind": "round", "round": str(one.pk)}
    answer = sent(client, cast.handler, **about, answers=WRONG | {"clear": {"value": "no", "note": "问住户"}})
    assert (answer.status_code, answer.json()["state"]) == (422, "refused")
    assert answer.json()["content"]["answers"]["clear"]["note"] == "问住户"
    assert "lives" in answer.json()["sentence"]
    assert sent(client, cast.leader, **about, answers=ANSWERS).status_code == 409
    stranger = browser(cast.water_leader)
    assert sent(stranger, cast.water_leader, **about, answers=ANSWERS).status_code == 422
    assert sent(client, cast.handler, kind="scandal").status_code == 422
    for nonsense in ({"kind": ["x"]}, {"kind": "round", "round": {}, "answers": [1]}, {"kind": "\ud800"}):
        assert sent(client, cast.handler, **nonsense).status_code == 422
    assert sent(client, cast.handler, kind="mended", finding=str(uuid4()), text="x").status_code == 422
    assert client.post(reverse("rounds_field:send"), "{", content_type="application/json").status_code == 422
    assert Round.objects.filter(state="done").count() == 0


def test_a_photograph_is_held_once_sealed_and_shown_after_a_human_checked_it(scene, cast):
    client, one, number = browser(cast.handler), scene.due(), uuid4()
    for _again in range(2):
        assert photographed(client, cast.handler, one, jpeg(), number).status_code == 200
    photo = RoundPhoto.objects.get()
    assert photo.state == "held"
    assert b"SecretPhoneMaker" not in steps.open_(photo)
    assert photographed(client, cast.handler, one, jpeg(), question="clear").status_code == 422
    assert photographed(client, cast.handler, one, b"no picture").status_code == 422
    page = reverse("rounds:photo", args=[one.pk, photo.pk])
    picture = reverse("rounds:photo_picture", args=[one.pk, photo.pk])
    assert picture not in client.get(reverse("rounds:round", args=[one.pk])).content.decode(), "held"
    clerk = browser(cast.mayor)
    assert client.get(page).status_code == 200
    assert client.get(picture)["Content-Type"] == photo.media_type
    assert Act.objects.filter(kind="round.photo_seen").count() == 1
    assert clerk.get(picture).status_code in (200, 404)
    boxes = {"do": "blur", "left": "10", "top": "10", "width": "20", "height": "20"}
    assert client.post(page, {"do": "blur"}).status_code == 422
    assert client.post(page, boxes).status_code == 303
    photo.refresh_from_db()
    assert photo.state == "cleared"
    shown = f'src="{picture}"'
    assert shown in browser(cast.leader).get(reverse("rounds:round", args=[one.pk])).content.decode()
    assert client.post(page, {"do": "refuse"}).status_code == 422, "it was checked already"
    assert photographed(client, cast.handler, one, jpeg(), number).status_code == 200, "a late echo"
    photo.refresh_from_db()
    assert photo.state == "cleared"
    other = uuid4()
    photographed(client, cast.handler, one, jpeg(), other)
    assert client.post(reverse("rounds:photo", args=[one.pk, other]), {"do": "refuse"}).status_code == 303
    assert not DataKey.objects.filter(owner=other).exists()
    assert client.get(reverse("rounds:photo_picture", args=[one.pk, other])).status_code == 404


def test_a_review_from_the_desk_takes_no_photograph_and_is_not_on_the_telephone(cast):
    now = clock.now()
    scene = rounds(
        cast, now=now, template=template(cast, "contact-lists", now), place_ids=(), starts_on=now.date()
    )
    scene.make(now)
    client = browser(cast.handler)
    assert client.get(reverse("rounds_field:state")).json()["rounds"] == []
    assert photographed(client, cast.handler, scene.due(), jpeg()).status_code == 422


def test_a_photograph_that_nobody_checks_is_destroyed_after_ninety_days(scene, cast):
    client, one = browser(cast.handler), scene.due()
    photographed(client, cast.handler, one, jpeg())
    photo = RoundPhoto.objects.get()
    assert chasing.destroy_old_photos(clock.now() + timedelta(days=89)) == 0
    assert chasing.destroy_old_photos(clock.now() + timedelta(days=91)) == 1
    assert not DataKey.objects.filter(owner=photo.pk).exists()
    assert RoundPhoto.objects.get().state == "refused"
