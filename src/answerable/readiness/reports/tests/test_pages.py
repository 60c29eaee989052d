"""The pages of due reports: for those who may, 404 or 403 for others; in both languages where words matter."""

from __future__ import annotations

import io
import re
from datetime import time, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from answerable.core import clock
from answerable.readiness.reports import making
from answerable.readiness.reports.models import DueReport, Kind
from answerable.readiness.reports.services import reporting
from answerable.readiness.reports.tests.scenes import asked, by_unit
from answerable.record.queries import acts_of
from tests.cast import registered

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _demo(settings):
    settings.DEMO = True  # the second factor has its own tests


def browser(staff, language="en") -> Client:
    made = Client(headers={"accept-language": language})
    made.force_login(staff)
    return made


def text(page) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


def url(name: str, *args) -> str:
    return reverse(f"due_reports:{name}", args=args)


@pytest.fixture
def report(cast) -> DueReport:
    """The roads office's report that has been over for a minute, and is due in an hour at the earliest."""
    now = clock.now()
    kind = asked(cast, now - timedelta(days=1), cut=time(0), due=time(23, 59))
    making.make_due(now - timedelta(days=1))
    rows = by_unit(kind)[cast.roads.pk]
    row = next(one for one in rows if one.due_at > now and one.until_at <= now)
    DueReport.objects.filter(due_at__lt=row.due_at).update(late_at=now)
    return row


def form_of(page) -> dict[str, str]:
    """The fields of the form as a browser would send them back."""
    form = page.context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else str(value) for name, value in values.items()}


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["What your unit owes", "Daily report", "The system counts 0", "Nothing to report"]),
        ("zh-hans", ["本单位要报的", "每日报告", "系统统计为 0", "零报告"]),
    ],
)
def test_a_report_is_found_filled_in_corrected_and_read_above(cast, report, language, words):
    clerk = browser(cast.clerk, language)
    home, form = clerk.get(url("home")), clerk.get(url("fill", report.pk))
    assert all(word in text(home) + text(form) for word in words)
    said = form_of(form) | {"f_received": "2", "do": "send"}
    refused = clerk.post(url("fill", report.pk), said)
    assert (refused.status_code, report.versions.count()) == (422, 0)
    assert refused.context["form"].errors["why_received"]
    said = form_of(refused) | {"why_received": "two came by letter", "do": "send", "f_notes": "<b>dry</b>"}
    assert clerk.post(url("fill", report.pk), said).status_code == 303
    assert clerk.post(url("fill", report.pk), said).status_code == 303  # the same form, sent twice
    assert report.versions.count() == 1
    above = browser(cast.mayor, language)
    page = above.get(url("report", report.pk))
    assert "two came by letter" in text(page)
    assert "&lt;b&gt;dry" in page.content.decode()
    assert above.post(url("take", report.pk), {"seen_version": 2}).status_code == 303
    report.refresh_from_db()
    assert report.state == "taken"
    again = form_of(clerk.get(url("fill", report.pk)))
    assert again["f_received"] == "2"
    assert clerk.post(url("fill", report.pk), again | {"do": "send"}).status_code == 422
    assert clerk.post(url("fill", report.pk), again | {"do": "send", "why": "one more"}).status_code == 303
    assert clerk.get(url("pdf", report.pk)).content.startswith(b"%PDF")


def test_a_draft_is_kept_and_nil_is_one_press(cast, report):
    clerk = browser(cast.clerk)
    said = form_of(clerk.get(url("fill", report.pk))) | {"f_notes": "half", "do": "keep"}
    assert clerk.post(url("fill", report.pk), said).status_code == 303
    kept = form_of(clerk.get(url("fill", report.pk)))
    assert kept["f_notes"] == "half"
    assert clerk.post(url("fill", report.pk), kept | {"do": "nil"}).status_code == 303
    assert report.versions.get().is_nil


def test_a_page_that_is_older_than_the_report_overwrites_nothing(cast, report):
    clerk = browser(cast.clerk)
    old = form_of(clerk.get(url("fill", report.pk))) | {"f_notes": "mine", "do": "send"}
    reporting.keep_draft(
        report_id=report.pk, given={"notes": "theirs"}, whys={}, by=cast.actor(cast.handler),
        seen_version=1, now=clock.now(),
    )  # fmt: skip
    refused = clerk.post(url("fill", report.pk), old)
    assert refused.status_code == 422
    assert form_of(refused)["f_notes"] == "mine"
    assert clerk.post(url("fill", report.pk), form_of(refused) | {"do": "send"}).status_code == 303


def test_what_is_sent_back_says_why_and_keeps_its_time(cast, report):
    clerk, mayor = browser(cast.clerk), browser(cast.mayor)
    said = form_of(clerk.get(url("fill", report.pk))) | {"do": "nil"}
    clerk.post(url("fill", report.pk), said)
    empty = mayor.post(url("send_back", report.pk), {"seen_version": 2, "why": ""})
    assert empty.status_code == 422
    mayor.post(url("send_back", report.pk), {"seen_version": 2, "why": "How many pumps?"})
    page = text(clerk.get(url("report", report.pk)))
    assert "How many pumps?" in page
    assert "that stays so" in page


