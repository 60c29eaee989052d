"""What a key reads: how its own cases stand, its unit's, incidents, duty, the log. Pages hold; nothing is of a person."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from answerable.api import door
from answerable.api.models import HandedIn
from answerable.api.tests.systems import EVERY, ask, reacted, send, system
from answerable.cases.models import Case, CaseText, TakenOut
from answerable.cases.person.looks import looks_at
from answerable.cases.services.handling import accept_case
from answerable.cases.services.intake import register_case
from answerable.core import clock
from answerable.record import publishing, sequencer, starting
from answerable.record.models import Act
from answerable.record.proofs import parse
from tests.cast import MONDAY, Cast, registered, told

pytestmark = pytest.mark.django_db
#: Accepting confirms the receipt too.
KINDS = ["case.registered", "case.accepted", "case.acknowledged"]
LAMP = {"claim": "村口的路灯坏了两个月。", "subject": "lamps", "place": "village"}


@pytest.fixture
def key(cast: Cast) -> str:
    return system(cast, *EVERY, unit=cast.roads)[1]


def codes(said: Any) -> list[str]:
    assert said.status_code == 200, said.content
    return [one["code"] for one in said.json()["items"]]


def test_a_system_reads_how_its_own_case_stands_and_no_other(cast: Cast, key: str) -> None:
    code = send(key, "cases", LAMP).json()["code"]
    other = system(cast, "cases:read", "cases:write", name="other")[1]
    whole = ask(key, f"cases/{code}").json()  # at once: before any reaction has run
    assert (whole["state"], whole["unit"]) == ("registered", {"code": "roads", "name": "Roads office"})
    assert {one["step"] for one in whole["deadlines"]} == {"acknowledge", "answer"}
    reacted()
    assert codes(ask(key, "cases")) == [code]
    assert codes(ask(other, "cases")) == []
    assert ask(other, f"cases/{code}").status_code == 404
    assert ask(other, f"cases/{code}/acts").status_code == 404
    assert LAMP["claim"] not in ask(key, "cases").content.decode()


def test_the_office_s_summary_is_shown_where_the_person_agreed(cast: Cast, key: str) -> None:
    for number, agreed in enumerate((True, False)):
        code = send(key, "cases", LAMP | {"is_shareable": agreed}, f"number-{number}").json()["code"]
        CaseText.objects.filter(case__code=code).update(shared_summary="Lamps at East village")
        assert ask(key, f"cases/{code}").json()["summary"] == ("Lamps at East village" if agreed else None)


def test_pages_hold_while_new_rows_come_in(cast: Cast, key: str) -> None:
    made = [registered(cast, MONDAY + timedelta(hours=n)).case.code for n in range(5)]
    first = ask(key, "unit/cases?limit=2").json()
    registered(cast, MONDAY + timedelta(hours=9))
    second = ask(key, f"unit/cases?limit=2&cursor={first['next']}").json()
    third = ask(key, f"unit/cases?limit=2&cursor={second['next']}").json()
    seen = [one["code"] for page in (first, second, third) for one in page["items"]]
    assert seen == made[::-1]
    assert [page["has_more"] for page in (first, second, third)] == [True, True, False]


def test_from_the_oldest_on_one_comes_back_for_what_is_new(cast: Cast, key: str) -> None:
    assert ask(key, "unit/cases?order=oldest").json() == {"items": [], "next": None, "has_more": False}
    old = registered(cast, MONDAY).case.code
    page = ask(key, "unit/cases?order=oldest").json()
    assert [one["code"] for one in page["items"]] == [old]
    empty = ask(key, f"unit/cases?order=oldest&cursor={page['next']}").json()
    assert (empty["items"], empty["next"]) == ([], page["next"])
    new = registered(cast, MONDAY + timedelta(hours=1)).case.code
    assert codes(ask(key, f"unit/cases?order=oldest&cursor={empty['next']}")) == [new]


@pytest.mark.parametrize(
    "query", ["cursor=x", "cursor=&order=oldest&cursor=AAAA", "limit=0", "limit=x", "which=mine", "limmit=3"]
)
def test_a_mark_or_filter_of_another_list_is_said_so(cast: Cast, key: str, query: str) -> None:
    said = ask(key, f"unit/cases?{query}")
    assert said.status_code in (400, 422)
    assert said.json()["sentence"]
    registered(cast)
    mark = ask(key, "unit/cases").json()["next"]
    for elsewhere in (f"unit/cases?which=open&cursor={mark}", f"cases?cursor={mark}"):
        assert ask(key, elsewhere).json()["code"] == "cursor_wrong"


def test_a_unit_key_reads_its_units_alone_and_the_day_is_an_act(cast: Cast, key: str) -> None:
    here = registered(cast).case
    registered(cast, subject=cast.pipes)
    assert codes(ask(key, "unit/cases")) == [here.code]
    assert ask(key, f"cases/{here.code}").status_code == 200
    assert codes(ask(key, "unit/cases?which=ended")) == []
    exports = Act.objects.filter(kind="export.made")
    assert exports.count() == 1
    body = json.loads(bytes(exports.get().opening.body))
    assert (body["actor"], body["body"]["form"], body["body"]["unit"]) == ("client", "api", cast.roads.pk)
    assert list(TakenOut.objects.values_list("case_id", "act_id")) == [(here.pk, exports.get().pk)]
    (look,) = looks_at(here, [], [], local_day=datetime.date)
    assert (look.at, look.times) == (exports.get().recorded_at, 1), "its person sees it, once a day"


@pytest.mark.usefixtures("one_window")
def test_what_is_read_again_is_not_sent_again(cast: Cast, key: str) -> None:
    registered(cast)
    first = ask(key, "unit/cases")
    again = ask(key, "unit/cases", if_none_match=first["ETag"])
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert int(again["RateLimit-Remaining"]) == int(first["RateLimit-Remaining"]) - 1
    assert "Authorization" in first["Vary"]
    registered(cast, MONDAY + timedelta(hours=1))
    assert ask(key, "unit/cases", if_none_match=first["ETag"]).status_code == 200


@pytest.mark.usefixtures("one_window")
def test_too_many_reads_say_when(cast: Cast, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(door.LIMITS, "reads", door.Limit(1, 60))
    assert ask(key, "warnings")["RateLimit-Remaining"] == "0"
    said = ask(key, "warnings")
    assert (said.status_code, said.json()["code"]) == (429, "too_many_requests")
    assert 0 < int(said["Retry-After"]) <= 60
    assert ask(system(cast, "incidents:read", name="other")[1], "warnings").status_code == 200


def test_names_and_sentences_come_in_the_language_asked_for(cast: Cast, key: str) -> None:
    registered(cast)
    assert ask(key, "unit/cases", language="zh-Hans").json()["items"][0]["unit"]["name"] == "规划建设办"
    assert (
        "范围"
        in ask(system(cast, "cases:read", name="x")[1], "warnings", language="zh-CN").json()["sentence"]
    )


@pytest.mark.django_db(transaction=True)
def test_acts_come_with_leaves_and_proofs_and_without_what_is_the_persons(
    cast: Cast, key: str, settings: Any, tmp_path: Any
) -> None:
    for name in ("RECORD_KEY_FILE", "PROMISE_KEY_FILE"):
        setattr(settings, f"ANSWERABLE_{name}", tmp_path / name)
    starting.ensure_started()
    starting.ensure_promise_key()
    code = send(key, "cases", LAMP).json()["code"]
    case = Case.objects.get(code=code)
    accept_case(case_id=case.pk, by=cast.actor(cast.clerk), seen_version=case.version, now=clock.now())
    before = ask(key, f"cases/{code}/acts").json()["items"]
    assert [one["kind"] for one in before] == KINDS
    assert {one["index"] for one in before} == {None}
    promise = ask(key, f"cases/{code}/acts/1/proof").json()
    assert promise["receipt"] is None
    assert promise["promise"]
    sequencer.sequence()
    publishing.publish_due()
    first, *_later = ask(key, f"cases/{code}/acts").json()["items"]
    proof = ask(key, f"cases/{code}/acts/1/proof").json()
    assert proof["promise"] is None
    assert parse(proof["receipt"].encode()).index == first["index"]
    assert ask(key, f"cases/{code}/acts/99/proof").status_code == 404
    reacted()
    leaves = ask(key, "acts?limit=200").json()["items"]
    own = [one for one in leaves if one["matter"]]
    assert [(one["act"], one["matter"]) for one in own] == [(kind, code) for kind in KINDS]
    assert {one["kind"] for one in leaves} <= {"act", "dummy"}
    assert [one["index"] for one in leaves] == list(range(len(leaves)))
    page = ask(key, "acts?limit=1").json()
    assert ask(key, f"acts?limit=1&cursor={page['next']}").json()["items"][0]["index"] == 1


def test_what_came_in_is_remembered_once_and_forgotten_with_the_case(cast: Cast, key: str) -> None:
    send(key, "cases", LAMP)
    register_case(told(cast), by=cast.actor(cast.clerk), now=MONDAY)
    reacted()
    assert HandedIn.objects.count() == 1
    Case.objects.update(erased_at=MONDAY)
    assert codes(ask(key, "cases")) == []
