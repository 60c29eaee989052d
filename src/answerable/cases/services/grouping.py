"""Matters that belong together: linked, joined and answered together, merged; taken apart again, with history.

A joined or merged matter keeps its own receipt, its own clocks and its own record. Nothing here joins matters
because one person brought them (rights, rule 1): the desk says why two matters are about the same thing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from django.db import transaction

from answerable.cases import access, rules, steps
from answerable.cases.act_kinds import ActKind
from answerable.cases.digests import digest
from answerable.cases.joins import lock_cases
from answerable.cases.models import Case, CaseText, Message
from answerable.cases.rules import CannotAct, CannotDecide, Doing
from answerable.cases.services.deciding import send_within
from answerable.cases.services.handling import assign_within, reply_within
from answerable.core.refusals import NotYours
from answerable.core.sentences import Said
from answerable.record.actors import Actor


def _two(one: UUID, other: UUID, *, by: Actor, now: datetime, seen_version: int) -> tuple[Case, Case]:
    if one == other:
        raise CannotAct("itself")
    cases = lock_cases([one, other])
    access.require(by, cases[one], Doing.HANDLE, now)
    access.require(by, cases[other], Doing.HANDLE, now)
    steps.require_version(cases[one], seen_version)
    return cases[one], cases[other]


def _why(why: str) -> str:
    if not why.strip():
        raise CannotAct("why_missing")
    return why.strip()


@transaction.atomic(durable=True)
def link_cases(*, case_id: UUID, to: UUID, why: str, by: Actor, seen_version: int, now: datetime) -> Case:
    """Note in both files that the two matters touch each other. Nothing else follows from it."""
    case, other = _two(case_id, to, by=by, now=now, seen_version=seen_version)
    if case.is_conduct or other.is_conduct:
        raise CannotAct("conduct_apart")  # the other file may be open to whom it is about
    why = _why(why)
    for here, there in ((case, other), (other, case)):
        steps.act(here, ActKind.LINKED, by=by, now=now, body={"case": str(there.pk)}, why=why, clocks=False)
    return case


@transaction.atomic(durable=True)
def join_case(*, case_id: UUID, lead_id: UUID, why: str, by: Actor, seen_version: int, now: datetime) -> Case:
    """Answer this matter together with another: several persons, one cause. Each keeps receipt and clocks."""
    case, lead = _two(case_id, lead_id, by=by, now=now, seen_version=seen_version)
    _require_joinable(case, lead)
    _put_under(case, lead, ActKind.JOINED, why=_why(why), by=by, now=now, merged=False)
    return case


@transaction.atomic(durable=True)
def merge_case(*, case_id: UUID, into: UUID, why: str, by: Actor, seen_version: int, now: datetime) -> Case:
    """The same matter came in twice: work goes on in `into`, and its answer goes to this one too.

    The merged matter does not end by it and its clocks run on (rights, rule 7): it ends with an answer.
    """
    case, lead = _two(case_id, into, by=by, now=now, seen_version=seen_version)
    merge_within(case, lead, why=_why(why), by=by, now=now)
    return case


def merge_within(case: Case, lead: Case, *, why: str, by: Actor, now: datetime) -> None:
    """Merge one locked case into another, inside the caller's transaction; see `merge_case`."""
    _require_joinable(case, lead)
    _put_under(case, lead, ActKind.MERGED, why=why, by=by, now=now, merged=True)


def _require_joinable(case: Case, lead: Case) -> None:
    if case.is_conduct or lead.is_conduct:
        raise CannotAct("conduct_apart")
    if case.unit_id != lead.unit_id:
        raise CannotAct("not_same_unit")
    if case.state not in rules.OPEN or lead.state not in rules.OPEN:
        raise CannotAct("state_forbids")
    if case.lead_id is not None:
        raise CannotAct("already_so")
    if lead.lead_id is not None:
        first = Case.objects.get(pk=lead.lead_id)
        if first.unit_id != case.unit_id:  # handed over since: its code is for those who read it
            raise CannotAct("joined_already")
        raise CannotAct("joined_to", lead=first.code)
    if Case.objects.filter(lead=case).exists():
        raise CannotAct("leads_others")


def _put_under(
    case: Case, lead: Case, kind: ActKind, *, why: str, by: Actor, now: datetime, merged: bool
) -> None:
    done = steps.act(
        case,
        kind,
        by=by,
        now=now,
        set={"lead_id": lead.pk} | ({"merged_into_id": lead.pk} if merged else {}),
        body={"case": str(lead.pk), "as": "member"},
        why=why,
        clocks=False,
    )
    steps.say(case, done, Message.Kind.NOTICE, why, by=by, code="merged" if merged else "joined")
    steps.act(lead, kind, by=by, now=now, body={"case": str(case.pk), "as": "lead"}, why=why, clocks=False)