def test_others_find_nothing_and_roles_are_told_why_not(cast, report):
    for stranger in (cast.water_leader, cast.discipline_head):
        assert browser(stranger).get(url("report", report.pk)).status_code == 404
        assert browser(stranger).get(url("pdf", report.pk)).status_code == 404
    auditor = browser(cast.auditor)
    assert auditor.get(url("report", report.pk)).status_code == 200
    refused = auditor.get(url("fill", report.pk))
    assert refused.status_code == 403
    assert browser(cast.county_leader).get(url("report", report.pk)).status_code == 200
    assert browser(cast.leader).get(url("new_kind")).status_code == 403
    kind = report.kind_id
    assert browser(cast.leader).get(url("kind", kind)).status_code == 403


def test_the_table_is_in_the_order_of_the_organisation_and_opens_the_entry(cast, report):
    registered(cast)
    mayor = browser(cast.mayor)
    page = mayor.get(url("table"))
    rows = [line.unit.pk for line in page.context["grid"].lines]
    assert rows == [cast.roads.pk, cast.water.pk]
    assert url("report", report.pk) in page.content.decode()
    assert "missing" in text(page)
    assert "not due yet" in text(page)
    own = browser(cast.water_leader).get(url("table"))
    assert [line.unit.pk for line in own.context["grid"].lines] == [cast.water.pk]
    nonsense = mayor.get(url("table") + "?kind=x&since=9&until=2026-99-99")
    assert nonsense.status_code == 200


def test_sums_go_up_the_tree_and_down_to_the_entry(cast, report):
    clerk = browser(cast.clerk)
    said = form_of(clerk.get(url("fill", report.pk))) | {
        "f_pumps": "3",
        "f_notes": "dyke is dry",
        "do": "send",
    }
    clerk.post(url("fill", report.pk), said)
    mayor = browser(cast.mayor)
    page = mayor.get(url("sum"))
    top = page.context["lines"][0]
    assert (top["unit"].pk, top["numbers"][-1][1]) == (cast.town_root.pk, "3")
    assert (top["came"], top["owed"]) == (1, page.context["lines"][1]["owed"] * 2)
    assert "dyke is dry" in text(page)
    down = mayor.get(url("sum") + f"?unit={cast.roads.pk}")
    assert url("report", report.pk) in down.content.decode()
    assert mayor.get(url("sum") + f"?unit={cast.county_root.pk}").status_code == 404
    county = browser(cast.county_leader).get(url("sum"))
    assert county.context["lines"][0]["unit"].pk == cast.town_root.pk
    seen = browser(cast.clerk).get(url("sum"))
    assert [line["unit"].pk for line in seen.context["lines"]] == [cast.roads.pk]


def test_the_workbook_holds_every_report_and_no_formula(cast, report):
    clerk = browser(cast.clerk)
    said = form_of(clerk.get(url("fill", report.pk))) | {"f_notes": "=1+1", "do": "send"}
    clerk.post(url("fill", report.pk), said)
    mayor = browser(cast.mayor)
    taken = mayor.post(url("export"), {"address": ""})
    sheet = load_workbook(io.BytesIO(taken.content)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][0] == "Unit"
    assert any("'=1+1" in row for row in rows)
    assert [act.kind for act in acts_of(report.kind.matter)][-1] == "due_report.table_exported"


def test_a_kind_is_adopted_changed_and_stopped_by_the_pages(cast):
    mayor = browser(cast.mayor)
    assert "Daily duty report" in text(mayor.get(url("kinds")))
    assert mayor.post(url("adopt", "weekly-work")).status_code == 303
    kind = Kind.objects.get()
    assert {one.unit_id for one in kind.owing.all()} == {cast.roads.pk, cast.water.pk, cast.discipline.pk}
    page = mayor.get(url("kind", kind.pk))
    data = _kind_form(page) | {"line-0-label_en": "Matters that came in", "cut": "18:00"}
    refused = mayor.post(url("kind", kind.pk), data)
    assert refused.status_code == 422
    assert "has to end before it is due" in text(refused)
    assert mayor.post(url("kind", kind.pk), data | {"cut": "14:00"}).status_code == 303
    kind.refresh_from_db()
    assert (kind.fields[0]["label"]["en"], kind.fields[0]["code"]) == ("Matters that came in", "received")
    wrong = data | {"cut": "14:00", "seen_version": "2", "line-1-label_en": "Names of petitioners"}
    assert mayor.post(url("kind", kind.pk), wrong).status_code == 422
    assert mayor.post(url("stop_kind", kind.pk), {"seen_version": 2, "why": ""}).status_code == 303
    kind.refresh_from_db()
    assert kind.stopped_at is not None


def _kind_form(page) -> dict[str, object]:
    form, lines = page.context["form"], page.context["lines"]
    data: dict[str, object] = {}
    for one in (form, lines.management_form, *lines.forms):
        for name in one.fields:
            value = one[name].value()
            if value not in (None, False, "", []):
                data[one.add_prefix(name)] = value
    return data


def test_nobody_owes_anything_is_said_with_what_to_do(cast):
    assert "Adopt one that ships" in text(browser(cast.mayor).get(url("home")))
    assert "first unit" in text(browser(cast.clerk).get(url("home")))
    assert browser(cast.mayor).get(url("report", uuid4())).status_code == 404
