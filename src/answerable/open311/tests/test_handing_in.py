"""POST requests: registered whatever it is about, with a receipt; a form that is none gets a sentence."""

from __future__ import annotations

import hashlib
import xml.etree.ElementTree as ET
from importlib import import_module
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from answerable.api.clients import issue_key, revoke_key
from answerable.api.models import ApiClient
from answerable.api.scopes import Scope
from answerable.cases.models import Accused, Case, Submission
from answerable.cases.services.receipts import case_behind
from answerable.core.ids import uuid7
from answerable.open311 import published
from answerable.orgs.models import Authority, Place
from answerable.parties.models import Channel, Party
from answerable.parties.steps import open_channel, open_identity
from tests.cast import MONDAY, Cast

pytestmark = pytest.mark.django_db
LAMP = {"service_code": "lamps", "address_id": "village", "description": "路灯坏了两个月。"}


@pytest.fixture
def key(cast: Cast) -> str:
    by = cast.actor(cast.administrator)
    return issue_key(authority=cast.town, scopes=[Scope.OPEN311_WRITE], name="app", by=by, now=MONDAY)[1]


def post(key: str, fields: dict[str, Any], *, language: str = "en", **headers: str) -> Any:
    return Client().post(
        "/open311/v2/requests.json",
        {"api_key": key} | fields,
        headers={"accept-language": language} | headers,
    )


def sentence_of(response: Any, status: int) -> str:
    (error,) = response.json()
    assert (response.status_code, error["code"]) == (status, status)
    return str(error["description"])


def test_the_receipt_opens_the_case_and_says_so_in_words(cast, key):
    (said,) = post(key, LAMP).json()
    case = case_behind(said["receipt_code"], said["receipt_secret"])
    assert case is not None
    assert (case.intake, case.unit, case.place) == ("open311", cast.roads, cast.village)
    assert case.text.claim == LAMP["description"]
    assert said["receipt_code"] in said["service_notice"]
    assert said["receipt_secret"] in said["service_notice"]
    assert said["receipt_code"].lower().replace("-", "") not in said["service_request_id"]


def test_who_they_are_is_sealed_and_what_would_join_their_matters_is_not_kept(key):
    person = {"first_name": "兰", "last_name": "李", "email": "li@example.org", "phone": "138 0000 0000"}
    post(key, LAMP | person | {"device_id": "DEVICE-77", "account_id": "ACCOUNT-88"})
    assert open_identity(Party.objects.get())["name"] == "李兰"
    assert open_channel(Channel.objects.get()) == "li@example.org"
    assert Case.objects.get().privacy == "confidential"
    case = Case.objects.select_related("text").get()
    assert "77" not in case.text.claim + case.text.place_text
    assert "88" not in case.text.claim + case.text.place_text


def test_rule_03_a_matter_without_words_or_with_unasked_answers_is_registered(key):
    assert (
        post(
            key, LAMP | {"description": "", "attribute[COLOUR]": "blue\0", "media_url": "http://10.0.0.1/x"}
        ).status_code
        == 200
    )
    words = Case.objects.get().text.claim
    assert "COLOUR: blue" in words
    assert "http://10.0.0.1/x" in words


def test_rule_05_an_accusation_goes_where_it_does_not_reach_and_is_never_published(cast, key):
    accuses = {
        "attribute[conduct]": "yes",
        "attribute[conduct_unit][]": ["roads"],
        "attribute[publish]": "yes",
    }
    assert post(key, LAMP | accuses).status_code == 200
    case = Case.objects.get()
    assert (case.unit, case.is_conduct, case.is_publishable) == (cast.discipline, True, False)
    assert Accused.objects.get().unit == cast.roads
    assert not published.published().exists()


def test_a_finger_on_the_map_finds_the_public_place_and_keeps_its_own_point_inside(cast, key):
    Place.objects.filter(pk=cast.village.pk).update(latitude="31.20000", longitude="121.40000")
    there = {"service_code": "lamps", "lat": "31.20712", "long": "121.41", "attribute[publish]": "yes"}
    post(key, there)
    case = Case.objects.get()
    assert case.place == cast.village
    assert "31.20712" in case.text.place_text
    (shown,) = Client().get("/open311/v2/requests.json").json()
    assert (shown["lat"], shown["long"]) == (31.2, 121.4)
    far = post(key, there | {"lat": "32"})
    assert far.status_code == 200
    assert Case.objects.filter(place=None).exists()


