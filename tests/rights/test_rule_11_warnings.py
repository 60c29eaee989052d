"""Rule 11: what is public of an emergency is the hazard and the help, through the real services and pages."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from answerable.core import clock
from answerable.incidents.services.activation import activate
from answerable.incidents.tests.responses import call, decision, make_plan
from answerable.incidents.warnings import services
from answerable.incidents.warnings.rules import CannotWarn, Draft, Words
from tests.cast import MONDAY

pytestmark = pytest.mark.django_db(transaction=True)
PUBLIC = (
    "/",
    "/warnings/",
    "/warnings/{id}",
    "/warnings/{id}.xml",
    "/warnings/feed.atom",
    "/warnings/feed.json",
    "/warnings/incidents/{code}",
)


def drafted(**more: str) -> Draft:
    words = {"headline": "洪涝警报", "description": "水位上涨。", "instruction": "往高处走。", "area": "东村"}
    return Draft(Words(**(words | more)), Words("Flood", "Water rises.", "Go up.", "East village"))


def test_rule_11_nothing_of_a_caller_or_of_a_home_is_public(cast, monkeypatch):
    told = {
        "what": "赵某某家进水，他打的电话",
        "place_text": "东村二组18号赵某某家",
        "in_danger": "赵某某和两个孩子",
        "call_back": "13900000000",
    }
    incident = call(cast, **told)
    version = make_plan(cast)
    activate(incident_id=incident.pk, decision=decision(version), by=cast.actor(cast.mayor), now=MONDAY)
    row = services.send_warning(
        incident_id=incident.pk, draft=drafted(), by=cast.actor(cast.mayor), seen="", now=MONDAY
    )
    monkeypatch.setattr(clock, "now", lambda: MONDAY)
    for path in PUBLIC:
        page = Client(headers={"accept-language": "zh-hans"}).get(
            path.format(id=row.identifier, code=incident.code)
        )
        assert page.status_code == 200, path
        seen = re.sub(r"\s", "", page.content.decode())
        for part in ("赵某", "18号", "孩子", "13900000000", cast.mayor.name_zh, cast.clerk.name_zh):
            assert part not in seen, (path, part)


@pytest.mark.parametrize("text", ["村民聚集讨说法，请勿靠近", "上访人员将经过此处", "重点人员已被稳控"])
def test_rule_11_people_who_come_together_are_no_hazard(cast, text):
    incident = call(cast)
    with pytest.raises(CannotWarn):
        services.send_warning(
            incident_id=incident.pk,
            draft=drafted(description=text),
            by=cast.actor(cast.mayor),
            seen="",
            now=MONDAY,
        )
