"""Writes that set a response going: tracks, tasks of a level, roles with their alarms. On a locked incident.

Everything is read once and written in bulk: a plan of 200 roles and 400 actions costs no more statements than a small
one, but for the acts of its alarms.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext

from answerable.core.sentences import N_
from answerable.incidents import alarms, planned
from answerable.incidents.models import Incident, IncidentRole, Strand, Task
from answerable.incidents.planned import Directory, Held
from answerable.incidents.plans.schema import PlanFile
from answerable.record.actors import Actor

#: The tracks of every response, with a plan or without.
TRACKS = {
    "safety": N_("Safety"),
    "information": N_("Information"),
    "coordination": N_("Coordination"),
}
COMMANDER = N_("Commander")


@dataclass(frozen=True)
class Commander:
    """Who commands from now on, and for which post."""

    staff: int
    post: int | None
    stands_in: bool


def in_both(message: str) -> dict[str, str]:
    """A text of ours in both languages, as names are kept."""
    found = {}
    for tongue, language in (("zh", "zh-hans"), ("en", "en")):
        with translation.override(language):
            found[tongue] = gettext(message)
    return found


def open_strands(incident: Incident, plan: PlanFile | None) -> dict[str, Strand]:
    """The plan's tracks, or the three standard ones; by code."""
    if plan is not None:
        named = [(track.code, track.names.zh, track.names.en) for track in plan.tracks]
    else:
        ours = {code: in_both(name) for code, name in TRACKS.items()}
        named = [(code, names["zh"], names["en"]) for code, names in ours.items()]
    rows = [
        Strand(incident=incident, code=code, name_zh=zh, name_en=en, position=n)
        for n, (code, zh, en) in enumerate(named)
    ]
    return {row.code: row for row in Strand.objects.bulk_create(rows)}


def set_tasks(
    incident: Incident, plan: PlanFile, level: int, strands: Mapping[str, Strand], *, now: datetime
) -> list[Task]:
    """The actions of a level that are not there yet, as tasks with their targets, counted from now."""
    there = set(Task.objects.filter(incident=incident).exclude(code="").values_list("code", flat=True))
    place = {action.code: n for n, action in enumerate(plan.actions)}
    rows = [
        Task(
            incident=incident,
            strand=strands[action.track],
            code=action.code,
            position=place[action.code],
            title_zh=action.names.zh,
            title_en=action.names.en,
            check_zh=action.check.zh if action.check else "",
            check_en=action.check.en if action.check else "",
            role_code=action.role or "",
            needs=list(action.needs),
            level=level,
            set_at=now,
            due_at=planned.due_at(action, now, incident.pace),
        )
        for action in plan.actions_at(level)
        if action.code not in there
    ]
    return Task.objects.bulk_create(rows, batch_size=1000)


def fill_roles(
    incident: Incident, plan: PlanFile | None, strands: Mapping[str, Strand], *, by: Actor, now: datetime
) -> tuple[list[IncidentRole], Commander]:
    """Give each role to whoever the plan means now and ask them; who sets the response going has theirs already.

    Where nobody can be found to command, and where there is no plan, whoever activates it does.
    """
    if plan is None:
        return _without_plan(incident, by=by, now=now)
    directory = Directory(incident.authority_id, plan.roles, now)
    held = [directory.held(role) for role in plan.roles]
    rows = [_row(incident, one, n, strands, by=by, now=now) for n, one in enumerate(held)]
    commander = next(row for row in rows if row.is_commander)
    to_ask = [
        (row, _steps(one, commander, incident), one.plan.ask)
        for row, one in zip(rows, held, strict=True)
        if row.acknowledged_at is None
    ]
    alarms.ask_roles(incident, to_ask, now=now)
    IncidentRole.objects.bulk_create(rows, batch_size=1000)
    assert commander.staff_id is not None
    return rows, Commander(commander.staff_id, commander.post_id, commander.stands_in)


def _row(
    incident: Incident, held: Held, place: int, strands: Mapping[str, Strand], *, by: Actor, now: datetime
) -> IncidentRole:
    plan, holder = held.plan, held.holder
    staff, post, stands_in = (
        (holder.staff, holder.post, not holder.is_first) if holder else (None, held.post, False)
    )
    if plan.is_commander and staff is None:
        staff, post, stands_in = by.staff, by.post_id, True
    return IncidentRole(
        incident=incident,
        code=plan.code,
        name_zh=plan.names.zh,
        name_en=plan.names.en,
        position=place,
        group=plan.group,
        strand=strands.get(plan.track or ""),
        is_commander=plan.is_commander,
        duty_zh=plan.task.zh,
        duty_en=plan.task.en,
        post_id=post,
        staff_id=staff,
        stands_in=stands_in,
        from_at=now,
        acknowledged_at=now if staff is not None and staff == by.staff_id else None,
    )


def _steps(held: Held, commander: IncidentRole, incident: Incident) -> list[Sequence[Mapping[str, Any]]]:
    """Whom the role's alarm asks: its holder, whoever is next for it, then the commander; behind them the leader."""
    found: list[Sequence[Mapping[str, Any]]] = list(held.targets)
    if not held.plan.is_commander and commander.staff_id is not None:
        found.append([{"staff": commander.staff_id}])
    if held.plan.is_commander or not found:
        found.append([{"follows": "leader"}, {"follows": "above", "told": True}])
    return found


def _without_plan(incident: Incident, *, by: Actor, now: datetime) -> tuple[list[IncidentRole], Commander]:
    names = in_both(COMMANDER)
    row = IncidentRole.objects.create(
        incident=incident,
        code="commander",
        name_zh=names["zh"],
        name_en=names["en"],
        group="leading",
        is_commander=True,
        post_id=by.post_id,
        staff_id=by.staff,
        stands_in=by.stands_in,
        from_at=now,
        acknowledged_at=now,
    )
    return [row], Commander(by.staff, by.post_id, by.stands_in)


def reopen(strands: Iterable[Strand]) -> list[Strand]:
    """Tracks that were closed and have something to do again."""
    closed = [one for one in strands if one.closed_at is not None]
    for one in closed:
        one.closed_at, one.closed_by, one.closed_with = None, None, ""
    Strand.objects.bulk_update(closed, ["closed_at", "closed_by", "closed_with"])
    return closed
