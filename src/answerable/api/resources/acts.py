"""The acts of a case with their proofs; and the leaves of the public log, for auditors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router

from answerable.api.door import Key, let_in
from answerable.api.models import HandedIn
from answerable.api.paging import Asked, MarkIn, Most, PageOut
from answerable.api.schemas import LeafOut, RejectedOut
from answerable.api.scopes import Scope
from answerable.cases.act_kinds import ActKind as A
from answerable.cases.models import Case
from answerable.record import files, promises, receipts
from answerable.record.models import Act
from answerable.record.places import places_of
from answerable.record.receipts import Kind, Leaf

router = Router(tags=["log"])

#: What a system is told was done. What is not here stays between the person and the office.
TOLD = frozenset(
    {
        *(A.REGISTERED, A.ACKNOWLEDGED, A.ACCEPTED, A.PASSED_ON, A.TRANSFERRED, A.ASSIGNED, A.CHARGE_TAKEN),
        *(A.ASKED, A.ANSWERED, A.TOLD, A.EXTENDED, A.DECIDED, A.DECISION_DELIVERED, A.REPLIED, A.CLOSED),
        *(A.REOPENED, A.WITHDRAWN, A.WITHDRAWAL_UNDONE, A.RAISED, A.LIFTED, A.SOLVED_SAID, A.UNSOLVED_SAID),
        *(A.REVIEW_ASKED, A.REVIEW_DECIDED, A.REREVIEW_ASKED, A.REREVIEW_DECIDED),
        *(A.HEARING_ANNOUNCED, A.HEARING_OPENED, A.HEARING_CLOSED, A.HEARING_CALLED_OFF),
    }
)


def acts_of_case(case: Case, asked: Asked) -> list[dict[str, Any]]:
    """One more than the page has; after the mark, by their numbers."""
    place = asked.place(1)
    rows = Act.objects.filter(matter_id=case.pk, kind__in=TOLD, seq__gt=place[0] if place else 0)
    found = list(rows.order_by("seq")[: asked.limit + 1])
    places = places_of(case.pk)
    shown = []
    for act in found:
        at = places.get(act.seq)
        is_out = at is not None and at.is_published
        shown.append(
            {
                "seq": act.seq,
                "kind": act.kind,
                "recorded_at": act.recorded_at,
                "leaf": bytes(act.leaf).hex(),
                "log": at.epoch if at and is_out else None,
                "index": at.index if at and is_out else None,
            }
        )
    return shown


def proof_of_case(case: Case, seq: int) -> dict[str, Any] | None:
    """The receipt or the promise of an act; None for what a system is not told of."""
    act = Act.objects.filter(matter_id=case.pk, seq=seq, kind__in=TOLD).first()
    if act is None:
        return None
    receipt = receipts.receipt_of(act.pk)
    promise = None if receipt else promises.promise_of(act)
    return {
        "seq": seq,
        "leaf": bytes(act.leaf).hex(),
        "receipt": receipt.decode() if receipt else None,
        "promise": promise.decode() if promise else None,
    }


class LeavesOut(PageOut):
    items: list[LeafOut]


@router.get(
    "/acts",
    auth=Key(Scope.ACTS_READ),
    response={200: LeavesOut, frozenset({400, 401, 403, 422, 429, 503}): RejectedOut},
    summary="The leaves of the public log, each accounted for",
    operation_id="list_acts",
)
def get_leaves(request: HttpRequest, cursor: MarkIn = None, limit: Most = 50) -> dict[str, Any]:
    """For auditors: oldest first, only what is published. `kind` tells acts from the dummies that pad the log; an
    `unknown` leaf is a finding. Which act it is, and of which case, is said only of what this key handed in."""
    asked = Asked(let_in(request), "leaves", (), "oldest", cursor, limit)
    place = asked.place(2)
    start = (int(place[0]), int(place[1]) + 1) if place else (0, 0)
    rows = _leaves(*start, asked.limit + 1)
    acts = [leaf.act for _log, _index, leaf in rows if leaf.act is not None]
    own, lost = _own_acts(asked, acts), _lost(rows)
    return asked.page(rows, lambda row: _shown(row, own, lost), lambda row: [row[0], row[1]])


def _leaves(log: int, index: int, most: int) -> list[tuple[int, int, Leaf]]:
    """Up to `most` published leaves from a place on, through the epochs of the log."""
    found: list[tuple[int, int, Leaf]] = []
    for epoch in files.epochs():
        if epoch.number < log:
            continue
        first = index if epoch.number == log else 0
        last = min(files.published_size(epoch), first + most - len(found))
        found += [(epoch.number, at, leaf) for at, leaf in receipts.leaves(epoch.number, first, last)]
        if len(found) >= most:
            break
    return found


def _own_acts(asked: Asked, acts: Sequence[int]) -> dict[int, tuple[Act, str]]:
    """Of these acts, those of cases that came in with the key and may be shown, with the case's code."""
    if Scope.CASES_READ.value not in asked.let.client.scopes:
        return {}
    rows = {act.pk: act for act in Act.objects.filter(pk__in=acts, kind__in=TOLD)}
    matters = {act.matter_id for act in rows.values()}
    mine = HandedIn.objects.filter(client=asked.let.client, case_id__in=matters).values_list(
        "case_id", flat=True
    )
    codes: dict[UUID, str] = dict(
        Case.objects.filter(pk__in=list(mine), is_conduct=False, erased_at=None).values_list("pk", "code")
    )
    return {pk: (act, codes[act.matter_id]) for pk, act in rows.items() if act.matter_id in codes}


def _lost(rows: Sequence[tuple[int, int, Leaf]]) -> set[int]:
    """Acts whose opening is gone without an erasure that says so: a finding."""
    gone = Act.objects.in_bulk(
        [leaf.act for _log, _at, leaf in rows if leaf.kind is Kind.ERASED and leaf.act]
    )
    matters = {act.matter_id for act in gone.values()}
    said = dict(Act.objects.filter(matter_id__in=matters, kind=A.ERASED).values_list("matter_id", "seq"))
    return {pk for pk, act in gone.items() if act.seq >= said.get(act.matter_id, 0)}


def _shown(row: tuple[int, int, Leaf], own: dict[int, tuple[Act, str]], lost: set[int]) -> dict[str, Any]:
    log, index, leaf = row
    act, code = own.get(leaf.act or 0, (None, None))
    return {
        "log": log,
        "index": index,
        "leaf": leaf.digest.hex(),
        "kind": Kind.UNKNOWN.value if leaf.act in lost else leaf.kind.value,
        "act": act.kind if act else None,
        "matter": code,
        "recorded_at": act.recorded_at if act else None,
    }
