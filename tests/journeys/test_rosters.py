"""A week is drafted, filled, published, swapped; somebody falls ill an hour before, and somebody else is put in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from answerable.core import clock
from answerable.duty.asking import cell_key
from answerable.duty.models import Assignment, DutyPerson, Roster, Swap
from answerable.duty.queries import certificate, gaps, on_duty, spans_of
from answerable.duty.services import rosters
from answerable.duty.tests.rooms import Room, make_room
from answerable.orgs.queries import local_today
from tests.cast import make_cast, staffed
from tests.journeys.faces import one_face, other_face, two_faces, with_a_mouse

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def room(transactional_db) -> Room:
    made = make_room(make_cast(), days=0)
    for role, post in ((made.lead, "leader"), (made.staff, "handler")):
        role.post_roles = [post]
        role.save()
    # Two more, so that duties can be changed without short rest.
    for n in range(3, 5):
        who = staffed(made.cast.town_root, f"room-lead-{n}", "leader", f"带班{n}", f"Lead {n}")
        DutyPerson.objects.create(line=made.line, staff=who, joins_on=clock.now().date())
        made.leaders.append(who)
    return made


@pytest.fixture
def first(room):
    today = local_today(room.line.authority, clock.now())
    return today + timedelta(days=7 - today.weekday())


def words(face, zh: str, en: str) -> str:
    return zh if face.language.startswith("zh") else en


def lead_cell(room: Room, first, day: int) -> str:
    (span,) = spans_of(room.line, first + timedelta(days=day), first + timedelta(days=day + 1))
    return cell_key(span.from_at, span.pattern_id, room.lead.pk)


def cell(page: Page, key: str):
    return page.locator(f'[data-cell="{key}"]')


@other_face
def test_publish_a_week_then_swap(page, face, room, first, sign_in, new_context, axe_clean, shot, work):
    sign_in(page, room.cast.mayor)
    page.goto(reverse("rosters:overview"))
    axe_clean()
    page.get_by_role("link", name=words(face, "编排值班表", "Begin a roster")).click()
    page.locator("[name=from_on]").fill(first.isoformat())
    page.locator("[name=last_on]").fill((first + timedelta(days=6)).isoformat())
    axe_clean()
    page.get_by_role("button", name=words(face, "开始编排", "Begin the draft")).click()
    expect(page.locator(".roster-hole").first).to_be_visible()
    axe_clean()
    page.get_by_role("button", name=words(face, "开始排班", "Fill the roster")).click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    work()
    expect(page.locator(".roster-hole")).to_have_count(0)
    expect(page.get_by_text(words(face, "已最均匀，并经证明", "as even as can be, proven"))).to_be_visible()
    axe_clean()
    shot("roster-draft", whole=True)
    page.get_by_role("button", name=words(face, "公布值班表", "Publish the roster")).click()
    expect(
        page.get_by_text(words(face, "已公布，即日起生效。", "Published. It binds from now on."))
    ).to_be_visible()
    axe_clean()
    shot("roster-month", whole=True)
    page.locator("a[href*='view=people']").click()
    axe_clean()
    shot("roster-people")

    gives, gets = swappable(room)
    one = new_context(face).new_page()
    sign_in(one, gives.staff)
    one.goto(reverse("rosters:mine"))
    axe_clean(one)
    shot("roster-mine", of=one, whole=True)
    one.goto(reverse("rosters:ask", args=[gives.pk]))
    one.locator("[name=for]").select_option(f"turn-{gets.pk}")
    axe_clean(one)
    one.get_by_role("button", name=words(face, "提出", "Ask"), exact=True).click()
    other = new_context(face).new_page()
    sign_in(other, gets.staff)
    other.goto(reverse("rosters:swaps"))
    axe_clean(other)
    other.get_by_role("button", name=words(face, "同意", "Agree"), exact=True).click()
    page.goto(reverse("rosters:swaps"))
    axe_clean()
    shot("roster-swaps")
    page.get_by_role("button", name=words(face, "批准", "Consent"), exact=True).click()
    done = words(face, "办好了，班次已对调或转交。", "Done. The duties have changed hands.")
    expect(page.get_by_text(done)).to_be_visible()
    assert Swap.objects.get().state == "done"
    now = Assignment.objects.get(shift=gives.shift, role=room.lead, voided_at=None)
    assert now.staff_id == gets.staff_id
    ends = Roster.objects.get().shifts.order_by("-until_at").first().until_at
    begins = Roster.objects.get().shifts.order_by("from_at").first().from_at
    assert certificate(room.line.pk, begins, ends).holds


def swappable(room: Room) -> tuple[Assignment, Assignment]:
    """Two leaders' duties that may be exchanged by every rule."""
    from answerable.duty import changing
    from answerable.duty.roster_steps import CannotRoster

    turns = list(Assignment.objects.filter(role=room.lead, voided_at=None).select_related("shift", "staff"))
    for gives in turns:
        for gets in turns:
            if gives.staff_id != gets.staff_id:
                try:
                    changing.require_allowed(
                        room.line, [(gives, gets.staff_id), (gets, gives.staff_id)], now=clock.now()
                    )
                except CannotRoster:
                    continue
                return gives, gets
    raise AssertionError("no two duties can be exchanged")


