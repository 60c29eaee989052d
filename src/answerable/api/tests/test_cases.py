"""POST /api/v1/cases: registered once, by a known system, with a receipt; or told what is wrong."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from answerable.api import door
from answerable.api.clients import client_of, issue_key, revoke_key
from answerable.api.models import ApiClient
from answerable.cases.models import Accused, Case, Submission
from answerable.core import codes
from answerable.orgs.models import Subject
from answerable.parties.models import Channel, DataKey, Party
from answerable.parties.steps import open_channel, open_identity
from answerable.record.models import Act, Opening
from tests.cast import MONDAY, Cast

pytestmark = pytest.mark.django_db
LAMP = {"claim": "村口的路灯坏了两个月。", "subject": "lamps", "place": "village"}


@pytest.fixture
def key(cast: Cast) -> str:
    _client, key = issue_key(
        authority=cast.town, name="热线系统", by=cast.actor(cast.administrator), now=MONDAY
    )
    return key


def post(key: str, body: Any, *, idempotency: str = "one-case-1", language: str = "en", **more: Any) -> Any:
    headers = {"accept-language": language, "authorization": f"Bearer {key}"}
    if idempotency:
        headers["idempotency-key"] = idempotency
    data = body if isinstance(body, (str, bytes)) else json.dumps(body)
    return Client(**more).post("/api/v1/cases", data, content_type="application/json", headers=headers)


def faults(response: Any) -> set[tuple[str, str]]:
    said = response.json()
    assert set(said) == {"code", "sentence", "faults"}
    assert all(one["sentence"] for one in said["faults"])
    return {(one["field"], one["code"]) for one in said["faults"]}


def test_a_case_is_registered_with_its_receipt(cast, key):
    response = post(key, LAMP)
    assert response.status_code == 201
    said = response.json()
    case = Case.objects.select_related("text").get()
    assert said["code"] == case.code
    assert codes.is_valid_secret(said["secret"])
    assert (case.intake, case.unit, case.place) == ("api", cast.roads, cast.village)
    assert case.text.claim == LAMP["claim"]
    assert said["unit"] == "Roads office"
    assert {one["step"] for one in said["deadlines"]} == {"acknowledge", "answer"}
    assert all(one["why"] and one["last_day"] and one["late_from"] for one in said["deadlines"])
    assert said["secret"] not in said["follow_url"]
    body = json.loads(bytes(Opening.objects.get(act__matter_id=case.pk).body))
    assert body["actor"] == "client"
    assert body["client"] == str(ApiClient.objects.get().pk)


def test_rule_01_anonymous_writes_no_party_row(cast, key):
    post(key, LAMP)
    assert not Party.objects.exists()
    assert not Channel.objects.exists()
    assert not DataKey.objects.exists()


def test_identity_and_channel_are_sealed(cast, key):
    body = LAMP | {
        "privacy": "confidential",
        "identity": {"name": "李兰", "represented": "李小宝"},
        "channel": {"kind": "sms", "address": "138 0000 0000"},
    }
    assert post(key, body).status_code == 201
    found = {party.role: open_identity(party)["name"] for party in Party.objects.all()}
    assert found == {"representative": "李兰", "represented": "李小宝"}
    assert open_channel(Channel.objects.get()) == "13800000000"


def test_rule_05_conduct_goes_where_it_does_not_reach(cast, key):
    body = LAMP | {"conduct": {"units": ["roads"], "in_words": "姓赵的"}, "is_shareable": True}
    assert post(key, body).status_code == 201
    case = Case.objects.get()
    assert (case.unit, case.is_conduct, case.is_shareable, case.kind) == (
        cast.discipline,
        True,
        False,
        "conduct",
    )
    assert Accused.objects.get().unit == cast.roads


def test_a_repetition_gets_the_same_case_and_other_words_are_told(cast, key):
    first = post(key, LAMP).json()
    again = post(key, LAMP)
    assert again.status_code == 200
    assert again.json() == first | {"is_repeat": True}
    differs = post(key, LAMP | {"claim": "另一件事。"})
    assert differs.status_code == 409
    assert differs.json()["code"] == "submission_differs"
    assert first["code"] in differs.json()["sentence"]
    assert Case.objects.count() == 1


def test_a_late_repetition_finds_the_case_without_its_secret(cast, key):
    first = post(key, LAMP).json()
    Submission.objects.update(at=MONDAY - timedelta(days=1))
    again = post(key, LAMP).json()
    assert (again["code"], again["secret"]) == (first["code"], None)


def test_two_systems_may_use_the_same_idempotency_key(cast, key):
    _other, second = issue_key(
        authority=cast.town, name="other", by=cast.actor(cast.administrator), now=MONDAY
    )
    assert post(key, LAMP).json()["code"] != post(second, LAMP).json()["code"]


@pytest.mark.parametrize(
    ("idempotency", "code"),
    [("", "idempotency_missing"), ("short", "idempotency_malformed"), ("x" * 201, "idempotency_malformed")],
)
def test_an_idempotency_key_is_needed(cast, key, idempotency, code):
    response = post(key, LAMP, idempotency=idempotency)
    assert (response.status_code, response.json()["code"]) == (400, code)
    assert not Case.objects.exists()


@pytest.mark.parametrize("wrong", ["", "x", "answerable_" + "A" * 43, "answerable_" + "é" * 43])
def test_without_a_known_key_nothing_happens(cast, key, wrong):
    response = post(wrong, LAMP)
    assert response.status_code == 401
    assert response.json()["code"] == "key_wrong"
    assert response["WWW-Authenticate"] == "Bearer"
    assert Client().post("/api/v1/cases", LAMP, content_type="application/json").status_code == 401


def test_a_key_is_kept_as_a_digest_and_taken_back_for_good(cast, key):
    client = ApiClient.objects.get()
    assert key.encode() not in bytes(client.key_digest)
    assert client_of(key) == client
    revoke_key(client_id=client.pk, by=cast.actor(cast.administrator), now=MONDAY)
    revoke_key(client_id=client.pk, by=cast.actor(cast.administrator), now=MONDAY)
    assert client_of(key) is None
    assert post(key, LAMP).status_code == 401
    kinds = list(Act.objects.filter(matter_id=client.pk).order_by("seq").values_list("kind", flat=True))
    assert kinds == ["api.key_issued", "api.key_revoked"]


def test_a_key_works_for_its_authority_alone(cast, key):
    Subject.objects.create(authority=cast.county, code="roads", name_zh="县道", name_en="County roads")
    response = post(key, LAMP | {"subject": "roads"})
    assert faults(response) == {("subject", "unknown_subject")}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"claim": " \u200b "}, {("claim", "missing")}),
        ({"claim": "字" * 100_001}, {("claim", "too_long")}),
        ({"subject": "x\0"}, {("subject", "unknown_subject")}),
        ({"place": "nowhere"}, {("place", "unknown_place")}),
        ({"kind": "conduct"}, {("kind", "unknown_kind")}),
        ({"privacy": "secret"}, {("privacy", "malformed")}),
        ({"language": "fr"}, {("language", "malformed")}),
        ({"privacy": "open"}, {("identity", "identity_needed")}),
        ({"identity": {"name": "x"}}, {("identity", "identity_with_anonymous")}),
        ({"channel": {"kind": "email", "address": "x"}}, {("channel.address", "channel_wrong")}),
        ({"channel": {"kind": "fax", "address": "x"}}, {("channel.kind", "malformed")}),
        ({"conduct": {}}, {("conduct", "conduct_unnamed")}),
        ({"conduct": {"units": ["roads", "moon"]}}, {("conduct.units.1", "unknown_unit")}),
        ({"accused_staff": [1]}, {("accused_staff", "unknown_field")}),
        ({"claim": 5}, {("claim", "malformed")}),
        (
            {"claim": "", "subject": "x", "place": "y"},
            {("claim", "missing"), ("subject", "unknown_subject"), ("place", "unknown_place")},
        ),
    ],
)
def test_every_fault_is_named_by_field_and_nothing_is_registered(cast, key, change, expected):
    response = post(key, LAMP | change)
    assert response.status_code == 422
    assert faults(response) == expected
    assert not Case.objects.exists()


def test_what_is_missing_is_named(cast, key):
    assert faults(post(key, {})) == {("claim", "missing"), ("subject", "missing")}


@pytest.mark.parametrize(
    "body",
    ["{", "[1", b"\xff\xfe{}", '{"claim": "x",}', "[" * 100_000],
    ids=lambda value: repr(value)[:20],
)
def test_what_is_no_json_is_said(cast, key, body):
    response = post(key, body)
    assert (response.status_code, response.json()["code"]) == (400, "not_json")


@pytest.mark.parametrize("body", ["", "[]", "1", '"x"', "null"])
def test_json_that_is_no_case_is_said(cast, key, body):
    assert post(key, body).status_code == 422


@pytest.mark.parametrize(
    ("claim", "kept"),
    [
        ('"half \\ud83d sign"', "half � sign"),
        ('"\\ud83d\\ude00"', "😀"),
        ('"a\\u0000b\\u202ec"', "abc"),
        ('"<script>alert(1)</script>"', "<script>alert(1)</script>"),
        ('"=1+1"', "=1+1"),
    ],
)
def test_hostile_words_are_kept_as_cleaned(cast, key, claim, kept):
    assert post(key, f'{{"subject": "lamps", "claim": {claim}}}').status_code == 201
    assert Case.objects.get().text.claim == kept


def test_a_flood_is_too_large(cast, key):
    response = post(key, LAMP | {"claim": "x" * (9 << 20)})
    assert (response.status_code, response.json()["code"]) == (413, "too_large")


@pytest.mark.usefixtures("one_window")
def test_too_often_says_when(cast, key, monkeypatch):
    monkeypatch.setitem(door.LIMITS, "cases", door.Limit(1, 3600, "too_often"))
    assert post(key, LAMP, idempotency="number-1").status_code == 201
    response = post(key, LAMP, idempotency="number-2")
    assert response.status_code == 429
    assert int(response["Retry-After"]) > 0
    assert (response["RateLimit-Limit"], response["RateLimit-Remaining"]) == ("1", "0")


def test_the_database_is_away(cast, key, monkeypatch):
    def away() -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(door, "standing_at", away)
    response = post(key, LAMP)
    assert (response.status_code, response.json()["code"]) == (503, "database_away")
    assert response["Retry-After"] == "30"


def test_the_key_file_is_away(cast, key, settings):
    settings.ANSWERABLE_KEY_FILE = "/nowhere/key-file"
    response = post(key, LAMP)
    assert (response.status_code, response.json()["code"]) == (503, "keys_away")
    assert not Act.objects.filter(kind="case.registered").exists()


def test_sentences_come_in_the_language_asked_for(cast, key):
    assert "没有登记" in post(key, {}, language="zh-CN").json()["sentence"]
    assert "nothing was registered" in post(key, {}).json()["sentence"]


def test_the_description_is_open_and_names_what_matters(client):
    described = client.get("/api/v1/openapi.json").json()
    post_case = described["paths"]["/api/v1/cases"]["post"]
    assert {"200", "201", "401", "409", "422", "429"} <= set(post_case["responses"])
    assert [one["name"] for one in post_case["parameters"]] == ["Idempotency-Key", "Accept-Language"]
    assert described["components"]["securitySchemes"]
    assert "secret" in described["components"]["schemas"]["ReceiptOut"]["properties"]


def test_there_is_no_page_that_asks_elsewhere(client):
    assert client.get("/api/v1/docs").status_code == 404
