"""Ways to reach somebody: added, shown to work, ordered, taken away; what others see; what the record holds."""

from __future__ import annotations

import json
import re
from datetime import time, timedelta

import pytest
from django.db import connection
from django.urls import reverse

from answerable.alerts.addresses import address_of
from answerable.alerts.contacts import codes, queries, rules, upkeep
from answerable.alerts.contacts.rules import CannotContact, Known, Reach, State, reach_of, state_of
from answerable.alerts.models import ContactPoint, Delivery, QuietHours
from answerable.alerts.services import contacts as services
from answerable.orgs.models import Appointment
from answerable.record.models import Opening
from tests.cast import MONDAY

NUMBER = "138 1234 5678"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def gateways(settings):
    settings.SMS_URL, settings.SMS_TOKEN = "http://127.0.0.1:9/", "t"
    settings.EMAIL_HOST, settings.EMAIL_BACKEND = "127.0.0.1", "django.core.mail.backends.locmem.EmailBackend"
    settings.DEMO = True  # no second factor in these tests


@pytest.fixture
def who(cast):
    return {"home": cast.town, "by": cast.actor(cast.handler), "now": MONDAY}


@pytest.fixture
def mobile(cast, who):
    made, _key = services.add_contact(staff_id=cast.handler.pk, way="sms", typed=NUMBER, **who)
    return made


def sent_code(cast, who, mobile):
    return services.send_code(contact_id=mobile.pk, staff_id=cast.handler.pk, language="zh-hans", **who)


def verify(cast, who, mobile, typed, **more):
    return services.verify_contact(
        contact_id=mobile.pk, staff_id=cast.handler.pk, typed=typed, **(who | more)
    )


# --- rules


@pytest.mark.parametrize(
    ("known", "state"),
    [
        (Known("sms"), State.NEW),
        (Known("sms", verified_at=MONDAY), State.WORKS),
        (Known("sms", verified_at=MONDAY - timedelta(days=100)), State.STALE),
        (Known("sms", verified_at=MONDAY - timedelta(days=100), answered_at=MONDAY), State.WORKS),
        (Known("sms", verified_at=MONDAY, failing_since=MONDAY), State.FAILING),
    ],
)
def test_how_far_one_may_rely_on_a_way(known, state):
    assert state_of(known, MONDAY + timedelta(days=1)) is state


def test_who_can_be_reached():
    works, new = Known("sms", verified_at=MONDAY), Known("email")
    fails = Known("voice", verified_at=MONDAY, failing_since=MONDAY)
    assert reach_of([fails, works], MONDAY) is Reach.YES
    assert reach_of([fails, new], MONDAY) is Reach.UNSURE
    assert reach_of([fails], MONDAY) is Reach.NO
    assert reach_of([], MONDAY) is Reach.NO


@pytest.mark.parametrize(("by", "order"), [(-1, [2, 1, 3]), (1, [1, 3, 2]), (-9, [2, 1, 3]), (9, [1, 3, 2])])
def test_ways_are_moved_one_place(by, order):
    assert rules.moved([1, 2, 3], 2, by) == order


# --- adding, proving, removing


def test_a_number_is_kept_in_one_form_and_not_twice(cast, who, mobile):
    assert mobile.address == "+8613812345678"
    with pytest.raises(CannotContact) as refused:
        services.add_contact(staff_id=cast.handler.pk, way="sms", typed="+86-13812345678", **who)
    assert refused.value.code == "twice"


def test_an_address_that_holds_a_key_lies_sealed(cast, who):
    secret = "wecombot://693axxx6-7aoc-4bc4-97a0-0ec2sifa5aaa"
    made, _key = services.add_contact(staff_id=cast.handler.pk, way="apprise", typed=secret, **who)
    with connection.cursor() as cursor:
        cursor.execute("SELECT c::text FROM alerts_contact c")
        assert "693axxx6" not in str(cursor.fetchall())
    assert address_of(ContactPoint.objects.get(pk=made.pk)) == secret
    other = ContactPoint.objects.create(staff=cast.clerk, way="apprise", made_at=MONDAY, sealed=made.sealed)
    with pytest.raises(Exception, match="does not open"):
        address_of(other)


def test_a_webhook_s_key_is_told_once(cast, who):
    made, key = services.add_contact(
        staff_id=cast.handler.pk, way="webhook", typed="https://h.example/x", **who
    )
    assert json.loads(address_of(made)) == {"url": "https://h.example/x", "key": key}
    assert len(key) >= 32


