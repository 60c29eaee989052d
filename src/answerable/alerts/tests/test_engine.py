"""The engine on a real database: who is asked, by which way, what is written, and what it costs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from answerable.alerts import engine, targets, tokens
from answerable.alerts import steps as writes
from answerable.alerts.models import Alert, Asked, Delivery
from answerable.alerts.refusals import CannotAnswer
from answerable.alerts.services import acknowledge, answer, decline, note, raise_alert, resolve
from answerable.alerts.tests.climbers import after, alarm, asked, reached_by, steps
from answerable.core.ids import uuid7
from answerable.orgs.models import Appointment, Hold
from answerable.record.actors import Actor
from answerable.record.queries import acts_of
from tests.cast import LONG_AGO, MONDAY

pytestmark = pytest.mark.django_db(transaction=True)


def kinds(alert: Alert) -> list[str]:
    return [act.kind.removeprefix("alert.") for act in acts_of(alert.pk)]


def queued(alert: Alert) -> list[tuple[str, str]]:
    rows = Delivery.objects.filter(asked__alert=alert).order_by("next_try_at", "kind")
    return list(rows.values_list("kind", "state"))


@pytest.fixture
def post(cast):
    return lambda staff: {"post": cast.post(staff).pk}


def test_an_alarm_asks_its_first_step_in_the_same_breath(cast, post):
    reached_by(cast.leader)
    alert = alarm(cast, steps(post(cast.leader), post(cast.mayor)))
    assert asked(alert) == [(0, 0, "roads-head")]
    (row,) = Delivery.objects.filter(asked__alert=alert)
    assert (row.kind, row.state, row.is_urgent, row.next_try_at) == ("sms", "queued", True, MONDAY)
    assert kinds(alert) == ["raised", "step_taken"]
    one = Asked.objects.get(alert=alert)
    assert bytes(one.digest) == tokens.digest_of(tokens.answer_token(one.pk))
    assert one.reply_code == tokens.reply_code(one.pk)


def test_the_same_alarm_is_raised_once(cast):
    for _ in range(3):
        raise_alert("danger", authority_id=cast.town.pk, key="same", now=MONDAY, by=Actor.system())
    assert Alert.objects.filter(key="same").count() == 1


def test_it_climbs_until_somebody_has_it(cast, post):
    reached_by(cast.leader, cast.mayor)
    alert = alarm(cast, steps(post(cast.leader), post(cast.mayor)))
    assert engine.turn(after(299)) == 0
    assert engine.turn(after(300)) == 1
    assert engine.turn(after(900)) == 1
    assert asked(alert) == [(0, 0, "roads-head"), (0, 1, "town-mayor"), (1, 0, "roads-head")]
    acknowledge(alert_id=alert.pk, by=cast.actor(cast.mayor), now=after(901))
    assert engine.turn(after(10**6)) == 0
    alert.refresh_from_db()
    assert (alert.state, alert.answered_by) == ("acknowledged", cast.mayor)


def test_holder_deputy_and_acting_are_asked_and_who_has_left_is_not(cast, post):
    Appointment.objects.create(
        post=cast.post(cast.leader), staff=cast.handler, hold=Hold.DEPUTY, from_at=LONG_AGO
    )
    cast.leader.is_active = False
    cast.leader.save()
    assert asked(alarm(cast, steps(post(cast.leader)))) == [(0, 0, "roads-handler")]


def test_targets_that_follow_the_matter(cast):
    ladder = steps({"follows": "owner"}, {"follows": "leader"}, {"follows": "above"}, {"unit": cast.water.pk})
    context = {
        "owner_post": cast.post(cast.handler).pk,
        "leader_post": cast.post(cast.leader).pk,
        "above_post": cast.post(cast.mayor).pk,
    }
    alert = alarm(cast, ladder, context=context)
    # Nobody can be reached, so that it went through all of them at once; and says so.
    names = ["roads-handler", "roads-head", "town-mayor", "water-head"]
    assert asked(alert) == [(0, n, name) for n, name in enumerate(names)]
    assert set(Asked.objects.values_list("is_unreachable", flat=True)) == {True}
    acts = [act.body for act in acts_of(alert.pk, kinds=("alert.step_taken",))]
    assert [(body["step"], body["unreachable"], body["moves_on"]) for body in acts] == [
        (n, 1, True) for n in range(4)
    ]


def test_who_is_told_gets_one_message_and_is_not_waited_for(cast, post):
    reached_by(cast.leader, cast.mayor)
    reached_by(cast.mayor, way="voice", after=60)
    alert = alarm(cast, steps([post(cast.leader), post(cast.mayor) | {"told": True}]))
    told = Delivery.objects.filter(asked__alert=alert, asked__staff=cast.mayor)
    assert [(row.kind, row.purpose) for row in told] == [("sms", "told")]
    acknowledge(alert_id=alert.pk, by=cast.actor(cast.leader), now=after(1))
    assert told.get().state == "queued", "who is to be told is told, whoever has it"


def test_the_accused_is_neither_asked_nor_told(cast, post):
    """Rule 5: through no post, deputy or duty, whether it was known when the alarm was raised or found out later."""
    reached_by(cast.leader, cast.mayor)
    Appointment.objects.create(
        post=cast.post(cast.mayor), staff=cast.leader, hold=Hold.DEPUTY, from_at=LONG_AGO
    )
    ladder = steps(post(cast.leader), [post(cast.mayor), post(cast.leader) | {"told": True}])
    alert = alarm(cast, ladder, context={"kept_out": [cast.leader.pk]})
    assert asked(alert) == [(0, 1, "town-mayor")]
    assert not Asked.objects.filter(staff=cast.leader).exists()


def test_a_room_above_keeps_people_from_its_matters(cast, post, monkeypatch):
    about, kept = uuid7(), set()
    monkeypatch.setattr(targets, "_KEEPERS", [lambda pairs, at: {pair for pair in pairs if pair[1] in kept}])
    reached_by(cast.leader, cast.mayor)
    ladder = steps([post(cast.leader), post(cast.mayor)])
    first = alarm(cast, ladder, about=about)
    assert len(asked(first)) == 2
    links = list(Asked.objects.values_list("digest", flat=True))
    kept.add(cast.leader.pk)
    with transaction.atomic():
        writes.keep_from(about, now=after(1))
    states = dict(Delivery.objects.filter(asked__alert=first).values_list("asked__staff__username", "state"))
    assert states == {"roads-head": "dropped", "town-mayor": "queued"}
    row = Asked.objects.get(alert=first, staff=cast.leader)
    assert (row.digest not in links, row.reply_code, row.way) == (True, "", "kept")
    with pytest.raises(CannotAnswer, match="not_asked"):
        acknowledge(alert_id=first.pk, by=cast.actor(cast.leader), now=after(2))
    engine.turn(after(600))
    assert asked(first)[-1] == (1, 0, "town-mayor")
    assert len(asked(first)) == 3


def test_somebody_had_it_and_is_kept_from_the_matter_now(cast, post, monkeypatch):
    about, kept = uuid7(), set()
    monkeypatch.setattr(targets, "_KEEPERS", [lambda pairs, at: {pair for pair in pairs if pair[1] in kept}])
    reached_by(cast.leader, cast.mayor)
    alert = alarm(cast, steps(post(cast.leader), post(cast.mayor)), about=about)
    acknowledge(alert_id=alert.pk, by=cast.actor(cast.leader), now=after(1))
    kept.add(cast.leader.pk)
    with transaction.atomic():
        writes.keep_from(about, now=after(2))
    alert.refresh_from_db()
    assert (alert.state, alert.answered_by) == ("open", None)
    assert asked(alert)[-1] == (0, 1, "town-mayor")


def test_acknowledging_drops_what_waits(cast, post):
    reached_by(cast.leader)
    reached_by(cast.leader, way="voice", after=120)
    alert = alarm(cast, steps(post(cast.leader), post(cast.mayor)))
    acknowledge(alert_id=alert.pk, by=cast.actor(cast.leader), now=after(5))
    assert {state for _kind, state in queued(alert)} == {"dropped"}
    assert kinds(alert) == ["raised", "step_taken", "acknowledged", "messages_dropped"]


def test_what_was_in_the_air_and_failed_is_not_tried_again_once_somebody_has_it(cast, post):
    reached_by(cast.leader)
    alert = alarm(cast, steps(post(cast.leader)))
    Delivery.objects.update(state="sending", tries=1)
    acknowledge(alert_id=alert.pk, by=cast.actor(cast.leader), now=after(5))
    Delivery.objects.update(state="queued", next_try_at=after(60))
    assert engine.drop_answered(after(6)) == 1
    assert engine.drop_answered(after(7)) == 0
    assert queued(alert) == [("sms", "dropped")]


def test_of_a_bundle_none_is_dropped(cast, post):
    """It goes out again as it was: the first try may have arrived, and it holds the messages of other alarms."""
    reached_by(cast.leader)
    one, other = (alarm(cast, steps(post(cast.leader)), key=key) for key in "ab")
    carrier, carried = (Delivery.objects.get(asked__alert=alert) for alert in (one, other))
    Delivery.objects.filter(pk=carried.pk).update(carried_by=carrier)
    acknowledge(alert_id=one.pk, by=cast.actor(cast.leader), now=after(5))
    assert (queued(one), queued(other)) == ([("sms", "queued")], [("sms", "queued")])
    acknowledge(alert_id=other.pk, by=cast.actor(cast.leader), now=after(6))
    assert queued(other) == [("sms", "queued")]


def test_the_same_answer_twice_changes_nothing_and_a_late_one_is_refused(cast, post):
    reached_by(cast.leader)
    alert = alarm(cast, steps([post(cast.leader), post(cast.mayor)]))
    (first, second) = Asked.objects.filter(alert=alert).order_by("staff__username")
    answer(asked_id=first.pk, has_it=True, now=after(5), way="link")
    before = kinds(alert)
    answer(asked_id=first.pk, has_it=True, now=after(6), way="link")
    with pytest.raises(CannotAnswer) as late:
        answer(asked_id=second.pk, has_it=True, now=after(7), way="sms")
    assert (late.value.code, late.value.facts["staff"]) == ("had", cast.leader.pk)
    resolve(alert_id=alert.pk, by=cast.actor(cast.leader), now=after(8))
    with pytest.raises(CannotAnswer) as over:
        answer(asked_id=second.pk, has_it=True, now=after(10**7), way="link")
    assert over.value.code == "over"
    assert kinds(alert) == [*before, "resolved"]


def test_passed_by_everyone_goes_to_the_next_at_once(cast, post):
    reached_by(cast.leader, cast.handler, cast.mayor)
    alert = alarm(cast, steps([post(cast.leader), post(cast.handler)], post(cast.mayor)))
    decline(alert_id=alert.pk, by=cast.actor(cast.leader), now=after(5))
    assert len(asked(alert)) == 2
    decline(alert_id=alert.pk, by=cast.actor(cast.handler), now=after(6))
    assert asked(alert)[-1] == (0, 1, "town-mayor")
    with pytest.raises(CannotAnswer, match="not_asked"):
        decline(alert_id=alert.pk, by=cast.actor(cast.clerk), now=after(7))


def test_who_has_it_may_pass_it_on(cast, post):
    reached_by(cast.leader, cast.mayor)
    alert = alarm(cast, steps(post(cast.leader), post(cast.mayor)))
    acknowledge(alert_id=alert.pk, by=cast.actor(cast.leader), now=after(5))
    decline(alert_id=alert.pk, by=cast.actor(cast.leader), now=after(60))
    alert.refresh_from_db()
    assert (alert.state, alert.answered_by_id) == ("open", None)
    assert asked(alert)[-1] == (0, 1, "town-mayor")


def test_all_of_a_group_must_have_it(cast, post):
    reached_by(cast.leader, cast.handler)
    alert = alarm(cast, steps([post(cast.leader), post(cast.handler)], mode="all"))
    acknowledge(alert_id=alert.pk, by=cast.actor(cast.leader), now=after(5))
    alert.refresh_from_db()
    assert alert.state == "open"
    assert sorted(state for _kind, state in queued(alert)) == ["dropped", "queued"]
    acknowledge(alert_id=alert.pk, by=cast.actor(cast.handler), now=after(6))
    alert.refresh_from_db()
    assert alert.state == "acknowledged"


def test_given_up_after_its_rounds_and_still_to_be_taken(cast, post):
    reached_by(cast.leader)
    alert = alarm(cast, steps(post(cast.leader), rounds=1))
    engine.turn(after(600))
    alert.refresh_from_db()
    assert (alert.state, alert.next_at) == ("unanswered", None)
    acknowledge(alert_id=alert.pk, by=cast.actor(cast.leader), now=after(900))
    alert.refresh_from_db()
    assert (alert.state, alert.ended_at) == ("acknowledged", None)


def test_a_note_is_kept_apart_and_its_digest_recorded(cast, post):
    alert = alarm(cast, steps(post(cast.leader)))
    note(alert_id=alert.pk, text="水泵已停。", by=cast.actor(cast.leader), now=after(5))
    assert [one.text for one in alert.notes.all()] == ["水泵已停。"]
    (act,) = acts_of(alert.pk, kinds=("alert.noted",))
    assert len(act.body["text"]) == 64
    with pytest.raises(CannotAnswer, match="said_nothing"):
        note(alert_id=alert.pk, text="  ", by=cast.actor(cast.leader), now=after(6))


def test_downtime_is_caught_up_once_without_a_storm(cast, post):
    reached_by(cast.leader, cast.mayor, cast.handler)
    alert = alarm(cast, steps(post(cast.leader), post(cast.mayor), post(cast.handler)))
    engine.turn(after(8 * 3600))
    assert asked(alert) == [(0, 0, "roads-head"), (0, 1, "town-mayor"), (0, 2, "roads-handler")]
    assert engine.turn(after(8 * 3600 + 1)) == 0


def test_a_clock_that_is_put_back_neither_repeats_nor_freezes(cast, post):
    reached_by(cast.leader, cast.mayor)
    reached_by(cast.leader, way="voice", after=120)
    alert = alarm(cast, steps(post(cast.leader), post(cast.mayor)))
    back = MONDAY - timedelta(days=1)
    engine.turn(back)
    assert len(asked(alert)) == 1
    assert kinds(alert)[-1] == "clock_put_back"
    voice = Delivery.objects.get(asked__alert=alert, kind="voice")
    assert voice.next_try_at <= back + timedelta(seconds=121)
    engine.turn(back + timedelta(seconds=301))
    assert asked(alert)[-1] == (0, 1, "town-mayor")


def test_one_that_cannot_be_climbed_holds_up_no_other(cast, post, caplog):
    reached_by(cast.leader, cast.mayor)
    broken = alarm(cast, steps(post(cast.leader), post(cast.mayor)), key="broken")
    fine = alarm(cast, steps(post(cast.leader), post(cast.mayor)), key="fine")
    Alert.objects.filter(pk=broken.pk).update(ladder={"steps": [{"after_s": "soon"}, {}]})
    engine.turn(after(300))
    assert asked(fine)[-1] == (0, 1, "town-mayor")
    assert "cannot be climbed" in caplog.text


def test_what_is_due_for_too_long_is_stalled(cast, post):
    reached_by(cast.leader)
    alarm(cast, steps(post(cast.leader)))
    assert not engine.is_stalled(after(29))
    assert engine.is_stalled(after(31))  # the message, which nobody sends here
    Delivery.objects.all().update(state="sent")
    assert not engine.is_stalled(after(31))
    assert engine.is_stalled(after(631))


def test_a_batch_costs_a_few_statements_and_one_append_each(cast, post):
    reached_by(cast.leader, cast.mayor)
    costs = []
    for count in (5, 25):
        for n in range(count):
            alarm(cast, steps(post(cast.leader), post(cast.mayor)), key=f"{count}:{n}")
        with CaptureQueriesContext(
            connection,
        ) as seen:
            engine.turn(after(300))
        costs.append(len(seen))
        Alert.objects.update(next_at=None)
    (few, many) = costs
    assert many - few <= 2 * 20, "more than the two statements of an act came with each alarm"
