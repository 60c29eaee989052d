"""A case's history as counting needs it: everything of one case in one statement, so that it is of one instant."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from answerable.core.statements import prepared
from answerable.figures.formulas import COUNTED, Clock, Happened, History, Moved, Sent

_READ = """
SELECT c.id, c.authority_id, c.unit_id, c.leader_post_id, c.subject_id, c.place_id, c.is_conduct, c.received_at,
    c.intake,
    (SELECT json_agg(json_build_array(a.seq, a.kind, a.recorded_at))
        FROM record_act a WHERE a.matter_id = c.id AND a.kind = ANY(%s)),
    (SELECT json_agg(json_build_array(m.act_seq, m.at, m.from_unit_id, m.from_post_id, m.to_unit_id, m.to_post_id))
        FROM cases_move m WHERE m.case_id = c.id),
    (SELECT json_agg(json_build_array(d.opened_seq, d.met_seq, d.voided_seq, d.started_at, d.late_from, d.met_at,
            d.paused_at IS NOT NULL))
        FROM cases_deadline d WHERE d.case_id = c.id AND d.is_office AND NOT d.is_supervising),
    (SELECT json_agg(json_build_array(s.act_seq, s.outcome, s.office_solved))
        FROM cases_decision s WHERE s.case_id = c.id AND s.sent_at IS NOT NULL)
FROM cases_case c WHERE c.id = ANY(%s::uuid[]) ORDER BY c.id
"""
_KINDS = sorted(str(kind) for kind in COUNTED)


@dataclass(frozen=True)
class Read:
    """A history, and what a fact shows of the case beside it."""

    history: History
    intake: str


def read(case_ids: Collection[UUID]) -> list[Read]:
    """The histories of these cases, in the order of their keys."""
    with prepared() as cursor:
        cursor.execute(_READ, [_KINDS, list(case_ids)])
        return [_history(row) for row in cursor.fetchall()]


def _history(row: tuple[Any, ...]) -> Read:
    case, authority, unit, post, subject, place, is_conduct, received_at, intake, *parts = row
    acts, moves, clocks, sent = ((part or []) for part in parts)
    history = History(
        case=case,
        authority=authority,
        unit=unit,
        post=post,
        subject=subject,
        place=place,
        is_conduct=is_conduct,
        received_at=received_at,
        acts=tuple(Happened(seq, kind, datetime.fromisoformat(at)) for seq, kind, at in acts),
        moves=tuple(Moved(seq, datetime.fromisoformat(at), *rest) for seq, at, *rest in moves),
        clocks=tuple(
            Clock(
                opened,
                met,
                voided,
                datetime.fromisoformat(start),
                datetime.fromisoformat(late),
                _at(met_at),
                paused,
            )
            for opened, met, voided, start, late, met_at, paused in clocks
        ),
        sent=tuple(Sent(*one) for one in sent),
    )
    return Read(history, intake)


def _at(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
