"""Months are counted once, go out by themselves, stay as they are; a year is their sum; a report is written on it."""

from __future__ import annotations

import csv
import hashlib
import io
from datetime import timedelta

import pytest
from django.utils import translation
from pypdf import PdfReader

from answerable.figures.models import Turn
from answerable.figures.published import batch, files, preparing, pressing, reporting, rules, services
from answerable.figures.published.access import NotTheirs
from answerable.figures.published.checks import check_layouts
from answerable.figures.published.measures import BY_NAME
from answerable.figures.published.models import Edition, EditionFile, Layout, Publishing, Report
from answerable.figures.published.rules import CannotPublish
from answerable.figures.published.tests.scenes import NOW, SYSTEM, matters, published, two_months
from answerable.record.models import Act
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def town(cast: Cast) -> Cast:
    two_months(cast)
    Publishing.objects.create(authority=cast.town, first_month="2026-11")
    return cast


def refused(code: str, do):
    with pytest.raises((CannotPublish, NotTheirs)) as refusal:
        do()
    assert refusal.value.code == code


def total(edition: Edition, family: str) -> dict[str, int] | None:
    for table in edition.content["tables"]:
        for one in table["families"]:
            if one["family"] == family and one["total"]:
                return one["total"]
    return None


def turn(now, is_over=lambda: False):
    """What the worker does."""
    batch.publish_due(now)
    batch.lay_out_due(lambda: now, is_over)


def layouts():
    return list(Layout.objects.order_by("period").values_list("period", "refused"))


def test_no_name_of_a_row_begins_a_formula_in_the_open_table():
    """Full-width signs count: East Asian editions read them as formulas too."""
    names = ["=1+1", "＝1+1", "＋1", "－1", "＠x", " =1", "\t=1", "\r1", "路灯"]
    family = next(iter(BY_NAME.values()))
    rows = [{"code": str(n), "name_zh": name, "name_en": name} for n, name in enumerate(names)]
    counts = dict.fromkeys(family.measures, 5)
    lines = [{"rows": [row["code"]], "parent": "", "counts": counts} for row in rows]
    families = [{"family": family.name, "total": None, "lines": lines}]
    content = {
        "body": {"code": "town"},
        "period": "2026-11",
        "edition": 1,
        "tables": [{"table": "unit", "rows": rows, "families": families}],
    }
    read = csv.DictReader(io.StringIO(files.as_csv(content).decode("utf-8-sig"), newline=""))
    told = {line[head] for line in read for head in ("name_zh", "name_en")}
    assert {name[0] for name in told} == {"'", "路"}


def test_a_month_is_counted_once_and_goes_out_by_itself_after_its_days(town):
    turn(NOW)
    turn(NOW)
    assert list(Edition.objects.order_by("period").values_list("period", "number", "state")) == [
        ("2026-11", 1, "prepared"),
        ("2026-12", 1, "prepared"),
    ]
    turn(NOW + timedelta(days=6))
    assert not EditionFile.objects.exists()
    turn(NOW + timedelta(days=7))
    assert set(Edition.objects.values_list("state", flat=True)) == {"released"}
    turn(NOW + timedelta(days=7))  # all months are out, so the year is counted
    year = Edition.objects.get(period="2026")
    assert total(year, "received") == {"received": 121}
    kinds = list(Act.objects.filter(matter_id=year.pk).values_list("kind", flat=True))
    assert kinds == ["figures.prepared"]
    assert layouts() == []


def test_a_month_that_cannot_be_made_holds_up_no_later_one_is_told_and_tried_again(town, monkeypatch):
    laid_out = pressing.laid_out

    def broken(period, *args, **more):
        if period == "2026-11":
            raise pressing.FellOver("MemoryError")
        return laid_out(period, *args, **more)

    monkeypatch.setattr(pressing, "laid_out", broken)
    turn(NOW)
    turn(NOW)
    assert list(Edition.objects.values_list("period", flat=True)) == ["2026-12"]
    assert layouts() == [("2026-11", "fell_over")]
    with translation.override("en"):
        (fault,) = check_layouts()
    assert "ended with a fault" in fault.sentence
    monkeypatch.undo()
    turn(NOW + timedelta(hours=23))
    assert layouts() == [("2026-11", "fell_over")]
    turn(NOW + timedelta(days=1))
    assert (layouts(), Edition.objects.filter(period="2026-11").count()) == ([], 1)


