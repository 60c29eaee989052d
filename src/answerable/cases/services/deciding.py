"""Decisions: drafted, checked for the parts that the rule demands, signed, sent, delivered; and the end."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from answerable.cases import access, files, routing, rules, steps
from answerable.cases.accusation import accusation_of
from answerable.cases.act_kinds import ActKind
from answerable.cases.answering import answers
from answerable.cases.digests import digest
from answerable.cases.models import Case, Decision, Involvement, Message, Note
from answerable.cases.packs import load_pack
from answerable.cases.reviewing import signers_of
from answerable.cases.rules import CannotAct, CannotDecide, Doing
from answerable.cases.services.accepting import accept_before
from answerable.cases.services.hearings import stands_before_decision
from answerable.cases.services.numbering import number_decision
from answerable.core.statements import create, fetch
from answerable.orgs.queries import head_of
from answerable.record.actors import Actor
from answerable.record.models import Act
from answerable.record.queries import acts_of


@transaction.atomic(durable=True)
def draft_decision(
    *,
    case_id: UUID,
    outcome: str,
    parts: Mapping[str, str],
    by: Actor,
    seen_draft: int,
    now: datetime,
    is_ready: bool = False,
) -> Decision:
    """Keep a draft of the present stage's decision. `seen_draft` is the draft's version shown (0: none).

    `is_ready` puts it before the leader for signature. Raises CannotDecide("draft_changed").
    """
    case = steps.lock_case(case_id)
    access.require(by, case, Doing.HANDLE, now)
    rules.require_state(rules.STAGES[case.stage].decided, case.state)
    draft = Decision.objects.filter(case=case, stage=case.stage, sent_at=None).first()
    if (draft.version if draft else 0) != seen_draft:
        raise CannotDecide("draft_changed")
    if draft is None:
        draft = Decision(case=case, stage=case.stage, unit=case.unit, version=0)
    draft.outcome, draft.parts, draft.language = outcome, dict(parts), case.language
    draft.post_id = by.post
    draft.version += 1
    draft.drafted_at = now
    draft.save()
    steps.act(
        case,
        ActKind.NOTED,
        by=by,
        now=now,
        set={"is_draft_ready": is_ready},
        body={"draft": draft.version, "ready": is_ready, "sha256": parts_digest(outcome, parts)},
        clocks=False,
    )
    return draft


@transaction.atomic(durable=True)
def return_draft(*, case_id: UUID, why: str, by: Actor, seen_version: int, now: datetime) -> Note:
    """Give a draft that waits for a signature back to whoever wrote it, with what has to change as an internal note.

    Nothing of the draft is lost. Raises CannotDecide("not_put_up"), CannotAct("nothing_said").
    """
    case = steps.lock_case(case_id, seen_version=seen_version)
    access.require(by, case, Doing.SIGN, now)
    if not why.strip():
        raise CannotAct("nothing_said")
    draft = Decision.objects.filter(case=case, stage=case.stage, sent_at=None).first()
    if draft is None or not case.is_draft_ready:
        raise CannotDecide("not_put_up")
    done = steps.act(
        case,
        ActKind.NOTED,
        by=by,
        now=now,
        set={"is_draft_ready": False},
        body={
            "draft_returned": draft.version,
            "writer": _writer(case, draft, by),
            "sha256": digest(why.strip()),
        },
        clocks=False,
    )
    return Note.objects.create(case=case, act_seq=done.seq, post_id=by.post, body=why.strip(), at=done.at)


def _writer(case: Case, draft: Decision, by: Actor) -> int | None:
    """The post that wrote at the draft last, but for the one that gives it back, which may have mended a word."""
    sent = Decision.objects.filter(case=case, act_seq__isnull=False).values_list("act_seq", flat=True)
    # What was drafted of an earlier decision is others' affair.
    since = max([case.reopened_seq, *filter(None, sent)])
    acts = acts_of(case.pk, kinds=(str(ActKind.NOTED),))
    wrote = [a.post_id for a in acts if a.seq > since and "draft" in (a.body or {})]
    return next((post for post in reversed(wrote) if post and post != by.post_id), draft.post_id)


def parts_digest(outcome: str, parts: Mapping[str, str]) -> str:
    return digest(json.dumps({"outcome": outcome, "parts": dict(parts)}, sort_keys=True, ensure_ascii=False))


@transaction.atomic(durable=True)
def send_decision(
    *,
    case_id: UUID,
    outcome: str,
    parts: Mapping[str, str],
    by: Actor,
    seen_version: int,
    now: datetime,
    office_solved: bool | None = None,
) -> Decision:
    """Sign and send the decision of the present stage (art. 32 where the pack is cn-xinfang-2022).

    The person can read it at once on their page. Their window opens when delivery is proven: see
    `deliver_decision`. What a review revokes goes back at once to the unit that decided first, with a new limit:
    no matter waits without a date. Raises CannotDecide (outcome_missing, outcome_unknown, parts_missing, hearing_open,
    hearing_owed, own_decision).
    """
    case = steps.lock_case(case_id, seen_version=seen_version)
    access.require(by, case, Doing.SIGN, now)
    return send_within(case, outcome=outcome, parts=parts, by=by, now=now, office_solved=office_solved)


def send_within(
    case: Case,
    *,
    outcome: str,
    parts: Mapping[str, str],
    by: Actor,
    now: datetime,
    office_solved: bool | None = None,
) -> Decision:
    """Decide a locked case, inside the caller's transaction; see `send_decision`."""
    stage = rules.STAGES[case.stage]
    rules.require_state(stage.decided, case.state)
    if case.stage != "handle" and by.staff_id in signers_of(case):
        raise CannotDecide("own_decision")
    _check_parts(case, outcome, parts)
    if unheard := stands_before_decision(case):
        raise CannotDecide(unheard)
    back = _back_to(case, now) if rules.is_sent_back(case.stage, outcome) else None
    if back is not None:
        files.require_checked(case)
    if case.stage == "handle":
        accept_before(stage.decided, case, by=by, now=now)
    draft = fetch(
        Decision, "case_id = %s AND stage = %s AND sent_at IS NULL ORDER BY id LIMIT 1", [case.pk, case.stage]
    )
    decision = draft[0] if draft else Decision(case=case, stage=case.stage, unit=case.unit, drafted_at=now)
    number = number_decision(case, now)
    done = steps.act(
        case,
        stage.decided,
        by=by,
        now=now,
        set={
            "state": "decided",
            "decided_at": now,
            "outcome": outcome,
            "is_waiting": False,
            "is_draft_ready": False,
        }
        # Who handled it said so of its own work; a reviewer's word stands with the reviewer's decision alone.
        | ({"office_solved": office_solved} if case.stage == "handle" else {}),
        body={"stage": case.stage, "outcome": outcome, "sha256": parts_digest(outcome, parts)}
        | ({"number": number} if number else {})
        | ({"office_solved": office_solved} if office_solved is not None else {}),
        # No time of the person's runs from what is decided anew: nobody owes a proof that it reached them.
        facts={"reachable": False} if rules.is_sent_back(case.stage, outcome) else {},
    )
    decision.outcome, decision.parts, decision.language = outcome, dict(parts), case.language
    decision.unit, decision.post_id = case.unit, by.post
    decision.sent_at, decision.act_seq = done.at, done.seq
    decision.number, decision.office_solved = number, office_solved
    if draft:
        decision.save()
    else:
        create(decision)
    steps.say(
        case,
        done,
        Message.Kind.NOTICE,
        by=by,
        code="decided",
        facts={"decision": decision.pk, "outcome": outcome},
    )
    if rules.must_be_redone(case.state, case.stage, case.outcome):
        _take_up_again(case, back, by=by, now=now)
    return decision


