"""One told matter that holds two claims becomes two, each with a receipt, clocks and a record of its own.

The second stands where the first stands: what was told, who told it (sealed anew, seen by nobody), the files, who
is kept away, and every clock with its date. Its record begins with the day on which the first was received, so no
limit runs later (rights, rule 7). The two name each other in their records alone: no column joins them (rule 1).
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from answerable.cases import access, files, steps
from answerable.cases.act_kinds import ActKind
from answerable.cases.deadlines import Derivation, resumed
from answerable.cases.digests import digest
from answerable.cases.joins import lock_cases
from answerable.cases.models import (
    Accused,
    Attachment,
    Case,
    CaseText,
    Deadline,
    Involvement,
    Message,
    SteppedAside,
)
from answerable.cases.rules import CannotAct, Doing
from answerable.cases.services.grouping import merge_within
from answerable.cases.services.receipts import secret_for
from answerable.core import codes
from answerable.core.ids import uuid7
from answerable.core.sentences import N_, Said
from answerable.orgs.models import Subject
from answerable.orgs.queries import calendar_of
from answerable.parties import vault
from answerable.parties.steps import copy_parties
from answerable.record.actors import Actor
from answerable.record.append import Appended, append
from answerable.record.models import Act
from answerable.record.queries import acts_of

#: Acts on a second half that do not stand against putting it back.
QUIET = (ActKind.REGISTERED, ActKind.ATTACHMENT_ADDED, ActKind.RECEIPT_REISSUED, ActKind.MESSAGE_DELIVERED)
DIVISIBLE = frozenset({"registered", "accepted"})
CODE_TRIES = 20
#: What the second row takes from the first as it is. Subject, code, secret and version are its own.
CARRIED = (
    "authority_id",
    "unit_id",
    "leader_post_id",
    "handler_post_id",
    "charge_post_id",
    "place_id",
    "pack",
    "kind",
    "stage",
    "state",
    "intake",
    "privacy",
    "language",
    "is_conduct",
    "is_accused_unknown",
    "is_nature_open",
    "is_danger_told",
    "is_shareable",
    "received_at",
)


class CannotDivide(Said):
    """A matter that cannot be made two, or not yet."""

    sentences = {
        "too_late": N_(
            "Only a matter that is not decided yet can be made two. The person can bring the rest anew."
        ),
        "joined": N_("This matter is answered together with another. Take it out first."),
        "no_title": N_("Give both matters a title, so that everyone can tell them apart."),
        "moved_on": N_(
            "Something has happened in the second matter already. Merge it with this one instead."
        ),
        "sealed_lost": N_("Who brought this can no longer be read, so it cannot be carried over."),
    }


@transaction.atomic(durable=True)
def divide_case(
    *,
    case_id: UUID,
    own_title: str,
    title: str,
    subject: int,
    why: str,
    by: Actor,
    seen_version: int,
    now: datetime,
) -> Case:
    """Make a second matter out of the second claim in this one; returns it.

    `own_title` stays with the first, `title` and `subject` are the second's. Raises CannotDivide, CannotAct
    (why_missing), Changed, NotYours.
    """
    first = steps.lock_case(case_id, seen_version=seen_version)
    access.require(by, first, Doing.HANDLE, now)
    if first.state not in DIVISIBLE or first.stage != "handle" or first.erased_at is not None:
        raise CannotDivide("too_late")
    if first.lead_id is not None:
        raise CannotDivide("joined")
    if not title.strip() or not own_title.strip():
        raise CannotDivide("no_title")
    if not why.strip():
        raise CannotAct("why_missing")
    second = _row(first, Subject.objects.get(pk=subject, authority=first.authority), now)
    done = _begin(first, second, why.strip(), by, now)
    clocks = _clocks(first, second, done)
    steps.refresh_due(second, list(clocks.values()))
    second.save(force_insert=True)
    _insert_clocks(clocks)
    _carry_over(first, second, title.strip())
    CaseText.objects.filter(case=first).update(title=own_title.strip())
    told = steps.act(
        first,
        ActKind.DIVIDED,
        by=by,
        now=now,
        body={"case": str(second.pk), "title_sha256": digest(own_title.strip())},
        why=why.strip(),
        clocks=False,
    )
    facts = {"code": second.code}
    steps.say(first, told, Message.Kind.NOTICE, why.strip(), by=by, code="divided", facts=facts)
    facts = {"code": first.code}
    steps.say(second, done, Message.Kind.NOTICE, why.strip(), by=by, code="divided_from", facts=facts)
    return second


def _row(first: Case, subject: Subject, now: datetime) -> Case:
    code = next(
        c for c in (codes.new_code() for _ in range(CODE_TRIES)) if not Case.objects.filter(code=c).exists()
    )
    # Nobody knows this secret: the first receipt opens the way to a new one, see `give_own_receipt`.
    _secret, mac = secret_for(code)
    carried = {name: getattr(first, name) for name in CARRIED}
    second = Case(id=uuid7(), code=code, secret_mac=mac, subject=subject, registered_at=now, **carried)
    second.unit, second.authority, second.leader_post = first.unit, first.authority, first.leader_post
    return second


def _begin(first: Case, second: Case, why: str, by: Actor, now: datetime) -> Appended:
    text = CaseText.objects.get(case=first)
    return append(
        ActKind.REGISTERED,
        matter=second.pk,
        by=by,
        at=now,
        why=why,
        new_matter=True,
        happened_at=first.received_at if first.received_at < now else None,
        claimed_by=f"post {by.post_id}" if first.received_at < now else "",
        body={
            "code": second.code,
            "case": str(first.pk),
            "divided": True,
            "unit": second.unit_id,
            "leader_post": second.leader_post_id,
            "subject": second.subject_id,
            "place": second.place_id,
            "kind": second.kind,
            "pack": second.pack,
            "intake": second.intake,
            "privacy": second.privacy,
            "files": Attachment.objects.filter(case=first).exclude(sealed=None).count(),
            "claim_sha256": digest(text.claim),
            "wants_sha256": digest(text.wants),
        },
    )


def _clocks(first: Case, second: Case, done: Appended) -> dict[int, Deadline]:
    """By id of the first's, every clock of it, with its date; one that rests runs on, as nothing would end its pause here."""
    calendar = calendar_of(first.authority)
    copies: dict[int, Deadline] = {}
    for row in Deadline.objects.filter(case=first, voided_seq=None).order_by("pk"):
        derivation = Derivation.from_record(row.derivation)
        pause = derivation.open_pause
        if pause is not None and row.is_open:
            derivation = resumed(derivation, code=pause.code, at=done.at, calendar=calendar)
        columns = [f.attname for f in Deadline._meta.concrete_fields if not f.primary_key]
        copy = Deadline(**{name: getattr(row, name) for name in columns})
        copy.case, copy.opened_seq = second, done.seq
        copy.met_seq = None if row.met_seq is None else done.seq
        copy.derivation, copy.late_from, copy.paused_at = derivation.to_record(), derivation.late_from, None
        copies[row.pk] = copy
    return copies


