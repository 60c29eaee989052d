"""Another Open311 server's open requests, taken over once; a hostile one takes nothing with it."""

from __future__ import annotations

import json
import socket
import threading
from datetime import timedelta
from typing import Any

import pytest

from answerable.api.clients import issue_key
from answerable.api.scopes import Scope
from answerable.cases.imports.planning import Plan
from answerable.cases.imports.pulling import CannotPull, fetched, planned_from
from answerable.cases.imports.services import take_over
from answerable.cases.models import Case
from answerable.core import clock
from answerable.open311.tests.test_georeport import hand_in
from answerable.orgs.models import Responsibility, Subject
from answerable.record.actors import Actor
from tests.cast import MONDAY, Cast

ROOT = "https://other.example/open311/v2"
ROW = {
    "service_request_id": "7",
    "status": "open",
    "service_code": "lamps",
    "service_name": "Lamps",
    "description": "Lamp is out",
    "requested_datetime": "2026-02-02T10:00:00-05:00",
    "address": "Main street",
    "lat": 31.2,
    "long": 121.4,
}


def pull(cast: Cast, *answers: Any, found: Plan | None = None, days: int = 60) -> list[Any]:
    """What is planned of these answers, one a question; the last one again and again."""
    asked: list[str] = []

    def get(address: str) -> bytes:
        asked.append(address)
        said = answers[min(len(asked), len(answers)) - 1]
        return said if isinstance(said, bytes) else json.dumps(said).encode()

    return list(
        planned_from(
            ROOT,
            cast.town,
            jurisdiction="",
            subject=cast.pipes,
            since=MONDAY - timedelta(days=days),
            now=MONDAY,
            found=found or Plan(),
            get=get,
        )
    )


@pytest.mark.django_db(transaction=True)
def test_it_is_taken_over_with_its_claimed_instant_and_once(cast):
    found = Plan()
    planned = pull(cast, [ROW, ROW | {"service_request_id": "8", "status": "closed"}], found=found)
    (taken,) = take_over(planned, by=Actor.system(), now=MONDAY)
    case = Case.objects.select_related("text").get()
    assert (case.subject, case.unit, case.received_at.isoformat()) == (
        cast.lamps,
        cast.roads,
        "2026-02-02T15:00:00+00:00",
    )
    assert (case.text.claim, case.text.place_text) == ("Lamp is out", "Main street · 31.2, 121.4")
    assert (taken.foreign_id, found.closed) == ("7", 1)
    again = Plan()
    assert not pull(cast, [ROW], found=again)
    assert again.known == 1


@pytest.mark.django_db
def test_xml_serves_too_and_what_has_no_subject_here_goes_to_the_one_that_was_named(cast):
    xml = "<service_requests><request><service_request_id>9</service_request_id><status>open</status><service_code>x</service_code><description>坏了</description></request></service_requests>"
    found = Plan()
    (one,) = pull(cast, xml.encode(), found=found)
    assert (one.told.subject, one.told.language, one.told.received_at) == (cast.pipes, "zh-hans", MONDAY)
    assert found.unmapped == {"x"}


@pytest.mark.django_db
def test_a_server_that_ignores_pages_and_windows_ends(cast):
    rows = [ROW | {"service_request_id": str(number)} for number in range(100)]
    assert len(pull(cast, rows, days=400)) == 100


@pytest.mark.django_db
@pytest.mark.parametrize(
    "answer",
    [
        b"no",
        b"[" * 100_000,
        b'{"service_requests": 7}',
        b"<service_requests><request>",
        b'<!DOCTYPE a [<!ENTITY x "y"><!ENTITY z "&x;&x;">]><a>&z;</a>',
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
    ],
)
def test_a_hostile_answer_is_refused_with_a_sentence(cast, answer):
    with pytest.raises(CannotPull) as refused:
        pull(cast, answer)
    assert refused.value.code == "unreadable"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "row",
    [
        {"requested_datetime": "0000"},
        {"requested_datetime": None, "lat": [], "long": {}},
        {"description": "\0" * 10, "service_name": "x" * 5000},
        {"description": 7, "address": "y" * 5000, "service_code": "\0" * 100},
        {"description": "z" * 150_000},
        {"service_request_id": "\ud800"},
    ],
)
def test_a_strange_row_is_kept_within_bounds(cast, row):
    (one,) = pull(cast, [ROW | row])
    assert one.told.claim
    assert one.told.received_at <= MONDAY
    assert len(one.told.place_text) <= 300


@pytest.mark.django_db(transaction=True)
def test_ours_is_pulled_by_ours(cast, live_server, settings):
    settings.BASE_URL = live_server.url
    root = live_server.url + "/open311/v2"
    _row, key = issue_key(
        authority=cast.town,
        scopes=[Scope.OPEN311_WRITE],
        name="a",
        by=cast.actor(cast.administrator),
        now=clock.now(),
    )
    hand_in(root, key, **{"attribute[publish]": "yes"})
    other = Subject.objects.create(authority=cast.county, code="lamps", name_zh="灯", name_en="Lamps")
    head = cast.post(cast.county_leader)
    Responsibility.objects.create(authority=cast.county, unit=cast.county_root, leader_post=head)
    planned = planned_from(
        root,
        cast.county,
        jurisdiction="town",
        subject=other,
        since=clock.now() - timedelta(days=5),
        now=clock.now(),
        found=Plan(),
        get=fetched,
    )
    assert len(list(take_over(planned, by=Actor.system(), now=clock.now()))) == 1
    assert Case.objects.filter(authority=cast.county, intake="import").count() == 1


def test_a_server_that_is_away_is_said():
    with pytest.raises(CannotPull) as refused:
        fetched("http://127.0.0.1:9/requests.json")
    assert refused.value.code == "away"


@pytest.mark.django_db
def test_a_password_in_the_address_comes_into_no_record_and_no_message(cast):
    planned = planned_from(
        "https://town:hush@other.example/v2",
        cast.town,
        jurisdiction="",
        subject=cast.pipes,
        since=MONDAY - timedelta(days=1),
        now=MONDAY,
        found=Plan(),
        get=lambda _address: json.dumps([ROW]).encode(),
    )
    with pytest.raises(CannotPull) as refused:
        list(planned)
    assert refused.value.code == "not_http"
    assert "hush" not in str(refused.value.facts)


def test_a_server_that_speaks_no_http_is_away():
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def babble() -> None:
            line, _from = listening.accept()
            with line:
                line.recv(1000)
                line.sendall(b"220 mail.example ESMTP\r\n\r\n")

        threading.Thread(target=babble, daemon=True).start()
        with pytest.raises(CannotPull) as refused:
            fetched(f"http://127.0.0.1:{listening.getsockname()[1]}/requests.json")
    assert refused.value.code == "away"
