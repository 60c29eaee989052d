"""Cases as a system may see them: their state and dates, never who brought them, never a text, never about conduct.

A list is not searched: there are no words to look for and no person to look by (rights, rule 1). A case about somebody's
conduct is in no list and has no page here, not for the system that handed it in either: whoever runs that system may be
the one it is about (rights, rule 5).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.http import Http404

from answerable.api.clients import taken_out
from answerable.api.door import LetIn
from answerable.api.handed_in import client_that_brought
from answerable.api.models import HandedIn
from answerable.api.paging import Asked, rows_of
from answerable.api.scopes import Scope
from answerable.cases.models import Accused, Case, CaseText
from answerable.cases.naming import name_all, named
from answerable.core.statements import prepared

_SHUT = "NOT c.is_conduct AND c.erased_at IS NULL AND NOT EXISTS (SELECT FROM cases_accused a WHERE a.case_id = c.id)"
_WHICH = {"all": "", "open": " AND c.ended_at IS NULL", "ended": " AND c.ended_at IS NOT NULL"}
# A unit's newest come from its own index, however many cases there are.
_OF_UNITS = """SELECT x.id, x.received_at FROM unnest(%s::bigint[]) AS u(id) CROSS JOIN LATERAL (
    SELECT c.id, c.received_at FROM cases_case c WHERE c.unit_id = u.id AND {shut}{which}{after}
    ORDER BY c.received_at {way}, c.id {way} LIMIT %s) x
    ORDER BY x.received_at {way}, x.id {way} LIMIT %s"""


def is_shown(case: Case) -> bool:
    """Whether any system may see this case at all."""
    return not case.is_conduct and case.erased_at is None and not Accused.objects.filter(case=case).exists()


def handed_in(asked: Asked) -> list[HandedIn]:
    """The cases that came in with this key."""
    shown = Case.objects.filter(pk=OuterRef("case_id"), is_conduct=False, erased_at=None)
    accused = Accused.objects.filter(case=OuterRef("case_id"))
    mine = HandedIn.objects.filter(Exists(shown), ~Exists(accused), client=asked.let.client)
    return rows_of(asked, mine, at="at", key="case_id")


def of_units(asked: Asked, which: str) -> list[tuple[UUID, Any]]:
    """The cases of the key's unit and of those below it."""
    place = asked.place_in_time()
    way = "DESC" if asked.is_newest else "ASC"
    after = f" AND (c.received_at, c.id) {'<' if asked.is_newest else '>'} (%s, %s)" if place else ""
    sql = _OF_UNITS.format(shut=_SHUT, which=_WHICH[which], after=after, way=way)
    most = asked.limit + 1
    with prepared() as cursor:
        cursor.execute(sql, [asked.let.unit_ids, *(place or ()), most, most])
        return [(row[0], row[1]) for row in cursor.fetchall()]


def case_by_code(let: LetIn, code: str) -> Case:
    """A case that this key handed in, or of its unit, as far as its scopes go. Raises Http404."""
    case = Case.objects.filter(code=code).first()
    if case is None or not is_shown(case):
        raise Http404
    scopes = let.client.scopes
    is_own = Scope.CASES_READ.value in scopes and client_that_brought(case.pk) == let.client.pk
    if not is_own and not (Scope.UNIT_CASES_READ.value in scopes and case.unit_id in let.unit_ids):
        raise Http404
    if not is_own:
        taken_out(let.client, [case.pk], today=let.today, now=let.now)
    return named(case)


def cases_by_id(ids: Sequence[UUID]) -> dict[UUID, Case]:
    """The rows with their names, and the short summary of those whose persons agreed that it is shared."""
    rows = Case.objects.in_bulk(list(ids))
    name_all(list(rows.values()))
    return rows


def summaries(cases: Sequence[Case]) -> dict[UUID, str]:
    """The office's short summaries that persons agreed to share."""
    agreed = [case.pk for case in cases if case.is_shareable]
    if not agreed:
        return {}
    return dict(
        CaseText.objects.filter(pk__in=agreed).exclude(shared_summary="").values_list("pk", "shared_summary")
    )


def shown(case: Case, summary: str = "") -> dict[str, Any]:
    return {
        "code": case.code,
        "state": case.state,
        "stage": case.stage,
        "kind": case.kind,
        "subject": case.subject.code,
        "place": case.place.code if case.place else None,
        "unit": {"code": case.unit.code, "name": case.unit.name},
        "post": {"code": case.leader_post.code, "name": case.leader_post.name},
        "received_at": case.received_at,
        "registered_at": case.registered_at,
        "due_at": case.due_at,
        "is_lifted": case.is_lifted,
        "decided_at": case.decided_at,
        "ended_at": case.ended_at,
        "outcome": case.outcome or None,
        "office_says_solved": case.office_solved,
        "person_says_solved": case.person_solved,
        "summary": summary or None,
    }
