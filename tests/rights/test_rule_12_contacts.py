"""Rule 12: how staff are reached serves alerting alone, is seen by those who need it, and goes when they leave."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse

from answerable.alerts.contacts import upkeep
from answerable.alerts.services import contacts as services
from answerable.core import clock
from answerable.orgs.models import Appointment

pytestmark = pytest.mark.django_db(transaction=True)
NUMBER, ADDRESS = "13812345678", "private.name@home.example"


@pytest.fixture
def handler(cast, settings):
    """The handler with a number and an address."""
    settings.DEMO = True
    settings.SMS_URL = "http://127.0.0.1:9/"
    settings.EMAIL_HOST, settings.EMAIL_BACKEND = (
        "127.0.0.1",
        "django.core.mail.backends.locmem.EmailBackend",
    )
    who = {"home": cast.town, "by": cast.actor(cast.handler), "now": clock.now()}
    for way, typed in (("sms", NUMBER), ("email", ADDRESS)):
        services.add_contact(staff_id=cast.handler.pk, way=way, typed=typed, label="夜里打这个", **who)
    return cast.handler


@pytest.mark.parametrize("who", ["leader", "mayor", "administrator", "auditor", "clerk", "county_leader"])
def test_rule_12_numbers_and_addresses_are_their_owner_s(client, cast, handler, who):
    client.force_login(getattr(cast, who))
    for name in (
        "contacts:people",
        "contacts:mine",
        "alerts:readiness",
        "alerts:board",
        "orgs:people",
        "orgs:map",
    ):
        said = client.get(reverse(name)).content.decode()
        for part in ("12345678", "1234 5678", "…78", "private.name", "home.example", "夜里打这个"):
            assert part not in said, (who, name)


def test_rule_12_the_ways_of_whoever_left_are_destroyed(cast, handler):
    Appointment.objects.filter(staff=handler).update(until_at=clock.now())
    assert upkeep.tidy(clock.now() + timedelta(seconds=1)) == 2
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(t::text, '') FROM alerts_contact t")
        (left,) = cursor.fetchone()
    for part in ("12345678", "private.name", "夜里打这个"):
        assert part not in left