@with_a_mouse
def test_a_draft_by_keyboard_and_by_drag_and_drop(page, room, first, sign_in):
    actor = room.cast.actor(room.cast.mayor)
    draft = rosters.begin_roster(
        line_id=room.line.pk, from_on=first, until_on=first + timedelta(days=7), by=actor, now=clock.now()
    )
    monday, tuesday, sunday = (lead_cell(room, first, day) for day in (0, 1, 6))
    a, b = room.leaders[0].pk, room.leaders[1].pk
    rosters.change_cells(
        roster_id=draft.pk, cells={monday: [a], tuesday: [b]}, by=actor, seen_version=1, now=clock.now()
    )
    sign_in(page, room.cast.mayor)
    page.goto(reverse("rosters:draft", args=[draft.pk]))
    # By keyboard: picked up on Monday, put onto Tuesday's leader; the two change places.
    cell(page, monday).locator("[data-person]").focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(cell(page, tuesday).locator(f'[data-person="{a}"]')).to_be_focused()
    expect(cell(page, monday).locator(f'[data-person="{b}"]')).to_be_visible()
    # Escape leaves everything as it was.
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(cell(page, tuesday).locator(f'[data-person="{a}"]')).to_be_focused()
    # By drag and drop, into an empty place.
    cell(page, monday).locator("[data-person]").drag_to(cell(page, sunday))
    expect(cell(page, sunday).locator(f'[data-person="{b}"]')).to_be_visible()
    expect(cell(page, monday).locator("[data-person]")).to_have_count(0)
    # And back again, twice.
    page.keyboard.press("Control+z")
    expect(cell(page, monday).locator(f'[data-person="{b}"]')).to_be_visible()
    page.keyboard.press("Control+z")
    expect(cell(page, monday).locator(f'[data-person="{a}"]')).to_be_visible()
    cell(page, monday).locator("[data-person]").focus()
    page.keyboard.press("Delete")
    expect(cell(page, monday).locator("[data-person]")).to_have_count(0)


@one_face
def test_without_javascript_people_are_chosen_on_a_page(new_context, face, room, first, sign_in, axe_clean):
    draft = rosters.begin_roster(
        line_id=room.line.pk,
        from_on=first,
        until_on=first + timedelta(days=7),
        by=room.cast.actor(room.cast.mayor),
        now=clock.now(),
    )
    page = new_context(face, javascript=False).new_page()
    sign_in(page, room.cast.mayor)
    page.goto(reverse("rosters:draft", args=[draft.pk]))
    page.locator(".roster-hole").first.click()
    page.locator(f'input[value="{room.leaders[0].pk}"]').check()
    page.locator("form.form button").click()
    expect(page.locator(f'.roster-chip[data-person="{room.leaders[0].pk}"]')).to_be_visible()


@two_faces
def test_somebody_falls_ill_an_hour_before(page, face, room, first, sign_in, axe_clean, shot, later):
    actor, now = room.cast.actor(room.cast.mayor), clock.now()
    draft = rosters.begin_roster(
        line_id=room.line.pk, from_on=first, until_on=first + timedelta(days=3), by=actor, now=now
    )
    cells = {}
    for day in range(3):
        lead = lead_cell(room, first, day)
        start, pattern, _role = lead.split("|")
        cells[lead] = [room.leaders[day].pk]
        cells[f"{start}|{pattern}|{room.staff.pk}"] = [room.watch[2 * day + n].pk for n in range(2)]
    draft = rosters.change_cells(roster_id=draft.pk, cells=cells, by=actor, seen_version=1, now=now)
    rosters.publish_roster(roster_id=draft.pk, by=actor, seen_version=draft.version, now=now)
    turn = Assignment.objects.select_related("shift").get(staff=room.leaders[0])
    hour_before = turn.from_at - timedelta(hours=1)
    later(seconds=(hour_before - datetime.now(UTC)).total_seconds())

    sign_in(page, room.leaders[0])
    page.goto(reverse("duty:absence"))
    page.locator("[name=from_on]").fill(first.isoformat())
    page.locator("[name=until_on]").fill((first + timedelta(days=1)).isoformat())
    axe_clean()
    page.locator("main form.form button[type=submit], main form.form button").last.click()
    # The gap is named at once.
    expect(page.get_by_text(words(face, "值班室", "Duty room")).first).to_be_visible()
    assert [gap.missing for gap in gaps(room.line.pk, turn.from_at, turn.until_at)] == [1]

    sign_in(page, room.cast.mayor)
    page.goto(f"{reverse('rosters:line', args=[room.line.pk])}?on={first}")
    expect(page.get_by_text(words(face, "缺 1 人", "1 missing"))).to_be_visible()
    axe_clean()
    shot("roster-gap", whole=True)
    page.goto(reverse("duty:shift", args=[turn.shift_id]))
    form = page.locator("section.card form")
    form.locator("[name=role]").select_option(str(room.lead.pk))
    form.locator("[name=staff]").select_option(str(room.leaders[3].pk))
    why = form.locator("[name=why]")
    if why.count():
        why.fill(words(face, "临时生病", "Ill at short notice"))
    form.locator("button").click()
    expect(page.get_by_text(room.leaders[3].name_in(face.language)).first).to_be_visible()
    assert gaps(room.line.pk, turn.from_at, turn.until_at) == []
    assert room.leaders[3].pk in {one.staff_id for one in on_duty(room.line.pk, turn.from_at)}
