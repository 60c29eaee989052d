"""The desk's pages of reports: what is owed, writing one, sending it; who may open which, in both languages."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from answerable.core import clock
from answerable.incidents.models import Report
from answerable.incidents.reports.tests.test_services import FIRST, owe, send
from answerable.incidents.tests.scenes import activated, at, flood

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def at_minute(monkeypatch, settings):
    """The pages' clock stands so many minutes after the first call; 20 to begin with."""
    settings.DEMO = True  # the second factor has its own tests

    def stand(minutes: float) -> None:
        monkeypatch.setattr(clock, "now", lambda: at(minutes))

    stand(20)
    return stand


def browser(staff, language="en") -> Client:
    made = Client(headers={"accept-language": language})
    made.force_login(staff)
    return made


def text(page) -> str:
    return re.sub(r"<[^>]+>", " ", page.content.decode())


def url(row, what="") -> str:
    if what:
        return reverse("incident_reports:write", args=[row.pk, what])
    return reverse("incident_reports:report", args=[row.pk])


def filled(row, **more) -> dict[str, str]:
    return {"version": str(row.version), "way": "phone", "taken_by": "duty officer", **FIRST, **more}


@pytest.mark.parametrize(("language", "left"), [("en", "10 minutes left"), ("zh-hans", "还有 10 分钟")])
def test_what_is_owed_comes_first_with_its_countdown(cast, language, left):
    scene = activated(cast)
    owe(scene)
    for path in (
        reverse("incident_reports:list"),
        reverse("incident_reports:incident", args=[scene.incident.pk]),
    ):
        page = browser(cast.mayor, language).get(path)
        assert page.status_code == 200
        assert left in text(page), path
    late = browser(cast.mayor).get(reverse("incident_reports:list"))
    assert "late by" not in text(late)


def test_empty_it_says_when_there_is_something(cast):
    assert "No report is owed" in text(browser(cast.mayor).get(reverse("incident_reports:list")))


def test_the_page_says_by_when_why_and_to_whom(cast):
    row = owe(activated(cast))["phone_above"]
    seen = text(browser(cast.mayor).get(url(row)))
    for part in (
        "To County at the latest on 3 March 2026 02:42",
        "the first call, 3 March 2026 02:12",
        "30 minutes",
    ):
        assert part in seen, part
    assert "a default; check it against your own rules" in seen


def test_it_is_drafted_and_sent_from_the_page(cast):
    row = owe(activated(cast))["phone_above"]
    desk = browser(cast.mayor)
    page = desk.get(url(row)).content.decode()
    assert "East village" in page, "the place is there already"
    kept = desk.post(url(row, "draft"), filled(row, trend="rising fast"))
    assert kept.status_code == 303
    row.refresh_from_db()
    sent = desk.post(url(row, "send"), filled(row), follow=True)
    assert "The report is out, in time." in text(sent)
    row.refresh_from_db()
    assert (row.state, row.sent_at, row.taken_by) == ("sent", at(20), "duty officer")
    assert "Sent to County by telephone on 3 March 2026 02:32." in text(sent)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Still missing in the report: Casualties and people in danger, Measures taken."),
        ("zh-hans", "报告还缺：伤亡和受威胁人数、已采取的措施。"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(cast, language, said):
    row = owe(activated(cast))["phone_above"]
    answer = browser(cast.mayor, language).post(
        url(row, "send"), filled(row, casualties="", measures="", source="the pump house")
    )
    assert answer.status_code == 422
    assert said in text(answer)
    assert "the pump house" in answer.content.decode()
    row.refresh_from_db()
    assert row.state == "due"


def test_two_at_one_report_the_second_reads_what_the_first_kept(cast):
    row = owe(activated(cast))["phone_above"]
    desk = browser(cast.mayor)
    desk.post(url(row, "draft"), filled(row))
    answer = desk.post(url(row, "send"), filled(row, trend="mine"))
    assert answer.status_code == 422
    assert "Somebody changed this meanwhile" in text(answer)
    assert "mine" in answer.content.decode()
    row.refresh_from_db()
    again = desk.post(url(row, "send"), filled(row))
    assert again.status_code == 303


def test_a_late_one_says_so_calmly(cast, at_minute):
    row = owe(activated(cast))["phone_above"]
    at_minute(45)
    desk = browser(cast.mayor)
    assert "late by 15 minutes" in text(desk.get(url(row)))
    sent = desk.post(url(row, "send"), filled(row), follow=True)
    assert "It was late, and the file says so." in text(sent)
    assert "sent late" in text(desk.get(reverse("incident_reports:incident", args=[row.incident_id])))


def test_who_opens_what(cast):
    scene = activated(cast)
    rows = owe(scene)
    row = rows["written_above"]
    # Of the body: reads. Of the body above: its leaders read; the reviewer there not, until it was sent to them.
    assert browser(cast.handler).get(url(row)).status_code == 200
    assert "Send the report" not in text(browser(cast.handler).get(url(row)))
    assert browser(cast.handler).post(url(row, "send"), filled(row)).status_code == 403
    assert browser(cast.county_leader).get(url(row)).status_code == 200
    assert browser(cast.county_leader).post(url(row, "send"), filled(row)).status_code == 403
    assert browser(cast.county_reviewer).get(url(row)).status_code == 404
    assert browser(cast.auditor).post(url(row, "send"), filled(row)).status_code == 403
    send(scene, row, 40, way="channel")
    page = browser(cast.county_reviewer).get(url(row))
    assert page.status_code == 200
    assert "rising" in text(page)
    assert Client().get(url(row)).status_code == 302


def test_not_required_from_the_page(cast):
    row = owe(activated(cast))["written_above"]
    desk = browser(cast.mayor)
    refused = desk.post(url(row, "waive"), {"version": row.version, "why": " "})
    assert refused.status_code == 422
    assert "Write why this report is not required." in text(refused)
    done = desk.post(url(row, "waive"), {"version": row.version, "why": "The county is here."}, follow=True)
    assert "Not required: The county is here." in text(done)


@pytest.mark.parametrize(
    ("language", "title", "mark"),
    [("en", "First report in writing", "EXERCISE"), ("zh-hans", "书面首报", "演练")],
)
def test_the_paper(cast, language, title, mark):
    scene = activated(cast, is_drill=True)
    row = owe(scene)["written_above"]
    desk = browser(cast.mayor, language)

    def words() -> str:
        answer = desk.get(reverse("incident_reports:pdf", args=[row.pk]))
        assert answer["Content-Type"] == "application/pdf"
        return "".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages)

    draft = words()
    assert title in draft
    assert mark in draft
    assert ("Preview, not sent" if language == "en" else "预览稿") in draft
    send(scene, row, 40, way="paper")
    sent = words()
    assert "rising" in sent
    assert "Preview" not in sent
    assert "预览稿" not in sent


def test_a_drill_is_marked_on_its_pages(cast):
    scene = activated(cast, is_drill=True)
    row = owe(scene)["phone_above"]
    for path in (url(row), reverse("incident_reports:incident", args=[scene.incident.pk])):
        assert "Nothing has happened. Whoever receives something of it is told so." in text(
            browser(cast.mayor).get(path)
        )


def test_another_body_finds_nothing_here(cast):
    scene = flood(cast)
    row = owe(scene)["first-phone"]
    assert browser(cast.county_reviewer).get(url(row)).status_code == 404
    assert Report.objects.filter(incident=scene.incident).count() == 3
