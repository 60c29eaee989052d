"""Work lists: who finds what, in which order, with honest counts; search; saved views; exports."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from answerable.cases import queries
from answerable.cases.access import readable_cases, reader_for
from answerable.cases.lists import words as words_of_lists
from answerable.cases.models import Accused, Case, CaseText, Deadline, SavedView, SteppedAside
from answerable.cases.queries import Cursor, ListName, Wanted
from answerable.cases.services import accusing, deciding, exports, handling, persons, supervision
from answerable.core import search
from answerable.core.refusals import NotYours
from answerable.orgs.models import Appointment
from answerable.record.matters import matter_of
from answerable.record.queries import acts_of
from tests.cast import MONDAY, PARTS, accepted, registered

pytestmark = pytest.mark.django_db


def found(name: str, staff, now, **more) -> list[Case]:
    wanted = Wanted(name=ListName(name), **more)
    return queries.listed(wanted, reader_for(staff, now), now).rows


def stop_at(many: int, monkeypatch) -> None:
    """Have words be common that more cases than these hold."""
    for name in ("COUNT_TO", "FOUND_TO"):
        monkeypatch.setattr(queries, name, many)
    monkeypatch.setattr(words_of_lists, "COUNT_TO", many)


def body(answer) -> str:
    return answer.content.decode()


def test_each_list_holds_what_its_name_says(cast, now):
    fresh = registered(cast, now).case
    mine = accepted(cast, now)
    handling.assign_case(
        case_id=mine.pk,
        to_post=cast.post(cast.handler).pk,
        by=cast.actor(cast.clerk),
        seen_version=None,
        now=now,
    )
    asked = accepted(cast, now)
    handling.ask_person(
        case_id=asked.pk, text="?", by=cast.actor(cast.clerk), seen_version=asked.version, now=now
    )
    old = accepted(cast, now - timedelta(days=80))
    done = accepted(cast, now)
    deciding.send_decision(
        case_id=done.pk,
        outcome="supported",
        parts=PARTS,
        by=cast.actor(cast.leader),
        seen_version=done.version,
        now=now,
    )
    gone = accepted(cast, now)
    persons.withdraw(case_id=gone.pk, now=now)
    assert found("mine", cast.handler, now) == [mine]
    assert found("late", cast.clerk, now) == [old]
    assert found("waiting", cast.clerk, now) == [asked]
    assert found("decided", cast.clerk, now) == [done]
    assert found("ended", cast.clerk, now) == [gone]
    assert set(found("unassigned", cast.clerk, now)) == {fresh, asked, old}
    assert set(found("unit", cast.clerk, now)) == {fresh, mine, asked, old, done}
    assert found("unit", cast.water_leader, now) == []


def test_what_hurts_stands_first_and_undated_last(cast, now):
    done = accepted(cast, now)
    deciding.send_decision(
        case_id=done.pk,
        outcome="supported",
        parts=PARTS,
        by=cast.actor(cast.leader),
        seen_version=done.version,
        now=now,
    )
    later, late = accepted(cast, now), accepted(cast, now - timedelta(days=80))
    assert found("unit", cast.clerk, now) == [late, later, done]


def test_a_lifted_case_is_on_the_list_of_the_level_above_until_it_is_dealt_with(cast, now):
    case = accepted(cast, now - timedelta(days=80))
    for pk in supervision.newly_late(now):
        supervision.lift_deadline(deadline_id=pk, now=now)
    assert found("supervised", cast.mayor, now) == [case]
    assert found("supervised", cast.clerk, now) == []
    handling.reply_to_person(
        case_id=case.pk, text="Monday.", by=cast.actor(cast.mayor), seen_version=None, now=now
    )
    assert found("supervised", cast.mayor, now) == [case], "a kind word does not end the watching"
    deciding.send_decision(
        case_id=case.pk,
        outcome="supported",
        parts=PARTS,
        by=cast.actor(cast.leader),
        seen_version=Case.objects.get(pk=case.pk).version,
        now=now,
    )
    assert found("supervised", cast.mayor, now) == []


def test_keyset_pages_cover_every_row_once_both_ways(cast, now):
    cases = [registered(cast, now - timedelta(hours=n)).case for n in range(7)]
    for case in cases[:2]:
        deciding.send_decision(
            case_id=case.pk,
            outcome="supported",
            parts=PARTS,
            by=cast.actor(cast.leader),
            seen_version=case.version,
            now=now,
        )
    reader = reader_for(cast.clerk, now)
    for name in ("unit", "all"):
        wanted, seen, after, pages = Wanted(name=ListName(name)), [], None, []
        while True:
            page = queries.listed(wanted, reader, now, after=after, limit=3)
            pages.append(page)
            seen += page.rows
            if not page.has_more:
                break
            after = Cursor.parse(str(page.last))
        assert len(seen) == len(set(seen)) == 7
        back = queries.listed(wanted, reader, now, before=pages[2].first, limit=3)
        assert back.rows == pages[1].rows
        assert queries.listed(wanted, reader, now, before=back.first, limit=3).rows == pages[0].rows


@pytest.mark.parametrize("said", ["", "x", "12-34", "n-zz", "9" * 40 + "-" + "0" * 32, "1-" + "0" * 31])
def test_nonsense_in_the_address_begins_at_the_beginning(cast, at_desk, now, said):
    case = accepted(cast, now)
    assert Cursor.parse(said) is None
    page = at_desk(cast.clerk).get(
        reverse("desk:worklist"),
        {"list": "unit", "after": said, "subject": "zz", "state": "no", "due_from": "31.2."},
    )
    assert case.code in body(page)


def test_filters_combine_and_live_in_the_address(cast, at_desk, now):
    one = accepted(cast, now, privacy="open", intake="phone")
    two = accepted(cast, now, privacy="open")
    browser = at_desk(cast.clerk)
    page = body(browser.get(reverse("desk:worklist"), {"list": "unit", "privacy": "open", "intake": "phone"}))
    assert one.code in page
    assert two.code not in page
    assert "?list=unit&amp;intake=phone" in page, "each filter can be taken away by itself"
    page = body(
        browser.get(
            reverse("desk:worklist"),
            {
                "list": "unit",
                "subject": cast.lamps.pk,
                "place": cast.village.pk,
                "handler": "0",
                "state": "accepted",
                "stage": "handle",
            },
        )
    )
    assert one.code in page
    due = one.due_at - timedelta(seconds=1)
    day = f"{due.astimezone().date()}"
    assert (
        queries.listed(
            Wanted(name=ListName.UNIT, due_before=one.due_at), reader_for(cast.clerk, now), now
        ).rows
        == []
    )
    page = body(
        browser.get(reverse("desk:worklist"), {"list": "unit", "due_from": day, "due_to": "2099-01-01"})
    )
    assert one.code in page


@pytest.mark.parametrize(
    ("words", "finds"),
    [
        ("路灯", True),
        ("灯", True),
        ("坏了", True),
        ("路灯坏了两个月", True),
        ("culvert", True),
        ("CULV", True),
        ("路灯 culvert", True),
        ("路灯 水管", False),
        ("灯路", False),
        ("bulvert", False),
        ("村月", False),
    ],
)
def test_search_is_exact_in_chinese_and_english(cast, now, words, finds):
    case = accepted(cast, now, claim="村口的路灯坏了两个月，旁边的 culvert 也堵了。")
    assert found("all", cast.clerk, now, words=words) == ([case] if finds else [])
    assert found("unit", cast.clerk, now, words=words) == ([case] if finds else [])


def test_a_longer_phrase_is_found_only_where_it_stands_together(cast, now):
    together = accepted(cast, now, claim="路灯坏了，没人修。")
    apart = accepted(cast, now, claim="路灯不亮。灯坏了一半。坏了又修。")
    assert found("all", cast.clerk, now, words="路灯坏了") == [together]
    assert set(found("all", cast.clerk, now, words="坏了")) == {together, apart}


def test_search_keeps_to_ones_units_and_follows_a_case(cast, now):
    case = accepted(cast, now)
    assert found("all", cast.water_leader, now, words="路灯") == []
    handling.transfer_case(
        case_id=case.pk,
        to_unit=cast.water.pk,
        why="w",
        by=cast.actor(cast.clerk),
        seen_version=case.version,
        now=now,
    )
    assert found("all", cast.water_leader, now, words="路灯") == [case]
    assert found("all", cast.clerk, now, words="路灯") == [case], "the unit that had it still finds it"
    assert found("unit", cast.clerk, now, words="路灯") == []


def test_a_common_word_is_found_by_walking_the_list(cast, now, monkeypatch):
    cases = [accepted(cast, now - timedelta(minutes=n)) for n in range(5)]
    hidden = accepted(cast, now)
    SteppedAside.objects.create(case=hidden, staff=cast.clerk, at=now)
    stop_at(3, monkeypatch)
    reader = reader_for(cast.clerk, now)
    wanted = Wanted(name=ListName.ALL, words="路灯坏了两")
    assert queries.listed(wanted, reader, now).is_common
    assert queries.listed(wanted, reader, now).rows == cases
    assert queries.count_listed(wanted, reader, now) == 4, "3 and more"
    assert set(found("unit", cast.clerk, now, words="路灯")) == set(cases)


def test_a_common_word_over_several_units_is_merged_in_the_lists_order(cast, now, monkeypatch):
    """What two units hold, one after the other by date, and what one is involved in besides, each once."""
    mine = [accepted(cast, now - timedelta(minutes=n)) for n in range(6)]
    for case in mine[1::2]:
        handling.transfer_case(
            case_id=case.pk,
            to_unit=cast.water.pk,
            why="水利站的事。",
            by=cast.actor(cast.leader),
            seen_version=case.version,
            now=now,
        )
    stop_at(3, monkeypatch)
    reader = reader_for(cast.mayor, now)
    assert len(reader.unit_ids) > 1
    wanted = Wanted(name=ListName.ALL, words="路灯")
    first = queries.listed(wanted, reader, now, limit=4)
    assert first.is_common
    assert first.rows == mine[:4]
    rest = queries.listed(wanted, reader, now, after=first.last, limit=4)
    assert rest.rows == mine[4:]


def test_nothing_is_lost_between_the_stretches_of_the_index(cast, now, monkeypatch):
    """Receipts on both sides of a stretch's edge, in one instant of it, months apart and long before the system.

    Some were passed on to another unit, so that they are found apart and put in between.
    """
    edge = search.stretch_start(int(MONDAY.timestamp() // search.STRETCH.total_seconds()))
    tick, day = timedelta(microseconds=1), timedelta(days=1)
    at = [edge + day, edge + tick, edge, edge]
    at += [edge - n * tick for n in range(1, 6)]
    at += [edge - n * day for n in (30, 95, 9000)]
    cases = [registered(cast, now, received_at=each).case for each in reversed(at)]
    cases.sort(key=lambda case: (case.received_at, case.pk), reverse=True)
    assert [case.received_at for case in cases] == at
    for case in (cases[n] for n in (1, 5, 6, 9)):
        handling.transfer_case(
            case_id=case.pk,
            to_unit=cast.water.pk,
            why="w",
            by=cast.actor(cast.clerk),
            seen_version=None,
            now=now,
        )
    reader = reader_for(cast.clerk, now)
    wanted = Wanted(name=ListName.ALL, words="路灯坏了两")
    assert queries.listed(wanted, reader, now).rows == cases
    monkeypatch.setattr(queries, "LOOKED_FOR", 1)
    for enough in (1, 3, 4, 5):
        monkeypatch.setattr(queries, "FOUND_TO", enough)
        assert queries.listed(wanted, reader, now).is_common
        for size in (1, 2, 5):
            rows = list(queries.every_listed(wanted, reader, now, batch=size))
            assert rows == cases, (enough, size)
            for n in range(size, len(cases)):
                before = Cursor(cases[n].received_at, cases[n].pk)
                page = queries.listed(wanted, reader, now, before=before, limit=size)
                assert page.rows == cases[n - size : n], (enough, size, n)


def test_nothing_is_lost_where_the_planner_knows_of_hardly_any_text(cast, now, monkeypatch):
    """It would rather go from the texts to the stretches of the index than the other way round."""
    monkeypatch.setattr(queries, "LOOKED_FOR", 1)
    monkeypatch.setattr(queries, "FOUND_TO", 1)
    cases = [registered(cast, now, received_at=MONDAY - timedelta(days=90)).case]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE cases_text")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
    for days in (60, 59, 30, 2, 1):
        cases.insert(0, registered(cast, now, received_at=MONDAY - timedelta(days=days)).case)
    wanted, reader = Wanted(name=ListName.ALL, words="路灯坏了两"), reader_for(cast.clerk, now)
    for size in (1, 2):
        assert list(queries.every_listed(wanted, reader, now, batch=size)) == cases, size


def test_a_code_in_the_search_box_leads_to_its_matter(cast, at_desk, now):
    case = accepted(cast, now)
    answer = at_desk(cast.clerk).get(reverse("desk:search"), {"q": case.code.lower().replace("-", " ")})
    assert answer["Location"] == reverse("desk:case", args=[case.pk])
    assert at_desk(cast.water_leader).get(reverse("desk:search"), {"q": case.code}).status_code == 200


def test_search_text_that_is_no_word_finds_nothing_and_breaks_nothing(cast, at_desk, now):
    accepted(cast, now)
    browser = at_desk(cast.clerk)
    for said in ("'", "&|!", "%s", "\\", "🙂", "'; DROP TABLE cases_case", "路" * 200, "\x00"):
        assert browser.get(reverse("desk:search"), {"q": said}).status_code == 200


@pytest.mark.parametrize("hide", ["aside", "staff", "unit"])
def test_hidden_cases_are_in_no_list_no_count_no_search_and_no_export(cast, at_desk, now, hide):
    shown, kept = accepted(cast, now), accepted(cast, now)
    row = {
        "aside": lambda: SteppedAside.objects.create(case=kept, staff=cast.leader, at=now),
        "staff": lambda: Accused.objects.create(case=kept, staff=cast.leader),
        "unit": lambda: Accused.objects.create(case=kept, unit=cast.roads),
    }
    row[hide]()
    if hide == "unit":
        Accused.objects.create(case=shown, staff=cast.water_leader)
    reader = reader_for(cast.leader, now)
    for name in ListName:
        for words in ("", "路灯"):
            wanted = Wanted(name=name, words=words)
            rows = queries.listed(wanted, reader, now).rows
            assert kept not in rows
            assert queries.count_listed(wanted, reader, now) == len(rows)
            assert kept not in list(queries.every_listed(wanted, reader, now, batch=1))
    browser = at_desk(cast.leader)
    answer = browser.post(reverse("desk:export"), {"address": "list=unit", "form": "csv"})
    text = b"".join(answer.streaming_content).decode()
    assert shown.code in text
    assert kept.code not in text


def test_every_listed_row_can_be_opened(cast, now):
    """The lists' own SQL and the one door (`readable_cases`) agree, for every member of staff."""
    from answerable.orgs.models import Staff

    late = accepted(cast, now - timedelta(days=80))
    for pk in supervision.newly_late(now):
        supervision.lift_deadline(deadline_id=pk, now=now)
    moved = accepted(cast, now)
    handling.take_charge(case_id=moved.pk, by=cast.actor(cast.leader), seen_version=moved.version, now=now)
    registered(cast, now, is_conduct=True, accused_staff=(cast.leader.pk,))
    accusing.name_accused(
        case_id=moved.pk,
        staff=[cast.clerk.pk],
        units=[],
        by=cast.actor(cast.leader),
        seen_version=moved.version + 1,
        now=now,
    )
    for staff in Staff.objects.all():
        reader = reader_for(staff, now)
        readable = set(readable_cases(reader))
        for name in ListName:
            assert set(queries.listed(Wanted(name=name), reader, now).rows) <= readable, (staff, name)
        assert set(queries.listed(Wanted(name=ListName.ALL), reader, now).rows) == readable, staff
    assert late in readable_cases(reader_for(cast.mayor, now))


