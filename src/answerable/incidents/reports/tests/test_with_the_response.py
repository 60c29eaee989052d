"""From the first call to the end of the response, through the services of incidents and the worker's turns."""

from __future__ import annotations

from datetime import timedelta

import pytest

from answerable.alerts import sender, settling
from answerable.alerts.models import Alert, Delivery
from answerable.alerts.outcomes import Outcome
from answerable.incidents import queries
from answerable.incidents.models import Incident, Report
from answerable.incidents.reports import services
from answerable.incidents.reports.services import Out
from answerable.incidents.reports.tests.test_services import FIRST
from answerable.incidents.rules import OpenKind
from answerable.incidents.services.calls import dismiss
from answerable.incidents.tests.responses import call, make_plan, plan_data, respond
from answerable.orgs.models import Authority
from answerable.record import reactions
from answerable.record.queries import acts_of
from tests.cast import MONDAY

pytestmark = pytest.mark.django_db(transaction=True)
FINAL = {
    "code": "last",
    "names": {"zh": "终报", "en": "Final report"},
    "kind": "final",
    "recipient": "authority:above",
    "within_min": 600,
    "contents": ["assessment"],
    "source": "local rule",
}


def minute(count: float):
    return MONDAY + timedelta(minutes=count)


def work(at: float) -> None:
    """The worker's turns, until nothing waits."""
    while reactions.backlog():
        reactions.dispatch(minute(at))


def test_the_first_call_starts_the_clock_of_its_plan(cast):
    make_plan(cast)
    call(cast)
    work(1)
    (row,) = Report.objects.all()
    assert (row.duty, row.due_at, row.recipient) == ("first", minute(30), "authority:county")


def test_the_guard_names_the_first_report_until_it_is_out_and_the_end_opens_the_last(cast):
    version = make_plan(cast, plan_data(reports=[*plan_data()["reports"], FINAL]))
    incident = respond(cast, version)
    work(2)
    owed = [one.kind for one in queries.open_ends(incident, now=minute(3))]
    assert owed.count(OpenKind.REPORT) == 1
    row = Report.objects.get()
    services.send_report(
        report_id=row.pk,
        text=FIRST,
        out=Out("phone", "duty officer"),
        by=cast.actor(cast.mayor),
        seen_version=row.version,
        now=minute(5),
    )
    owed = [one.kind for one in queries.open_ends(incident, now=minute(6))]
    assert OpenKind.REPORT not in owed
    Incident.objects.update(state="stood_down", stood_down_at=minute(60))
    services.open_reports(incident_id=incident.pk, now=minute(61))
    last = Report.objects.get(duty="last")
    assert last.due_at == minute(660)
    assert OpenKind.REPORT not in [one.kind for one in queries.open_ends(incident, now=minute(62))]


def test_a_call_that_needed_no_response_owes_nothing(cast):
    incident = call(cast)
    work(1)
    assert Report.objects.filter(state="due").count() == 3, "the house's own, as long as there is no plan"
    dismiss(incident_id=incident.pk, why="误报，没有险情", by=cast.actor(cast.mayor), now=minute(5))
    work(6)
    assert set(Report.objects.values_list("state", "why")) == {("waived", "void")}


def test_another_body_gets_the_report_word_for_word(cast, mailoutbox, settings):
    """Handed over by the sender, outside any transaction; the incident's record knows that it went out."""
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = "django.core.mail.backends.locmem.EmailBackend", "mail"
    Authority.objects.filter(pk=cast.county.pk).update(is_outside=True, letter_email="duty@county.example")
    make_plan(cast)
    incident = call(cast)
    work(1)
    row = Report.objects.get()
    services.send_report(
        report_id=row.pk,
        text=FIRST,
        out=Out("channel"),
        by=cast.actor(cast.mayor),
        seen_version=row.version,
        now=minute(5),
    )
    sender.send_due(lambda: minute(6))
    (letter,) = [one for one in mailoutbox if one.to == ["duty@county.example"]]
    assert letter.subject.startswith("first report：洪涝")
    for part in FIRST.values():
        assert part in letter.body
    assert "message.delivered" in [act.kind for act in acts_of(incident.pk)]


def test_a_message_that_is_lost_wakes_somebody(cast):
    Authority.objects.filter(pk=cast.county.pk).update(is_outside=True, letter_email="duty@county.example")
    make_plan(cast)
    call(cast)
    work(1)
    row = Report.objects.get()
    services.send_report(
        report_id=row.pk,
        text=FIRST,
        out=Out("channel"),
        by=cast.actor(cast.mayor),
        seen_version=row.version,
        now=minute(5),
    )
    Delivery.objects.filter(purpose="report").update(state="sending", tries=1)
    message = Delivery.objects.get(purpose="report")
    settling.settle([settling.Result(message.pk, 1, Outcome("failed", "no such address", True))], minute(6))
    work(7)
    alert = Alert.objects.get(code="report_unsent")
    assert alert.facts["case"] == row.incident.code
