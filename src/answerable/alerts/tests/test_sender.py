"""What goes out, in which order, by which way next, and what stands in the ledger: through a gateway on this machine."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from answerable.alerts import outcomes, sender, settling
from answerable.alerts.models import Attempt, Delivery
from answerable.alerts.outcomes import Outcome
from answerable.alerts.settling import Result
from answerable.alerts.tests.messages import after, asked, contact, ledger, running, state, waiting
from answerable.alerts.tokens import answer_token, reply_code
from tests.cast import MONDAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def gateway(settings):
    with running() as server:
        settings.SMS_URL, settings.SMS_TOKEN, settings.SMS_BODY = server.url, "t", ""
        yield server


@pytest.fixture
def post_box(settings):
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = "django.core.mail.backends.locmem.EmailBackend", "mail"


def send(seconds: float = 0) -> int:
    return sender.send_due(lambda: after(seconds))


def test_an_alarm_says_how_it_is_answered(cast, gateway):
    gateway.answer = b'{"id": "gw-1"}'
    row = asked(cast.town, cast.leader)
    one = waiting(row, contact(cast.leader, "sms"))
    assert send() == 1
    (text,) = gateway.took
    assert f"/a/{answer_token(row.pk)}" in text["text"]
    assert reply_code(row.pk) in text["text"]
    assert state(one) == "sent"
    assert one.provider_id == "gw-1"
    assert ledger(one) == [("sent", "gw-1")]
    assert gateway.keys == [str(one.pk)]


def test_whoever_is_only_told_gets_no_link_to_answer(cast, gateway):
    row = asked(cast.town, cast.leader)
    waiting(row, contact(cast.leader, "sms"), purpose="told")
    send()
    assert answer_token(row.pk) not in str(gateway.took)
    assert reply_code(row.pk) not in str(gateway.took)


def test_what_is_urgent_goes_first_and_the_future_waits(cast, gateway, monkeypatch):
    monkeypatch.setattr("answerable.alerts.lanes.WIDTH", 1)
    calm = waiting(asked(cast.town, cast.clerk), contact(cast.clerk, "sms"), at=after(-60), is_urgent=False)
    urgent = waiting(asked(cast.town, cast.leader), contact(cast.leader, "sms"), at=after(-1))
    later = waiting(asked(cast.town, cast.mayor), contact(cast.mayor, "sms"), at=after(1))
    assert send() == 2
    assert gateway.keys == [str(urgent.pk), str(calm.pk)]
    assert state(later) == "queued"
    assert send(1) == 1


def test_a_landline_is_never_called_by_a_machine(cast, gateway):
    one = waiting(asked(cast.town, cast.leader), contact(cast.leader, "landline"))
    assert send(3600) == 0
    assert state(one) == "queued"


def test_connections_are_kept(cast, gateway):
    people = [cast.leader, cast.clerk, cast.mayor]
    for person in people:
        waiting(asked(cast.town, person), contact(person, "sms"))
    one = sender.Sender()
    one.send_due(lambda: MONDAY)
    for seconds in (1, 2, 3):
        waiting(asked(cast.town, cast.leader), contact(cast.leader, "sms", f"1390000000{seconds}"))
        one.send_due(lambda: MONDAY)
    assert len(gateway.took) == 6
    assert gateway.connections <= len(people)


@pytest.mark.parametrize(
    ("status", "answer", "outcome", "then"),
    [
        (200, b'{"error": "no credit"}', "failed", "queued"),
        (200, b'{"ok": false}', "failed", "queued"),
        (302, b"", "failed", "queued"),
        (422, b"", "failed", "failed"),
        (429, b"", "failed", "queued"),
        (503, b"", "failed", "queued"),
        (502, b"", "unknown", "queued"),
        (200, b"[", "sent", "sent"),
        (200, b'{"id": {"deep": 1}}', "sent", "sent"),
        (200, b'{"id": "nul \\u0000 inside"}', "sent", "sent"),
        (200, b"x" * 2_000_000, "sent", "sent"),
    ],
)
def test_what_a_bad_gateway_says(cast, gateway, status, answer, outcome, then):
    gateway.status, gateway.answer = status, answer
    one = waiting(asked(cast.town, cast.leader), contact(cast.leader, "sms"))
    assert send() == 1
    assert state(one) == then
    assert [kind for kind, _detail in ledger(one)] == [outcome]
    assert one.may_be_duplicate == (outcome == "unknown")


def test_a_gateway_that_is_not_there_is_tried_again_with_the_same_key(cast, gateway, settings):
    one = waiting(asked(cast.town, cast.leader), contact(cast.leader, "sms"))
    settings.SMS_URL = "http://127.0.0.1:9/"
    assert send() == 1
    assert state(one) == "queued"
    assert one.next_try_at == after(15), "an urgent one is not left for a minute"
    assert send(14) == 0
    gateway.status = 503
    settings.SMS_URL = gateway.url
    send(15)
    gateway.status = 200
    send(15 + 30)
    assert state(one) == "sent"
    assert gateway.keys == [str(one.pk)] * 2
    assert [kind for kind, _detail in ledger(one)] == ["failed", "failed", "sent"]
    assert "before" not in gateway.took[-1]["text"], "failed for sure is no duplicate"


def test_a_gateway_that_hangs_is_of_unknown_outcome_and_holds_back_nobody_else(
    cast, gateway, post_box, mailoutbox, monkeypatch
):
    monkeypatch.setattr(outcomes, "PATIENCE_S", 2.0)
    gateway.hangs.set()
    people = [cast.leader, cast.clerk, cast.mayor]
    texts = [waiting(asked(cast.town, person), contact(person, "sms")) for person in people]
    mail = []
    began = time.monotonic()
    one = sender.Sender()

    def clock():
        # Falls due while the text messages hang.
        if gateway.is_taken.is_set() and not mail:
            row = asked(cast.town, cast.leader)
            mail.append(waiting(row, contact(cast.leader, "email", "a@example.org")))
        return MONDAY

    one.send_due(clock)
    assert time.monotonic() - began < 15, "the gateway hangs for twenty seconds"
    assert state(mail[0]) == "sent"
    assert [state(text) for text in texts] == ["queued"] * 3
    assert all(text.may_be_duplicate for text in texts)
    assert ledger(texts[0]) == [("unknown", "no answer in time")]
    (began_at, ended_at) = Attempt.objects.values_list("began_at", "ended_at").get(delivery=mail[0])
    assert (began_at, ended_at) == (MONDAY, MONDAY)
    gateway.hangs.clear()
    gateway.let_go.set()
    assert send(20) == 3
    assert [state(text) for text in texts] == ["sent"] * 3
    assert "sent before" in gateway.took[-1]["text"]


def test_a_lane_that_is_full_of_hanging_calls_leaves_the_others_their_threads(
    cast, gateway, post_box, mailoutbox, monkeypatch
):
    monkeypatch.setattr(outcomes, "PATIENCE_S", 60.0)
    gateway.hangs.set()
    for number in range(40):
        waiting(asked(cast.town, cast.leader), contact(cast.leader, "sms", f"138{number:08d}"))
    mails = [
        waiting(asked(cast.town, cast.leader), contact(cast.leader, "email", f"a{number}@example.org"))
        for number in range(5)
    ]
    hung = []

    def mails_are_out() -> bool:
        if len(mailoutbox) < len(mails):
            return False
        hung.append(Attempt.objects.filter(delivery__kind="sms", ended_at=None).count())
        gateway.let_go.set()
        return True

    sender.Sender().send_due(lambda: MONDAY, until=mails_are_out)
    assert hung[0] == 32, "every text message still hung when the mails were out"
    assert {state(mail) for mail in mails} == {"sent"}
    assert Delivery.objects.filter(kind="sms", tries=0).count() == 8, "only what was in the air was marked"


def test_the_next_way_comes_forward_when_the_first_try_fails(cast, gateway, post_box, mailoutbox):
    gateway.status = 503
    row = asked(cast.town, cast.leader)
    text = waiting(row, contact(cast.leader, "sms"))
    mail = waiting(row, contact(cast.leader, "email", "a@example.org"), at=after(120))
    last = waiting(row, contact(cast.leader, "landline"), at=after(300))
    other = waiting(asked(cast.town, cast.mayor), contact(cast.mayor, "email", "b@example.org"), at=after(60))
    assert send() == 2
    assert (state(text), state(mail), state(other)) == ("queued", "sent", "queued")
    last.refresh_from_db()
    assert last.next_try_at == after(300), "the way that worked is waited for"


def test_the_next_way_comes_forward_when_one_fails_for_good(cast, gateway, settings):
    row = asked(cast.town, cast.leader)
    text = waiting(row, contact(cast.leader, "sms"), tries=3)
    last = waiting(row, contact(cast.leader, "landline"), at=after(300))
    gateway.status = 503
    send()
    last.refresh_from_db()
    assert (state(text), last.next_try_at) == ("queued", after(300))
    gateway.status = 404
    send(300 - 1)
    last.refresh_from_db()
    assert (state(text), last.next_try_at) == ("failed", after(299))


def test_a_contact_is_known_to_fail_and_to_work_again(cast, gateway):
    to = contact(cast.leader, "sms")
    gateway.status = 404
    waiting(asked(cast.town, cast.leader), to)
    send()
    to.refresh_from_db()
    assert to.failing_since == MONDAY
    waiting(asked(cast.town, cast.leader), to, at=after(5))
    send(5)
    to.refresh_from_db()
    assert to.failing_since == MONDAY, "since when, not when last"
    gateway.status = 200
    waiting(asked(cast.town, cast.leader), to, at=after(9))
    send(9)
    to.refresh_from_db()
    assert to.failing_since is None


def test_a_gateway_that_is_down_says_nothing_of_the_contact(cast, gateway):
    to = contact(cast.leader, "sms")
    gateway.status = 503
    waiting(asked(cast.town, cast.leader), to)
    send()
    to.refresh_from_db()
    assert to.failing_since is None


def test_a_way_that_was_taken_away_is_not_used(cast, gateway):
    one = waiting(asked(cast.town, cast.leader), contact(cast.leader, "sms", removed_at=MONDAY))
    send()
    assert (state(one), gateway.took) == ("failed", [])


# ---------------------------------------------------------------- who is dead, and who merely slow


def test_one_that_is_slow_is_never_taken_over(cast, gateway, monkeypatch):
    """It hangs for a minute by the database's clock; its worker lives and says so."""
    monkeypatch.setattr(outcomes, "RENEW_EVERY_S", 0.0)
    monkeypatch.setattr(outcomes, "PATIENCE_S", 30.0)
    gateway.hangs.set()
    one = waiting(asked(cast.town, cast.leader), contact(cast.leader, "sms"))
    at = [MONDAY]
    stolen = []

    def clock():
        if gateway.is_taken.is_set() and not gateway.let_go.is_set():
            stolen.append(sender.recover_stalled(at[0]))
            at[0] += timedelta(seconds=6)
            if at[0] > after(60):
                gateway.let_go.set()
        return at[0]

    sender.send_due(clock)
    assert len(stolen) > 8
    assert set(stolen) == {0}
    assert (state(one), one.may_be_duplicate, len(gateway.took)) == ("sent", False, 1)