def test_counts_are_capped_and_say_so(cast, at_desk, now, monkeypatch):
    for n in range(4):
        registered(cast, now - timedelta(minutes=n))
    from answerable.cases.desk.views import lists

    monkeypatch.setattr(queries, "COUNT_TO", 2)
    monkeypatch.setattr(lists, "COUNT_TO", 2)
    assert ">2+<" in body(at_desk(cast.clerk).get(reverse("desk:counts")))


def test_a_list_costs_the_same_queries_however_long(cast, at_desk, now, django_assert_max_num_queries):
    browser = at_desk(cast.clerk)
    registered(cast, now)
    browser.get(reverse("desk:worklist"), {"list": "unit"})
    with CaptureQueriesContext(connection) as few:
        browser.get(reverse("desk:worklist"), {"list": "unit"})
    for n in range(6):
        accepted(cast, now - timedelta(minutes=n))
    with CaptureQueriesContext(connection) as many:
        browser.get(reverse("desk:worklist"), {"list": "unit"})
    assert len(many) == len(few)


def test_giving_many_at_once(cast, at_desk, now):
    one, two = accepted(cast, now), accepted(cast, now)
    closed = accepted(cast, now)
    persons.withdraw(case_id=closed.pk, now=now)
    stranger = registered(cast, now, subject=cast.pipes).case
    browser = at_desk(cast.clerk)
    post = cast.post(cast.handler)
    answer = browser.post(
        reverse("desk:assign_many"),
        {
            "case": [one.pk, two.pk, closed.pk, stranger.pk, "nonsense"],
            "to_post": post.pk,
            "address": "list=unit",
        },
        follow=True,
    )
    page = body(answer)
    assert "2 matters given" in page
    assert closed.code in page
    assert "1 marked matter is not open to you" in page
    for case in (one, two, closed, stranger):
        case.refresh_from_db()
    assert one.handler_post == two.handler_post == post
    assert closed.handler_post is None
    assert stranger.handler_post is None
    assert (
        at_desk(cast.auditor)
        .post(reverse("desk:assign_many"), {"case": [one.pk], "to_post": post.pk})
        .status_code
        == 403
    )


