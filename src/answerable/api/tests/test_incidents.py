"""POST /api/v1/incidents: taken down once, whoever is on duty is asked; what is no danger is told so."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from answerable.alerts.models import Alert
from answerable.api.clients import issue_key
from answerable.incidents.models import Incident
from tests.cast import MONDAY, Cast

pytestmark = pytest.mark.django_db(transaction=True)
FLOOD = {"hazard": "flood", "what": "water over the dyke", "place": "village", "in_danger": "about 20"}


@pytest.fixture
def key(cast: Cast) -> str:
    by = cast.actor(cast.administrator)
    return issue_key(authority=cast.town, name="gauges", by=by, now=MONDAY)[1]


def post(key: str, body: Any, idempotency: str = "one-call-1", language: str = "en") -> Any:
    headers = {"accept-language": language, "authorization": f"Bearer {key}", "idempotency-key": idempotency}
    return Client().post(
        "/api/v1/incidents", json.dumps(body), content_type="application/json", headers=headers
    )


def test_a_call_is_taken_down_once_and_somebody_is_asked(cast: Cast, key: str) -> None:
    said = post(key, FLOOD | {"call_back": "0000-1", "latitude": 30.5, "longitude": 114.3})
    assert said.status_code == 201, said.content
    incident = Incident.objects.get()
    assert said.json()["code"] == incident.code
    assert (incident.place, incident.state, incident.reported_by) == (cast.village, "reported", None)
    assert Alert.objects.get().code == "incident_reported"
    again = post(key, FLOOD | {"call_back": "0000-1", "latitude": 30.5, "longitude": 114.3})
    assert (again.status_code, again.json()["is_repeat"]) == (200, True)
    assert post(key, FLOOD | {"what": "fire"}).status_code == 409
    assert Incident.objects.count() == Alert.objects.count() == 1


def test_ten_callers_are_offered_what_is_there(cast: Cast, key: str) -> None:
    first = post(key, FLOOD).json()
    second = post(key, FLOOD, "another-call").json()
    assert second["similar"] == [first["code"]]
    assert Incident.objects.count() == 2, "offered, never merged"


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_what_is_wrong_is_said_by_field(cast: Cast, key: str, language: str) -> None:
    said = post(
        key, {"hazard": "gathering", "what": "x", "place": "moon", "latitude": 1.0}, language=language
    )
    assert said.status_code == 422
    assert {(one["field"], one["code"]) for one in said.json()["faults"]} == {
        ("hazard", "unknown_hazard"),
        ("place", "unknown_place"),
        ("longitude", "missing"),
    }
    assert post(key, FLOOD | {"what": "村民聚集讨说法"}).json()["code"] == "about_people"
    assert post(key, FLOOD | {"caller": "Li"}).status_code == 422
    assert post("answerable_x", FLOOD).status_code == 401
    assert not Incident.objects.exists()


@pytest.mark.parametrize(
    ("at", "status"),
    [
        ("2026-03-01T12:30:22+22:14", 201),
        ("0416-06-29T12:30:22+22:14", 422),
        ("0001-01-01T00:00:00+14:00", 422),
        ("9999-12-31T23:59:59-23:59", 422),
        ("2026-03-01T12:30:22", 422),
    ],
)
def test_a_time_of_no_calendar_is_said_and_one_of_no_place_is_kept(
    cast: Cast, key: str, at: str, status: int
) -> None:
    """Found by schemathesis: PostgreSQL takes no distance over sixteen hours."""
    said = post(key, FLOOD | {"happened_at": at})
    assert said.status_code == status, said.content
    if status == 422:
        assert said.json()["faults"][0]["field"] == "happened_at"