def test_a_program_that_sends_again_gets_the_same_case(key):
    once = {"idempotency-key": "one-request"}
    first = post(key, LAMP, **once).json()
    assert post(key, LAMP, **once).json()[0]["receipt_code"] == first[0]["receipt_code"]
    assert "before" in sentence_of(post(key, LAMP | {"description": "别的"}, **once), 409)
    assert (Case.objects.count(), Submission.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("fields", "status", "word"),
    [
        ({"service_code": ""}, 400, "service_code"),
        ({"service_code": "nothing"}, 404, "service_code"),
        ({"address_id": ""}, 400, "address_id"),
        ({"address_id": "nowhere"}, 400, "address_id"),
        ({"lat": "91", "long": "0"}, 400, "lat"),
        ({"description": "字" * 4001}, 400, "4000"),
        ({"email": "no"}, 400, "email"),
        ({"phone": "no"}, 400, "phone"),
        ({"attribute[conduct]": "perhaps"}, 400, "conduct"),
        ({"attribute[kind]": "none"}, 400, "kind"),
        ({"jurisdiction_id": "county"}, 404, "jurisdiction_id"),
        ({"api_key": "answerable_" + "A" * 43}, 403, "api_key"),
        ({"api_key": ""}, 403, "api_key"),
    ],
)
def test_a_form_that_is_none_gets_a_sentence(key, fields, status, word):
    assert word in sentence_of(post(key, LAMP | fields), status)
    assert not Case.objects.exists()


def test_without_the_offices_key_file_it_says_so(key, settings):
    settings.ANSWERABLE_KEY_FILE = "/nowhere/key-file"
    response = post(key, LAMP)
    assert "its key file is missing" in sentence_of(response, 503)


def test_a_key_of_before_opens_under_its_own_id_beside_one_of_the_same_name(cast, key):
    old, row = "open311_" + "A" * 43, uuid7()
    digest = hashlib.sha256(b"answerable/open311-key/v1\0" + old.encode()).digest()
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE open311_key ON COMMIT DROP AS "
            "SELECT %s::uuid id, %s::bigint authority_id, 'app' AS name, %s::bytea key_digest, %s::timestamptz issued_at,"
            " NULL::timestamptz revoked_at",
            [row, cast.town.pk, digest, MONDAY],
        )
        cursor.execute(import_module("answerable.open311.migrations.0002_keys_are_of_the_api").MOVED)
    assert post(old, LAMP).status_code == 200
    moved = ApiClient.objects.get(pk=row)
    assert (moved.name, moved.scopes, moved.used_on is not None) == ("app (Open311)", ["open311:write"], True)


def test_a_key_opens_this_door_only_with_its_scope_and_until_its_end(cast, key):
    other = issue_key(authority=cast.town, name="x", by=cast.actor(cast.administrator), now=MONDAY)[1]
    assert "open311:write" in sentence_of(post(other, LAMP), 403)
    ApiClient.objects.update(expires_at=MONDAY)
    assert "time is over" in sentence_of(post(key, LAMP), 403)


def test_a_key_that_was_taken_back_opens_nothing(cast, key):
    revoke_key(client_id=ApiClient.objects.get().pk, by=cast.actor(cast.administrator), now=MONDAY)
    assert sentence_of(post(key, LAMP), 403)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"\xff\xfe\x00" * 50, "application/x-www-form-urlencoded"),
        (b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "text/xml"),
        (b"{}", "application/json"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"&".join(b"a%d=1" % n for n in range(1200)), "application/x-www-form-urlencoded"),
        (b"x=" + b"y" * (9 << 20), "application/x-www-form-urlencoded"),
    ],
    ids=["bytes", "xml", "json", "multipart", "fields", "flood"],
)
@pytest.mark.parametrize("form", ["xml", "json"])
def test_a_hostile_form_gets_an_answer_in_the_form_that_was_asked_for(key, body, kind, form):
    response = Client().generic("POST", f"/open311/v2/requests.{form}", body, content_type=kind)
    assert response.status_code in (400, 403, 413)
    if form == "xml":
        assert ET.fromstring(response.content).findtext("error/code") == str(response.status_code)
    else:
        assert response.json()[0]["code"] == response.status_code


def test_several_offices_are_told_apart(cast, key):
    county = Authority.objects.get(pk=cast.county.pk)
    county.subjects.create(code="roads", name_zh="公路", name_en="Highways")
    said = sentence_of(Client().get("/open311/v2/services.json", headers={"accept-language": "en"}), 400)
    assert "county, town" in said
    (one,) = Client().get("/open311/v2/services.json?jurisdiction_id=county").json()
    assert one["service_code"] == "roads"
    assert sentence_of(Client().get("/open311/v2/services.json?jurisdiction_id=no"), 404)


def test_nothing_else_is_there_and_it_says_so(cast):
    for path, method, status in [
        ("nothing.xml", "get", 404),
        ("services/none.xml", "get", 404),
        ("requests/x.xml", "get", 404),
        ("services.xml", "post", 405),
    ]:
        response = getattr(Client(), method)(f"/open311/v2/{path}")
        assert (response.status_code, ET.fromstring(response.content).tag) == (status, "errors")


def test_whoever_writes_the_summary_is_told_that_everybody_reads_it(cast, key, settings):
    settings.DEMO = True
    post(key, LAMP | {"attribute[publish]": "yes"})
    case = Case.objects.get()
    client = Client(headers={"accept-language": "en"})
    client.force_login(cast.clerk)
    page = client.get(f"/desk/case/{case.pk}/do/describe").content.decode()
    assert "everybody can read and copy it" in page
