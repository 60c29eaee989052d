"""Acts: chained, stamped forwards only, in one transaction with what they record, never changed."""

from __future__ import annotations

import hashlib
import json
import threading
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from answerable.record import reactions
from answerable.record.actors import Actor
from answerable.record.append import Draft, append, append_all
from answerable.record.merkle import entry, leaf_hash
from answerable.record.models import Act, Matter, Opening, Outbox, Pending

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
SYSTEM = Actor.system()


@pytest.mark.django_db
def test_each_act_commits_to_its_bytes_and_to_the_one_before():
    matter = uuid4()
    append("t.one", matter=matter, by=SYSTEM, at=NOW, new_matter=True, body={"x": "路灯"})
    append_all([Draft("t.two"), Draft("t.three", why="because")], matter=matter, by=SYSTEM, at=NOW)
    acts = list(Act.objects.filter(matter_id=matter).order_by("seq"))
    assert [act.seq for act in acts] == [1, 2, 3]
    previous = b""
    for act in acts:
        opening = Opening.objects.get(act=act)
        commitment = (
            b"\x01"
            + hashlib.sha256(b"answerable/act/v1\x00" + bytes(opening.salt) + bytes(opening.body)).digest()
        )
        assert entry(bytes(opening.salt), bytes(opening.body)) == commitment
        assert len(commitment) == 33
        assert bytes(act.leaf) == hashlib.sha256(b"\x00" + commitment).digest() == leaf_hash(commitment)
        assert json.loads(bytes(opening.body))["prev"] == previous.hex()
        previous = bytes(act.leaf)
    assert bytes(Matter.objects.get(pk=matter).leaf) == previous
    assert Outbox.objects.count() == Pending.objects.count() == 3


@pytest.mark.django_db
def test_a_stamp_never_precedes_the_last_one():
    matter = uuid4()
    append("t.one", matter=matter, by=SYSTEM, at=NOW, new_matter=True)
    earlier = append("t.two", matter=matter, by=SYSTEM, at=NOW - timedelta(hours=5))
    assert earlier.at == NOW


@pytest.mark.django_db(transaction=True)
def test_no_act_outside_a_transaction():
    with pytest.raises(RuntimeError):
        append("t.one", matter=uuid4(), by=SYSTEM, at=NOW)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE record_act SET kind = 'forged'",
        "DELETE FROM record_act",
        "UPDATE record_opening SET body = 'x'",
        "DELETE FROM record_opening",
        "TRUNCATE record_act CASCADE",
        "TRUNCATE record_opening",
    ],
)
def test_the_database_refuses_to_rewrite_the_record(statement):
    append("t.one", matter=uuid4(), by=SYSTEM, at=NOW, new_matter=True)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE record_act ENABLE TRIGGER act_no_truncate")
        cursor.execute("ALTER TABLE record_opening ENABLE TRIGGER opening_no_truncate")
    with pytest.raises(DatabaseError, match="never changed|erasure alone"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(statement)
    assert Act.objects.filter(kind="t.one").count() == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_race_writers_to_one_matter_make_one_chain():
    matter = uuid4()
    with transaction.atomic():
        append("t.start", matter=matter, by=SYSTEM, at=NOW, new_matter=True)

    def write() -> None:
        for _ in range(10):
            with transaction.atomic():
                append("t.next", matter=matter, by=SYSTEM, at=NOW)
        connection.close()

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    acts = list(Act.objects.filter(matter_id=matter).order_by("seq").select_related("opening"))
    assert [act.seq for act in acts] == list(range(1, 42))
    for before, after in zip(acts, acts[1:], strict=False):
        assert json.loads(bytes(after.opening.body))["prev"] == bytes(before.leaf).hex()


@pytest.mark.django_db
def test_a_failing_reaction_waits_and_the_others_go_on(monkeypatch):
    seen: list[str] = []

    def broken(matter, act, now):
        if seen.count("broken") < 4:  # a turn tries it with the others, then by itself
            seen.append("broken")
            raise ValueError

    monkeypatch.setitem(reactions._REACTIONS, "t.bad", [broken])
    monkeypatch.setitem(reactions._REACTIONS, "t.good", [lambda *_: seen.append("good")])
    append("t.bad", matter=uuid4(), by=SYSTEM, at=NOW, new_matter=True)
    append("t.good", matter=uuid4(), by=SYSTEM, at=NOW, new_matter=True)
    assert reactions.dispatch(NOW) == 1
    assert Outbox.objects.get().tries == 1
    assert reactions.dispatch(NOW) == 0
    assert reactions.dispatch(NOW + timedelta(seconds=3)) == 0
    assert reactions.dispatch(NOW + timedelta(seconds=10)) == 1
    assert not Outbox.objects.exists()


@pytest.mark.django_db
def test_an_act_waits_for_the_log_whatever_its_reactions_do(monkeypatch):
    """A reaction that fails for ever keeps nothing out of the log."""

    def broken(matter, act, now):
        raise ValueError

    monkeypatch.setitem(reactions._REACTIONS, "t.bad", [broken])
    done = append("t.bad", matter=uuid4(), by=SYSTEM, at=NOW, new_matter=True)
    assert reactions.dispatch(NOW) == 0
    assert leaf_hash(bytes(Pending.objects.get(act_id=done.id).entry)) == done.leaf


@pytest.mark.django_db
def test_acts_without_reactions_are_settled_in_two_statements(django_assert_num_queries):
    matter = uuid4()
    append_all([Draft("t.nobody-listens")] * 50, matter=matter, by=SYSTEM, at=NOW, new_matter=True)
    with django_assert_num_queries(4):  # with the savepoint around the second
        assert reactions.dispatch(NOW) == 50
    assert not Outbox.objects.exists()
