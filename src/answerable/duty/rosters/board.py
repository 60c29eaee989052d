"""A roster as its pages show it: shifts by role with who stands there, what is wrong, how evenly it is shared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from answerable.core.sentences import sentence
from answerable.duty.asking import Asked, ask, ask_published, cell_key, present_filling
from answerable.duty.models import Line, LineRole, Roster, Shift
from answerable.duty.roster_wording import KINDS, broken_text, joined, spread_text, turns_text
from answerable.duty.services.rosters import NEVER
from answerable.duty.solver import fairness, hard
from answerable.duty.solver.hard import Broken
from answerable.duty.solver.problem import Filling
from answerable.orgs.calendars import Closure
from answerable.orgs.models import Staff
from answerable.orgs.queries import calendar_of
from answerable.orgs.standing import standing
from answerable.ui.templatetags.ui import day_text


@dataclass
class Chip:
    """Somebody in a cell, with what is wrong about it."""

    id: int
    name: str
    wrong: list[str] = field(default_factory=list)


@dataclass
class Cell:
    key: str
    role: LineRole
    need: int
    chips: list[Chip]
    missing: int
    is_settled: bool

    @property
    def anchor(self) -> str:
        return "c" + "".join(one for one in self.key if one.isalnum())

    @property
    def holes(self) -> range:
        return range(self.missing)


@dataclass
class Row:
    """One shift: its day, its hours, its cells in the order of the roles."""

    on: date
    hours: str
    pattern: str
    holiday: str
    is_weekend: bool
    is_holiday: bool
    is_settled: bool
    cells: list[Cell | None]
    #: Of a published one.
    shift_id: int | None = None


@dataclass
class Fault:
    text: str
    anchor: str
    is_grave: bool


@dataclass
class Share:
    """One person's counts; `balance` in turns above or below their part."""

    id: int
    name: str
    counts: list[int]
    balance: str
    order: int
    is_part: bool = False


@dataclass
class GroupShown:
    title: str
    sentences: list[tuple[str, str, bool]]
    people: list[Share]


@dataclass
class Board:
    line: Line
    asked: Asked
    filling: Filling
    roles: list[LineRole]
    rows: list[Row]
    faults: list[Fault]
    names: dict[int, str]

    @property
    def has_grave(self) -> bool:
        return any(one.is_grave for one in self.faults)

    @property
    def filled(self) -> int:
        return sum(len(cell.chips) for row in self.rows for cell in row.cells if cell)

    @property
    def needed(self) -> int:
        return sum(cell.need for row in self.rows for cell in row.cells if cell)

    def groups(self, proof: Mapping[str, Any] | None = None) -> list[GroupShown]:
        """Who shares which roles, how evenly, and each one's counts; by a published proof where given."""
        proof = proof or fairness.proof(self.asked.problem, self.filling)
        roles = {role.pk: str(role) for role in self.roles}
        return [_group(one, proof["people"], roles, self.names) for one in proof["groups"]]


def draft_board(roster: Roster, line: Line, *, now: datetime) -> Board:
    """A draft as its proposal stands."""
    asked = ask(line, roster.from_on, roster.until_on, now=now)
    return _board(asked, asked.filling(roster.proposal))


def published_board(line: Line, from_on: date, until_on: date, *, now: datetime) -> Board:
    """What is published for these days as it stands now, swaps and absences counted in."""
    rows = Shift.objects.filter(line=line, on__gte=from_on, on__lt=until_on).exclude(needs=None)
    shifts = sorted(rows.prefetch_related("needs"), key=lambda one: (one.from_at, one.pk))
    asked = ask_published(line, shifts, now=now)
    board = _board(asked, present_filling(asked))
    for row, shift in zip(board.rows, shifts, strict=True):
        row.shift_id = shift.pk
    return board


