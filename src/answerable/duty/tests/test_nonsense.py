"""What no browser sends, and somebody does: every answer is a page with a sentence, and nothing is written."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from icalendar import Calendar as Feed

from answerable.core import clock
from answerable.duty.asking import ask
from answerable.duty.models import Line, LogEntry, Shift, Swap
from answerable.duty.services import rosters
from answerable.duty.services.calendars import make_calendar
from answerable.duty.tests.rooms import make_room, move_shifts

pytestmark = pytest.mark.django_db(transaction=True)
NUL, NUMBERS = "a\0b", ["²", "٣", str(10**30), "-1", "1.5", "a\0b"]


@pytest.fixture
def room(cast, settings):
    """A duty room whose first shift runs now, about to end."""
    settings.DEMO = True
    found = make_room(cast)
    move_shifts(clock.now() + timedelta(minutes=20) - Shift.objects.order_by("from_at").first().until_at)
    return found


def browser(staff):
    made = Client(headers={"accept-language": "en"}, raise_request_exception=False)
    made.force_login(staff)
    return made


def test_words_with_what_no_database_keeps(room):
    mayor = browser(room.cast.mayor)
    first, *_, later = Shift.objects.order_by("from_at")
    mine = later.assignments.filter(role=room.staff).first()
    me, on = browser(mine.staff), browser(first.assignments.filter(role=room.staff).first().staff)
    sent = [me.post(reverse("rosters:ask", args=[mine.pk]), {"for": "any", "note": NUL})]
    swap = Swap.objects.get()
    assert swap.note == "ab"
    sent.append(mayor.post(reverse("rosters:decide", args=[swap.pk, "refuse"]), {"why": NUL}))
    on.post(reverse("duty:write", args=[first.pk]), {"kind": "open_item", "text": "Pump"})
    entry = LogEntry.objects.get()
    for what in ("settle", "strike"):
        sent.append(on.post(reverse("duty:mark", args=[first.pk, entry.pk, what]), {"words": NUL}))
    sent.append(mayor.post(reverse("duty:take_out", args=[mine.pk]), {"why": NUL}))
    assert [one.status_code for one in sent] == [303] * 5


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028", "\x85", "\x0b"])
def test_a_name_of_two_lines_is_one_line_and_begins_nothing_of_its_own(room, end):
    mayor = browser(room.cast.mayor)
    name = f"Duty{end}BEGIN:VEVENT{end}SUMMARY:x"
    form = {"name_zh": "值班", "name_en": name, "code": "two", "unit": room.cast.town_root.pk}
    form |= {"phone": f"1{end}2", "relief_early_min": 10, "unsigned_after_min": 15, "rest_min_h": 11}
    form |= {"most_in_a_row": 1, "most_a_week": 3, "horizon_days": 14}
    assert mayor.post(reverse("duty:new_line"), form).status_code == 303
    made = Line.objects.get(code="two")
    assert made.name_en.replace(" ", "") == "DutyBEGIN:VEVENTSUMMARY:x"
    assert made.phone.replace(" ", "") == "12"
    # A name that came in before, or by a file: the feed keeps its lines.
    Line.objects.filter(pk=room.line.pk).update(name_en=name, name_zh=name)
    who = room.watch[0]
    _row, token = make_calendar(by=room.cast.actor(who), now=clock.now(), line_id=room.line.pk)
    page = Client().get(reverse("calendar:feed", args=[token]))
    assert page.status_code == 200
    events = Feed.from_ical(page.content).walk("VEVENT")
    assert len(events) == Shift.objects.filter(line=room.line).count()
    assert all(str(one["SUMMARY"]).replace(" ", "").startswith("DutyBEGIN:VEVENT") for one in events)


def test_numbers_that_are_none(room):
    mayor = browser(room.cast.mayor)
    later = Shift.objects.order_by("-from_at").first()
    mine = later.assignments.filter(role=room.staff).first()
    days = (later.on + timedelta(days=60), later.on + timedelta(days=67))
    draft = rosters.begin_roster(
        line_id=room.line.pk,
        from_on=days[0],
        until_on=days[1],
        by=room.cast.actor(room.cast.mayor),
        now=clock.now(),
    )
    key = next(iter(ask(room.line, *days, now=clock.now()).keys))
    me, seen = browser(mine.staff), []
    for text in NUMBERS:
        for what in ("turn", "person"):
            seen.append(me.post(reverse("rosters:ask", args=[mine.pk]), {"for": f"{what}-{text}"}))
        for version in ("1", text):
            cell = {"key": key, "person": [text], "version": version}
            seen.append(mayor.post(reverse("rosters:cell", args=[draft.pk]), cell))
        drop = {"person": text, "from": text, "to": text, "onto": text, "version": "1"}
        seen.append(mayor.post(reverse("rosters:move", args=[draft.pk]), drop))
        seen.append(mayor.post(reverse("rosters:solve", args=[draft.pk]), {"seconds": text, "version": text}))
        seen.append(mayor.get(reverse("rosters:line", args=[room.line.pk]), {"on": text, "view": text}))
    assert {one.status_code for one in seen} <= {200, 303, 409, 422}
    assert not Swap.objects.exists(), "a choice that cannot be read is no offer to everybody"


def test_words_about_an_item_that_a_colleague_settled_first_come_back(room):
    first = Shift.objects.order_by("from_at")[0]
    on = browser(first.assignments.filter(role=room.staff)[0].staff)
    on.post(reverse("duty:write", args=[first.pk]), {"kind": "open_item", "text": "Pump"})
    to = reverse("duty:mark", args=[first.pk, LogEntry.objects.get().pk, "settle"])
    assert on.post(to, {"words": "水泵中午已经修好。"}).status_code == 303
    again = on.post(to, {"words": "水泵修好，下午再看一次。"})
    page = again.content.decode()
    assert again.status_code == 409
    assert "水泵修好，下午再看一次。" in page
    assert reverse("duty:log", args=[first.pk]) in page