def test_while_it_is_laid_out_nothing_waits_and_what_moved_meanwhile_is_counted_again(town, monkeypatch):
    laid_out, at_once = pressing.laid_out, []

    def meanwhile(*args, **more):
        if not at_once:
            setting = {"counted_on": 10, "released_after_days": 3, "licence": "CC0 1.0", "licence_url": ""}
            at_once.append(
                services.change_settings(
                    body=town.town, **setting, by=town.actor(town.mayor), seen_version=1, now=NOW
                )
            )
            matters(town, 7, unit=town.water, month=11)
        return laid_out(*args, **more)

    monkeypatch.setattr(pressing, "laid_out", meanwhile)
    edition = services.prepare(body=town.town, period="2026-11", by=SYSTEM, now=NOW)
    assert at_once, "whoever publishes was not held up"
    assert total(edition, "received") == {"received": 64}
    assert edition.content["licence"]["name"] == "CC0 1.0"
    assert edition.releases_at == NOW + timedelta(days=3)

    def always(*args, **more):
        matters(town, 1, unit=town.water, month=12)
        return laid_out(*args, **more)

    monkeypatch.setattr(pressing, "laid_out", always)
    refused("counts_moved", lambda: services.prepare(body=town.town, period="2026-12", by=SYSTEM, now=NOW))


def test_what_is_not_finished_in_time_or_cut_off_is_said(town):
    counted = preparing.count(town.town, Publishing.objects.get(), "2026-11", NOW)
    asked = ("2026-11", counted.tables, (), None)
    refused("took_too_long", lambda: pressing.laid_out(*asked, seconds=-pressing.GRACE_S))
    batch.publish_due(NOW)
    heard = []
    ends = iter([False])
    batch.lay_out_due(lambda: NOW, lambda: next(ends, True))
    row = Layout.objects.get()
    assert (row.tries, row.is_begun) == (0, False), "a worker that ends leaves it to the next one"
    Layout.objects.update(tries=batch.MOST_TRIES)
    batch.lay_out_due(lambda: NOW)
    assert layouts() == [("2026-11", "cut_off")]
    pressing.laid_out(*asked, told=lambda at, of: heard.append((at, of)))
    assert heard[-1] == (9, 10)
    assert heard == sorted(heard)


def test_what_is_counted(town):
    month = published(town, "2026-11")
    assert total(month, "received") == {"received": 57}
    assert total(month, "date") == {"answered": 57, "kept": 48, "missed": 9, "no_date": 0}
    assert total(month, "person_word") == {
        "answered": 57,
        "person_solved": 20,
        "person_unsolved": 19,
        "person_silent": 18,
    }
    assert total(month, "office_word")["office_solved"] == 57
    assert total(month, "time") == {
        "answered": 57,
        "days_15": 57,
        "days_30": 0,
        "days_60": 0,
        "days_more": 0,
        "not_final": 0,
    }
    assert month.content["median_days"] == 9


def test_a_month_that_is_not_over_is_not_counted(town):
    refused(
        "not_over",
        lambda: services.prepare(body=town.town, period="2026-12", by=SYSTEM, now=NOW - timedelta(days=5)),
    )
    refused("no_such_period", lambda: services.prepare(body=town.town, period="2026-13", by=SYSTEM, now=NOW))
    refused("months_missing", lambda: services.prepare(body=town.town, period="2026", by=SYSTEM, now=NOW))


def test_what_is_out_stays_and_is_corrected_by_a_later_edition(town):
    first = published(town, "2026-11")
    before = bytes(first.files.get(name=files.CSV).content)
    again = {"body": town.town, "period": "2026-11", "by": town.actor(town.mayor), "now": NOW}
    refused("why_missing", lambda: services.ask_for(**again, why=" "))
    once = services.ask_for(**again, why="Counted twice.")
    assert services.ask_for(**again, why="Counted twice.") == once, "asked twice, it is one"
    turn(NOW)
    assert ("2026-11", "same_as_before") in layouts()
    refused("same_as_before", lambda: services.prepare(**again, why="Counted twice."))
    Turn.objects.filter(pk=Turn.objects.filter(unit=town.roads).first().pk).update(ending="withdrawn")
    refused("differs_by_few", lambda: services.prepare(**again, why="One answer was none."))
    matters(town, 20, unit=town.roads, month=11, late=5, solved=5, unsolved=5)
    matters(town, 1, unit=town.roads, month=11, late=1, solved=1)
    services.ask_for(**again, why="A box of paper was found.")
    turn(NOW)
    second = Edition.objects.get(period="2026-11", number=2)
    assert services.ask_for(**again, why="Again.") == second, "it waits already"
    services.release(edition_id=second.pk, by=town.actor(town.mayor), now=NOW)
    assert (second.number, second.content["why"]) == (2, "A box of paper was found.")
    assert bytes(Edition.objects.get(pk=first.pk).files.get(name=files.CSV).content) == before
    taken_out = Turn.objects.filter(unit=town.roads, ended_at__month=11).values_list("case", flat=True)[:20]
    Turn.objects.filter(case__in=list(taken_out)).delete()
    # Against the second it differs by twenty; against the first, which is out as well, by one.
    refused("differs_by_few", lambda: services.prepare(**again, why="Some of it was in two boxes."))
    refused(
        "released_already",
        lambda: services.release(edition_id=first.pk, by=town.actor(town.mayor), now=NOW),
    )


