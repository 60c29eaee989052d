"""The pages of periods: the list, planning, the leader's page, each word of a leader, and who may not."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from answerable.core import clock
from answerable.duty.models import StandbyItem
from answerable.duty.tests.rooms import at, make_room
from answerable.orgs.models import Place
from answerable.readiness.periods.demand_steps import Ask
from answerable.readiness.periods.forms import FORMS
from answerable.readiness.periods.models import Demand, Period
from answerable.readiness.periods.tests.scenes import BEFORE, announced, planned

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _friday(settings, monkeypatch):
    settings.DEMO = True  # the second factor has its own tests
    monkeypatch.setattr(clock, "now", lambda: BEFORE)


def at_desk(staff, language: str = "en") -> Client:
    made = Client(headers={"accept-language": language})
    made.force_login(staff)
    return made


def page(client: Client, name: str, *args) -> str:
    answer = client.get(reverse(f"periods:{name}", args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def form_of(cast, **more) -> dict[str, object]:
    return {
        "unit": cast.town_root.pk,
        "kind": "flood_season",
        "from_on": "2026-12-07",
        "until_on": "2026年12月16日",
        "grounds": "Heavy rain is forecast.",
    } | more


def test_an_empty_list_says_what_a_period_is_and_what_to_do(cast):
    leader, clerk = page(at_desk(cast.mayor), "list"), page(at_desk(cast.clerk), "list")
    assert "No readiness period runs" in leader
    assert reverse("periods:new") in leader
    assert reverse("periods:new") not in clerk


def test_planned_and_announced_by_forms_from_midnight_to_the_end_of_a_day(cast):
    make_room(cast)
    client = at_desk(cast.mayor)
    assert 'name="is_usual"' in page(client, "new")
    posted = client.post(reverse("periods:new"), form_of(cast, is_usual="on", places=[cast.village.pk]))
    period = Period.objects.get()
    assert posted.status_code in (302, 303)
    assert (period.from_at, period.until_at) == (at(-1, 16), at(9, 16))
    shown = page(client, "show", period.pk)
    until = " 24:00"  # the last day as it was typed, and not the midnight after it
    for said in ("Announce it", "Duty room: Staff + 1 on every shift", "East village", "missing", until):
        assert said in shown, said
    client.post(reverse("periods:announce", args=[period.pk]), {"seen_version": period.version})
    period.refresh_from_db()
    assert period.state == "announced"
    assert "Ahead" in page(client, "list")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"until_on": "2026-12-01"}, "It would end before it begins."),
        ({"name_en": "National Day"}, "“National Day” is no danger."),
        ({"grounds": "村民聚集讨说法"}, "A readiness period is about a physical danger."),
        ({"kind": "gathering"}, "Select a valid choice"),
        ({"from_on": "2026-02-30"}, "This is not a day of the calendar."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(cast, more, said):
    posted = at_desk(cast.mayor).post(reverse("periods:new"), form_of(cast, **more))
    assert posted.status_code == 422
    shown = posted.content.decode()
    assert said in shown
    assert next(iter(more.values())) in shown or "kind" in more
    assert not Period.objects.exists()


def test_everything_that_can_be_asked_has_a_form_and_a_word_about_nothing_to_choose(cast):
    room = make_room(cast)
    item = StandbyItem.objects.create(unit=cast.town_root, code="pump", name_zh="水泵", name_en="Pump")
    period = planned(cast)
    client = at_desk(cast.mayor)
    posts = {
        "duty": {"role": f"{room.line.pk}:{room.staff.pk}", "count": 2},
        "rhythm": {"what": "rounds:dams", "rhythm": "daily"},
        "standby": {"items": [item.pk]},
        "roll_calls": {
            "line": room.line.pk, "count": 3, "between_from": "8:00", "between_until": "22：00",
            "answer_within_min": 10,
        },
        "contacts": {},
    }  # fmt: skip
    for kind in FORMS:
        shown = page(client, "ask", period.pk, kind)
        if kind in posts:
            period.refresh_from_db()
            sent = posts[kind] | {"seen_version": period.version}
            assert client.post(reverse("periods:ask", args=[period.pk, kind]), sent).status_code in (302, 303)
        else:
            assert "No further plan is in use." in shown
    assert sorted(period.demands.values_list("kind", flat=True)) == sorted(posts)
    assert client.get(reverse("periods:ask", args=[period.pk, "arrests"])).status_code == 404
    (row,) = period.demands.filter(kind="contacts")
    period.refresh_from_db()
    client.post(reverse("periods:drop", args=[period.pk, row.pk]), {"seen_version": period.version})
    assert not period.demands.filter(kind="contacts").exists()


def test_a_leader_prolongs_moves_and_ends_it_with_why(cast, monkeypatch):
    period = announced(cast, place_ids=(cast.village.pk,))
    monkeypatch.setattr(clock, "now", lambda: at(1))
    client = at_desk(cast.mayor)
    west = Place.objects.create(authority=cast.town, code="west", name_zh="西村", name_en="West")
    Place.objects.filter(pk=west.pk).update(path=[west.pk])
    for name, sent in (
        ("prolong", {"until_on": "2026-12-20", "why": "雨未停"}),
        ("places", {"places": [west.pk], "why": "水往西走"}),
        ("end", {"why": "水退了"}),
    ):
        period.refresh_from_db()
        url = reverse(f"periods:{name}", args=[period.pk])
        assert client.post(url, sent | {"why": "", "seen_version": period.version}).status_code == 422
        assert client.post(url, sent | {"seen_version": period.version}).status_code in (302, 303), name
    shown = page(client, "show", period.pk)
    for said in ("It ran from", "水退了", "West", "Prolonged"):
        assert said in shown, said
    assert "Ask for more" not in shown


def test_who_does_not_lead_reads_and_decides_nothing_and_other_bodies_see_nothing(cast):
    period = announced(cast)
    clerk = at_desk(cast.clerk)
    assert "End it now" not in page(clerk, "show", period.pk)
    for name in ("change", "places", "prolong", "end", "call_off"):
        assert clerk.get(reverse(f"periods:{name}", args=[period.pk])).status_code == 403
    assert clerk.post(reverse("periods:announce", args=[period.pk])).status_code == 403
    assert clerk.get(reverse("periods:new")).status_code == 403
    # Leaders of the body above read; its other staff do not.
    assert page(at_desk(cast.county_leader), "show", period.pk)
    outsider = at_desk(cast.county_reviewer)
    assert outsider.get(reverse("periods:show", args=[period.pk])).status_code == 404


def test_the_start_of_the_desk_says_that_one_runs_to_whom_it_concerns(cast, monkeypatch):
    period = announced(cast, kind="typhoon")
    link = reverse("periods:show", args=[period.pk])
    assert link not in at_desk(cast.clerk).get(reverse("site:desk")).content.decode()
    monkeypatch.setattr(clock, "now", lambda: at(1))
    shown = at_desk(cast.clerk, "zh-hans").get(reverse("site:desk")).content.decode()
    assert link in shown
    assert "台风" in shown
    assert link not in at_desk(cast.county_reviewer).get(reverse("site:desk")).content.decode()


def test_the_sheet_for_the_wall_says_each_demand_and_how_it_stands(cast):
    item = StandbyItem.objects.create(unit=cast.town_root, code="pump", name_zh="水泵", name_en="Pump")
    period = announced(cast, Ask(Demand.Kind.STANDBY, item_id=item.pk))
    shown = page(at_desk(cast.clerk, "zh-hans"), "sheet", period.pk)
    for said in ("汛期", "水泵备勤", "未落实", "尚未有人检查。"):
        assert said in shown, said
