"""Rule 7: the clock cannot be reset."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from answerable.cases.models import Deadline
from answerable.cases.services import deciding, handling
from answerable.core import clock
from answerable.record.models import Act
from tests.cast import PARTS, registered

pytestmark = pytest.mark.django_db(transaction=True)


def dates(person):
    return list(
        Deadline.objects.filter(case_id=person.case_id).order_by("pk").values_list("step", "late_from")
    )


def test_rule_07_nothing_that_a_desk_does_to_its_own_case_moves_a_date(bring, cast, at_desk, now):
    person = bring(accept=True)
    before = dates(person)
    handling.assign_case(
        case_id=person.case_id,
        to_post=cast.post(cast.handler).pk,
        by=cast.actor(cast.clerk),
        seen_version=person.case.version,
        now=now,
    )
    handling.ask_person(
        case_id=person.case_id,
        text="Which lamp?",
        by=cast.actor(cast.handler),
        seen_version=person.case.version,
        now=now,
    )
    handling.note_case(case_id=person.case_id, text="seen", by=cast.actor(cast.handler), now=now)
    handling.take_charge(
        case_id=person.case_id, by=cast.actor(cast.leader), seen_version=person.case.version, now=now
    )
    person.client.post("/case/write", {"text": "The one at the gate."})
    person.client.post("/case/raise")
    assert [d for d in dates(person) if d in before] == before


def test_rule_07_an_offices_limit_runs_from_first_receipt(cast, now):
    """A letter that lay about for five days is as old as the day it arrived, not as the day it was typed in."""
    arrived = now - timedelta(days=5)
    late = registered(cast, now=now, received_at=arrived, intake="letter").case
    typed = registered(cast, now=now).case
    answer = Deadline.objects.get(case=late, step="answer")
    assert answer.started_at == arrived
    assert answer.late_from < Deadline.objects.get(case=typed, step="answer").late_from
    act = Act.objects.get(matter_id=late.pk, kind="case.registered")
    assert act.happened_at == arrived
    assert act.recorded_at >= now
    future = registered(cast, now=now, received_at=now + timedelta(days=9)).case
    assert Deadline.objects.get(case=future, step="answer").started_at <= clock.now()


def test_rule_07_a_persons_window_opens_on_proven_delivery(bring_cn, cn_cast, now):
    person = bring_cn(accept=True, kind="request")
    deciding.send_decision(
        case_id=person.case_id,
        outcome="supported",
        parts=PARTS,
        by=cn_cast.actor(cn_cast.leader),
        seen_version=person.case.version,
        now=now,
    )
    window = Deadline.objects.filter(case_id=person.case_id, step="ask_review")
    assert not window.exists()
    for path in ("now", "paper", "take", "looks"):
        person.page(path)
    person.client.post("/case/take")
    assert not window.exists()
    person.client.post("/case/decision")
    assert window.count() == 1
    assert window.get().started_at >= now


def test_rule_07_the_page_shows_how_each_date_was_computed(bring_cn):
    person = bring_cn(accept=True, kind="request")
    html = person.page()
    assert html.count("Why this date?") >= 1
    assert "That day is day zero." in html
    assert "article 34" in html
    assert "The last day in time is" in html


def test_rule_07_acts_are_never_changed_and_bear_the_databases_clock(bring):
    person = bring()
    act = Act.objects.get(matter_id=person.case_id, kind="case.registered")
    for sql in (
        "UPDATE record_act SET recorded_at = now() - interval '30 days' WHERE id = %s",
        "DELETE FROM record_act WHERE id = %s",
        "UPDATE record_opening SET body = 'x' WHERE act_id = %s",
        "DELETE FROM record_opening WHERE act_id = %s",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, [act.pk])


def test_rule_07_a_withdrawal_undone_brings_back_the_same_clock(bring):
    person = bring(accept=True)
    before = dict(dates(person))["answer"]
    person.client.post("/case/withdraw")
    person.client.post("/case/withdraw/undo")
    row = Deadline.objects.get(case_id=person.case_id, step="answer", voided_seq=None)
    assert row.late_from == before
