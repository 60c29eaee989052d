"""What everybody reads: the page, the feeds, the notice. Hazards and helpers only, exercises as exercises."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET

import pytest
from django.test import Client
from django.urls import reverse

from answerable.core import clock
from answerable.incidents.models import PublicWarning
from answerable.incidents.tests.scenes import CALL, activated, at, flood, stood_down
from answerable.incidents.warnings.rules import Kind
from answerable.incidents.warnings.tests.test_services import XSD, send

pytestmark = pytest.mark.django_db(transaction=True)
ATOM = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture
def at_minute(monkeypatch):
    """`at_minute(30)`: the pages' clock stands so many minutes after the first call."""

    def stand(minutes: float) -> None:
        monkeypatch.setattr(clock, "now", lambda: at(minutes))

    stand(30)
    return stand


def get(path: str, language: str = "en", **headers: str):
    return Client(headers={"accept-language": language} | headers).get(path)


def text(page) -> str:
    return re.sub(r"<[^>]+>", " ", page.content.decode())


def test_nothing_is_in_force_and_the_page_says_what_it_is_for(db, at_minute):
    page = get("/warnings/")
    assert page.status_code == 200
    assert "No warning is in force" in text(page)
    assert "现在没有生效的警报" in text(get("/warnings/", "zh-hans"))


@pytest.mark.parametrize(
    ("language", "first", "other"),
    [("en", "Flood: East village", "洪涝警报：东村"), ("zh-hans", "洪涝警报：东村", "Flood: East village")],
)
def test_what_where_what_to_do_until_when_whom_to_call(cast, at_minute, language, first, other):
    cast.town_root.phone = "0710-555"
    cast.town_root.save()
    row = send(activated(cast))
    for path in ("/warnings/", f"/warnings/{row.identifier}"):
        seen = text(get(path, language))
        assert seen.index(first) < seen.index(other), "the reader's language comes first"
        for part in ("The river is rising", "Go to high ground", "东河水位上涨", "08:32", "0710-555"):
            assert part in seen, (path, part)


def test_the_warning_level_is_a_scale_of_its_own(cast, at_minute):
    row = send(activated(cast, warning_level=2))
    assert "orange, the second of four levels" in text(get("/warnings/"))
    assert "橙色" in text(get("/warnings/", "zh-hans"))
    XSD.validate(row.xml)
    assert "2 orange" in row.xml
    assert "response at level II since" in text(get("/warnings/")), "and the response has its own"


def test_the_address_names_a_language_so_that_no_cookie_is_needed(cast, at_minute):
    send(activated(cast))
    page = get("/warnings/?lang=en", "zh-hans")
    assert '<html lang="en"' in page.content.decode()
    assert page["Content-Language"] == "en"