def test_a_month_is_held_back_once_with_a_reason_and_only_a_leader_of_the_whole_body_decides(town):
    edition = services.prepare(body=town.town, period="2026-11", by=SYSTEM, now=NOW)
    hold = {"edition_id": edition.pk, "now": NOW, "by": town.actor(town.mayor)}
    refused(
        "leads_body", lambda: services.hold_back(**hold | {"by": town.actor(town.leader)}, days=3, why="x")
    )
    refused("why_missing", lambda: services.hold_back(**hold, days=3, why=" "))
    refused("held_too_long", lambda: services.hold_back(**hold, days=32, why="x"))
    services.hold_back(**hold, days=20, why="A unit's list is looked at once more.")
    refused("held_too_long", lambda: services.hold_back(**hold, days=3, why="x"))
    batch.publish_due(NOW + timedelta(days=19))
    assert Edition.objects.get(pk=edition.pk).released_at is None
    batch.publish_due(NOW + timedelta(days=20))
    assert Edition.objects.get(pk=edition.pk).released_at is not None
    refused(
        "leads_body", lambda: services.release(edition_id=edition.pk, by=town.actor(town.leader), now=NOW)
    )


def test_the_files_say_the_same_and_the_package_names_their_digests(town):
    import json

    import pyarrow.parquet

    month = published(town, "2026-11")
    held = {row.name: bytes(row.content) for row in month.files.all()}
    lines = [",".join(map(str, line)) for line in files.lines(month.content)]
    assert len(lines) > 30
    table = pyarrow.parquet.read_table(io.BytesIO(held[files.PARQUET]))
    assert table.num_rows == len(lines) == held[files.CSV].decode("utf-8-sig").count("\r\n") - 1
    package = json.loads(held[files.DESCRIBED])
    digests = {one["path"]: one["hash"] for one in package["resources"]}
    assert digests[files.CSV] == f"sha256:{hashlib.sha256(held[files.CSV]).hexdigest()}"
    assert package["licenses"][0]["name"] == "CC BY 4.0"
    assert package["dictionary"]["measures"]["kept"]["name"] == {"zh": "按期", "en": "Date kept"}
    assert "counted" not in json.loads(held[files.JSON])


def test_settings_are_an_act_and_a_stale_page_overwrites_nothing(town):
    setting = Publishing.objects.get()
    wish = {
        "body": town.town,
        "counted_on": 12,
        "released_after_days": 0,
        "licence": "CC0 1.0",
        "licence_url": "https://creativecommons.org/publicdomain/zero/1.0/",
        "by": town.actor(town.administrator),
        "now": NOW,
    }
    services.change_settings(**wish, seen_version=setting.version)
    with pytest.raises(services.Changed):
        services.change_settings(**wish, seen_version=setting.version)
    refused(
        "runs_body", lambda: services.change_settings(**wish | {"by": town.actor(town.clerk)}, seen_version=2)
    )
    assert Act.objects.filter(kind="figures.settings_changed").count() == 1
    assert rules.countable("2026-11", NOW.date(), 12) == ["2026-11", "2026-12"]


def test_a_report_is_drafted_written_approved_and_published_and_its_paper_says_what_it_says(town):
    mayor = town.actor(town.mayor)
    refused("no_year", lambda: reporting.draft_report(body=town.town, year=2026, by=mayor, now=NOW))
    for period in ("2026-11", "2026-12", "2026"):
        published(town, period)
    refused(
        "writes_report",
        lambda: reporting.draft_report(body=town.town, year=2026, by=town.actor(town.leader), now=NOW),
    )
    report = reporting.draft_report(body=town.town, year=2026, by=mayor, now=NOW)
    assert report.texts["summary"]["en"].startswith("121 matters came in.")
    seen = {"report_id": report.pk, "by": mayor, "now": NOW}
    refused("report_exists", lambda: reporting.draft_report(body=town.town, year=2026, by=mayor, now=NOW))
    refused("text_missing", lambda: reporting.approve_report(**seen, seen_version=1))
    reporting.write_section(
        **seen,
        section="lessons",
        zh="路灯改为当周修好。",
        en="Lamps are mended within the week.",
        seen_version=1,
    )
    reporting.approve_report(**seen, seen_version=2)
    reporting.write_section(**seen, section="lessons", zh="路灯改为三天内修好。", en="", seen_version=3)
    refused("not_approved", lambda: reporting.publish_report(**seen, seen_version=4))
    reporting.approve_report(**seen, seen_version=4)
    done = reporting.publish_report(**seen, seen_version=5)
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(done.pdf_zh)).pages)
    assert "路灯改为三天内修好" in text
    assert "121" in text
    kinds = list(Act.objects.filter(matter_id=report.pk).order_by("seq").values_list("kind", flat=True))
    assert kinds == [
        "figures.report_drafted",
        "figures.report_changed",
        "figures.report_approved",
        "figures.report_changed",
        "figures.report_approved",
        "figures.report_published",
    ]
    second = reporting.draft_report(body=town.town, year=2026, by=mayor, now=NOW)
    assert (second.number, second.texts["lessons"]["zh"]) == (2, "路灯改为三天内修好。")
    assert Report.objects.get(pk=report.pk).state == "published"