def test_a_code_shows_that_it_works(cast, who, mobile):
    row = sent_code(cast, who, mobile)
    waiting = Delivery.objects.get(contact=mobile)
    assert (waiting.kind, waiting.purpose, waiting.facts) == ("sms", "contact_code", {})
    code = codes.code_for(row)
    assert verify(cast, who, mobile, f" {code[:3]} {code[3:]} ") is None
    mobile.refresh_from_db()
    assert mobile.verified_at == MONDAY
    with pytest.raises(CannotContact):
        verify(cast, who, mobile, code)


def test_a_code_is_tried_five_times_and_a_quarter_of_an_hour(cast, who, mobile):
    code = codes.code_for(sent_code(cast, who, mobile))
    wrong = "000000" if code != "000000" else "111111"
    with pytest.raises(CannotContact) as late:
        verify(cast, who, mobile, code, now=MONDAY + timedelta(minutes=16))
    assert late.value.code == "code_over"
    assert [verify(cast, who, mobile, wrong) for _ in range(5)] == [4, 3, 2, 1, 0]
    with pytest.raises(CannotContact) as over:
        verify(cast, who, mobile, code)
    assert over.value.code == "code_over"


def test_codes_go_out_once_a_minute_and_each_is_new(cast, who, mobile):
    first = codes.code_for(sent_code(cast, who, mobile))
    with pytest.raises(CannotContact) as soon:
        sent_code(cast, who | {"now": MONDAY + timedelta(seconds=30)}, mobile)
    assert soon.value.code == "too_soon"
    later = {"now": MONDAY + timedelta(minutes=2)}
    second = codes.code_for(sent_code(cast, who | later, mobile))
    assert first != second
    assert verify(cast, who, mobile, first, **later) is not None


def test_a_stranger_s_number_is_not_rung_without_end(cast, who):
    """Added, taken away, added again: each sends a code to a number that may be somebody else's."""
    me = cast.handler.pk

    def once(second):
        again = who | {"now": MONDAY + timedelta(seconds=second)}
        added, _key = services.add_contact(staff_id=me, way="sms", typed=NUMBER, **again)
        sent_code(cast, again, added)
        services.remove_contact(contact_id=added.pk, staff_id=me, **again)

    for n in range(rules.MOST_CODES):
        once(n)
    with pytest.raises(CannotContact) as refused:
        once(30)
    assert refused.value.code == "too_many_codes"
    last = ContactPoint.objects.get(removed_at=None)
    sent_code(cast, who | {"now": MONDAY + timedelta(hours=1, minutes=1)}, last)


def test_taken_away_is_destroyed(cast, who, mobile):
    sent_code(cast, who, mobile)
    services.remove_contact(contact_id=mobile.pk, staff_id=cast.handler.pk, **who)
    mobile.refresh_from_db()
    assert (mobile.address, mobile.sealed, mobile.removed_at) == ("", None, MONDAY)
    assert Delivery.objects.get(contact=mobile).state == "dropped"
    with pytest.raises(LookupError):
        address_of(mobile)


def test_nobody_changes_another_s_way(cast, who, mobile):
    other = {"home": cast.town, "by": cast.actor(cast.clerk), "now": MONDAY}
    for doing in (services.remove_contact, services.send_code, services.move_contact):
        more = {"send_code": {"language": "en"}, "move_contact": {"up": True}}.get(doing.__name__, {})
        with pytest.raises(CannotContact) as refused:
            doing(contact_id=mobile.pk, staff_id=cast.clerk.pk, **other, **more)
        assert refused.value.code == "gone"


def test_a_landline_is_confirmed_by_somebody_else(cast, who):
    made, _key = services.add_contact(staff_id=cast.handler.pk, way="landline", typed="0571-87654321", **who)
    with pytest.raises(CannotContact) as own:
        services.confirm_by_hand(contact_id=made.pk, they_answered=True, **who)
    assert own.value.code == "own"
    leader = {"home": cast.town, "by": cast.actor(cast.leader), "now": MONDAY}
    assert services.confirm_by_hand(contact_id=made.pk, they_answered=False, **leader).failing_since == MONDAY
    row = services.confirm_by_hand(contact_id=made.pk, they_answered=True, **leader)
    assert (row.verified_at, row.failing_since) == (MONDAY, None)


def test_no_act_holds_an_address(cast, who, mobile):
    sent_code(cast, who, mobile)
    services.add_contact(staff_id=cast.handler.pk, way="email", typed="a.name@office.example", **who)
    services.remove_contact(contact_id=mobile.pk, staff_id=cast.handler.pk, **who)
    said = b"".join(bytes(row.body) for row in Opening.objects.all())
    said = re.sub(rb"[0-9a-f-]{32,}", b"", said)  # a digest may hold any three signs
    assert b"contact.added" in said
    assert b"contact.removed" in said
    for part in (b"138", b"5678", b"a.name", b"office.example"):
        assert part not in said


