"""A code and a test message on their way: from the page, through the sender, to the gateway."""

from __future__ import annotations

import json

import pytest

from answerable.alerts import sender
from answerable.alerts.contacts import codes
from answerable.alerts.models import ContactPoint, Delivery
from answerable.alerts.services import contacts as services
from answerable.core import clock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("way", ["sms", "voice", "webhook", "apprise"])
def test_a_code_goes_to_the_way_it_shows(cast, gateway, settings, way):
    settings.SMS_URL = settings.VOICE_URL = gateway.url
    settings.ALERT_HOSTS = ("127.0.0.1",)
    typed = {
        "webhook": gateway.url,
        "apprise": f"gotify://127.0.0.1:{gateway.port}/Aabcdefghijklmn",
    }.get(way, "13812345678")
    now = clock.now()
    who = {"home": cast.town, "by": cast.actor(cast.handler), "now": now}
    made, _key = services.add_contact(staff_id=cast.handler.pk, way=way, typed=typed, **who)
    row = services.send_code(contact_id=made.pk, staff_id=cast.handler.pk, language="zh-hans", **who)
    assert sender.send_due(clock.now) == 1
    code = codes.code_for(row)
    said = gateway.body().decode()
    assert (" ".join(code) if way == "voice" else code) in json.dumps(json.loads(said), ensure_ascii=False)
    assert Delivery.objects.get().state == "sent"
    assert code not in str(Delivery.objects.values())
    done = services.verify_contact(contact_id=made.pk, staff_id=cast.handler.pk, typed=code, **who)
    assert done is None


def test_what_was_taken_away_is_not_sent(cast, gateway, settings):
    settings.SMS_URL = gateway.url
    who = {"home": cast.town, "by": cast.actor(cast.handler), "now": clock.now()}
    made, _key = services.add_contact(staff_id=cast.handler.pk, way="sms", typed="13812345678", **who)
    services.send_test(contact_id=made.pk, staff_id=cast.handler.pk, language="en", **who)
    services.remove_contact(contact_id=made.pk, staff_id=cast.handler.pk, **who)
    sender.send_due(clock.now)
    assert gateway.came == []


def test_a_browser_that_unsubscribed_is_marked_as_failing(cast, gateway, settings, tmp_path):
    from answerable.alerts.tests.browser_side import Browser

    settings.ALERT_HOSTS, settings.ANSWERABLE_PUSH_KEY_FILE = ("127.0.0.1",), tmp_path / "push-key"
    settings.BASE_URL = "https://town.example"
    gateway.answers(410, "")
    who = {"home": cast.town, "by": cast.actor(cast.handler), "now": clock.now()}
    subscription = Browser().subscription(gateway.url)
    made, _key = services.add_contact(staff_id=cast.handler.pk, way="push", typed=subscription, **who)
    services.send_test(contact_id=made.pk, staff_id=cast.handler.pk, language="en", **who)
    sender.send_due(clock.now)
    assert Delivery.objects.get().state == "failed"
    assert ContactPoint.objects.get().failing_since is not None
