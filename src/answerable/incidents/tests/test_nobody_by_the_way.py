"""Nobody gets into a command, a case or the public's eye by the way: alarms, drills and words that were not meant for it."""

from __future__ import annotations

from datetime import timedelta
from queue import Queue
from threading import Thread
from time import monotonic, sleep

import pytest
from django.db import connection, transaction
from django.urls import reverse

from answerable.alerts.models import Alert, Asked
from answerable.alerts.refusals import CannotAnswer
from answerable.alerts.services import alarms
from answerable.cases.models import Case
from answerable.duty.services.standby import ItemSpec, make_item
from answerable.incidents.models import Incident, IncidentRole, Promise, Strand
from answerable.incidents.rules import CannotAct, NotTheirs
from answerable.incidents.services import promised, sent_out, tasks
from answerable.incidents.services.standing_down import stand_down
from answerable.incidents.tests.responses import call, make_plan, respond
from answerable.orgs.models import Appointment
from answerable.record import reactions
from tests.cast import MONDAY, Cast

pytestmark = pytest.mark.django_db(transaction=True)
LATER = MONDAY + timedelta(minutes=5)


def _writer(incident: Incident) -> IncidentRole:
    return IncidentRole.objects.get(incident=incident, code="writer", until_at=None)


def test_whoever_was_not_asked_gets_no_role_by_pressing_a_button(cast: Cast) -> None:
    incident = respond(cast, make_plan(cast))
    role = _writer(incident)
    assert not Asked.objects.filter(alert=role.alert, staff=cast.handler, is_told_only=False).exists()
    alarms.acknowledge(alert_id=role.alert, by=cast.actor(cast.handler), now=LATER)
    reactions.dispatch(LATER, limit=500)
    after = _writer(incident)
    assert after.staff_id == role.staff_id
    assert after.alert != role.alert, "its holder is asked anew"
    assert Alert.objects.get(pk=after.alert).state == Alert.State.OPEN


def test_nobody_ends_the_alarm_of_a_role_that_nobody_has(cast: Cast) -> None:
    incident = respond(cast, make_plan(cast))
    role = _writer(incident)
    with pytest.raises(CannotAnswer) as refused:
        alarms.resolve(alert_id=role.alert, by=cast.actor(cast.auditor), now=LATER)
    assert refused.value.code == "ends_with_matter"
    assert Alert.objects.get(pk=role.alert).state == Alert.State.OPEN


def test_a_commander_who_left_commands_no_more(cast: Cast) -> None:
    incident = respond(cast, None)
    assert incident.commander == cast.mayor
    Appointment.objects.filter(staff=cast.mayor).update(until_at=LATER)
    after = LATER + timedelta(minutes=1)
    with pytest.raises(NotTheirs):
        stand_down(incident_id=incident.pk, grounds="dry", measures="", by=cast.actor(cast.mayor), now=after)


def test_the_end_of_a_response_speaks_of_the_danger_alone(cast: Cast) -> None:
    incident, by = respond(cast, None), cast.actor(cast.mayor)
    for strand in Strand.objects.filter(incident=incident):
        tasks.close_track(incident_id=incident.pk, code=strand.code, said="", by=by, now=LATER)
    with pytest.raises(CannotAct) as refused:
        stand_down(incident_id=incident.pk, grounds="上访人员已劝返", measures="", by=by, now=LATER)
    assert refused.value.code == "about_people"


def test_the_callers_words_are_not_drafted_for_the_public(client, cast: Cast, settings) -> None:
    settings.DEMO = True  # the second factor has its own tests
    incident = call(cast, what="东头李大爷家屋后塌方，电话 13900001234")
    client.force_login(cast.mayor)
    page = client.get(reverse("incidents:begin", args=[incident.pk]))
    _before, grounds = page.content.decode().split('name="grounds"')
    assert "13900001234" in _before, "they stand beside the form"
    assert "13900001234" not in grounds


def test_a_drill_takes_nothing_from_what_is_real_and_makes_no_case(cast: Cast) -> None:
    by = cast.actor(cast.mayor)
    item = make_item(
        ItemSpec("皮卡", "Pick-up", "car", cast.town_root.pk, is_vehicle=True), by=by, now=MONDAY
    )
    drill, real = respond(cast, None), respond(cast, None)
    Incident.objects.filter(pk=drill.pk).update(is_drill=True)
    sent_out.send_out(incident_id=drill.pk, kind="vehicle", what="", item_id=item.pk, by=by, now=LATER)
    sent_out.send_out(incident_id=real.pk, kind="vehicle", what="", item_id=item.pk, by=by, now=LATER)
    promise = Promise.objects.create(incident=drill, what="water", at=LATER, by=cast.mayor)
    with pytest.raises(CannotAct) as refused:
        promised.register(
            incident_id=drill.pk,
            promise_id=promise.pk,
            claim="water",
            subject_id=cast.lamps.pk,
            by=by,
            now=LATER,
        )
    assert refused.value.code == "drill_has_no_cases"


def test_a_promise_that_is_kept_twice_at_one_instant_still_gives_the_receipt_of_its_case(cast: Cast) -> None:
    incident = respond(cast, None)
    promise = Promise.objects.create(incident=incident, what="水什么时候退", at=LATER, by=cast.mayor)
    by, told = cast.actor(cast.mayor), Queue()

    def registering() -> None:
        try:
            told.put(
                promised.register(
                    incident_id=incident.pk,
                    promise_id=promise.pk,
                    claim="水什么时候退",
                    subject_id=cast.lamps.pk,
                    by=by,
                    now=LATER,
                )
            )
        except Exception as fault:  # told to the test
            told.put(fault)
        finally:
            connection.close()

    other = Thread(target=registering)
    with transaction.atomic():
        row = Promise.objects.select_for_update().get(pk=promise.pk)
        other.start()
        deadline = monotonic() + 20
        while not Case.objects.exists() and monotonic() < deadline:
            sleep(0.02)
        row.answered_at, row.answered_by, row.answer = LATER, cast.mayor, "明早"
        row.save()
    other.join(20)
    done = told.get(timeout=1)
    assert done.code == Case.objects.get().code, done
    assert done.secret
    promise.refresh_from_db()
    assert promise.answer == "明早"