def test_a_view_is_kept_for_the_post_and_taken_away(cast, at_desk, now):
    browser = at_desk(cast.clerk)
    browser.post(reverse("desk:save_view"), {"name": "Phones", "address": "list=unit&intake=phone&state=zz"})
    view = SavedView.objects.get()
    assert (view.post, view.query) == (cast.post(cast.clerk), "list=unit&intake=phone")
    accepted(cast, now, intake="phone")
    assert "Phones" in body(browser.get(reverse("desk:worklist"), {"list": "unit"}))
    moved = {"list": "unit", "unit": cast.water.pk}
    assert "means nothing here any more: Unit." in body(browser.get(reverse("desk:worklist"), moved))
    assert at_desk(cast.handler).post(reverse("desk:drop_view", args=[view.pk])).status_code == 404
    for _ in range(2):  # the second of a double click finds nothing to do
        assert browser.post(reverse("desk:drop_view", args=[view.pk])).status_code == 303
    assert not SavedView.objects.exists()


def test_an_export_ends_where_its_reader_loses_the_post_that_it_was_made_for(cast, at_desk, now, monkeypatch):
    monkeypatch.setattr(exports, "BATCH", 1)
    for n in range(3):
        accepted(cast, now - timedelta(minutes=n))
    sent = {"address": "list=unit", "form": "csv"}
    lines = iter(at_desk(cast.leader).post(reverse("desk:export"), sent).streaming_content)
    assert [len(next(lines)) > 0 for _line in ("heads", "a row")] == [True, True]
    Appointment.objects.filter(staff=cast.leader).update(until_at=now)
    with pytest.raises(NotYours):
        list(lines)


