"""Nothing of a body's duty and alarms is to be had from another body: every address that carries an id is a 404.

Driven by the tables of addresses, so that a new page is tried without anybody thinking of it.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.urls import URLPattern, reverse

from answerable.alerts import urls as alert_urls
from answerable.alerts.contacts import urls as contact_urls
from answerable.alerts.live import queries as live
from answerable.alerts.live import urls as live_urls
from answerable.alerts.models import Alert, Asked, ContactPoint, Delivery
from answerable.alerts.services.rollcalls import call_roll, plan_roll_calls
from answerable.alerts.tests.climbers import alarm, reached_by, steps
from answerable.core import clock
from answerable.duty import urls as duty_urls
from answerable.duty.models import Apart, Assignment, DutyPerson, ExtraNeed, LogEntry, Roster, Shift
from answerable.duty.rosters import urls as roster_urls
from answerable.duty.services import rosters, swaps
from answerable.duty.services.absences import tell_absence
from answerable.duty.services.calendars import make_calendar
from answerable.duty.services.standby import ItemSpec, make_item
from answerable.duty.tests.rooms import make_room, move_shifts

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ids(cast, settings):
    """One of everything in the town's duty room, by the name of the argument in an address."""
    settings.DEMO = True
    now = clock.now()
    room = make_room(cast)
    move_shifts(now - timedelta(hours=2) - Shift.objects.order_by("from_at").first().from_at)
    mayor = cast.actor(cast.mayor)
    first, *_, later = Shift.objects.order_by("from_at")
    mine = later.assignments.filter(role=room.staff).first()
    reached_by(cast.leader, way="landline")
    raised = alarm(cast, steps({"post": cast.post(cast.leader).pk}), now=now, facts={"text": "塌方"})
    draft = rosters.begin_roster(
        line_id=room.line.pk,
        from_on=later.on + timedelta(days=60),
        until_on=later.on + timedelta(days=67),
        by=mayor,
        now=now,
    )
    swap = swaps.ask_swap(gives_id=mine.pk, by=cast.actor(mine.staff), now=now)
    item = make_item(
        ItemSpec("泵", "Pump", "pump", cast.town_root.pk, line_id=room.line.pk), by=mayor, now=now
    )
    entry = LogEntry.objects.create(line=room.line, shift=first, text="雨", at=now, by=room.watch[0])
    away = tell_absence(
        staff_id=room.watch[7].pk,
        from_at=now + timedelta(days=1),
        until_at=now + timedelta(days=2),
        by=cast.actor(room.watch[7]),
        now=now,
    )
    extra = ExtraNeed.objects.create(
        line=room.line, role=room.lead, extra=1, from_on=later.on, until_on=later.on
    )
    apart = Apart.objects.create(line=room.line, one=room.watch[0], other=room.watch[1])
    plan = plan_roll_calls(
        line=room.line,
        weekdays=127,
        at=now.time(),
        spread_min=0,
        answer_within_min=10,
        by=mayor,
        now=now,
    )
    feed, _token = make_calendar(by=cast.actor(mine.staff), now=now)
    return {
        "line_id": room.line.pk,
        "role_id": room.lead.pk,
        "pattern_id": room.pattern.pk,
        "extra_id": extra.pk,
        "person_id": DutyPerson.objects.first().pk,
        "shift_id": first.pk,
        "entry_id": entry.pk,
        "assignment_id": mine.pk,
        "item_id": item.pk,
        "absence_id": away.absence.pk,
        "roster_id": draft.pk,
        "apart_id": apart.pk,
        "swap_id": swap.pk,
        "calendar_id": feed.pk,
        "alert_id": raised.pk,
        "delivery_id": Delivery.objects.get(kind="landline").pk,
        "call_id": call_roll(line=room.line, answer_within_min=10, by=mayor, now=now).pk,
        "plan_id": plan.pk,
        "contact_id": ContactPoint.objects.first().pk,
        "staff_id": room.watch[0].pk,
        "authority_id": cast.town.pk,
        "code": "late",
        "what": "",
        "state": "",
    }


WORDS = {
    "what": ["have", "pass", "note", "over", "strike", "settle", "agree", "consent"],
    "state": ["out", "check"],
}


def addresses(ids) -> list[str]:
    """Every address of these rooms that names a row, filled in."""
    found = []
    for app, module in (
        ("duty", duty_urls),
        ("rosters", roster_urls),
        ("alerts", alert_urls),
        ("contacts", contact_urls),
        ("live", live_urls),
    ):
        for pattern in module.urlpatterns:
            assert isinstance(pattern, URLPattern)
            names = list(pattern.pattern.converters)
            if not names:
                continue
            assert set(names) <= set(ids), (
                f"{app}:{pattern.name} names something new; give this test one of it"
            )
            word = next((name for name in names if name in WORDS), "")
            for value in WORDS.get(word, [""]):
                known = {name: ids[name] for name in names} | ({word: value} if word else {})
                found.append(reverse(f"{module.app_name}:{pattern.name}", kwargs=known))
    return found


def state() -> list[object]:
    """All that could have been changed."""
    rows = (Alert, Asked, Assignment, Delivery, LogEntry, Roster, ContactPoint)
    return [list(model.objects.order_by("pk").values()) for model in rows]


def test_every_address_with_an_id_is_a_404_from_another_body(cast, ids):
    stranger = Client(headers={"accept-language": "en"})
    stranger.force_login(cast.county_leader)
    tried = addresses(ids)
    assert len(tried) > 60
    before = state()
    open_ = [(url, stranger.get(url).status_code) for url in tried]
    assert [one for one in open_ if one[1] not in (404, 405)] == []
    written = [(url, stranger.post(url, {}).status_code) for url in tried]
    # Somebody else's way is answered as one that is gone: back to one's own page, with a sentence.
    own = [url for url in tried if url.startswith("/desk/alerts/contacts/")]
    assert [one for one in written if one[1] not in (404, 405) and one[0] not in own] == []
    assert state() == before


def test_lists_calendars_and_the_bar_name_nothing_of_another_body(cast, ids):
    stranger = Client(headers={"accept-language": "en"})
    stranger.force_login(cast.county_leader)
    for url in (
        reverse("alerts:board"),
        reverse("alerts:board") + "?list=calm",
        reverse("alerts:readiness"),
        reverse("alerts:roll_calls"),
        reverse("duty:now"),
        reverse("duty:board"),
        reverse("duty:coverage"),
        reverse("duty:lines"),
        reverse("duty:standby"),
        reverse("rosters:overview"),
        reverse("rosters:swaps"),
        reverse("live:now"),
    ):
        page = stranger.get(url)
        assert page.status_code in (200, 204), url
        for word in ("塌方", "000-6000000", "Pump", "Staff 0", "Lead 0"):
            assert word not in page.content.decode(), (url, word)
    for feed in (f"line-{ids['line_id']}", "line-0"):
        assert stranger.post(reverse("rosters:make_feed"), {"feed": feed}).status_code == 404
    assert live.marks([cast.county_leader.pk], clock.now()) == {}
    assert isinstance(ids["alert_id"], UUID)
