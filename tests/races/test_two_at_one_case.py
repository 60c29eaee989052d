"""Two people at one case at the same instant: one goes through, the other is told, nothing is overwritten.

Real threads, each with a connection of its own. They were seen to fail with the row lock taken out of
`steps.lock_case`, and the one with the sender without the lock on records in `joins.lock_cases`; but that a draft is
kept single by a unique constraint as well, and a letter recorded once by the lock on its own row.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction

from answerable.alerts import settling
from answerable.alerts.models import Delivery
from answerable.cases.models import Case, Deadline, Decision, Message, Note
from answerable.cases.rules import CannotAct
from answerable.cases.services import deciding, grouping, handling, letters_out
from answerable.core.refusals import Changed
from answerable.record.queries import acts_of
from tests.cast import MONDAY, PARTS, Cast, accepted

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
LATER = MONDAY + timedelta(days=1)
ROUNDS = 6


def at_once(*doings: Callable[[], Any]) -> list[Any]:
    """Run all at the same instant; what each gave, or the exception it raised."""
    gate = threading.Barrier(len(doings))
    results: list[Any] = [None] * len(doings)

    def run(place: int, doing: Callable[[], Any]) -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")  # connected before the start
            gate.wait(timeout=20)
            results[place] = doing()
        except Exception as error:
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(doings)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


def until_somebody_waits() -> None:
    """Give a thread the time to run into a lock that is held here; who waits in another database waits for others."""
    until = time.monotonic() + 20
    with connection.cursor() as cursor:
        while time.monotonic() < until:
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
            )
            if cursor.fetchone()[0]:
                return
            time.sleep(0.01)
    raise AssertionError("nobody waits")


def beside(doing: Callable[[], Any]) -> tuple[threading.Thread, list[Any]]:
    """Begin it in a thread of its own; the list gets what it gave, or the exception it raised."""
    results: list[Any] = []

    def run() -> None:
        try:
            results.append(doing())
        except Exception as error:
            results.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread, results


def decide(cast: Cast, case: Case) -> Decision:
    return deciding.send_decision(
        case_id=case.pk,
        outcome="supported",
        parts=PARTS,
        by=cast.actor(cast.leader),
        seen_version=case.version,
        now=LATER,
    )


def kinds(case: Case) -> list[str]:
    return [act.kind.removeprefix("case.") for act in acts_of(case.pk)]


def test_two_deciders(cast):
    for _ in range(ROUNDS):
        case = accepted(cast)
        results = at_once(partial(decide, cast, case), partial(decide, cast, case))
        assert sorted(type(r).__name__ for r in results) == ["Changed", "Decision"], results
        assert Decision.objects.filter(case=case, sent_at__isnull=False).count() == 1
        assert kinds(case).count("decided") == 1


def test_extend_against_decide(cast):
    for _ in range(ROUNDS):
        case = accepted(cast)

        def extend(case: Case = case) -> Case:
            return handling.extend_case(
                case_id=case.pk,
                number=5,
                why="等材料。",
                by=cast.actor(cast.leader),
                seen_version=case.version,
                now=LATER,
            )

        results = at_once(extend, partial(decide, cast, case))
        assert sum(isinstance(r, Changed) for r in results) == 1, results
        done = kinds(case)
        assert ("extended" in done) != ("decided" in done)
        answer = Deadline.objects.get(case=case, step="answer")
        assert (answer.met_seq is not None) == ("decided" in done)
        assert bool(answer.derivation["extensions"]) == ("extended" in done)


def test_merge_against_reply(cast):
    """A reply to a group goes to exactly those that stand in it, however a merge or a taking-out falls."""
    for _ in range(ROUNDS):
        lead, case = accepted(cast), accepted(cast)
        case = grouping.merge_case(
            case_id=case.pk,
            into=lead.pk,
            why="重复。",
            by=cast.actor(cast.clerk),
            seen_version=case.version,
            now=LATER,
        )
        lead.refresh_from_db()

        def out(case: Case = case) -> Case:
            return grouping.take_out(
                case_id=case.pk,
                why="不是。",
                by=cast.actor(cast.clerk),
                seen_version=case.version,
                now=LATER,
            )

        def reply(lead: Case = lead, case: Case = case) -> int:
            return grouping.reply_together(
                case_id=lead.pk,
                members=[case.pk],
                text="周五修。",
                by=cast.actor(cast.handler),
                seen_version=lead.version,
                now=LATER,
            )

        results = at_once(out, reply)
        assert sum(isinstance(r, (Changed, CannotAct)) for r in results) == 1, results
        case.refresh_from_db()
        replies = Message.objects.filter(case__in=[lead, case], kind="reply").count()
        assert replies == (2 if case.lead_id else 0)


def test_joining_each_other_waits_for_nobody(cast):
    """Locks are taken in the order of keys: no deadlock, and no circle of leads."""
    for _ in range(ROUNDS):
        one, two = accepted(cast), accepted(cast)

        def join(case: Case, lead: Case) -> Case:
            return grouping.join_case(
                case_id=case.pk,
                lead_id=lead.pk,
                why="同一处。",
                by=cast.actor(cast.clerk),
                seen_version=case.version,
                now=LATER,
            )

        results = at_once(partial(join, one, two), partial(join, two, one))
        assert sum(isinstance(r, Case) for r in results) == 1, results
        assert Case.objects.filter(pk__in=[one.pk, two.pk], lead=None).count() == 1


@pytest.mark.parametrize("doing", ["merge", "reply"])
def test_the_sender_writes_into_the_records_of_matters_that_are_being_merged_or_answered(cast, doing):
    """What became of a group of messages is written in the order of keys, whatever order the acts of two matters have:
    a newer one is merged into the older, and a lead is answered before its members."""
    older, newer = accepted(cast), accepted(cast)
    why = {"why": "同一处。", "by": cast.actor(cast.clerk), "now": LATER}
    if doing == "merge":
        act = partial(grouping.merge_case, case_id=newer.pk, into=older.pk, seen_version=newer.version, **why)
    else:
        grouping.join_case(case_id=older.pk, lead_id=newer.pk, seen_version=older.version, **why)
        newer.refresh_from_db()
        said = {
            "text": "周五修。",
            "by": cast.actor(cast.handler),
            "seen_version": newer.version,
            "now": LATER,
        }
        act = partial(grouping.reply_together, case_id=newer.pk, members=[older.pk], **said)
    with transaction.atomic():
        settling.record(Delivery(matter=older.pk, kind="sms", purpose="news"), "sent", "", LATER)
        thread, results = beside(act)
        until_somebody_waits()
        settling.record(Delivery(matter=newer.pk, kind="sms", purpose="news"), "sent", "", LATER)
    thread.join(timeout=60)
    assert not isinstance(results[0], Exception), results
    for case in (older, newer):
        assert [act.kind for act in acts_of(case.pk)].count("message.delivered") == 1


def test_two_people_keep_a_draft(cast):
    for _ in range(ROUNDS):
        case = accepted(cast)

        def keep(staff: Any, facts: str, case: Case = case) -> Decision:
            return deciding.draft_decision(
                case_id=case.pk,
                outcome="supported",
                parts=PARTS | {"facts": facts},
                by=cast.actor(staff),
                seen_draft=0,
                now=LATER,
            )

        results = at_once(partial(keep, cast.clerk, "甲"), partial(keep, cast.handler, "乙"))
        kept = [r for r in results if isinstance(r, Decision)]
        assert len(kept) == 1, results
        assert Decision.objects.get(case=case).parts["facts"] == kept[0].parts["facts"]


@pytest.mark.parametrize("other", ["sent", "given back"])
def test_a_draft_is_given_back_once_and_never_once_it_was_sent(cast, other):
    for _ in range(ROUNDS):
        case = accepted(cast)
        deciding.draft_decision(
            case_id=case.pk,
            outcome="supported",
            parts=PARTS,
            by=cast.actor(cast.handler),
            seen_draft=0,
            now=LATER,
            is_ready=True,
        )
        case.refresh_from_db()

        def give_back(case: Case = case) -> Note:
            return deciding.return_draft(
                case_id=case.pk,
                why="事实部分太少。",
                by=cast.actor(cast.leader),
                seen_version=case.version,
                now=LATER,
            )

        results = at_once(give_back, partial(decide, cast, case) if other == "sent" else give_back)
        assert sum(isinstance(r, Changed) for r in results) == 1, results
        returned = sum("draft_returned" in (act.body or {}) for act in acts_of(case.pk))
        assert returned + kinds(case).count("decided") == 1
        assert Note.objects.filter(case=case).count() == returned
        case.refresh_from_db()
        assert not case.is_draft_ready


def letter_of(cast: Cast) -> tuple[Case, Delivery]:
    """A matter that was passed on to a body outside which only a letter reaches."""
    case = accepted(cast)
    case = handling.pass_on(
        case_id=case.pk,
        to=cast.outside.pk,
        why="属于县纪委。",
        by=cast.actor(cast.clerk),
        seen_version=case.version,
        now=LATER,
    )
    letter = Delivery(
        matter=case.pk, kind="letter", purpose="outside", key=f"outside:{case.pk}", queued_at=LATER
    )
    letter.facts = {"body": cast.outside.pk, "why": "passed_on"}
    letter.save()
    return case, letter


def hand_over(cast: Cast, letter: Delivery, who: Any, receipt: str) -> Delivery:
    return letters_out.record_letter(
        case_id=letter.matter, delivery_id=letter.pk, receipt=receipt, by=cast.actor(who), now=LATER
    )


def test_two_clerks_record_one_letter(cast):
    """It is recorded once; whoever typed another number is told, and the first one's stands."""
    for _ in range(ROUNDS):
        case, letter = letter_of(cast)
        results = at_once(
            partial(hand_over, cast, letter, cast.clerk, "收1"),
            partial(hand_over, cast, letter, cast.handler, "收2"),
        )
        assert sorted(type(r).__name__ for r in results) == ["CannotAct", "Delivery"], results
        receipts = letters_out.receipts_of(acts_of(case.pk))
        assert receipts == {str(letter.pk): "收1" if isinstance(results[0], Delivery) else "收2"}
        assert [act.kind for act in acts_of(case.pk)].count("letter.delivered") == 1


def test_a_letter_is_handed_over_while_the_matter_is_taken_up_again(cast):
    """The letter need not go any more, and went: both stand in the file, and each is seen by whoever looks next."""
    for _ in range(ROUNDS):
        case, letter = letter_of(cast)
        reopen = partial(
            deciding.reopen_case,
            case_id=case.pk,
            by=cast.actor(cast.leader),
            seen_version=None,
            now=LATER,
            why="还是由我们办。",
        )
        results = at_once(partial(hand_over, cast, letter, cast.clerk, "收1"), reopen)
        assert not [r for r in results if isinstance(r, Exception)], results
        done = [act.kind for act in acts_of(case.pk)]
        assert (done.count("letter.delivered"), done.count("case.reopened")) == (1, 1)
        before = case.version
        case.refresh_from_db()
        assert (case.state, case.version) == ("accepted", before + 2)