def _check_parts(case: Case, outcome: str, parts: Mapping[str, str]) -> None:
    pack = load_pack(case.pack)
    if not outcome:
        raise CannotDecide("outcome_missing")
    if outcome not in {o.code for o in pack.outcomes_at(case.stage)}:
        raise CannotDecide("outcome_unknown")
    required = tuple(p.code for p in pack.decision_parts if p.required)
    missing = rules.missing_parts(dict(parts), required)
    if missing:
        titles = {p.code: p.title for p in pack.decision_parts}
        named = ", ".join(titles[code].in_language("en") for code in missing)
        raise CannotDecide("parts_missing", parts=named, codes=missing)


@transaction.atomic(durable=True)
def deliver_decision(
    *, decision_id: int, how: str, by: Actor, now: datetime, delivered_at: datetime | None = None
) -> Decision:
    """Record proven delivery (opened on the person's page, handed over, signed for by post).

    The person's window opens with it (rule 7). A second proof changes nothing. `delivered_at` is a claimed
    instant before now, e.g. the day on a postal slip.
    """
    case_id = Decision.objects.values_list("case_id", flat=True).get(pk=decision_id, sent_at__isnull=False)
    case = steps.lock_case(case_id)
    decision = Decision.objects.get(pk=decision_id)
    if decision.delivered_at is not None:
        return decision
    access.require(by, case, Doing.HANDLE, now)
    at = max(min(delivered_at or now, now), decision.sent_at or now)
    stands = (decision.act_seq or 0) > case.reopened_seq and decision.stage == case.stage
    newer = Decision.objects.filter(case=case, sent_at__isnull=False, delivered_at=None, pk__gt=decision.pk)
    owed = any(not rules.is_sent_back(one.stage, one.outcome) for one in newer.only("stage", "outcome"))
    steps.act(
        case,
        ActKind.DECISION_DELIVERED,
        by=by,
        now=now,
        body={"stage": decision.stage, "how": how},
        happened_at=at if at < now else None,
        claimed_by=f"post {by.post_id}" if at < now else "",
        # The person's days run from the decision that stands, not from one taken up again or under review.
        facts={"delivered_at": at if stands else None, "rung": decision.stage},
        clocks=not owed,  # the clock of delivery runs on for the newest one, of which no proof is there yet
    )
    decision.delivered_at, decision.delivered_how = at, how
    decision.save(update_fields=["delivered_at", "delivered_how"])
    return decision


