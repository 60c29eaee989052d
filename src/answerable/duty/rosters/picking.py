"""Who can be put into a cell of a draft: those who may first, whoever has least first; the others with the reason."""

from __future__ import annotations

from dataclasses import dataclass

from answerable.core.sentences import sentence
from answerable.duty.roster_wording import rule_text
from answerable.duty.rosters.board import Board
from answerable.duty.services.rosters import NEVER
from answerable.duty.solver import fairness, hard


@dataclass(frozen=True)
class Candidate:
    id: int
    name: str
    count: int
    is_in: bool
    reasons: tuple[str, ...]
    is_barred: bool


def candidates(board: Board, key: str) -> list[Candidate]:
    """Everyone in the pool, as things stand in this draft. Raises KeyError for a cell that is not there."""
    index, role = cell = board.asked.keys[key]
    counts = fairness.counts(board.asked.problem, board.filling, "all")
    here = board.filling.get(cell, ())
    found = []
    for one in {*board.asked.pool.people, *here}:
        with_them = board.filling | {cell: tuple(sorted({*here, one}))}
        barred, reasons = False, []
        refusal = board.asked.pool.why_not(one, role, board.asked.spans[index])
        if refusal is not None:
            barred, reasons = True, [sentence(refusal)]
        before = {(b.code, b.shift) for b in hard.of_person(board.asked.problem, board.filling, one)}
        for broken in hard.of_person(board.asked.problem, with_them, one):
            if broken.code == "may_not" or ((broken.code, broken.shift) in before and one not in here):
                continue
            name, other = board.names.get(one, ""), board.names.get(broken.other or 0, "")
            text = rule_text(broken.code, name=name, other=other)
            barred = barred or broken.code in NEVER
            if text not in reasons:
                reasons.append(text)
        found.append(
            Candidate(
                one, board.names.get(one, str(one)), counts.get(one, 0), one in here, tuple(reasons), barred
            )
        )
    return sorted(found, key=lambda c: (not c.is_in, c.is_barred, bool(c.reasons), c.count, c.id))
