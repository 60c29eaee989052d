"""Intake: always registered, once, in few statements; whatever the words look like."""

from __future__ import annotations

import json
import threading

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from answerable.cases.models import Accused, Case, CaseText, Submission
from answerable.cases.rules import CannotAct
from answerable.cases.services import intake
from answerable.cases.services.intake import Registered, register_case
from answerable.core import codes
from answerable.core.text import clean
from answerable.orgs.models import Post, Responsibility
from answerable.orgs.queries import Uncovered
from answerable.parties.keyfile import KeyRing
from answerable.parties.models import Channel, DataKey, Party
from answerable.parties.steps import ChannelWish, Identity
from answerable.record.actors import Actor
from answerable.record.models import Opening
from tests.cast import MONDAY, Cast, make_cast, registered, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db, settings, tmp_path) -> Cast:
    settings.ANSWERABLE_KEY_FILE = tmp_path / "key"
    KeyRing.create(tmp_path / "key")
    return make_cast()


WITH_NAME = {
    "identities": (Identity("王小明"),),
    "channel": ChannelWish("email", "a@example.org"),
    "privacy": "confidential",
}


@pytest.mark.parametrize(
    ("more", "most"),
    [
        # is the organisation still the same; act; case with words and clocks
        ({}, 3),
        # the same, with the mark that finds a resend
        ({"submission": b"one"}, 3),
        # the same, with data keys, party and channel
        ({"submission": b"two", **WITH_NAME}, 3),
    ],
    ids=["bare", "portal", "sealed"],
)
def test_an_intake_takes_few_statements(cast, more, most):
    registered(cast)
    with CaptureQueriesContext(connection) as queries:
        registered(cast, **more)
    said = [q["sql"] for q in queries if "SAVEPOINT" not in q["sql"]]
    assert len(said) <= most, "\n".join(sql[:120] for sql in said)


def test_rule_01_anonymous_writes_no_party_row_and_no_key(cast):
    registered(cast)
    assert not Party.objects.exists()
    assert not Channel.objects.exists()
    assert not DataKey.objects.exists()


def test_rule_03_a_hole_in_the_map_turns_nobody_away(cast):
    Responsibility.objects.all().delete()
    case = registered(cast).case
    assert case.unit == cast.town_root
    assert case.leader_post == cast.post(cast.mayor)


def test_an_authority_without_any_head_is_named(cast):
    Responsibility.objects.all().delete()
    Post.objects.filter(unit=cast.town_root).update(is_head=False, role="clerk")
    with pytest.raises(Uncovered):
        registered(cast)
    assert not Case.objects.exists()


def test_a_code_that_is_taken_is_drawn_anew(cast, monkeypatch):
    taken = registered(cast).code
    fresh = codes.new_code()
    drawn = iter([taken, taken, fresh])
    monkeypatch.setattr(intake.codes, "new_code", lambda: next(drawn))
    again = registered(cast, submission=b"token")
    assert again.code == fresh
    assert not again.is_repeat
    assert Submission.objects.get().case == again.case


@pytest.mark.parametrize(
    "words",
    [
        "路灯\x00坏了",
        "\u202etxet\u202c desrever",
        "broken \ud83d half of a sign",
        "<script>alert(1)</script> & <b>bold</b>",
        "=cmd|' /C calc'!A0",
        "字" * 100_000,
        "\ufeff\u200b",
        "\U0010ffff" * 10,
        "a\u0301" * 300,
    ],
    ids=["nul", "bidi", "surrogate", "html", "formula", "100k", "hidden", "noncharacter", "combining"],
)
def test_hostile_words_are_kept_as_cleaned_and_found_again(cast, words):
    kept = clean(words).text
    done = registered(cast, claim=kept, wants=kept[:50], accused_text=kept[:50], is_conduct=True)
    text = CaseText.objects.get(case=done.case)
    assert text.claim == kept
    opening = json.loads(bytes(Opening.objects.get(act__matter_id=done.case.pk).body))
    assert not kept or kept not in json.dumps(opening, ensure_ascii=False)


def test_rule_05_an_accusation_is_never_shareable_and_its_units_are_kept(cast):
    case = registered(cast, is_conduct=True, is_shareable=True, accused_units=(cast.roads.pk,)).case
    assert not case.is_shareable
    assert [row.unit_id for row in Accused.objects.filter(case=case)] == [cast.roads.pk]


def test_the_same_token_with_other_words_names_the_first_receipt(cast):
    first = registered(cast, submission=b"one")
    with pytest.raises(CannotAct) as refusal:
        registered(cast, submission=b"one", claim="另一件事。")
    assert refusal.value.facts["receipt"] == first.code
    assert Case.objects.count() == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_register_one_case(cast):
    found: list[Registered] = []
    gate = threading.Barrier(4)

    def press() -> None:
        try:
            gate.wait(10)
            found.append(register_case(told(cast, submission=b"same"), by=Actor.person(), now=MONDAY))
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert Case.objects.count() == 1
    assert len({(one.code, one.secret) for one in found}) == 1
    assert sorted(one.is_repeat for one in found) == [False, True, True, True]
