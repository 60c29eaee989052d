"""A roster on paper for the wall, as a workbook, and a draft from one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from answerable.core.refusals import Refusal
from answerable.duty import typed
from answerable.duty.access import Reader, duty_view, line_for
from answerable.duty.asking import ask
from answerable.duty.roster_acts import RosterAct
from answerable.duty.roster_wording import refusal_text
from answerable.duty.rosters import sheets
from answerable.duty.rosters.board import Board, draft_board, published_board
from answerable.duty.rosters.views.drafting import draft_for
from answerable.duty.rosters.views.looking import latest_proof, month_of, period
from answerable.duty.services import rosters
from answerable.ui import flash
from answerable.ui.htmx import go
from answerable.ui.print import roster as paper_roster
from answerable.ui.print.data import Body
from answerable.ui.print.words import Lang

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _month(request: HttpRequest, reader: Reader, line_id: int) -> tuple[Board, str]:
    line = line_for(reader, line_id)
    _view, on, _first, _last = period(request, line, reader)
    first, last = month_of(on)
    return published_board(line, first, last, now=reader.now), f"{first:%Y-%m}"


@require_safe
@duty_view
def paper(request: HttpRequest, reader: Reader, line_id: int) -> HttpResponse:
    """The month as it hangs on the wall, with its spread and bound at the foot."""
    board, month = _month(request, reader, line_id)
    line = board.line
    lang: Lang = "zh-hans" if (get_language() or "").startswith("zh") else "en"
    _view, on, _first, _last = period(request, line, reader)
    proof = latest_proof(line, on)
    fair: list[str] = []
    if proof is not None:
        for group in board.groups(proof.proof):
            fair += [
                _("%(roles)s, %(kind)s: %(text)s") % {"roles": group.title, "kind": kind, "text": text}
                for kind, text, _is_best in group.sentences
            ]
    data = paper_roster.RosterData(
        body=Body(name=line.authority.name, unit=line.unit.name),
        line=str(line),
        month=month_of(on)[0],
        roles=tuple(str(role) for role in board.roles),
        rows=tuple(
            paper_roster.RosterRow(
                on=row.on,
                hours=row.hours,
                note=row.holiday,
                is_free=row.is_weekend or row.is_holiday,
                names=tuple(tuple(chip.name for chip in cell.chips) if cell else () for cell in row.cells),
            )
            for row in board.rows
        ),
        phone=line.phone,
        fairness=tuple(fair),
        made_at=timezone.localtime(reader.now),
    )
    response = HttpResponse(paper_roster.roster(data, lang), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="roster-{line.code}-{month}.pdf"'
    return response


@require_safe
@duty_view
def sheet_out(request: HttpRequest, reader: Reader, line_id: int) -> HttpResponse:
    board, month = _month(request, reader, line_id)
    return _sheet(board, month)


@require_safe
@duty_view
def draft_out(request: HttpRequest, reader: Reader, roster_id: int) -> HttpResponse:
    line, roster = draft_for(reader, roster_id)
    return _sheet(draft_board(roster, line, now=reader.now), f"{roster.from_on}")


def _sheet(board: Board, name: str) -> HttpResponse:
    response = HttpResponse(sheets.workbook(board), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="roster-{board.line.code}-{name}.xlsx"'
    return response


@require_POST
@duty_view
def draft_in(request: HttpRequest, reader: Reader, roster_id: int) -> HttpResponse:
    """Read a workbook into the draft: all of it, or (where anything is wrong) nothing, with each fault's place."""
    line, roster = draft_for(reader, roster_id)
    back = reverse("rosters:draft", args=[roster.pk])
    upload = request.FILES.get("sheet")
    if upload is None:
        flash.warn(request, _("Choose a workbook first."))
        return go(request, back)
    if (upload.size or 0) > sheets.FILE_MB << 20:
        faults = [sheets.Fault("too_big", facts={"limit": sheets.FILE_MB})]
        return _faulty(request, roster.pk, faults)
    asked = ask(line, roster.from_on, roster.until_on, now=reader.now)
    found = sheets.read(upload.read(), asked)
    if found.faults:
        return _faulty(request, roster.pk, found.faults)
    cells = sheets.changed_cells(found, asked, asked.filling(roster.proposal))
    seen = typed.number(request.POST.get("version")) or -1
    try:
        if cells:
            rosters.change_cells(
                roster_id=roster.pk,
                cells=cells,
                by=reader.actor(line),
                seen_version=seen,
                now=reader.now,
                kind=RosterAct.IMPORTED,
            )
    except Refusal as refusal:
        flash.warn(request, refusal_text(refusal))
    else:
        text = ngettext("%(count)s place changed.", "%(count)s places changed.", len(cells))
        flash.done(request, text % {"count": len(cells)})
    return go(request, back)


def _faulty(request: HttpRequest, roster_id: int, faults: list[sheets.Fault]) -> HttpResponse:
    context = {"faults": faults, "roster_id": roster_id}
    return render(request, "rosters/sheet_faults.html", context, status=422)
