"""In the background one case that fails holds up no other; its person gets a page with a sentence."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from django.db import connection

from answerable.cases import apart, packs, upkeep
from answerable.cases.models import Case, Deadline
from answerable.cases.services import deciding
from answerable.ops import loops, worker
from tests.cast import LONG_AGO, MONDAY, PARTS, accepted
from tests.rights.conftest import bring, now  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)


@pytest.fixture
def own_pack(cast, tmp_path):
    """The town runs under a pack of its own; called, it breaks."""
    text = (packs.FOLDER / "generic.toml").read_text(encoding="utf-8")
    file = tmp_path / "ours.toml"
    file.write_text(text.replace('code = "generic"', 'code = "ours"', 1), encoding="utf-8")
    packs.use_folder(tmp_path)
    cast.town.pack = "ours"
    cast.town.save()

    def breaks():
        file.write_text("code =", encoding="utf-8")
        packs.use_folder(tmp_path)
        cast.town.pack = "generic"
        cast.town.save()

    yield breaks
    packs.use_folder(None)


@pytest.fixture
def two(cast, own_pack):
    """A case whose pack is broken, and a later one that is well."""
    broken = accepted(cast, LONG_AGO)
    own_pack()
    return broken, accepted(cast, LONG_AGO + DAY)


def test_every_other_case_is_lifted_and_the_log_names_the_one(two, caplog):
    broken, well = two
    rows = set(Deadline.objects.filter(case=broken, is_office=True).values_list("pk", flat=True))
    with caplog.at_level(logging.ERROR), pytest.raises(apart.SomeFailed):
        loops._lift()
    well.refresh_from_db()
    broken.refresh_from_db()
    assert well.is_lifted
    assert not broken.is_lifted
    named = {record.row for record in caplog.records if getattr(record, "work", "") == "lift"}
    assert named
    assert named <= {str(pk) for pk in rows}


def test_every_other_reminder_is_given(two):
    broken, well = two
    Deadline.objects.filter(met_seq=None).update(remind_at=MONDAY)
    with connection.cursor() as cursor:  # an instant that cannot be read again
        cursor.execute("UPDATE cases_deadline SET started_at = '-infinity' WHERE case_id = %s", [broken.pk])
    with pytest.raises(apart.SomeFailed):
        loops._remind()
    assert not Deadline.objects.filter(case=well, remind_at=MONDAY).exists()


def test_failing_rows_that_fill_a_batch_are_gone_past():
    done = []

    def work(row: int) -> int:
        if row < 20:
            raise RuntimeError("broken")
        done.append(row)
        return 1

    with pytest.raises(apart.SomeFailed):
        apart.each(
            "test", lambda failed: [row for row in range(23) if row not in failed | set(done)][:5], work
        )
    assert done == [20, 21, 22]


def test_every_other_case_whose_window_is_over_is_closed(two, cast):
    by = cast.actor(cast.leader)
    well = two[1]
    deciding.send_decision(
        case_id=well.pk, outcome="supported", parts=PARTS, by=by, seen_version=well.version, now=MONDAY
    )
    # Both stand decided, with a window that is over; the pack of the one is broken.
    Case.objects.filter(pk=two[0].pk).update(state="decided")
    Deadline.objects.update(is_office=False, met_seq=None, late_from=MONDAY + DAY)
    with pytest.raises(apart.SomeFailed):
        upkeep.tidy(MONDAY + 2 * DAY)
    well.refresh_from_db()
    assert well.state == "closed"


def test_one_loop_that_fails_takes_no_turn_from_the_others(db, monkeypatch):
    turns = []

    def fails() -> int:
        raise RuntimeError("broken")

    both = (worker.Loop("one", 1, fails), worker.Loop("two", 1, lambda: turns.append(1) or 1))
    monkeypatch.setattr(worker, "LOOPS", both)
    with pytest.raises(RuntimeError, match="broken"):
        worker.run_once()
    assert turns == [1]


def test_the_person_gets_a_page_with_a_sentence_and_their_words_back(cast, own_pack, bring):  # noqa: F811
    person = bring()
    own_pack()
    answer = person.client.get("/case/now")
    assert answer.status_code == 200
    assert person.code in answer.content.decode()
    assert "nothing in it is lost" in answer.content.decode()
    sent = person.client.post("/case/write", {"text": "The lamp is still out"})
    assert sent.status_code == 503
    assert "The lamp is still out" in sent.content.decode()
    assert "was not taken" in sent.content.decode()