@transaction.atomic(durable=True)
def close_case(*, case_id: UUID, by: Actor, seen_version: int | None, now: datetime, why: str = "") -> Case:
    """Close a decided case. The person's own word stays open to them, and so does reopening."""
    case = steps.lock_case(case_id, seen_version=seen_version)
    access.require(by, case, Doing.HANDLE, now)
    done = steps.act(
        case, ActKind.CLOSED, by=by, now=now, set={"state": "closed", "ended_at": now}, why=why, body={}
    )
    steps.say(case, done, Message.Kind.NOTICE, why, by=by, code="closed")
    return case


@transaction.atomic(durable=True)
def reopen_case(*, case_id: UUID, by: Actor, seen_version: int | None, now: datetime, why: str) -> Case:
    """Open an ended case again; a new handling limit runs from now beside what the file shows already.

    One that was passed on was never answered: its clocks run on as if it had stayed. After a review it goes back to the
    unit that decided first: who reviewed it reviews no decision of its own (art. 35).
    """
    case = steps.lock_case(case_id, seen_version=seen_version)
    access.require(by, case, Doing.ASSIGN, now)
    if not why.strip():
        raise CannotAct("why_missing")
    if case.state == "withdrawn":
        raise CannotAct("not_by_office")
    unsolved = case.person_solved is False
    if not rules.may_be_reopened(case.state, case.stage, case.outcome, is_unsolved=unsolved):
        raise CannotAct("state_forbids")
    back = _back_to(case, now)
    if back is not None:
        files.require_checked(case)
    _take_up_again(case, back, by=by, now=now, why=why.strip())
    return case


def _take_up_again(
    case: Case, back: routing.Route | None, *, by: Actor, now: datetime, why: str = ""
) -> None:
    passed_on = _passed_on(case)
    if back is not None:
        steps.involve(case, case.unit, Involvement.Capacity.RECEIVED, at=now)
        steps.move_to_unit(case, back.unit, back.leader_post)
        files.hand_on(case, back.unit)
    moved: dict[str, Any] = {}
    if back is not None:
        moved = {"unit": back.unit, "leader_post": back.leader_post}
        moved |= {"handler_post_id": None, "charge_post_id": None}
    if passed_on is None:
        moved["person_solved"] = (
            None  # said of the answer that was; of the next one they have said nothing yet
        )
    done = steps.act(
        case,
        ActKind.REOPENED,
        by=by,
        now=now,
        set={"state": "accepted", "stage": "handle", "ended_at": None, "is_draft_ready": False} | moved,
        body={"to": back.unit.pk} if back else {},
        why=why,
        restores=passed_on,
    )
    if passed_on is None:
        Case.objects.filter(pk=case.pk).update(reopened_seq=done.seq)
    code, facts = ("reopened_back", {"unit": back.unit.pk}) if back else ("reopened", {})
    steps.say(case, done, Message.Kind.NOTICE, why, by=by, code=code, facts=facts)


def _back_to(case: Case, now: datetime) -> routing.Route | None:
    """After a review, the unit that decided first and who answers for it there; None where it stays."""
    first = Decision.objects.filter(case=case, stage="handle", sent_at__isnull=False).order_by("-pk").first()
    if case.stage == "handle" or case.state == "passed_on" or first is None:
        return None
    mapped = routing.route_mapped(case.authority, case.subject, case.place)
    named = mapped.leader_post if mapped.unit.pk == first.unit_id else head_of(first.unit)
    head = answers(case, first.unit, named, now)
    if head is None or first.unit.closed_on is not None or first.unit_id == case.unit_id:
        return None
    return None if accusation_of(case).reaches(first.unit, head, now) else routing.Route(first.unit, head)


def _passed_on(case: Case) -> int | None:
    """The act with which a case that stands as passed on was passed on."""
    if case.state != "passed_on":
        return None
    acts = Act.objects.filter(matter_id=case.pk, kind=ActKind.PASSED_ON)
    return acts.order_by("seq").values_list("seq", flat=True).last()