def test_one_whose_worker_died_is_found_within_30_seconds(cast, gateway):
    """The worker looks every five seconds (ops.worker), so STALLED_AFTER is what may pass before."""
    from answerable.ops.worker import LOOPS

    every = next(loop.every_s for loop in LOOPS if loop.name == "recover")
    assert outcomes.STALLED_AFTER.total_seconds() + 2 * every < 30
    assert outcomes.STALLED_AFTER.total_seconds() > outcomes.RENEW_EVERY_S * 3
    row = asked(cast.town, cast.leader)
    one = waiting(row, contact(cast.leader, "sms"))
    mail = waiting(row, contact(cast.leader, "landline"), at=after(300))
    sender.take({"sms": 9}, MONDAY)
    assert state(one) == "sending"
    assert sender.recover_stalled(after(15)) == 0
    assert sender.recover_stalled(after(16)) == 1
    assert (state(one), one.may_be_duplicate, one.next_try_at) == ("queued", True, after(16))
    mail.refresh_from_db()
    assert mail.next_try_at == after(16), "meanwhile the next way is tried"
    assert ledger(one) == [("unknown", "the worker stopped while sending")]
    send(16)
    assert state(one) == "sent"
    assert "sent before" in gateway.took[0]["text"]


def test_a_clock_that_was_put_back_leaves_nothing_in_the_air_for_ever(cast, gateway):
    one = waiting(asked(cast.town, cast.leader), contact(cast.leader, "sms"))
    sender.take({"sms": 9}, MONDAY)
    assert sender.recover_stalled(after(-3600)) == 1
    assert state(one) == "queued"