def test_the_ways_of_whoever_left_expire(cast, who, mobile):
    services.set_quiet_hours(staff_id=cast.handler.pk, begins=time(22), until=time(6), **who)
    assert upkeep.tidy(MONDAY) == 0
    Appointment.objects.filter(staff=cast.handler).update(until_at=MONDAY + timedelta(days=1))
    assert upkeep.tidy(MONDAY) == 0
    assert upkeep.tidy(MONDAY + timedelta(days=2)) == 1
    mobile.refresh_from_db()
    assert mobile.address == ""
    assert not QuietHours.objects.exists()
    upkeep.tidy(MONDAY + timedelta(days=100))
    assert not ContactPoint.objects.exists()


# --- pages


def test_my_page_leads_from_nothing_to_reached(client, cast):
    client.force_login(cast.handler)
    page = client.get(reverse("contacts:mine")).content.decode()
    assert "您没有可用的联系方式" in page or "cannot be reached" in page
    asked = {"way": "sms", "typed": NUMBER, "label": "值班手机", "urgent_after_s": "0", "calm_after_s": ""}
    done = client.post(reverse("contacts:add"), asked)
    assert done.status_code == 303
    row = ContactPoint.objects.get()
    assert (row.urgent_after_s, row.calm_after_s) == (0, None)
    page = client.get(reverse("contacts:mine")).content.decode()
    assert "…78" in page
    assert "5678" not in page
    wrong = client.post(reverse("contacts:verify", args=[row.pk]), {f"code{row.pk}-code": "12345"})
    assert wrong.status_code == 422
    client.post(reverse("contacts:verify", args=[row.pk]), {f"code{row.pk}-code": codes.code_for(row)})
    row.refresh_from_db()
    assert row.verified_at is not None
    for name, data in (("test", {}), ("move", {"to": "up"}), ("code", {}), ("remove", {})):
        assert client.post(reverse(f"contacts:{name}", args=[row.pk]), data).status_code == 303
    assert not queries.ways_of(cast.handler.pk)


@pytest.mark.parametrize(
    ("way", "typed"),
    [("sms", "0571-87654321"), ("sms", "8001"), ("email", "nobody"), ("webhook", "http://x/")],
)
def test_what_cannot_be_read_stays_in_the_form_with_a_sentence(client, cast, way, typed):
    client.force_login(cast.handler)
    page = client.post(reverse("contacts:add"), {"way": way, "typed": typed})
    assert page.status_code == 422
    assert typed in page.content.decode()
    assert not ContactPoint.objects.exists()


def test_quiet_hours_are_both_or_neither(client, cast):
    client.force_login(cast.handler)
    assert client.post(reverse("contacts:quiet"), {"begins": "22:00", "until": ""}).status_code == 422
    assert client.post(reverse("contacts:quiet"), {"begins": "22:00", "until": "06:30"}).status_code == 303
    assert QuietHours.objects.get().until == time(6, 30)
    client.post(reverse("contacts:quiet"), {"begins": "", "until": ""})
    assert not QuietHours.objects.exists()


def test_a_leader_sees_who_can_be_reached_and_no_number(client, cast, who, mobile):
    landline, _key = services.add_contact(
        staff_id=cast.handler.pk, way="landline", typed="0571-87654321", **who
    )
    client.force_login(cast.leader)
    page = client.get(reverse("contacts:people")).content.decode()
    assert str(cast.handler) in page
    assert str(cast.water_leader) not in page
    for part in ("5678", "4321", "…78", "…21"):
        assert part not in page
    address = reverse("contacts:call", args=[landline.pk])
    assert "4321" not in client.get(address).content.decode()
    assert "0571-8765 4321" in client.post(address).content.decode()
    assert b"contact.shown" in b"".join(bytes(row.body) for row in Opening.objects.all())
    client.post(address, {"done": "answered"})
    landline.refresh_from_db()
    assert landline.verified_at is not None


def test_whoever_does_not_lead_them_sees_nobody(client, cast, who, mobile):
    landline, _key = services.add_contact(
        staff_id=cast.handler.pk, way="landline", typed="0571-87654321", **who
    )
    for staff in (cast.water_leader, cast.clerk, cast.handler, cast.county_leader):
        client.force_login(staff)
        assert (
            str(cast.handler)
            not in client.get(reverse("contacts:people")).content.decode().split("</header>")[1]
        )
        assert client.post(reverse("contacts:call", args=[landline.pk])).status_code == 404
