"""The duty room in a browser: who is on, the log book on a telephone, handing over, falling ill an hour before."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from answerable.core import clock
from answerable.duty import queries
from answerable.duty.models import Absence, HandOver, LogEntry, Shift
from answerable.duty.services.standby import ItemSpec, make_item
from answerable.duty.tests.rooms import Room, make_room, move_shifts
from tests.cast import make_cast
from tests.journeys.faces import one_face, two_faces

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def room(transactional_db) -> Room:
    """A duty room whose first shift ends in twenty minutes."""
    found = make_room(make_cast())
    move_shifts(clock.now() + timedelta(minutes=20) - Shift.objects.order_by("from_at")[0].until_at)
    make_item(
        ItemSpec("值班皮卡", "Duty pick-up", "car", found.cast.town_root.pk, found.line.pk, is_vehicle=True),
        by=found.cast.actor(found.cast.mayor),
        now=clock.now(),
    )
    return found


@two_faces
def test_every_page_of_duty(page, room, sign_in, axe_clean, shot):
    sign_in(page, room.leaders[0])
    shift = Shift.objects.order_by("from_at")[0]
    item = room.line.standby.get()
    for name, args in (
        ("now", []),
        ("board", []),
        ("coverage", []),
        ("lines", []),
        ("absence", []),
        ("standby", []),
        ("item", [item.pk]),
        ("line", [room.line.pk]),
        ("history", [room.line.pk]),
        ("change_line", [room.line.pk]),
        ("pattern", [room.line.pk, room.pattern.pk]),
        ("role", [room.line.pk, room.staff.pk]),
        ("shift", [shift.pk]),
        ("log", [shift.pk]),
        ("print_log", [shift.pk]),
    ):
        page.goto(reverse(f"duty:{name}", args=args))
        axe_clean()
        shot(f"duty-{name.replace('_', '-')}", whole=True)


@one_face
def test_written_and_handed_over_on_a_telephone(page, room, sign_in, new_context, face, shot, watch):
    watch.may_fail.add(422)
    shift = Shift.objects.order_by("from_at")[0]
    log = reverse("duty:log", args=[shift.pk])
    sign_in(page, room.leaders[0])
    page.goto(log)
    page.get_by_label("须向接班人说明的事项").fill("渡口村水泵待修")
    page.get_by_role("button", name="签字交班").click()
    expect(page.locator(".error-summary")).to_contain_text("无事项")
    page.get_by_label("记录内容").fill("渡口村水泵启动困难，已报修。")
    page.get_by_label("待办事项").check()
    page.get_by_role("button", name="记录", exact=True).click()
    expect(page.locator(".flashes")).to_contain_text("已记录")
    page.get_by_role("button", name="签字交班").click()
    expect(page.locator(".flashes")).to_contain_text("您继续在岗")
    assert LogEntry.objects.get().kind == "open_item"
    other = new_context(face).new_page()
    sign_in(other, room.leaders[1])
    other.goto(log)
    expect(other.locator("body")).to_contain_text("有 1 项待办移交给您")
    shot("duty-take-over", whole=True)
    other.get_by_role("button", name="签字接班").click()
    expect(other.locator(".flashes")).to_contain_text("已接班")
    assert HandOver.objects.get().taken_by == room.leaders[1]
    # It was signed twenty minutes early: the relief is on duty from now on, and the other is free.
    lead = queries.on_duty(room.line.pk, clock.now(), room.lead.pk)
    assert [(one.staff_id, one.stays) for one in lead] == [(room.leaders[1].pk, False)]


@one_face
def test_falling_ill_an_hour_before(page, room, sign_in):
    """Who falls ill says only from when until when; the gap is named to them, and stands on everybody's page."""
    who = room.watch[2]
    sign_in(page, who)
    page.goto(reverse("duty:absence"))
    day = clock.now().astimezone(ZoneInfo("Asia/Shanghai")).date()
    page.get_by_label("开始日期").fill(day.isoformat())
    page.get_by_label("结束日期").fill((day + timedelta(days=1)).isoformat())
    page.get_by_role("button", name="报告", exact=True).click()
    expect(page.locator(".flashes")).to_contain_text("出现空岗")
    assert Absence.objects.get().staff == who
    page.goto(reverse("duty:coverage"))
    expect(page.locator("main")).to_contain_text("有空岗")
    expect(page.locator("main")).to_contain_text("值班员缺 1 人")