@transaction.atomic(durable=True)
def take_out(*, case_id: UUID, why: str, by: Actor, seen_version: int, now: datetime) -> Case:
    """Undo a join or a merge: the matter stands alone again, with the clocks that it never lost."""
    lead_id = Case.objects.values_list("lead_id", flat=True).get(pk=case_id)
    if lead_id is None:
        raise CannotAct("not_joined")
    case, lead = _two(case_id, lead_id, by=by, now=now, seen_version=seen_version)
    if case.lead_id != lead.pk:
        raise CannotAct("changed_after_check")
    why = _why(why)
    done = steps.act(
        case,
        ActKind.SPLIT,
        by=by,
        now=now,
        set={"lead_id": None, "merged_into_id": None},
        body={"case": str(lead.pk), "as": "member"},
        why=why,
        clocks=False,
    )
    steps.say(case, done, Message.Kind.NOTICE, why, by=by, code="split")
    if lead.erased_at is None:  # nothing new is written into what was erased, and it holds nobody
        said = {"case": str(case.pk), "as": "lead"}
        steps.act(lead, ActKind.SPLIT, by=by, now=now, body=said, why=why, clocks=False)
    return case


def _together(lead_id: UUID, members: Sequence[UUID], by: Actor, now: datetime, doing: Doing) -> list[Case]:
    """The lead and the chosen members, locked in key order and each open to the actor; the lead comes first."""
    cases = lock_cases([lead_id, *members])
    for case in cases.values():
        access.require(by, case, doing, now)
        if case.pk != lead_id and case.lead_id != lead_id:
            raise CannotAct("changed_after_check")
    return [cases[lead_id], *(cases[pk] for pk in sorted(cases) if pk != lead_id)]


@transaction.atomic(durable=True)
def reply_together(
    *, case_id: UUID, members: Sequence[UUID], text: str, by: Actor, seen_version: int, now: datetime
) -> int:
    """Write the same reply to the lead and to each chosen member: an act and a message in every file."""
    cases = _together(case_id, members, by, now, Doing.WRITE)
    steps.require_version(cases[0], seen_version)
    for case in cases:
        reply_within(case, text, by=by, now=now)
    return len(cases)


@transaction.atomic(durable=True)
def decide_together(
    *,
    case_id: UUID,
    members: Sequence[UUID],
    outcome: str,
    parts: Mapping[str, str],
    by: Actor,
    seen_version: int,
    now: datetime,
    office_solved: bool | None = None,
    seen_members: Mapping[UUID, int] = MappingProxyType({}),
) -> int:
    """Send one decision to the lead and to each chosen member: all or none.

    Each matter gets a decision, an act and a person's window of its own, and names what its own person asked for: what
    one of them wrote is not read by the others. `seen_members`: the versions in which they were shown; nobody decides
    over what came in since. Raises CannotAct("stages_differ"), CannotDecide("member_changed").
    """
    cases = _together(case_id, members, by, now, Doing.SIGN)
    steps.require_version(cases[0], seen_version)
    first = cases[0]
    if any((c.stage, c.pack) != (first.stage, first.pack) for c in cases):
        raise CannotAct("stages_differ")
    for case in cases[1:]:
        if seen_members.get(case.pk, case.version) != case.version:
            raise CannotDecide("member_changed", matter=case.code)
    for case in cases:
        own = dict(parts) if case is first or "claim" not in parts else {**parts, "claim": _asked(case)}
        send_within(case, outcome=outcome, parts=own, by=by, now=now, office_solved=office_solved)
    return len(cases)


def _asked(case: Case) -> str:
    """What the person asked for, in their own words, as the form of a decision begins with it."""
    text = CaseText.objects.get(case=case)
    return text.wants or text.claim


@dataclass(frozen=True)
class Assigned:
    """How a bulk assignment went: how many were given, and why each of the others was not (by its code)."""

    given: int
    refused: tuple[tuple[str, Said], ...]


@transaction.atomic(durable=True)
def assign_cases(
    *, case_ids: Sequence[UUID], to_post: int | None, by: Actor, now: datetime, why: str = ""
) -> Assigned:
    """Give several cases to one post. Those that cannot go there stay where they are, each with its reason."""
    given, refused = 0, []
    for case in lock_cases(case_ids).values():
        try:
            # Refusals come before the first write: no savepoint is needed to go on after one.
            access.require(by, case, Doing.ASSIGN, now)
            assign_within(case, to_post, by=by, now=now, why=why)
            given += 1
        except CannotAct as refusal:
            refused.append((case.code, refusal))
        except NotYours:
            refused.append((case.code, CannotAct("not_yours")))
    return Assigned(given, tuple(refused))


@transaction.atomic(durable=True)
def describe_case(
    *, case_id: UUID, title: str, shared_summary: str, by: Actor, seen_version: int, now: datetime
) -> Case:
    """The office's own title, and the summary that others may see where the person agreed to it.

    Raises CannotAct("not_shareable") for a summary of a matter that its person keeps to themselves.
    """
    case = steps.lock_case(case_id, seen_version=seen_version)
    access.require(by, case, Doing.HANDLE, now)
    summary = shared_summary.strip()
    if summary and (case.is_conduct or not case.is_shareable):
        raise CannotAct("not_shareable")
    CaseText.objects.filter(case=case).update(title=title.strip(), shared_summary=summary)
    steps.act(
        case,
        ActKind.NOTED,
        by=by,
        now=now,
        body={"title_sha256": digest(title.strip()), "summary_sha256": digest(summary)},
        clocks=False,
    )
    return case
