"""A plan of 200 roles and 400 actions is activated in a moment: what is written is written in bulk."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from answerable.alerts.models import Alert, Delivery
from answerable.alerts.tests.climbers import reached_by
from answerable.core import clock
from answerable.incidents.models import IncidentRole, Task
from answerable.incidents.planned import file_of
from answerable.incidents.services.activation import activate
from answerable.incidents.tests.responses import action, call, decision, make_plan, plan_data, role
from answerable.orgs.models import Appointment, Post, Role, Staff
from tests.cast import LONG_AGO, MONDAY, Cast, make_cast

pytestmark = pytest.mark.django_db(transaction=True)
LATER = MONDAY + timedelta(minutes=2)


def _plan(cast: Cast, roles: int, actions: int):
    people = Staff.objects.bulk_create(
        [Staff(username=f"m{n}", name_zh=f"成员{n}", password="!") for n in range(roles)]
    )
    posts = Post.objects.bulk_create(
        [Post(unit=cast.water, code=f"m{n}", role=Role.HANDLER, name_zh=f"岗位{n}") for n in range(roles)]
    )
    Appointment.objects.bulk_create(
        [Appointment(post=p, staff=s, from_at=LONG_AGO) for p, s in zip(posts, people, strict=True)]
    )
    reached_by(*people, cast.mayor, cast.county_leader)
    named = [role("commander", "town/mayor", group="leading", is_commander=True, deputies=["roads/head"])]
    named += [role(f"m{n}", f"water/m{n}", deputies=[f"water/m{(n + 1) % roles}"]) for n in range(roles)]
    done = [action(f"a{n}", 1, 2, 3, 4, role=f"m{n % roles}") for n in range(actions)]
    return make_plan(cast, plan_data(named, done))


def test_two_hundred_roles_and_four_hundred_tasks() -> None:
    cast = make_cast()
    version = _plan(cast, 199, 400)
    file_of(version)
    incident = call(cast)
    with CaptureQueriesContext(connection) as counted:
        activate(incident_id=incident.pk, decision=decision(version), by=cast.actor(cast.mayor), now=LATER)
    assert Alert.objects.filter(code="incident_role").count() == 199
    assert Delivery.objects.filter(asked__alert__code="incident_role").count() == 199
    assert Task.objects.filter(incident=incident).count() == 400
    # One act an alarm, in one statement; everything else is read and written once.
    assert len(counted) <= 75 + IncidentRole.objects.filter(incident=incident).count()


def test_its_page_and_its_briefing_cost_no_more_reads_than_a_small_ones(settings) -> None:
    settings.DEMO = True  # the second factor has its own tests
    cast = make_cast()
    version = _plan(cast, 60, 200)
    incident = call(cast, now=clock.now())
    by = cast.actor(cast.mayor)
    activate(incident_id=incident.pk, decision=decision(version, clock.now()), by=by, now=clock.now())
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(cast.mayor)
    for name in ("incident", "briefing", "end"):
        address = reverse(f"incidents:{name}", args=[incident.pk])
        browser.get(address)
        with CaptureQueriesContext(connection) as counted:
            assert browser.get(address).status_code == 200
        assert len(counted) < 60, name
