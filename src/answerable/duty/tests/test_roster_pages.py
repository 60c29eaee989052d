"""The pages of rosters: drafted by hand and by the solver, published, swapped, printed, read back, subscribed to."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation
from icalendar import Calendar as Feed
from openpyxl import load_workbook
from pypdf import PdfReader

from answerable.core import clock
from answerable.duty import queries
from answerable.duty.models import Assignment, Calendar, Roster, SolveRun, Swap
from answerable.duty.roster_wording import spread_text
from answerable.duty.services import rosters
from answerable.duty.solving import solve_next
from answerable.duty.tests.rooms import make_room
from answerable.orgs.queries import local_today

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _without_second_factor(settings):
    settings.DEMO = True  # the second factor has its own tests


@pytest.fixture
def room(cast):
    made = make_room(cast, days=0)
    for role, post in ((made.lead, "leader"), (made.staff, "handler")):
        role.post_roles = [post]
        role.save()
    return made


@pytest.fixture
def desk(client, room):
    client.force_login(room.cast.mayor)
    return client


@pytest.fixture
def first(room):
    """A Monday to come; the pages ask the database for the time."""
    today = local_today(room.line.authority, clock.now())
    return today + timedelta(days=14 - today.weekday())


@pytest.fixture
def draft(room, first):
    return rosters.begin_roster(
        line_id=room.line.pk,
        from_on=first,
        until_on=first + timedelta(days=7),
        by=room.cast.actor(room.cast.mayor),
        now=clock.now(),
    )


def keys(room, first, day=0):
    (span,) = queries.spans_of(room.line, first + timedelta(days=day), first + timedelta(days=day + 1))
    start = f"{span.from_at.isoformat(timespec='seconds')}|{span.pattern_id}"
    return f"{start}|{room.lead.pk}", f"{start}|{room.staff.pk}"


def filled(room, first, draft):
    cells = {}
    for day in range(7):
        lead, staff = keys(room, first, day)
        cells[lead] = [room.leaders[day % 3].pk]
        cells[staff] = [room.watch[(2 * day + n) % 6].pk for n in range(2)]
    return rosters.change_cells(
        roster_id=draft.pk,
        cells=cells,
        by=room.cast.actor(room.cast.mayor),
        seen_version=draft.version,
        now=clock.now(),
    )


@pytest.fixture
def published(room, first, draft):
    roster = filled(room, first, draft)
    return rosters.publish_roster(
        roster_id=roster.pk,
        by=room.cast.actor(room.cast.mayor),
        seen_version=roster.version,
        now=clock.now(),
    )


def post(desk, name, roster, **data):
    roster.refresh_from_db()
    return desk.post(
        reverse(f"rosters:{name}", args=[roster.pk]), {"version": roster.version} | data, follow=True
    )


def test_from_an_empty_page_to_a_published_week(desk, room, first):
    assert "Duty room" in desk.get("/desk/duty/rosters/", headers={"accept-language": "en"}).text
    form = {"from_on": first.isoformat(), "last_on": (first + timedelta(days=6)).isoformat()}
    page = desk.post(reverse("rosters:begin", args=[room.line.pk]), form, follow=True)
    roster = Roster.objects.get()
    assert page.status_code == 200
    page = post(desk, "solve", roster, seconds="20", keeps="no")
    assert SolveRun.objects.get().state == "waiting"
    solve_next(clock.now, threads=1)
    page = post(desk, "publish", roster)
    assert page.status_code == 200
    roster.refresh_from_db()
    assert roster.published_at is not None
    assert Assignment.objects.filter(shift__roster=roster, voided_at=None).count() == 21
    for view in ("month", "week", "people"):
        page = desk.get(reverse("rosters:line", args=[room.line.pk]), {"view": view, "on": str(first)})
        assert page.status_code == 200
        assert str(room.leaders[0]) in page.text


def test_a_name_is_moved_changed_taken_out_and_put_back(desk, room, first, draft):
    lead, staff = keys(room, first)
    other, _staff = keys(room, first, 1)
    one, two = room.leaders[0].pk, room.leaders[1].pk
    post(desk, "move", draft, **{"person": one, "from": "", "to": lead})
    post(desk, "move", draft, **{"person": two, "from": "", "to": other})
    post(desk, "move", draft, **{"person": one, "from": lead, "to": other, "onto": two})
    draft.refresh_from_db()
    assert draft.proposal == {lead: [two], other: [one]}
    post(desk, "move", draft, **{"person": one, "from": other, "to": ""})
    draft.refresh_from_db()
    assert draft.proposal == {lead: [two]}
    post(desk, "undo", draft)
    draft.refresh_from_db()
    assert draft.proposal == {lead: [two], other: [one]}
    stale = desk.post(reverse("rosters:undo", args=[draft.pk]), {"version": draft.version - 1})
    assert stale.status_code == 409
    post(desk, "cell", draft, key=staff, person=[room.watch[0].pk, room.watch[1].pk])
    draft.refresh_from_db()
    assert draft.proposal[staff] == sorted([room.watch[0].pk, room.watch[1].pk])


def test_the_list_of_people_says_why_somebody_cannot(desk, room, first, draft):
    lead, _staff = keys(room, first)
    page = desk.get(
        reverse("rosters:cell", args=[draft.pk]), {"key": lead}, headers={"accept-language": "en"}
    )
    assert f'value="{room.leaders[0].pk}"' in page.text
    assert f'value="{room.watch[0].pk}"' not in page.text
    assert "Staff 0 person holds none of the posts" in page.text


def test_gaps_stand_on_the_page_and_nothing_is_published(desk, room, first, draft):
    page = desk.get(reverse("rosters:draft", args=[draft.pk]), headers={"accept-language": "en"})
    assert "one person is missing" in page.text
    assert reverse("rosters:publish", args=[draft.pk]) not in page.text
    assert post(desk, "publish", draft).status_code == 422
    assert Roster.objects.get().published_at is None


def test_others_see_what_is_published_and_no_draft(client, room, first, draft):
    client.force_login(room.watch[0])
    assert client.get(reverse("rosters:line", args=[room.line.pk])).status_code == 200
    client.force_login(room.cast.clerk)
    assert client.get(reverse("rosters:line", args=[room.line.pk])).status_code == 200
    assert client.get(reverse("rosters:draft", args=[draft.pk])).status_code == 403
    client.force_login(room.cast.county_leader)
    assert client.get(reverse("rosters:line", args=[room.line.pk])).status_code == 404


def test_offers_of_a_month_are_weighed_without_asking_the_database_for_each(
    client, room, first, published, django_assert_max_num_queries
):
    gives = Assignment.objects.get(shift__on=first, role=room.lead)
    client.force_login(gives.staff)
    with django_assert_max_num_queries(80):
        assert client.get(reverse("rosters:ask", args=[gives.pk])).status_code == 200


def test_evenness_is_claimed_among_those_it_was_counted_for():
    kind = {"turns": 18, "least": 18, "most": 18, "spread": 0, "bound": 0}
    with translation.override("en"):
        assert "Among these people it cannot be more even." in spread_text(kind, is_even=True)


def test_a_page_s_title_is_words_and_no_markup(client, room, first, published):
    client.force_login(room.cast.mayor)
    shift = Assignment.objects.get(shift__on=first, role=room.lead).shift
    title = client.get(reverse("duty:shift", args=[shift.pk])).text.partition("</title>")[0]
    assert "datetime=" not in title
    assert str(first.year) in title.partition("<title>")[2]


def test_a_swap_through_the_pages(client, room, first, published):
    Assignment.objects.filter(shift__on=first + timedelta(days=3), role=room.lead).update(
        voided_at=clock.now()
    )
    gives = Assignment.objects.get(shift__on=first, role=room.lead)
    gets = Assignment.objects.get(shift__on=first + timedelta(days=1), role=room.lead)
    client.force_login(gives.staff)
    assert reverse("rosters:ask", args=[gives.pk]) in client.get(reverse("rosters:mine")).text
    assert f"turn-{gets.pk}" in client.get(reverse("rosters:ask", args=[gives.pk])).text
    client.post(reverse("rosters:ask", args=[gives.pk]), {"for": f"turn-{gets.pk}"})
    swap = Swap.objects.get()
    client.force_login(gets.staff)
    assert client.get(reverse("rosters:swaps")).status_code == 200
    client.post(reverse("rosters:decide", args=[swap.pk, "agree"]))
    assert client.post(reverse("rosters:decide", args=[swap.pk, "back"]), follow=True).status_code == 200
    client.force_login(room.cast.mayor)
    assert reverse("rosters:decide", args=[swap.pk, "consent"]) in client.get(reverse("rosters:swaps")).text
    client.post(reverse("rosters:decide", args=[swap.pk, "consent"]))
    swap.refresh_from_db()
    assert swap.state == "done"
    now = Assignment.objects.get(shift__on=first, role=room.lead, voided_at=None)
    assert now.staff_id == gets.staff_id


def test_wishes_and_apart_through_the_pages(client, room, first):
    client.force_login(room.watch[0])
    form = {"line": room.line.pk, "on": first.isoformat(), "weight": "-5"}
    client.post(reverse("rosters:wish"), form)
    assert room.watch[0].wishes.get().weight == -5
    for day in ("nonsense", "1900-01-01"):
        assert client.post(reverse("rosters:wish"), form | {"on": day}).status_code == 422
    assert client.get(reverse("rosters:apart", args=[room.line.pk])).status_code == 403
    client.force_login(room.cast.mayor)
    client.post(
        reverse("rosters:apart", args=[room.line.pk]), {"one": room.watch[0].pk, "other": room.watch[1].pk}
    )
    pair = room.line.apart.get()
    client.post(reverse("rosters:end_apart", args=[pair.pk]))
    assert not room.line.apart.exists()


# ---------------------------------------------------------------- paper and workbook


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_month_on_the_wall_holds_names_and_proof(desk, room, first, published, language):
    page = desk.get(
        reverse("rosters:paper", args=[room.line.pk]),
        {"on": str(first)},
        headers={"accept-language": language},
    )
    read = PdfReader(io.BytesIO(page.content))
    assert len(read.pages) == 1
    text = "".join("".join(one.extract_text() for one in read.pages).split())
    name = room.leaders[0].name_in(language)
    assert "".join(name.split()) in text
    assert ("可逐项数出核对" if language == "zh-hans" else "countforyourself") in text


def take_out(desk, roster):
    page = desk.get(reverse("rosters:draft_out", args=[roster.pk]))
    return load_workbook(io.BytesIO(page.content))


def send(desk, roster, book):
    out = io.BytesIO()
    book.save(out)
    return post(desk, "draft_in", roster, sheet=SimpleUploadedFile("roster.xlsx", out.getvalue()))


def test_a_draft_goes_out_and_in_again(desk, room, first, draft):
    roster = filled(room, first, draft)
    book = take_out(desk, roster)
    sheet = book["roster"]
    assert sheet.max_row == 22
    assert [cell.value for cell in sheet[1]] == ["day", "starts", "shift", "role", "person", "name"]
    row = next(n for n in range(2, 23) if sheet.cell(n, 4).value == "lead")
    sheet.cell(row, 5).value = room.leaders[2].name_zh
    assert send(desk, roster, book).status_code == 200
    roster.refresh_from_db()
    lead, _staff = keys(room, first)
    assert roster.proposal[lead] == [room.leaders[2].pk]
    assert len(roster.proposal) == 14


def test_a_bad_workbook_changes_nothing_and_names_each_place(desk, room, first, draft):
    roster = filled(room, first, draft)
    before = dict(roster.proposal)
    book = take_out(desk, roster)
    sheet = book["roster"]
    sheet.cell(2, 5).value = "nobody.at.all"
    sheet.cell(3, 1).value = "the third"
    sheet.cell(4, 2).value = "=1+1"
    sheet.cell(5, 3).value = "no-such-shift"
    page = send(desk, roster, book)
    assert page.status_code == 422
    for place in ("roster, 2, person", "roster, 3, day", "roster, 4, starts", "roster, 5, starts"):
        assert place in page.text
    roster.refresh_from_db()
    assert roster.proposal == before
    junk = post(desk, "draft_in", roster, sheet=SimpleUploadedFile("roster.xlsx", b"PK\3\4 no"))
    assert junk.status_code == 422


# ---------------------------------------------------------------- feeds


def make_feed(client, code="own"):
    page = client.post(reverse("rosters:make_feed"), {"feed": code})
    return page.text.split("/calendar/")[1].split(".ics")[0]


def test_a_feed_is_read_by_its_private_address_alone(client, room, first, published):
    client.force_login(room.leaders[0])
    token = make_feed(client)
    assert token.encode() not in bytes(Calendar.objects.get().digest)
    client.logout()
    page = client.get(reverse("calendar:feed", args=[token]))
    assert page["Content-Type"].startswith("text/calendar")
    events = Feed.from_ical(page.content).walk("VEVENT")
    assert len(events) == 3
    (span,) = queries.spans_of(room.line, first, first + timedelta(days=1))
    assert events[0].decoded("dtstart") == span.from_at
    again = client.get(reverse("calendar:feed", args=[token]), headers={"if-none-match": page["ETag"]})
    assert again.status_code == 304
    assert client.get(reverse("calendar:feed", args=["x" * 43])).status_code == 404
    client.force_login(room.leaders[0])
    renewed = make_feed(client)
    assert client.get(reverse("calendar:feed", args=[token])).status_code == 404
    assert client.get(reverse("calendar:feed", args=[renewed])).status_code == 200
    client.post(reverse("rosters:end_feed", args=[Calendar.objects.get(ended_at=None).pk]))
    assert client.get(reverse("calendar:feed", args=[renewed])).status_code == 404


def test_a_lines_feed_names_everyone_and_its_event_grows_newer(client, room, first, published):
    client.force_login(room.watch[0])
    token = make_feed(client, f"line-{room.line.pk}")

    def event():
        page = client.get(reverse("calendar:feed", args=[token]))
        return Feed.from_ical(page.content).walk("VEVENT")[0]

    before = event()
    assert str(room.watch[0].name_in(room.watch[0].language)) in str(before["description"])
    row = Assignment.objects.get(shift__on=first, role=room.lead)
    row.voided_at = clock.now() + timedelta(seconds=90)
    row.save()
    after = event()
    assert before["uid"] == after["uid"]
    assert int(after["sequence"]) > int(before["sequence"])


def test_a_feed_is_as_calendar_programs_want_it(client, room, first, published):
    """RFC 5545: lines of at most 75 octets that end in CRLF, what each event must have, and nothing that icalendar
    could not read; Chinese comes through whole, and what is read and written again is the same calendar."""
    room.line.name_zh = "值班室" * 30
    room.line.save()
    client.force_login(room.watch[0])
    content = client.get(reverse("calendar:feed", args=[make_feed(client, f"line-{room.line.pk}")])).content
    assert content.endswith(b"END:VCALENDAR\r\n")
    lines = content.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    feed = Feed.from_ical(content)
    assert (feed["version"], feed["method"], bool(feed["prodid"])) == ("2.0", "PUBLISH", True)
    assert feed.decoded("refresh-interval") == timedelta(hours=1)
    assert not any(part.errors for part in feed.walk())
    events = feed.walk("VEVENT")
    for event in events:
        assert {"UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "SEQUENCE", "STATUS"} <= set(event)
        begins, ends = event.decoded("dtstart"), event.decoded("dtend")
        assert begins < ends
        assert begins.utcoffset() == ends.utcoffset() == timedelta(0)
        assert str(event["summary"]).startswith("值班室" * 30)
    assert len({str(event["uid"]) for event in events}) == len(events)
    assert Feed.from_ical(feed.to_ical()).walk("VEVENT") == events


def test_a_lines_feed_ends_with_the_belonging(client, room, published):
    """Moved to another body, or out of the line: the address that was made before tells nothing more."""
    from answerable.orgs.models import Appointment

    who = room.watch[0]
    client.force_login(who)
    token, team = make_feed(client, f"line-{room.line.pk}"), make_feed(client, "team")
    client.logout()
    assert Feed.from_ical(client.get(reverse("calendar:feed", args=[team])).content).walk("VEVENT")
    today = clock.now().date()
    room.line.people.filter(staff=who).update(leaves_on=today - timedelta(days=30))
    Appointment.objects.filter(staff=who).update(until_at=clock.now() - timedelta(days=1))
    Assignment.objects.filter(staff=who).update(voided_at=clock.now())
    assert client.get(reverse("calendar:feed", args=[token])).status_code == 404
    assert not Feed.from_ical(client.get(reverse("calendar:feed", args=[team])).content).walk("VEVENT")


def test_nobody_gets_a_feed_of_a_line_they_do_not_belong_to(client, room, published):
    client.force_login(room.cast.clerk)
    page = client.post(reverse("rosters:make_feed"), {"feed": f"line-{room.line.pk}"})
    assert page.status_code == 404
