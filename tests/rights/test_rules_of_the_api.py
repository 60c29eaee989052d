"""Rules 1, 5, 6 and 10 through the API: no key opens a person, an accusation, or a text; rows that go out are acts."""

from __future__ import annotations

import pytest
from django.urls import reverse

from answerable.api.hooks import services as hooks
from answerable.api.models import HookMessage
from answerable.api.scopes import Event, Scope
from answerable.api.tests.systems import EVERY, ask, reacted, send, system
from answerable.cases.models import Case
from answerable.cases.services import accusing
from answerable.core import clock
from answerable.record.models import Act
from tests.cast import Cast, registered

pytestmark = pytest.mark.django_db(transaction=True)
LAMP = {"claim": "村口的路灯坏了两个月。", "subject": "lamps", "place": "village"}
CONDUCT = LAMP | {"conduct": {"units": ["roads"], "in_words": "姓赵的"}}
NAMED = {
    "privacy": "confidential",
    "identity": {"name": "孙巧云", "address": "桥头三组"},
    "channel": {"kind": "sms", "address": "138 0000 0000"},
}


def everything(key: str) -> str:
    """All that can be read with a key, through every list and every row that it leads to."""
    found = []
    for path in (
        "cases",
        "unit/cases",
        "acts?limit=200",
        "incidents",
        "warnings",
        "duty/now",
        "rounds",
        "findings",
        "figures",
        "webhooks",
    ):
        said = ask(key, path)
        assert said.status_code == 200, (path, said.content)
        found.append(said.content.decode())
    for code in Case.objects.values_list("code", flat=True):
        found += [ask(key, f"cases/{code}{more}").content.decode() for more in ("", "/acts", "/acts/1/proof")]
    return "\n".join(found)


def test_rule_05_no_key_of_the_accused_unit_learns_of_it_nor_any_other(cast: Cast) -> None:
    """Neither the accused unit's key, nor that of the unit above, nor the system's that handed it in."""
    keys = {
        name: system(cast, *EVERY, name=name, unit=unit)[1]
        for name, unit in (("roads", cast.roads), ("town", cast.town_root), ("discipline", cast.discipline))
    }
    code = send(keys["roads"], "cases", CONDUCT | NAMED).json()["code"]
    reacted()
    for name, key in keys.items():
        assert code not in everything(key), name
        for more in ("", "/acts", "/acts/1/proof"):
            assert ask(key, f"cases/{code}{more}").status_code == 404, name


def test_rule_05_naming_the_accused_later_takes_it_out_of_every_list_at_once(cast: Cast) -> None:
    client, key = system(cast, *EVERY, unit=cast.roads)
    hook, _secret = hooks.make_hook(
        client_id=client.pk, url="https://partner.example/", host="partner.example", kinds=list(Event),
        by=cast.actor(cast.administrator), now=clock.now(),
    )  # fmt: skip
    code = send(key, "cases", LAMP).json()["code"]
    reacted()
    assert ask(key, f"cases/{code}").status_code == 200
    case = Case.objects.get(code=code)
    accusing.name_accused(
        case_id=case.pk,
        staff=(cast.leader.pk,),
        units=(),
        by=cast.actor(cast.mayor),
        seen_version=case.version,
        now=clock.now(),
    )
    told = HookMessage.objects.filter(hook=hook, kind="case.changed").count()
    assert code not in everything(key)
    reacted()
    assert HookMessage.objects.filter(hook=hook, kind="case.changed").count() == told


def test_rule_01_nothing_of_the_person_comes_out_and_nobody_is_looked_for(cast: Cast) -> None:
    key = system(cast, *EVERY, unit=cast.town_root)[1]
    send(key, "cases", LAMP | NAMED)
    reacted()
    said = everything(key)
    for word in ("孙巧云", "桥头", "13800000000", LAMP["claim"], "confidential"):
        assert word not in said
    paths = ask(key, "openapi.json").json()["paths"]
    asked = {one["name"] for path in paths.values() for op in path.values() for one in op["parameters"]}
    assert asked == {
        *("cursor", "limit", "order", "which", "code", "seq", "hook_id", "period"),
        *("Idempotency-Key", "Accept-Language", "If-None-Match"),
    }, "no list takes words, a name, or a person's anything"


def test_rule_06_no_scope_opens_an_identity_a_channel_or_a_look() -> None:
    """The list of scopes is closed: a new one is weighed here."""
    assert {scope.value for scope in Scope} == {
        *("cases:write", "cases:read", "unit-cases:read", "acts:read", "incidents:write", "incidents:read"),
        *("duty:read", "rounds:read", "figures:read", "webhooks"),
        "open311:write",  # hands matters in, and reads nothing that is not public
    }


def test_rule_10_rows_that_go_out_are_an_act_which_auditors_see(cast: Cast, at_desk) -> None:
    registered(cast)
    key = system(cast, *EVERY, unit=cast.roads)[1]
    ask(key, "cases")
    assert not Act.objects.filter(kind="export.made").exists()
    ask(key, "unit/cases")
    ask(key, "unit/cases")
    assert Act.objects.filter(kind="export.made").count() == 1
    page = at_desk(cast.auditor).get(reverse("desk:oversight"))
    assert "A list was exported" in page.content.decode()
