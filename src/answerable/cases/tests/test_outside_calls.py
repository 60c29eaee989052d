"""A body outside is called, and answers with a receipt; where it does not, a letter takes the call's place."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from answerable.alerts import sender
from answerable.alerts.channels.call import signature
from answerable.alerts.models import Attempt, Delivery, Notice
from answerable.alerts.outcomes import MOST_TRIES
from answerable.alerts.steps import forget
from answerable.cases import reactions
from answerable.config.env import ENTRIES
from answerable.core import clock
from answerable.record.queries import acts_of
from tests.cast import accepted

pytestmark = pytest.mark.django_db
KEY = "k" * 32


class Program:
    """Another body's program: `answers` are (status, body), the last one for good; `calls` are what came in."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, bytes]] = [(200, b'{"receipt": "C-7"}')]
        self.calls: list[tuple[dict[str, str], bytes]] = []


@pytest.fixture
def other_body(settings):
    """A body outside whose program runs on this machine."""

    program = Program()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            program.calls.append((dict(self.headers), body))
            status, said = program.answers.pop(0) if len(program.answers) > 1 else program.answers[0]
            self.send_response(status)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.OUTSIDE_CALLS = {
        "commission": {"url": f"http://127.0.0.1:{server.server_address[1]}/in", "key": KEY}
    }
    yield program
    server.shutdown()
    server.server_close()


def written(cast):
    case = accepted(cast, clock.now() - timedelta(hours=2))
    act = acts_of(case.pk)[-1]
    reactions.write_to_outside(case, act, cast.outside, "late_above")
    return case, Delivery.objects.get(kind="call")


def try_until_given_up(start):
    later = start
    for _ in range(MOST_TRIES + 1):
        sender.send_due(lambda at=later: at)
        later += timedelta(hours=2)


def test_the_receipt_is_kept_and_the_request_is_signed(cast, other_body):
    case, delivery = written(cast)
    sender.send_due(clock.now)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.outcome) == ("sent", "C-7")
    assert acts_of(case.pk)[-1].body["receipt"] == "C-7"
    forget(case.pk)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.outcome, delivery.provider_id) == ("sent", "", ""), "rule 9"
    assert [row.detail for row in delivery.attempts.all()] == [""]
    headers, body = other_body.calls[0]
    at = int(headers["Answerable-Signature"].split(",")[0].removeprefix("t="))
    assert headers["Answerable-Signature"] == signature(KEY, at, body)
    assert headers["Idempotency-Key"] == str(delivery.pk) == json.loads(body)["id"]
    assert case.code in json.loads(body)["text"]
    assert "路灯" not in body.decode(), "never the person's words"


def test_an_unknown_outcome_is_marked_and_tried_again_with_the_same_key(cast, other_body):
    other_body.answers = [(502, b""), (200, b"{}"), (200, b'{"receipt": "C-8"}')]
    _case, delivery = written(cast)
    now = clock.now()
    for hours in range(3):
        sender.send_due(lambda at=now + timedelta(hours=2 * hours): at)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.outcome, delivery.may_be_duplicate) == ("sent", "C-8", True)
    tried = list(
        Attempt.objects.filter(delivery=delivery).order_by("number").values_list("outcome", flat=True)
    )
    assert tried == ["unknown", "unknown", "sent"]
    assert len({headers["Idempotency-Key"] for headers, _body in other_body.calls}) == 1


@pytest.mark.parametrize(
    ("answer", "state", "tries"), [((503, b""), "unknown", MOST_TRIES), ((401, b""), "failed", 1)]
)
def test_what_is_given_up_becomes_a_letter_and_the_clerks_are_told(cast, other_body, answer, state, tries):
    other_body.answers = [answer]
    case, delivery = written(cast)
    try_until_given_up(clock.now())
    delivery.refresh_from_db()
    assert (delivery.state, delivery.tries) == (state, tries)
    act = acts_of(case.pk)[-1]
    assert act.kind == "message.undelivered"
    for _twice in range(2):
        reactions.write_where_the_message_failed(case.pk, act, clock.now())
    letter = Delivery.objects.get(kind="letter")
    assert letter.facts["code"] == case.code
    assert Notice.objects.filter(code="letter_to_print", matter=case.pk).exists()


def test_an_email_that_is_given_up_becomes_a_letter_too(cast, settings):
    """The clerks were told to send one by letter, and there was none to print."""
    settings.EMAIL_HOST = ""
    cast.outside.letter_email = "office@example.org"
    case = accepted(cast, clock.now() - timedelta(hours=2))
    reactions.write_to_outside(case, acts_of(case.pk)[-1], cast.outside, "late_above")
    try_until_given_up(clock.now())
    reactions.write_where_the_message_failed(case.pk, acts_of(case.pk)[-1], clock.now())
    letter = Delivery.objects.get(kind="letter")
    assert (letter.facts["to"], letter.facts["body"]) == ("", cast.outside.pk)


def test_without_a_call_it_stays_a_letter(cast):
    case = accepted(cast, clock.now() - timedelta(hours=2))
    reactions.write_to_outside(case, acts_of(case.pk)[-1], cast.outside, "late_above")
    assert Delivery.objects.get().kind == "letter"
    forget(case.pk)
    assert Delivery.objects.get().state == "dropped", "nothing is sent of a matter that is erased"


@pytest.mark.parametrize(
    "wrong",
    [
        "[]",
        "{",
        '{"a": {"url": "https://a.example.org/", "key": "short"}}',
        '{"a": {"url": "http://a.example.org/", "key": "' + KEY + '"}}',
    ],
)
def test_a_setting_that_is_not_safe_stops_the_start(wrong):
    with pytest.raises(ValueError, match="."):
        ENTRIES["OUTSIDE_CALLS"].read(wrong)
