"""Days at the ends of the calendar: one of them would be met by every page, since all read every appointment."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from answerable.core import clock
from answerable.orgs.models import Appointment, Hold, SpecialDay
from answerable.orgs.services import changes
from answerable.orgs.services.files import carry_out_import
from answerable.orgs.sheets.columns import TABLES
from answerable.orgs.sheets.reading import read_file
from answerable.orgs.sheets.snapshot import take_snapshot
from answerable.orgs.standing import standing
from answerable.record.actors import Actor

ENDS = ({"since": "0001-01-01"}, {"since": "1899-12-31"}, {"until": "9999-12-31"}, {"until": "2201-01-01"})


def at_desk(cast, settings) -> Client:
    settings.DEMO = True
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(cast.administrator)
    return browser


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("fields", ENDS)
def test_an_appointment_at_the_ends_of_time_gets_a_sentence_and_writes_nothing(cast, settings, fields):
    post = cast.post(cast.handler)
    before = Appointment.objects.count()
    form = {"staff": cast.clerk.pk, "hold": "deputy", "since": "", "until": ""} | fields
    answer = at_desk(cast, settings).post(f"/desk/organisation/post/{post.pk}", form)
    assert answer.status_code == 422
    assert "between the years 1900 and 2200" in answer.content.decode()
    assert Appointment.objects.count() == before


@pytest.mark.django_db(transaction=True)
def test_the_first_and_the_last_day_are_kept_and_every_page_stands(cast, settings):
    browser = at_desk(cast, settings)
    post = cast.post(cast.handler)
    form = {"staff": cast.clerk.pk, "hold": "deputy", "since": "1900-01-01", "until": "2200-12-31"}
    assert browser.post(f"/desk/organisation/post/{post.pk}", form).status_code == 303
    assert browser.get(f"/desk/organisation/post/{post.pk}").status_code == 200
    assert Client().get("/new/").status_code == 200


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("at", [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)])
def test_the_service_refuses_them_too(cast, at):
    with pytest.raises(changes.CannotChange) as refusal:
        changes.appoint(
            post_id=cast.post(cast.handler).pk,
            staff_id=cast.clerk.pk,
            hold=Hold.DEPUTY,
            from_at=at,
            by=Actor.system(),
            now=clock.now(),
        )
    assert refusal.value.code == "far_day"


@pytest.mark.django_db
@pytest.mark.parametrize("until", [datetime(9999, 12, 31, tzinfo=UTC), None])
def test_the_table_itself_refuses_them(cast, until):
    since = datetime(2026, 1, 1, tzinfo=UTC) if until else datetime(1, 1, 2, tzinfo=UTC)
    with pytest.raises(IntegrityError, match="appointment_within_days"), transaction.atomic():
        Appointment.objects.create(
            post=cast.post(cast.handler), staff=cast.clerk, hold=Hold.DEPUTY, from_at=since, until_at=until
        )
    with pytest.raises(IntegrityError, match="special_day_within_days"), transaction.atomic():
        SpecialDay.objects.create(authority=cast.town, on="9999-12-31")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("head", ["from_at", "until_at"])
@pytest.mark.parametrize(
    "said", ["0001-01-01", "9999-12-31", "9999-12-31T23:59", "0001-01-01T00:00+14:00", "1850-05-05"]
)
def test_a_file_with_such_a_day_gets_a_sentence(cast, head, said):
    heads = TABLES["appointments"].heads
    row = dict(next(iter(take_snapshot().rows["appointments"].values())))
    row = {key: "" if value is None else str(value) for key, value in row.items()} | {head: said}
    out = io.StringIO()
    csv.writer(out).writerows([heads, [row[key] for key in heads]])
    read = read_file(out.getvalue().encode(), "appointments.csv")
    plan = carry_out_import(read, by=Actor.system(), now=clock.now())
    assert [(fault.code, fault.column) for fault in plan.faults] == [("far_day", head)]
    assert "1900" in plan.faults[0].sentence()
    standing()