EVIL = ["=1+1", "+cmd", "-2", "@SUM(A1)", "＝1", "\t=1", " =1"]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_an_export_runs_no_formula_and_is_an_act(cast, at_desk, now, form):
    for n, title in enumerate(EVIL):
        case = accepted(cast, now - timedelta(minutes=n))
        CaseText.objects.filter(case=case).update(title=title)
    answer = at_desk(cast.clerk).post(reverse("desk:export"), {"address": "list=unit&q=路灯", "form": form})
    content = b"".join(answer.streaming_content)
    if form == "csv":
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    else:
        rows = [[c.value for c in row] for row in load_workbook(io.BytesIO(content)).active.rows]
    assert len(rows) == len(EVIL) + 1
    titles = [row[1] for row in rows[1:]]
    assert all(str(title).startswith("'") for title in titles)
    assert "村口的路灯坏了两个月" not in str(rows), "the person's words stay here"
    act = acts_of(matter_of("authority", cast.town.pk))[-1]
    assert act.kind == "export.made"
    assert act.body == {"form": form, "filters": "list=unit&q=%E2%80%A6", "rows": str(len(EVIL))}


def test_a_workbook_can_be_read_as_it_opens(cast, at_desk, now):
    accepted(cast, now)
    answer = at_desk(cast.clerk).post(reverse("desk:export"), {"address": "list=unit", "form": "xlsx"})
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    assert sheet.freeze_panes == "A2"
    for cell in sheet[2]:
        shown = len("2026-11-29 22:00:00") if cell.is_date else len(str(cell.value or ""))
        room = sheet.column_dimensions[cell.column_letter].width
        assert not cell.is_date or room >= shown, (sheet.cell(1, cell.column).value, room)
        assert sheet.cell(1, cell.column).font.bold