def _insert_clocks(copies: dict[int, Deadline]) -> None:
    """One by one: a clock of the level above points at the copy of the one that it watches."""
    for copy in copies.values():
        watched = copies.get(copy.lifted_from_id or 0)
        copy.lifted_from_id = watched.pk if watched else None
        copy.save(force_insert=True)


def _carry_over(first: Case, second: Case, title: str) -> None:
    text = CaseText.objects.get(case=first)
    CaseText.objects.create(
        case=second,
        received_at=second.received_at,
        unit_token=text.unit_token,
        claim=text.claim,
        wants=text.wants,
        place_text=text.place_text,
        accused_text=text.accused_text,
        title=title,
    )
    for model in (Accused, SteppedAside, Involvement):
        for row in model.objects.filter(case=first):
            row.pk, row.case_id = None, second.pk
            row.save(force_insert=True)
    try:
        copy_parties(first.pk, second.pk)
    except vault.CannotOpen as error:
        raise CannotDivide("sealed_lost") from error
    files.copy_files(first, second)


def second_halves(case_id: UUID) -> list[Case]:
    """The matters that were made out of this one, in their order: as its record says, and nothing else does."""
    acts = acts_of(case_id, kinds=(str(ActKind.DIVIDED),))
    ids = [str((act.body or {}).get("case", "")) for act in acts]
    rows = Case.objects.filter(pk__in=[pk for pk in ids if pk]).select_related("text")
    found = {str(case.pk): case for case in rows}
    return [found[pk] for pk in ids if pk in found]


def first_of(case_id: UUID) -> UUID | None:
    """The matter that this one was divided from, as its record says."""
    begun = acts_of(case_id, kinds=(str(ActKind.REGISTERED),))
    body = (begun[0].body or {}) if begun else {}
    return UUID(str(body["case"])) if body.get("divided") else None


def needs_own_receipt(case_id: UUID) -> bool:
    """Whether this is a second half for which nobody has taken a receipt yet."""
    begun = acts_of(case_id, kinds=(str(ActKind.REGISTERED),))
    if not begun or not (begun[0].body or {}).get("divided"):
        return False
    return not Act.objects.filter(matter_id=case_id, kind=ActKind.RECEIPT_REISSUED).exists()


@transaction.atomic(durable=True)
def give_own_receipt(*, case_id: UUID, now: datetime) -> tuple[Case, str]:
    """The second half's own secret, shown once to whoever came in by the first half's receipt.

    Raises CannotAct("already_so") where a receipt was taken before: a lost one goes the way of every lost one.
    """
    case = steps.lock_case(case_id)
    if not needs_own_receipt(case.pk):
        raise CannotAct("already_so")
    secret, mac = secret_for(case.code)
    steps.act(
        case,
        ActKind.RECEIPT_REISSUED,
        by=Actor.person(),
        now=now,
        set={"secret_mac": mac},
        body={"how": "divided"},
        clocks=False,
    )
    return case, secret


@transaction.atomic(durable=True)
def undo_division(*, case_id: UUID, second_id: UUID, why: str, by: Actor, now: datetime) -> Case:
    """Put the second half back: it is merged into the first, keeps its receipt, and gets the same answer.

    Possible while nothing happened in it. Raises CannotDivide("moved_on"), or as `grouping.merge_case` does.
    """
    cases = lock_cases([case_id, second_id])
    for case in cases.values():
        access.require(by, case, Doing.HANDLE, now)
    if Act.objects.filter(matter_id=second_id).exclude(kind__in=QUIET).exists():
        raise CannotDivide("moved_on")
    merge_within(cases[second_id], cases[case_id], why=why, by=by, now=now)
    return cases[case_id]