def test_no_cookie_no_script_no_form_and_it_may_be_kept_for_a_moment(cast, at_minute):
    row = send(activated(cast))
    for path in ("/warnings/", f"/warnings/{row.identifier}", "/warnings/incidents/2026-001"):
        page = get(path)
        body = page.content.decode()
        assert not page.cookies, path
        assert "<script" not in body
        assert "<form" not in body
        assert "csrf" not in body
        assert reverse("site:leave") in body, "a quick way out"
        assert "stores nothing on your device" in body
        assert page["Cache-Control"] == "public, max-age=30"
        again = get(path, **{"if-none-match": page["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert len(page.content) < 30_000


def test_nothing_of_a_caller_or_of_staff_is_public(cast, at_minute):
    row = send(activated(cast))
    names = ["王某", "门口进水", "三组", "东河漫堤", "12 人", cast.mayor.name_zh, cast.clerk.name_zh]
    for path in (
        "/warnings/",
        f"/warnings/{row.identifier}",
        f"/warnings/{row.identifier}.xml",
        "/warnings/feed.atom",
        "/warnings/feed.json",
        "/warnings/incidents/2026-001",
    ):
        seen = get(path, "zh-hans").content.decode()
        assert [name for name in names if name in seen] == [], path


def test_what_is_published_of_a_response(cast, at_minute):
    scene = activated(cast)
    page = get("/warnings/incidents/2026-001?body=town")
    for part in ("Flood", "level II", "东河水位超警戒一米", "转移低洼处群众", "expected to last until"):
        assert part in text(page), part
    stood_down(scene, 200)
    at_minute(210)
    seen = text(get("/warnings/incidents/2026-001"))
    assert "The response ended" in seen
    assert "水位回落" in seen
    assert get("/warnings/incidents/2026-009").status_code == 404
    flood(cast, code="2026-002")
    assert get("/warnings/incidents/2026-002").status_code == 404, (
        "a call that was not activated is not published"
    )


def test_replaced_run_out_taken_back_and_all_clear(cast, at_minute):
    scene = activated(cast)
    first = send(scene)
    second = send(scene, Kind.UPDATE, 25, first.identifier)
    page = get(f"/warnings/{first.identifier}")
    assert "There is a newer message" in text(page)
    assert second.identifier in page.content.decode()
    third = send(scene, Kind.ALL_CLEAR, 28, second.identifier)
    front = text(get("/warnings/"))
    assert "No warning is in force" in front
    assert "All clear" in front
    at_minute(28 + 24 * 60 + 1)
    front = text(get("/warnings/"))
    assert "Earlier messages" in front
    assert third.identifier in get("/warnings/").content.decode()


def test_a_warning_takes_itself_down(cast, at_minute):
    send(activated(cast))
    at_minute(20 + 6 * 60)
    assert "No warning is in force" in text(get("/warnings/"))
    assert "Warning in force" not in text(get("/"))


def test_the_portal_says_it_calmly_and_an_exercise_as_one(cast, at_minute):
    assert "Warning in force" not in text(get("/"))
    row = send(activated(cast))
    page = get("/")
    assert "Warning in force:" in text(page)
    assert f'href="/warnings/{row.identifier}"' in page.content.decode()
    PublicWarning.objects.update(is_exercise=True)
    assert "Warning in force:" not in text(get("/"))
    assert "Exercise:" in text(get("/"))
    assert "演练：" in text(get("/", "zh-hans"))


def test_an_exercise_is_shown_as_one_everywhere(cast, at_minute):
    row = send(activated(cast, is_drill=True))
    for path in ("/warnings/", f"/warnings/{row.identifier}", "/warnings/incidents/2026-001"):
        seen = text(get(path))
        assert "Exercise: nothing has happened." in seen, path
        assert "In force now" not in seen
    atom = get("/warnings/feed.atom?lang=en").content.decode()
    assert "EXERCISE: Flood" in atom
    assert 'term="Exercise"' in atom


def test_cap_is_given_out_as_it_was_sent(cast, at_minute):
    row = send(activated(cast))
    answer = get(f"/warnings/{row.identifier}.xml")
    assert answer.content.decode() == row.xml
    assert answer["Content-Type"] == "application/cap+xml; charset=utf-8"
    assert answer["Access-Control-Allow-Origin"] == "*"
    XSD.validate(answer.content.decode())
    for path in ("/warnings/nothing", "/warnings/nothing.xml", "/warnings/nothing.pdf"):
        assert get(path).status_code == 404


@pytest.mark.parametrize(("query", "title"), [("", "洪涝警报：东村"), ("?lang=en", "Flood: East village")])
def test_the_atom_feed(cast, at_minute, query, title):
    row = send(activated(cast))
    answer = get(f"/warnings/feed.atom{query}")
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert answer["Cache-Control"] == "public, max-age=60"
    assert "Vary" not in answer or "Cookie" not in answer["Vary"], "one copy serves all"
    root = ET.fromstring(answer.content)
    for must in ("a:id", "a:title", "a:updated", "a:author/a:name"):
        assert root.findtext(must, namespaces=ATOM), must
    (entry,) = root.findall("a:entry", ATOM)
    for must in ("a:id", "a:title", "a:updated", "a:summary"):
        assert entry.findtext(must, namespaces=ATOM), must
    assert entry.findtext("a:title", namespaces=ATOM) == title
    links = {one.get("rel"): one.get("href") for one in entry.findall("a:link", ATOM)}
    assert links["alternate"].endswith(f"/warnings/{row.identifier}")
    assert links["enclosure"].endswith(f"/warnings/{row.identifier}.xml")


def test_the_json_feed(cast, at_minute):
    row = send(activated(cast))
    answer = get("/warnings/feed.json?lang=en")
    assert answer["Content-Type"].startswith("application/feed+json")
    feed = json.loads(answer.content)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert {"title", "home_page_url", "feed_url", "items"} <= set(feed)
    (item,) = feed["items"]
    assert item["id"] == item["url"]
    assert item["title"] == "Flood: East village"
    assert item["content_text"]
    assert item["attachments"][0] == {"url": item["url"] + ".xml", "mime_type": "application/cap+xml"}
    assert item["_cap"]["identifier"] == row.identifier
    assert item["date_published"] == "2026-03-02T18:32:00Z"


def test_feeds_without_any_message_are_feeds(db, at_minute):
    assert ET.fromstring(get("/warnings/feed.atom").content).tag.endswith("feed")
    assert json.loads(get("/warnings/feed.json").content)["items"] == []


@pytest.mark.parametrize(
    "address", ["%00", "%00.xml", "%00.pdf", "incidents/%00", "incidents/2026-001?body=%00"]
)
def test_a_name_that_cannot_be_is_not_found(cast, at_minute, address):
    assert get(f"/warnings/{address}").status_code == 404


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_notice_for_the_wall(cast, at_minute, language):
    from io import BytesIO

    from pypdf import PdfReader

    row = send(activated(cast, is_drill=True))
    answer = get(f"/warnings/{row.identifier}.pdf", language)
    assert answer["Content-Type"] == "application/pdf"
    pdf = PdfReader(BytesIO(answer.content))
    words = "".join(page.extract_text() for page in pdf.pages)
    assert "EXERCISE" in words
    assert "演练" in words
    assert "Go to high ground" in words
    assert len(pdf.pages) == 1
    assert at(20) > CALL
