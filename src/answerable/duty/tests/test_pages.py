"""The duty pages: who may open which, in both languages, and what they do."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from answerable.core import clock
from answerable.duty.models import (
    Absence,
    Assignment,
    DutyPerson,
    HandOver,
    Line,
    LogEntry,
    Pattern,
    Shift,
    StandbyCheck,
    StandbyItem,
)
from answerable.duty.services.standby import ItemSpec, make_item
from answerable.duty.tests.rooms import make_room, move_shifts

pytestmark = pytest.mark.django_db(transaction=True)
ALL = ["now", "board", "coverage", "absence", "lines", "standby"]


@pytest.fixture(autouse=True)
def _demo(settings):
    settings.DEMO = True  # the second factor has its own tests


@pytest.fixture
def room(cast):
    """A duty room whose first shift runs now, about to end."""
    found = make_room(cast)
    move_shifts(clock.now() + timedelta(minutes=20) - Shift.objects.order_by("from_at").first().until_at)
    return found


def browser(staff, language="en") -> Client:
    made = Client(headers={"accept-language": language})
    made.force_login(staff)
    return made


def first(room) -> Shift:
    return Shift.objects.filter(line=room.line).order_by("from_at").first()


def _text(page) -> str:
    return re.sub(r"<[^>]+>", "", page.content.decode()).replace("中文", "")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page_opens_in_both_languages(cast, room, language):
    item = make_item(
        ItemSpec("皮卡", "Pick-up", "car", cast.town_root.pk, line_id=room.line.pk, is_vehicle=True),
        by=cast.actor(cast.mayor), now=clock.now(),
    )  # fmt: skip
    person = DutyPerson.objects.first()
    pages = [(name, []) for name in ALL] + [
        (name, [room.line.pk])
        for name in (
            "line",
            "change_line",
            "close_line",
            "line_coverage",
            "new_role",
            "new_pattern",
            "new_extra",
        )
    ]
    pages += [(name, [room.line.pk]) for name in ("new_person", "add_people", "qualify")]
    pages += [("role", [room.line.pk, room.lead.pk]), ("pattern", [room.line.pk, room.pattern.pk])]
    pages += [
        ("history", [room.line.pk]),
        ("end_pattern", [room.line.pk, room.pattern.pk]),
        ("person", [room.line.pk, person.pk]),
    ]
    pages += [(name, [first(room).pk]) for name in ("shift", "log", "print_log")]
    pages += [("new_line", []), ("new_item", []), ("item", [item.pk]), ("change_item", [item.pk])]
    for name, args in pages:
        page = browser(cast.mayor, language).get(reverse(f"duty:{name}", args=args))
        assert page.status_code == 200, name
        assert language == "en" or re.search("[\u4e00-\u9fff]", _text(page)), name


def test_staff_see_who_is_on_duty_and_nobody_else_the_log(cast, room):
    handler = browser(cast.handler)
    assert room.leaders[0].name_en in handler.get(reverse("duty:now")).content.decode()
    assert handler.get(reverse("duty:line", args=[room.line.pk])).status_code == 200
    assert handler.get(reverse("duty:log", args=[first(room).pk])).status_code == 403
    assert handler.get(reverse("duty:change_line", args=[room.line.pk])).status_code == 403
    assert handler.post(reverse("duty:shift", args=[first(room).pk]), {}).status_code == 403
    outside = browser(cast.county_leader)
    assert outside.get(reverse("duty:line", args=[room.line.pk])).status_code == 404
    assert room.leaders[0].name_en not in outside.get(reverse("duty:now")).content.decode()
    assert (
        browser(cast.administrator).get(reverse("duty:change_line", args=[room.line.pk])).status_code == 200
    )


def test_ones_own_telephone_is_shown_to_the_line_alone(cast, room):
    room.leaders[0].phone = "139-0000-0001"
    room.leaders[0].save()
    now = reverse("duty:now")
    assert "139-0000-0001" not in browser(cast.handler).get(now).content.decode()
    assert "139-0000-0001" in browser(room.watch[7]).get(now).content.decode()


def test_a_line_is_set_up_from_nothing_and_its_hole_is_named(cast):
    leader = browser(cast.mayor)
    typed = {
        "name_zh": "东村夜间联系人", "name_en": "Night contact", "code": "night", "unit": cast.town_root.pk,
        "is_round_the_clock": "on", "relief_early_min": 10, "unsigned_after_min": 15, "rest_min_h": 11,
        "most_in_a_row": 2, "most_a_week": 3, "horizon_days": 14,
    }  # fmt: skip
    assert leader.post(reverse("duty:new_line"), typed).status_code == 303
    line = Line.objects.get()
    role = {"name_zh": "联系人", "name_en": "Contact", "code": "contact", "position": 0, "is_lead": "on"}
    assert leader.post(reverse("duty:new_role", args=[line.pk]), role).status_code == 303
    need = f"need_{line.roles.get().pk}"
    pattern = {
        "name_zh": "夜班", "name_en": "Night", "code": "night", "starts": "18：00", "ends": "8点", "ends_days_later": 1,
        "day_kind": "any", "weekdays": range(7), "from_on": "2026-01-01",
    }  # fmt: skip
    refused = leader.post(reverse("duty:new_pattern", args=[line.pk]), pattern)
    assert refused.status_code == 422
    assert "how many this shift needs" in refused.content.decode()
    assert leader.post(reverse("duty:new_pattern", args=[line.pk]), pattern | {need: 1}).status_code == 303
    assert (Pattern.objects.get().starts.hour, Pattern.objects.get().ends.hour) == (18, 8)
    page = leader.get(reverse("duty:line", args=[line.pk])).content.decode()
    assert "No shift at all" in page
    assert "08:00 to 18:00" in page


def test_a_form_that_grew_old_overwrites_nothing_and_loses_nothing(cast, room):
    leader = browser(cast.mayor)
    url = reverse("duty:change_line", args=[room.line.pk])
    typed = {
        "name_zh": "镇值班室", "name_en": "Town duty room", "unit": cast.town_root.pk, "relief_early_min": 10,
        "unsigned_after_min": 15, "rest_min_h": 12, "most_in_a_row": 1, "most_a_week": 3, "horizon_days": 14,
        "seen_version": 1,
    }  # fmt: skip
    Line.objects.update(version=2)
    page = leader.post(url, typed)
    assert page.status_code == 422
    assert "Town duty room" in page.content.decode()
    assert Line.objects.get().name_en == "Duty room"
    again = re.search(r'name="seen_version" value="(\d+)"', page.content.decode())[1]
    assert leader.post(url, typed | {"seen_version": again}).status_code == 303
    assert Line.objects.get().rest_min_h == 12


def test_the_log_is_written_handed_over_and_printed(cast, room):
    shift, lead, relief = first(room), browser(room.leaders[0]), browser(room.leaders[1])
    log = reverse("duty:log", args=[shift.pk])
    refused = lead.post(reverse("duty:leave", args=[shift.pk]), {"summary": ""})
    assert refused.status_code == 422
    assert "nothing to report" in refused.content.decode()
    written = {"kind": "open_item", "text": "东村水泵待修"}
    assert lead.post(reverse("duty:write", args=[shift.pk]), written).status_code == 303
    entry = LogEntry.objects.get()
    assert lead.post(reverse("duty:leave", args=[shift.pk]), {"summary": "已通知维修"}).status_code == 303
    assert "东村水泵待修" in relief.get(log).content.decode()
    assert relief.post(reverse("duty:take", args=[shift.pk])).status_code == 303
    assert HandOver.objects.get().taken_by == room.leaders[1]
    relief.post(reverse("duty:mark", args=[shift.pk, entry.pk, "settle"]), {"words": "修好了"})
    entry.refresh_from_db()
    assert entry.settled_with == "修好了"
    sheet = (
        browser(room.leaders[0], "zh-hans").get(reverse("duty:print_log", args=[shift.pk])).content.decode()
    )
    assert "值班日志" in sheet
    assert room.leaders[1].name_zh in sheet


def test_a_hand_over_that_is_due_stands_on_the_page_and_the_board(cast, room):
    for model in (Shift, Assignment):
        for row in model.objects.order_by("from_at"):
            back = timedelta(minutes=40)
            model.objects.filter(pk=row.pk).update(from_at=row.from_at - back, until_at=row.until_at - back)
    watch = browser(room.watch[7])
    for name in ("now", "board"):
        page = watch.get(reverse(f"duty:{name}")).content.decode()
        assert "not handed over" in page
        assert "stays until relieved" in page


def test_an_absence_is_told_with_its_gap_and_taken_back(cast, room):
    me = browser(room.leaders[1])
    day = (clock.now() + timedelta(days=1)).date()
    typed = {"from_on": day.isoformat(), "until_on": day.isoformat()}
    page = me.post(reverse("duty:absence"), typed, follow=True)
    assert "is not covered now" in page.content.decode()
    page = me.post(reverse("duty:take_back", args=[Absence.objects.get().pk]), follow=True)
    assert "theirs again" in page.content.decode()
    other = browser(room.watch[6])
    assert other.post(reverse("duty:take_back", args=[Absence.objects.get().pk])).status_code == 404


def test_somebody_is_taken_out_and_another_put_in(cast, room):
    leader = browser(cast.mayor)
    shift = Shift.objects.filter(line=room.line).order_by("from_at")[3]
    row = Assignment.objects.get(shift=shift, role=room.lead)
    page = leader.post(reverse("duty:take_out", args=[row.pk]), {"why": "出差"}, follow=True)
    assert "nobody covers" in page.content.decode()
    history = reverse("duty:history", args=[room.line.pk])
    told = leader.get(history).content.decode()
    assert "Somebody was taken out of a shift" in told
    assert "出差" in told
    assert browser(cast.handler).get(history).status_code == 403
    put = {"role": room.lead.pk, "staff": room.watch[7].pk}
    assert leader.post(reverse("duty:shift", args=[shift.pk]), put).status_code == 303
    refused = leader.post(
        reverse("duty:shift", args=[shift.pk]), {"role": room.staff.pk, "staff": room.watch[7].pk}
    )
    assert refused.status_code == 422
    assert "two lines at once" in refused.content.decode()


def test_an_item_is_looked_at_sent_out_and_kept_for_something(cast, room):
    item = make_item(
        ItemSpec("水泵", "Pump", "pump", cast.town_root.pk, line_id=room.line.pk),
        by=cast.actor(cast.mayor),
        now=clock.now(),
    )
    watch, url = browser(room.watch[7]), reverse("duty:item", args=[item.pk])
    assert "Pump" in watch.get(reverse("duty:now")).content.decode(), "it was never looked at"
    look = {"form": "check", "state": "ready", "level_percent": 80, "note": "油满"}
    assert watch.post(url, look).status_code == 303
    assert StandbyCheck.objects.get().by == room.watch[7]
    assert watch.post(url, look | {"level_percent": 180}).status_code == 422
    assert watch.post(reverse("duty:move", args=[item.pk, "out"])).status_code == 303
    assert StandbyItem.objects.get().state == "out"
    assert watch.post(url, {"form": "reserve", "purpose": "防汛"}).status_code == 303
    assert browser(cast.handler).post(url, look).status_code == 403


def test_a_whole_unit_joins_a_line_in_one_step(room):
    """Listed by unit and kind of post, ticked already; who is on the line keeps their terms; all or nobody."""
    cast = room.cast
    mayor = browser(cast.mayor)
    here = reverse("duty:add_people", args=[room.line.pk])
    page = _text(mayor.get(here))
    assert str(room.watch[0]) not in page.replace("Duty room", ""), "who is on the line is not offered again"
    page = mayor.get(f"{here}?unit={cast.roads.pk}").content.decode()
    assert page.count("checked") >= 3
    chosen = [cast.clerk.pk, cast.handler.pk, cast.leader.pk]
    before = DutyPerson.objects.count()
    terms = {"joins_on": "2026-12-01", "share_percent": 50, "can_nights": "on"}
    done = mayor.post(f"{here}?unit={cast.roads.pk}", {"staff": chosen, **terms})
    assert done.status_code == 303
    joined = DutyPerson.objects.filter(line=room.line, staff__in=chosen)
    assert joined.count() == 3
    assert set(joined.values_list("share_percent", flat=True)) == {50}
    # Sent twice: they are not offered any more, and nothing is added twice.
    assert mayor.post(here, {"staff": chosen, **terms}).status_code == 422
    assert DutyPerson.objects.count() == before + 3
    nobody = mayor.post(here, terms)
    assert "Choose at least one person." in _text(nobody)
    # Staff of another body are nobody's to add, and a handler adds nobody.
    assert mayor.post(here, {"staff": [cast.county_leader.pk], **terms}).status_code == 422
    assert browser(cast.handler).get(here).status_code == 403
    assert browser(cast.county_leader).get(here).status_code == 404