def test_an_export_is_in_the_language_of_who_asked(cast, at_desk, now):
    accepted(cast, MONDAY)
    answer = at_desk(cast.clerk, "en").post(reverse("desk:export"), {"address": "list=unit", "form": "csv"})
    assert b"Handled by" in b"".join(answer.streaming_content)


def test_what_the_person_raised_is_marked_like_what_the_system_lifted(cast, at_desk, now):
    case = accepted(cast, now)
    persons.raise_case(case_id=case.pk, now=now)
    case.refresh_from_db()
    assert case.is_lifted
    page = at_desk(cast.mayor).get(reverse("desk:worklist"), {"list": "unit", "lifted": "1"})
    assert case.code in page.content.decode()


def test_the_day_begins_on_the_first_list_that_holds_anything(cast, at_desk, now):
    case = accepted(cast, now)
    page = at_desk(cast.leader).get(reverse("desk:worklist")).content.decode()
    assert case.code in page
    assert '<h1 class="sr-only">My units</h1>' in page
    page = at_desk(cast.water_leader).get(reverse("desk:worklist")).content.decode()
    assert '<h1 class="sr-only">Mine</h1>' in page


def test_danger_stands_on_top_of_every_list_until_it_is_decided(cast, now, at_desk):
    clerk = at_desk(cast.clerk)
    assert "danger-strip" not in body(clerk.get("/desk/?list=late"))
    told = registered(cast, now, is_danger=True).case
    for name in ("mine", "late", "ended", "supervised"):
        page = body(clerk.get(f"/desk/?list={name}"))
        assert "danger-strip" in page
        assert told.code in page
    assert told.code not in body(at_desk(cast.water_leader).get("/desk/?list=late"))
    SteppedAside.objects.create(case=told, staff=cast.clerk, at=now)
    assert "danger-strip" not in body(clerk.get("/desk/?list=late"))
    Case.objects.filter(pk=told.pk).update(state="decided")
    assert "danger-strip" not in body(at_desk(cast.leader).get("/desk/?list=late"))


def test_what_was_lifted_to_us_shows_our_own_date_and_the_case_who_was_told(cast, now, at_desk):
    case = accepted(cast, now - timedelta(days=80))
    for pk in supervision.newly_late(now):
        supervision.lift_deadline(deadline_id=pk, now=now)
    own = Deadline.objects.get(case=case, is_supervising=True, unit=cast.town_root)
    assert own.late_from > now
    page = body(at_desk(cast.mayor).get("/desk/?list=supervised"))
    assert "your unit&#x27;s own date" in page
    assert "days late" not in page[page.index(case.code) :]
    there = body(at_desk(cast.mayor).get(reverse("desk:case", args=[case.pk])))
    assert "Your unit watches over it, with a date of its own: Due" in there
    assert "It ends when what is late is done." in there
    assert "days late" in body(at_desk(cast.clerk).get("/desk/?list=late"))
    told = body(at_desk(cast.clerk).get(reverse("desk:case", args=[case.pk])))
    first = told[told.index("deadline-sentence") :][:500]
    assert "Told and watching: Town government." in first
    persons.raise_case(case_id=case.pk, now=now)
    county = body(at_desk(cast.county_leader).get(reverse("desk:case", args=[case.pk])))
    assert "writing to them answers that" in county
