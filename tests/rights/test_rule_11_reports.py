"""Rules 1, 3, 5 and 11 in due reports: nobody is listed, nothing ranks, no accusation shows in a number."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from answerable.cases.models import Accused
from answerable.core import clock
from answerable.readiness.reports import making, sources
from answerable.readiness.reports.columns import COLUMNS
from answerable.readiness.reports.fields import Field, Words
from answerable.readiness.reports.models import DueReport, Kind
from answerable.readiness.reports.rules import CannotReport, CannotSetUp
from answerable.readiness.reports.services import reporting
from answerable.readiness.reports.tests.scenes import FIELDS, asked, at, by_unit, opened, send
from tests.cast import registered

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _demo(settings):
    settings.DEMO = True  # the second factor has its own tests


def at_desk(staff) -> Client:
    made = Client(headers={"accept-language": "en"})
    made.force_login(staff)
    return made


@pytest.mark.parametrize(
    "label",
    [
        "信访人姓名", "上访人数", "聚集人员情况", "集访批次", "参加人员名单", "重点人员", "信教人数", "少数民族人数", "退役军人",
        "Names of complainants", "Number of petitioners", "Gatherings this week", "Religion of the family",
        "List of people present", "Home address", "Repeat complainers", "People photographed at the gate",
    ],
)  # fmt: skip
def test_rule_11_a_report_that_asks_for_people_or_gatherings_is_refused_with_a_sentence(cast, label):
    line = Field(code="l1", type="text", label=Words(zh=label, en=label), adds="no")
    with pytest.raises(CannotSetUp) as refused:
        asked(cast, fields=(*FIELDS, line))
    assert refused.value.code in {"sorts_people", "names_gathering", "watches_people", "lists_persons"}
    assert str(refused.value).endswith(".")
    with pytest.raises(CannotSetUp):
        asked(cast, name=Words(zh=label, en=label))
    assert not Kind.objects.exists()


@pytest.mark.parametrize(
    "words", ["村民聚集讨说法", "给重点人员登记", "photographed all participants at the gate"]
)
def test_rule_11_no_answer_reason_or_word_back_speaks_of_people_who_come_together(cast, words):
    report = opened(cast)[cast.roads.pk][0]
    for more in (
        {"given": {"received": "0", "open": "0", "notes": words}},
        {"given": {"received": "1", "open": "0"}, "whys": {"received": words}},
    ):
        with pytest.raises(CannotReport):
            send(cast, report, 7.5, **more)
    send(cast, report, 7.5)
    report.refresh_from_db()
    with pytest.raises(CannotReport):
        reporting.send_back(
            report_id=report.pk, why=words, by=cast.actor(cast.mayor), seen_version=report.version, now=at(9)
        )


def test_rule_01_no_party_stands_in_a_report(cast):
    registered(cast, at(1), claim="我是王小明，住河东路 8 号，路灯坏了", place_text="河东路 8 号")
    report = opened(cast)[cast.roads.pk][0]
    version = send(cast, report, 7.5)
    assert "王小明" not in str(version.answers)
    assert "河东路" not in str(version.answers)
    owners = {whose for columns in COLUMNS.values() for whose, _what in columns.values()}
    assert owners <= {"office", "staff", "nobody"}
    assert {one.type for one in sources.known().values()} <= {"number", "text"}


def test_rule_05_an_accusation_is_in_no_number_of_a_report(cast):
    registered(cast, at(1))
    case = registered(cast, at(2), is_conduct=True).case
    Accused.objects.get_or_create(case=case, staff=cast.leader)
    kind = asked(
        cast, at(0), owing=[(cast.roads.pk, False), (cast.discipline.pk, False), (cast.town_root.pk, False)]
    )
    making.make_due(at(0))
    counted = {unit: reporting.counted_for(rows[0])["received"] for unit, rows in by_unit(kind).items()}
    assert counted == {cast.roads.pk: 1, cast.discipline.pk: 0, cast.town_root.pk: 0}


def test_rule_03_the_table_is_in_the_order_of_the_organisation_whatever_it_counts(cast):
    now = clock.now()
    kind = asked(cast, now - timedelta(days=3), cut=time(0), due=time(0, 1))
    making.make_due(now - timedelta(days=3))
    making.make_due(now)
    first = DueReport.objects.filter(kind=kind, unit=cast.water).order_by("until_at")[0]
    DueReport.objects.filter(pk=first.pk).update(first_at=first.due_at, state="sent")
    client = at_desk(cast.mayor)
    for query in ("", "?sort=missing", "?sort=-received", "?order=late"):
        table = client.get(reverse("due_reports:table") + query)
        assert [line.unit.pk for line in table.context["grid"].lines] == [cast.roads.pk, cast.water.pk]
        assert "sort=" not in table.content.decode().split("<main", 1)[1]
        sums = client.get(reverse("due_reports:sum") + query)
        assert [line["unit"].pk for line in sums.context["lines"]] == [
            cast.town_root.pk, cast.roads.pk, cast.water.pk,
        ]  # fmt: skip
