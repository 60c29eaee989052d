"""The whole interface through a real server: by the client `georeport` as it is, and by hand for what it cannot do."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any

import georeport
import pytest
import requests

from answerable.api.clients import issue_key
from answerable.api.scopes import Scope
from answerable.cases.models import Case
from answerable.cases.services import grouping, handling, persons
from answerable.cases.services.receipts import case_behind
from answerable.core import clock
from answerable.orgs.models import Place
from tests.cast import Cast

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def town(cast: Cast) -> Cast:
    Place.objects.filter(pk=cast.village.pk).update(latitude="31.20000", longitude="121.40000")
    return cast


@pytest.fixture
def key(town: Cast) -> str:
    by = town.actor(town.administrator)
    return issue_key(
        authority=town.town, scopes=[Scope.OPEN311_WRITE], name="修修街道", by=by, now=clock.now()
    )[1]


@pytest.fixture
def root(live_server: Any, settings: Any, town: Cast) -> str:
    settings.BASE_URL = live_server.url
    return str(live_server.url) + "/open311/v2"


def hand_in(root: str, key: str, form: str = "json", **fields: Any) -> requests.Response:
    told = {
        "api_key": key,
        "service_code": "lamps",
        "address_id": "village",
        "description": "路灯坏了。",
    } | fields
    return requests.post(f"{root}/requests.{form}", data=told, headers={"Accept-Language": "en"}, timeout=20)


def summarised(town: Cast, case: Case, words: str) -> None:
    case.refresh_from_db()
    by = town.actor(town.handler)
    now = clock.now()
    handling.accept_case(case_id=case.pk, by=by, seen_version=case.version, now=now)
    case.refresh_from_db()
    grouping.describe_case(
        case_id=case.pk, title="灯", shared_summary=words, by=by, seen_version=case.version, now=now
    )


@pytest.mark.parametrize("form", ["json", "xml"])
def test_the_client_georeport_reads_ours_unchanged(town, key, root, form):
    for count in range(2):
        assert (
            hand_in(root, key, **{"attribute[publish]": "yes", "description": f"第{count}盏"}).status_code
            == 200
        )
    summarised(town, Case.objects.first(), "村口路灯不亮 <b>&")
    client = georeport.GeoReport(root, jurisdiction="town", output_format=form)

    services = client.get_service_list()
    assert {one["service_code"] for one in services} == {"lamps", "pipes"}
    definition = client.get_service_definition("lamps")
    asked = definition["attributes"] if form == "json" else definition["attributes"]["attribute"]
    assert {"wants", "danger", "conduct", "conduct_unit", "conduct_who", "publish"} <= {
        one["code"] for one in asked
    }

    found = client.get_service_requests()
    assert len(found) == 2
    one = next(row for row in found if row["description"])
    assert one["description"] == "村口路灯不亮 <b>&"
    assert (one["status"], one["service_code"], one["address_id"]) == ("open", "lamps", "village")
    assert (float(one["lat"]), float(one["long"])) == (31.2, 121.4)
    assert one["requested_datetime"].endswith("Z")
    assert (
        client.get_service_request(one["service_request_id"])["service_request_id"]
        == one["service_request_id"]
    )
    assert "路灯坏了" not in str(found)


def test_what_the_person_did_not_agree_to_is_not_there(town, key, root):
    secret = hand_in(root, key).json()[0]
    assert requests.get(f"{root}/requests.json", timeout=20).json() == []
    gone = requests.get(f"{root}/requests/{secret['service_request_id']}.json", timeout=20)
    assert (gone.status_code, gone.json()[0]["code"]) == (404, 404)

    # The person says yes on their page, and takes it back: it is there from then on, and gone from then on.
    case = case_behind(secret["receipt_code"], secret["receipt_secret"])
    assert case is not None
    persons.change_sharing(case_id=case.pk, shareable=False, publishable=True, now=clock.now())
    shown = requests.get(f"{root}/requests/{secret['service_request_id']}.xml", timeout=20)
    assert ET.fromstring(shown.content).findtext("request/status") == "open"
    persons.change_sharing(case_id=case.pk, shareable=False, publishable=False, now=clock.now())
    assert requests.get(f"{root}/requests.json", timeout=20).json() == []
    assert requests.get(f"{root}/servicerequestupdates.json", timeout=20).json() == []


def test_updates_tell_how_far_it_is_and_nothing_else(town, key, root):
    hand_in(root, key, **{"attribute[publish]": "yes"})
    case = Case.objects.get()
    summarised(town, case, "路灯")
    persons.write(case_id=case.pk, text="还是不亮", now=clock.now())
    answer = requests.get(f"{root}/servicerequestupdates.xml", headers={"Accept-Language": "en"}, timeout=20)
    told = [one.findtext("description") for one in ET.fromstring(answer.content)]
    assert told == ["Registered.", "The office began to work on it."]
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"


def test_discovery_names_the_address_that_works(root, live_server):
    for form in ("json", "xml"):
        assert requests.get(f"{live_server.url}/open311/discovery.{form}", timeout=20).status_code == 200
    said = requests.get(f"{live_server.url}/open311/discovery.json", timeout=20).json()
    assert requests.get(said["endpoints"][0]["url"] + "/services.xml", timeout=20).status_code == 200


def test_a_token_leads_to_its_request(root, key):
    handed = hand_in(root, key, "xml")
    public = ET.fromstring(handed.content).findtext("request/service_request_id")
    token = requests.get(f"{root}/tokens/{public}.xml", timeout=20)
    assert ET.fromstring(token.content).findtext("request/service_request_id") == public
    assert requests.get(f"{root}/tokens/unknown.xml", timeout=20).status_code == 404