def test_an_outcome_that_comes_after_somebody_took_over_changes_nothing(cast, gateway):
    one = waiting(asked(cast.town, cast.leader), contact(cast.leader, "sms"))
    sender.take({"sms": 9}, MONDAY)
    sender.recover_stalled(after(60))
    settling.renew([(one.pk, 1)], after(61))
    settling.settle([Result(one.pk, 1, Outcome("sent", "late"))], after(61))
    assert state(one) == "queued"
    sender.take({"sms": 9}, after(62))
    settling.renew([(one.pk, 1)], after(99))
    settling.settle([Result(one.pk, 1, Outcome("failed", "later still", for_good=True))], after(99))
    assert (state(one), one.tries, one.claimed_at) == ("sending", 2, after(62))
    settling.settle([Result(one.pk, 2, Outcome("sent", "mine"))], after(100))
    assert state(one) == "sent"
    assert [kind for kind, _detail in ledger(one)] == ["unknown", "sent"]


def test_one_that_kills_every_worker_is_given_up_in_the_end(cast, gateway):
    one = waiting(asked(cast.town, cast.leader), contact(cast.leader, "sms"))
    for minute in range(outcomes.MOST_TRIES):
        assert len(sender.take({"sms": 9}, after(60 * minute))) == 1
        assert sender.recover_stalled(after(60 * minute + 30)) == 1
    assert (state(one), one.may_be_duplicate) == ("unknown", True)
    assert send(86_400) == 0


def test_nothing_new_is_begun_once_the_worker_is_to_end(cast, gateway):
    one = waiting(asked(cast.town, cast.leader), contact(cast.leader, "sms"))
    assert sender.Sender().send_due(lambda: MONDAY, until=lambda: True) == 0
    assert state(one) == "queued"


def test_one_outcome_that_cannot_be_written_does_not_hold_back_the_others(cast, gateway):
    rows = [waiting(asked(cast.town, staff), contact(staff, "sms")) for staff in (cast.leader, cast.clerk)]
    sender.take({"sms": 9}, MONDAY)
    broken = Outcome("nonsense that is longer than its column")
    settling.settle([Result(rows[0].pk, 1, broken), Result(rows[1].pk, 1, Outcome("sent"))], MONDAY)
    assert [state(row) for row in rows] == ["sending", "sent"]
