"""Danger at intake and lateness raise alarms; whom a case is about hears nothing of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from answerable.alerts.models import Alert, Asked, Delivery
from answerable.alerts.services.rules import make_default_rules
from answerable.alerts.targets import kept_from
from answerable.alerts.tests.climbers import reached_by
from answerable.cases.models import Accused, Deadline
from answerable.cases.services import persons, supervision
from answerable.cases.services.deciding import send_decision
from answerable.core.ids import uuid7
from answerable.orgs.models import Appointment, Hold
from answerable.record import reactions
from answerable.record.actors import Actor
from answerable.record.models import Act, Outbox
from tests.cast import LONG_AGO, MONDAY, PARTS, accepted, registered

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def office(cast):
    make_default_rules(authority=cast.town, by=Actor.system(), now=MONDAY)
    make_default_rules(authority=cast.county, by=Actor.system(), now=MONDAY)
    reached_by(cast.clerk, cast.handler, cast.leader, cast.mayor, cast.county_leader)
    return cast


def react(now=MONDAY) -> None:
    while reactions.dispatch(now):
        pass


def asked(told: bool = False) -> set[str]:
    return set(Asked.objects.filter(is_told_only=told).values_list("staff__username", flat=True))


def test_danger_at_intake_raises_an_alarm_and_the_leader_and_the_level_above_are_told(office):
    case = registered(office, is_danger=True).case
    react()
    alert = Alert.objects.get()
    assert (alert.code, alert.about, alert.is_urgent) == ("danger", case.pk, True)
    assert alert.facts == {"case": case.code}, "code and link, nothing else"
    assert asked() == {"roads-clerk", "roads-handler", "roads-head"}
    assert asked(told=True) == {"town-mayor"}


def test_a_calm_case_raises_none(office):
    registered(office)
    react()
    assert not Alert.objects.exists()


def test_reacting_again_raises_no_second_alarm(office):
    registered(office, is_danger=True)
    react()
    Outbox.objects.bulk_create([Outbox(act=act) for act in Act.objects.filter(kind="case.registered")])
    react()
    assert Alert.objects.count() == 1


def late(office):
    case = accepted(office)
    react()
    when = MONDAY + timedelta(days=120)
    for pk in supervision.newly_late(when):
        supervision.lift_deadline(deadline_id=pk, now=when)
    react(when)
    return case, when


def test_a_late_case_asks_the_level_above_and_tells_the_leader(office):
    case, _when = late(office)
    alert = Alert.objects.filter(about=case.pk).earliest("opened_at")
    assert (alert.code, alert.is_urgent) == ("late", False)
    assert "town-mayor" in asked()
    assert "roads-head" in asked(told=True)


def test_a_withdrawal_that_is_undone_asks_again_what_it_had_ended(office):
    """A slip of the hand silenced the alarm for good, though somebody was in danger and nobody had answered."""
    case = registered(office, is_danger=True).case
    row = Deadline.objects.get(case=case, step="answer")
    late = row.late_from
    supervision.lift_deadline(deadline_id=row.pk, now=late)
    react(late)
    persons.withdraw(case_id=case.pk, now=late)
    react(late)
    assert not Alert.objects.exclude(state="resolved").exists()
    persons.undo_withdrawal(case_id=case.pk, now=late + timedelta(minutes=1))
    react(late + timedelta(minutes=1))
    again = Alert.objects.exclude(state="resolved").order_by("code")
    assert [alert.code for alert in again] == ["danger", "late"]


def test_decided_ends_what_was_asked(office):
    case, when = late(office)
    case.refresh_from_db()
    send_decision(
        case_id=case.pk,
        outcome="supported",
        parts=PARTS,
        by=office.actor(office.leader),
        seen_version=case.version,
        now=when + timedelta(hours=1),
    )
    react(when + timedelta(hours=1))
    assert set(Alert.objects.filter(about=case.pk).values_list("state", flat=True)) == {"resolved"}


def test_rule_05_the_accused_is_neither_asked_nor_told_by_an_alarm(office):
    """Through no post, deputy or alert: whatever other posts they hold or stand in for."""
    Appointment.objects.create(
        post=office.post(office.mayor), staff=office.leader, hold=Hold.DEPUTY, from_at=LONG_AGO
    )
    case = registered(office, is_danger=True, is_conduct=True, accused_staff=(office.leader.pk,)).case
    assert Accused.objects.filter(case=case, staff=office.leader).exists()
    react()
    assert Alert.objects.filter(about=case.pk).exists()
    assert not Asked.objects.filter(staff=office.leader).exists()
    assert not Delivery.objects.filter(asked__staff=office.leader).exists()


def test_a_matter_that_is_no_case_is_kept_from_nobody(office):
    assert kept_from({(uuid7(), office.leader.pk)}, MONDAY) == set()
