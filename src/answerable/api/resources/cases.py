"""POST and GET /api/v1/cases, /unit/cases, and the acts of one case with their proofs."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest
from ninja import Header, Path, Query, Router
from ninja.responses import Status

from answerable.api.clients import taken_out
from answerable.api.door import Key, let_in
from answerable.api.paging import Asked, MarkIn, Most, Order, PageOut, mark_of
from answerable.api.reading import told_by
from answerable.api.resources import case_rows
from answerable.api.resources.acts import acts_of_case, proof_of_case
from answerable.api.resources.idempotency import submission_of
from answerable.api.resources.receipts import open_dates, receipt
from answerable.api.schemas import ActOut, ActProofOut, CaseIn, CaseOut, CaseWholeOut, ReceiptOut, RejectedOut
from answerable.api.scopes import Scope
from answerable.cases.services.intake import register_case
from answerable.core.codes import ALPHABET
from answerable.orgs.standing import held

router = Router(tags=["cases"])

REFUSED = {frozenset({400, 401, 403, 422, 429, 503}): RejectedOut}
REFUSED_ONE = {frozenset({401, 403, 404, 422, 429, 503}): RejectedOut}
_SIGNS = f"[{ALPHABET}]"
Code = Annotated[
    str, Path(pattern=f"^{_SIGNS}{{4}}-{_SIGNS}{{4}}-{_SIGNS}{{2}}$", description="The code of the receipt.")
]


@router.post(
    "/cases",
    auth=Key(Scope.CASES_WRITE, "cases"),
    response={
        201: ReceiptOut,
        200: ReceiptOut,
        frozenset({400, 401, 403, 409, 413, 422, 429, 503}): RejectedOut,
    },
    summary="Register a case",
    operation_id="register_case",
)
def post_case(
    request: HttpRequest,
    body: CaseIn,
    idempotency_key: str = Header(
        "", alias="Idempotency-Key", description="8 to 200 visible ASCII characters, fresh for each case."
    ),
) -> Status[dict[str, Any]]:
    """Answers 201 with the receipt. The same Idempotency-Key again gives 200 and the same case; with other words, 409."""
    let = let_in(request)
    submission = submission_of(let.client, idempotency_key)
    with held():
        let.held()
        done = register_case(told_by(let.client, body, submission), by=let.actor, now=let.now)
        return Status(200 if done.is_repeat else 201, receipt(done, let.now))


class CasesOut(PageOut):
    items: list[CaseOut]


@router.get(
    "/cases",
    auth=Key(Scope.CASES_READ),
    response={200: CasesOut, **REFUSED},
    summary="Cases that this key handed in",
    operation_id="list_cases",
)
def get_cases(
    request: HttpRequest, cursor: MarkIn = None, limit: Most = 50, order: Order = "newest"
) -> dict[str, Any]:
    """A case appears within seconds of being handed in. Cases about somebody's conduct are in no list, and erased ones
    are gone."""
    asked = Asked(let_in(request), "cases", (), order, cursor, limit)
    rows = case_rows.handed_in(asked)
    cases = case_rows.cases_by_id([row.case_id for row in rows])
    words = case_rows.summaries(list(cases.values()))
    return asked.page(
        rows,
        lambda row: case_rows.shown(cases[row.case_id], words.get(row.case_id, "")),
        lambda row: mark_of(row.at, row.case_id),
    )


@router.get(
    "/unit/cases",
    auth=Key(Scope.UNIT_CASES_READ),
    response={200: CasesOut, **REFUSED},
    summary="Cases of the key's unit and those below it",
    operation_id="list_unit_cases",
)
def get_unit_cases(
    request: HttpRequest,
    which: Annotated[Literal["all", "open", "ended"], Query()] = "all",
    cursor: MarkIn = None,
    limit: Most = 50,
    order: Order = "newest",
) -> dict[str, Any]:
    """By the day of receipt. Never who brought them, never what they wrote, never a case about somebody's conduct. Each
    day on which rows are read is an act that the office's auditors see."""
    let = let_in(request)
    asked = Asked(let, "unit cases", (which,), order, cursor, limit)
    rows = case_rows.of_units(asked, which)
    taken_out(let.client, [pk for pk, _at in rows[:limit]], today=let.today, now=let.now)
    cases = case_rows.cases_by_id([pk for pk, _at in rows])
    words = case_rows.summaries(list(cases.values()))
    return asked.page(
        rows,
        lambda row: case_rows.shown(cases[row[0]], words.get(row[0], "")),
        lambda row: mark_of(row[1], row[0]),
    )


@router.get(
    "/cases/{code}",
    auth=Key(Scope.CASES_READ, or_with=Scope.UNIT_CASES_READ),
    response={200: CaseWholeOut, **REFUSED_ONE},
    summary="How one case stands, with its dates",
    operation_id="get_case",
)
def get_case(request: HttpRequest, code: Code) -> dict[str, Any]:
    """404 for cases of others, about somebody's conduct, erased, or unknown: none can be told from another."""
    let = let_in(request)
    case = case_rows.case_by_code(let, code)
    summary = case_rows.summaries([case]).get(case.pk, "")
    return case_rows.shown(case, summary) | {"deadlines": open_dates(case, let.now)}


class ActsOut(PageOut):
    items: list[ActOut]


@router.get(
    "/cases/{code}/acts",
    auth=Key(Scope.CASES_READ, or_with=Scope.UNIT_CASES_READ),
    response={200: ActsOut, **REFUSED_ONE, 400: RejectedOut},
    summary="What was done in a case",
    operation_id="list_case_acts",
)
def get_acts(request: HttpRequest, code: Code, cursor: MarkIn = None, limit: Most = 50) -> dict[str, Any]:
    """The acts that the person is told of, oldest first, with their leaves in the public log. What stays between the
    person and the office (looks, messages, files, joined cases) is left out, so numbers have gaps."""
    let = let_in(request)
    case = case_rows.case_by_code(let, code)
    asked = Asked(let, "case acts", (code,), "oldest", cursor, limit)
    return asked.page(acts_of_case(case, asked), lambda row: row, lambda row: [row["seq"]])


@router.get(
    "/cases/{code}/acts/{seq}/proof",
    auth=Key(Scope.CASES_READ, or_with=Scope.UNIT_CASES_READ),
    response={200: ActProofOut, **REFUSED_ONE},
    summary="The receipt of an act in the public log",
    operation_id="get_act_proof",
)
def get_proof(
    request: HttpRequest, code: Code, seq: Annotated[int, Path(ge=1, le=2_000_000_000)]
) -> dict[str, Any]:
    """Check it with `answerable verify` or at /record/verify.html. It proves the leaf, and carries no content."""
    case = case_rows.case_by_code(let_in(request), code)
    found = proof_of_case(case, seq)
    if found is None:
        raise Http404
    return found