def _board(asked: Asked, filling: Filling) -> Board:
    line = asked.line
    roles = list(line.roles.all())
    names = names_of({*asked.pool.people, *(one for ids in filling.values() for one in ids)})
    broken = hard.check(asked.problem, filling)
    patterns = {row.pk: str(row) for row in line.patterns.all()}
    shown = patterns if len({span.pattern_id for span in asked.spans}) > 1 else {}
    board = Board(line, asked, filling, roles, [], [], names)
    by_cell: dict[tuple[int, int | None], list[Broken]] = {}
    for one in broken:
        by_cell.setdefault((one.shift, one.role), []).append(one)
    calendar = calendar_of(line.authority)
    for index, span in enumerate(asked.spans):
        closed = calendar.why_closed(span.on)
        settled = index in asked.problem.settled
        row = Row(
            on=span.on,
            hours=_hours(span.from_at, span.until_at),
            pattern=shown.get(span.pattern_id, ""),
            holiday=closed[1] if closed and closed[0] is not Closure.WEEKEND else "",
            is_weekend=span.is_weekend,
            is_holiday=span.is_holiday,
            is_settled=settled,
            cells=[],
        )
        for role in roles:
            here = filling.get((index, role.pk), ())
            need = asked.problem.shifts[index].needs.get(role.pk, 0)
            if not need and not here:
                row.cells.append(None)
                continue
            key = cell_key(span.from_at, span.pattern_id, role.pk)
            wrong = by_cell.get((index, role.pk), [])
            cell = Cell(key, role, need, [], max(0, need - len(here)), settled)
            for pk in here:
                cell.chips.append(Chip(pk, names[pk], [_short(b, board) for b in wrong if b.person == pk]))
            cell.chips.sort(key=lambda chip: chip.id)
            row.cells.append(cell)
            board.faults += [Fault(_long(b, board), cell.anchor, b.code in NEVER) for b in wrong]
        board.rows.append(row)
    return board


def names_of(ids: set[int]) -> dict[int, str]:
    known = standing().staff
    missing = [one for one in ids if one not in known]
    extra = Staff.objects.in_bulk(missing) if missing else {}
    return {one: str(known.get(one) or extra.get(one) or one) for one in ids}


def _hours(from_at: datetime, until_at: datetime) -> str:
    start, end = timezone.localtime(from_at), timezone.localtime(until_at)
    return f"{start:%H:%M}–{end:%H:%M}"


def _why(one: Broken, board: Board) -> str:
    if one.code != "may_not" or one.role is None or one.person is None:
        return ""
    refusal = board.asked.pool.why_not(one.person, one.role, board.asked.spans[one.shift])
    return sentence(refusal) if refusal else ""


def _short(one: Broken, board: Board) -> str:
    return broken_text(one, names=board.names, on="", role="", why=_why(one, board))


def _long(one: Broken, board: Board) -> str:
    role = next((str(role) for role in board.roles if role.pk == one.role), "")
    on = day_text(board.asked.spans[one.shift].on, weekday=True)
    return broken_text(one, names=board.names, on=on, role=role, why=_why(one, board))


def _group(
    group: Mapping[str, Any], people: Mapping[str, Any], roles: Mapping[int, str], names: Mapping[int, str]
) -> GroupShown:
    kinds = [kind for kind in KINDS if group["kinds"][kind]["turns"] or kind == "all"]
    rows = [
        Share(
            id=pk,
            name=names.get(pk, str(pk)),
            counts=[people[str(pk)][kind]["turns"] for kind in KINDS],
            balance=_signed(people[str(pk)]["all"]["balance"]),
            order=people[str(pk)]["all"]["balance"],
            is_part=people[str(pk)]["share"] < 100,
        )
        for pk in group["people"]
    ]
    return GroupShown(
        title=joined([roles.get(role, "?") for role in group["roles"]]),
        sentences=[
            (
                str(KINDS[kind]),
                spread_text(group["kinds"][kind], is_even=group["is_even"]),
                group["kinds"][kind]["spread"] <= group["kinds"][kind]["bound"],
            )
            for kind in kinds
        ],
        people=sorted(rows, key=lambda row: (row.order, row.id)),
    )


def _signed(hundredths: int) -> str:
    text = turns_text(abs(hundredths))
    return text if hundredths == 0 else f"+{text}" if hundredths > 0 else f"−{text}"
