"""Reports from the first call to the final one: opened, written, refused, sent, late, not required."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import translation

from answerable.alerts.models import Alert, Delivery
from answerable.alerts.services import acknowledge
from answerable.core.refusals import Changed, NotYours
from answerable.incidents.models import Entry, Incident, Report, Sent
from answerable.incidents.reports import drafting, services, steps
from answerable.incidents.reports.planned import plan_file_of
from answerable.incidents.reports.rules import CannotReport
from answerable.incidents.reports.services import Out
from answerable.incidents.reports.watching import waiting, watch
from answerable.incidents.tests.scenes import activated, at, flood, stood_down
from answerable.orgs.models import Authority
from answerable.record.queries import acts_of

pytestmark = pytest.mark.django_db(transaction=True)

FIRST = {
    "source": "duty room",
    "time": "02:12",
    "place": "East village",
    "casualties": "none known",
    "cause": "being established",
    "measures": "people are moved",
    "trend": "rising",
    "contact": "duty room 123",
}


def owe(scene, minutes=0) -> dict[str, Report]:
    """Open what is owed; by duty code, the newest of each."""
    services.open_reports(incident_id=scene.incident.pk, now=at(minutes))
    return reports(scene)


def reports(scene) -> dict[str, Report]:
    return {row.duty: row for row in Report.objects.filter(incident=scene.incident).order_by("number")}


def send(scene, row, minutes, text=None, way="phone", **more):
    given = {"out": Out(way, "duty officer" if way == "phone" else ""), "by": scene.mayor} | more
    return services.send_report(
        report_id=row.pk, text=text or FIRST, seen_version=row.version, now=at(minutes), **given
    )


def kinds(scene) -> list[str]:
    return [act.kind.removeprefix("incident.") for act in acts_of(scene.incident.pk)]


def test_the_first_call_owes_reports_without_a_plan_and_each_once(cast):
    scene = flood(cast)
    rows = owe(scene)
    assert {code: (row.due_at - at(0)) for code, row in rows.items()} == {
        "first-phone": timedelta(minutes=30),
        "first-written": timedelta(minutes=60),
        "follow-up": timedelta(minutes=300),
    }
    assert {row.recipient for row in rows.values()} == {"authority:county"}
    owe(scene, 20)
    assert Report.objects.count() == 3
    assert kinds(scene) == ["report_opened"] * 3
    body = acts_of(scene.incident.pk)[0].body
    assert (body["duty"], body["due_at"]) == ("first-phone", at(30).isoformat())


def test_a_plan_that_is_chosen_at_activation_owes_no_report_twice_and_moves_none(cast):
    scene = flood(cast)
    before = {row.pk: row.due_at for row in owe(scene).values()}
    other = activated(cast, code="2026-002")
    Incident.objects.filter(pk=scene.incident.pk).update(
        plan_version=other.incident.plan_version, state="active", response_level=2
    )
    owe(scene, 45)
    assert {row.pk: row.due_at for row in Report.objects.filter(incident=scene.incident)} == before


def test_what_is_missing_is_named_and_nothing_is_sent(cast):
    scene = activated(cast)
    row = owe(scene)["written_above"]
    text = FIRST | {"cause": " ", "trend": ""}
    with pytest.raises(CannotReport) as refused:
        send(scene, row, 20, text, way="channel")
    assert (refused.value.code, refused.value.facts) == ("missing", {"parts": ["cause", "trend"]})
    row.refresh_from_db()
    assert (row.state, row.text, Alert.objects.count()) == ("due", {}, 0)


def test_by_telephone_in_time_with_the_post_that_took_it_down(cast):
    scene = activated(cast)
    row = owe(scene)["phone_above"]
    with pytest.raises(CannotReport) as refused:
        send(scene, row, 20, out=Out("phone", " "))
    assert refused.value.code == "taken_by_missing"
    sent = send(scene, row, 20)
    assert (sent.state, sent.sent_at, sent.taken_by, sent.late_at) == ("sent", at(20), "duty officer", None)
    assert list(sent.text) == list(FIRST)
    (entry,) = Entry.objects.filter(incident=scene.incident)
    assert (entry.kind, "duty officer" in entry.text) == ("call", True)
    body = next(act.body for act in acts_of(scene.incident.pk) if act.kind == "incident.report_sent")
    assert (body["way"], body["is_late"]) == ("phone", False)
    assert "rising" not in str(body), "the record holds a digest, not the words"


def test_a_body_that_works_here_is_asked_to_say_that_it_has_it(cast):
    scene = activated(cast)
    row = owe(scene)["written_above"]
    send(scene, row, 40, way="channel")
    (alert,) = Alert.objects.all()
    assert (alert.code, alert.authority, alert.is_drill) == ("report_in", cast.county, False)
    assert set(alert.asked.values_list("staff", flat=True)) == {cast.county_leader.pk}
    acknowledge(alert_id=alert.pk, by=cast.actor(cast.county_leader), now=at(43))
    assert not Delivery.objects.filter(purpose="report").exists()


def test_another_body_gets_an_e_mail_that_the_worker_sends(cast, mailoutbox, settings):
    Authority.objects.filter(pk=cast.county.pk).update(is_outside=True, letter_email="duty@county.example")
    scene = activated(cast)
    row = owe(scene)["written_above"]
    send(scene, row, 40, way="channel")
    (message,) = Delivery.objects.filter(purpose="report")
    assert (message.state, message.facts["to"]) == ("queued", "duty@county.example")
    assert "东村" not in message.facts["subject"]
    assert "rising" in message.facts["text"]
    assert mailoutbox == [], "nothing goes out while the transaction is open"


def test_whom_no_message_reaches_is_said(cast):
    Authority.objects.filter(pk=cast.county.pk).update(is_outside=True)
    scene = activated(cast)
    row = owe(scene)["written_above"]
    with pytest.raises(CannotReport) as refused:
        send(scene, row, 40, way="channel")
    assert refused.value.code == "no_channel"
    assert send(scene, row, 40, way="paper").sent_way == "paper"


def test_a_follow_up_carries_only_changes_and_is_numbered(cast):
    scene = activated(cast)
    rows = owe(scene)
    send(scene, rows["phone_above"], 20)
    send(scene, rows["written_above"], 50, way="paper")
    first = rows["follow_up"]
    text = FIRST | {"casualties": "2 hurt"}
    sent = send(scene, first, 170, text, way="paper")
    assert sent.text == {"casualties": "2 hurt"}
    second = reports(scene)["follow_up"]
    assert (second.number, second.due_at) == (2, at(60 + 240))
    with pytest.raises(CannotReport) as refused:
        send(scene, second, 290, text, way="paper")
    assert refused.value.code == "nothing_changed"


def test_a_late_report_stays_a_fact_whoever_finds_it(cast):
    """Found by the one who sends it, before the watch came by."""
    scene = activated(cast)
    row = owe(scene)["phone_above"]
    sent = send(scene, row, 31)
    assert (sent.state, sent.late_at) == ("sent", at(31))
    assert kinds(scene).count("report_late") == 1
    body = next(act.body for act in acts_of(scene.incident.pk) if act.kind == "incident.report_sent")
    assert body["is_late"] is True


def test_somebody_is_reminded_in_time_and_alarmed_when_it_is_late_each_once(cast):
    scene = activated(cast)
    row = owe(scene)["phone_above"]
    assert watch(at(19)) == 0
    watch(at(20))
    watch(at(21))
    (alert,) = Alert.objects.filter(code="report_due")
    assert (alert.state, alert.facts["case"], alert.about) == ("open", "2026-001", scene.incident.pk)
    assert cast.mayor.pk in alert.asked.values_list("staff", flat=True)
    watch(at(30))
    assert not Alert.objects.filter(code="report_late").exists(), "the due instant itself is in time"
    watch(at(30.01))
    watch(at(32))
    alert.refresh_from_db()
    (late,) = Alert.objects.filter(code="report_late")
    assert (alert.state, late.state) == ("resolved", "open")
    assert kinds(scene).count("report_late") == 1
    send(scene, reports(scene)["phone_above"], 33)
    late.refresh_from_db()
    assert late.state == "resolved", "sent, nobody is asked any more"
    assert Report.objects.get(pk=row.pk).late_at == at(30.01), "and it was late"


def test_the_stand_down_opens_the_final_report_and_ends_what_was_not_yet_owed(cast):
    scene = activated(cast)
    rows = owe(scene)
    send(scene, rows["phone_above"], 20)
    send(scene, rows["written_above"], 50, way="paper")
    scene = stood_down(scene, 120)
    after = owe(scene, 121)
    assert (after["follow_up"].state, after["follow_up"].why) == ("waived", "stood_down")
    assert after["final"].due_at == at(120 + 10080)
    before = {row.pk: (row.state, row.due_at) for row in after.values()}
    owe(scene, 122)
    assert {row.pk: (row.state, row.due_at) for row in reports(scene).values()} == before


def test_dismissed_nothing_is_owed(cast):
    scene = flood(cast)
    owe(scene)
    Incident.objects.update(state="dismissed")
    owe(scene, 5)
    assert set(Report.objects.values_list("state", "why")) == {("waived", "void")}


def test_not_required_takes_a_reason_and_a_leader(cast):
    scene = activated(cast)
    row = owe(scene)["written_above"]
    given = {"report_id": row.pk, "seen_version": row.version, "now": at(20)}
    with pytest.raises(CannotReport) as refused:
        services.waive_report(why=" ", by=scene.mayor, **given)
    assert refused.value.code == "why_missing"
    with pytest.raises(NotYours):
        services.waive_report(why="x", by=scene.outsider, **given)
    services.waive_report(why="The county commands itself.", by=scene.mayor, **given)
    row.refresh_from_db()
    assert (row.state, row.why, row.waived_by) == ("waived", "The county commands itself.", cast.mayor)
    with pytest.raises(CannotReport) as refused:
        send(scene, row, 25)
    assert refused.value.code == "over"


def test_who_has_no_role_writes_no_report(cast):
    scene = activated(cast)
    row = owe(scene)["phone_above"]
    with pytest.raises(NotYours):
        send(scene, row, 20, by=scene.outsider)
    with pytest.raises(NotYours):
        services.keep_draft(
            report_id=row.pk, text={}, by=scene.outsider, seen_version=row.version, now=at(20)
        )


def test_two_at_one_report_the_second_is_told(cast):
    scene = activated(cast)
    row = owe(scene)["phone_above"]
    services.keep_draft(
        report_id=row.pk, text={"trend": "rising"}, by=scene.mayor, seen_version=row.version, now=at(15)
    )
    with pytest.raises(Changed):
        send(scene, row, 20)
    row.refresh_from_db()
    assert (row.state, row.text) == ("due", {"trend": "rising"})


def test_a_change_within_the_window_starts_a_clock(cast):
    scene = activated(cast)
    Report.objects.create(
        incident=scene.incident,
        duty="casualties",
        kind="follow_up",
        recipient="authority:county",
        until_at=at(43_200),
        opened_at=at(0),
        contents=["casualties"],
    )
    row = Report.objects.get()
    services.announce_change(report_id=row.pk, by=scene.mayor, seen_version=row.version, now=at(500))
    row.refresh_from_db()
    assert row.due_at == at(560)
    with pytest.raises(CannotReport) as refused:
        services.announce_change(report_id=row.pk, by=scene.mayor, seen_version=row.version, now=at(501))
    assert refused.value.code == "announced"


def test_a_window_in_which_nothing_changed_ends_by_itself(cast):
    scene = activated(cast)
    Report.objects.create(
        incident=scene.incident, duty="casualties", kind="follow_up", until_at=at(100), opened_at=at(0)
    )
    watch(at(101))
    row = Report.objects.get(duty="casualties")
    assert (row.state, row.why) == ("waived", "no_change")


def test_the_draft_knows_what_the_incident_knows_and_nothing_of_a_caller(cast):
    scene = activated(cast)
    Sent.objects.create(
        incident=scene.incident, kind="vehicle", what="冲锋舟", count=2, at=at(25), by=cast.mayor
    )
    row = owe(scene)["written_above"]
    incident = scene.again()
    with translation.override("zh-hans"):
        draft = drafting.draft(incident, row, drafting.gathered(incident, None))
    assert "东村" in draft["place"]
    assert draft["casualties"] == "12 人待转移"
    assert "冲锋舟" in draft["measures"]
    assert "2" in draft["measures"]
    assert "王某家门口" not in str(draft), "words of the call are not taken over"
    assert set(draft) <= set(row.contents)
    assert "cause" not in draft, "nobody guesses a cause"


def test_the_draft_of_a_follow_up_begins_where_the_last_report_ended(cast):
    scene = activated(cast)
    rows = owe(scene)
    send(scene, rows["written_above"], 50, way="paper")
    for minutes, what in ((30, "pump"), (70, "boat")):
        Sent.objects.create(incident=scene.incident, kind="vehicle", what=what, at=at(minutes), by=cast.mayor)
    row = rows["follow_up"]
    incident = scene.again()
    draft = drafting.draft(incident, row, drafting.gathered(incident, drafting.since_last(row)))
    assert "boat" in draft["measures"]
    assert "pump" not in draft["measures"]


def test_a_drill_is_marked_in_every_message(cast):
    Authority.objects.filter(pk=cast.county.pk).update(is_outside=True, letter_email="duty@county.example")
    scene = activated(cast, is_drill=True, pace=10)
    rows = owe(scene)
    assert rows["phone_above"].due_at == at(3), "a table-top minute is shorter"
    send(scene, rows["written_above"], 2, way="channel")
    (message,) = Delivery.objects.filter(purpose="report")
    assert message.facts["subject"].startswith("演练")
    assert "演练" in message.facts["text"].splitlines()[0]
    watch(at(2.5))
    assert Alert.objects.get(code="report_due").is_drill


def test_the_watch_reads_by_its_partial_index(cast):
    scene = activated(cast)
    owe(scene)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        assert "report_due" in waiting(at(0)).explain()


def test_planned_duties_are_those_of_the_shipped_plan(cast):
    scene = activated(cast)
    incident = scene.again()
    duties = steps.duties_of(incident, plan_file_of(incident))
    assert [duty.code for duty in duties] == ["phone_above", "written_above", "follow_up", "final"]
    assert {duty.recipient for duty in duties} == {"authority:county"}
