"""Every operation of the API under requests that fit its document, that do not, and at the edges of both.

schemathesis finds no failure: no answer that the document does not have, no header or field of another form, no broken
request that is taken, no method that is not said. By hand it was run longer (docs/reference/api.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from answerable.api import door
from answerable.api.hooks import services
from answerable.api.scopes import Event
from answerable.api.tests.systems import EVERY, send, system
from answerable.api.urls import api
from answerable.core import clock
from answerable.incidents.tests.responses import call
from tests.cast import Cast
from tests.contract.any_request import EXAMPLES, narrowed, schema_of

pytestmark = pytest.mark.django_db
CODES = {"subject": ["lamps", "pipes"], "place": ["village"], "hazard": ["flood", "fire"]}
LAMP = {"claim": "The lamp is out.", "subject": "lamps", "place": "village"}

schema = schema_of(narrowed(api.get_openapi_schema(), CODES))


@dataclass(frozen=True)
class Town:
    """A key with every scope, and what there is to ask for, by path and name."""

    key: str
    there: dict[tuple[str, str], str]


@pytest.fixture
def town(cast: Cast, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Town:
    """With a case, a call and a webhook; nobody counts requests."""
    settings.ALLOWED_HOSTS = ["*"]
    monkeypatch.setattr(door, "LIMITS", {kind: door.Limit(10**9, 3600) for kind in door.LIMITS})
    client, key = system(cast, *EVERY, unit=cast.roads)
    hook, _secret = services.make_hook(
        client_id=client.pk,
        url="https://partner.example/",
        host="partner.example",
        kinds=list(Event),
        by=cast.actor(cast.administrator),
        now=clock.now(),
    )
    there = {
        ("cases", "code"): send(key, "cases", LAMP, "the-first-one").json()["code"],
        ("incidents", "code"): call(cast).code,
        ("webhooks", "hook_id"): str(hook.pk),
    }
    return Town(key, there)


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_no_request_meets_an_answer_that_is_not_described(case: Any, town: Town) -> None:
    """A request that fits asks for a row that is there; one that does not is sent as it was made."""
    if case.meta is None or case.meta.generation.mode.is_positive:
        for (room, name), value in town.there.items():
            if f"/{room}/" in case.path and name in case.path_parameters:
                case.path_parameters[name] = value
    case.call_and_validate(headers={"Authorization": f"Bearer {town.key}"})
