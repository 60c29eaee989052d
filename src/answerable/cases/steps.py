"""Writes that compose: lock a case, act on it, move its clocks. Expect the caller's transaction."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from answerable.cases import deadlines, routing, rules
from answerable.cases.accusation import accusation_of
from answerable.cases.act_kinds import ActKind
from answerable.cases.answering import is_left
from answerable.cases.models import Case, CaseText, Deadline, Involvement, Message, Move
from answerable.cases.naming import named
from answerable.cases.packs import Pack, load_pack
from answerable.cases.routing import Route
from answerable.core.refusals import Changed
from answerable.core.statements import create, fetch, prepared, update
from answerable.orgs.calendars import WorkCalendar
from answerable.orgs.models import Post, Unit
from answerable.orgs.queries import calendar_of
from answerable.record.actors import Actor, ActorKind
from answerable.record.append import Appended, append

#: A year of keeping an ended case.
YEAR = timedelta(days=365.25)

#: What a person can do at any time (rights, rule 3), and what leaves no word behind.
WORDLESS = frozenset({ActKind.RAISED})


def lock_case(case_id: UUID, *, seen_version: int | None = None) -> Case:
    """Lock the case's row. Raises Case.DoesNotExist, or Changed when it moved on since it was shown."""
    found = fetch(Case, "id = %s FOR UPDATE", [case_id])
    if not found:
        raise Case.DoesNotExist
    case = named(found[0])
    if seen_version is not None:
        require_version(case, seen_version)
    return case


def require_version(case: Case, seen_version: int) -> None:
    """Raise Changed where the case moved on since it was shown in version `seen_version`."""
    if case.version != seen_version:
        raise Changed(shown=seen_version, now=case.version)


def require_kept(case: Case, by: Actor) -> None:
    """Raise CannotAct("erased") for anybody's act on an erased case: what were written now would never be erased
    again (rights, rule 9). The system may note what came of something it did before."""
    if case.erased_at is not None and by.kind is not ActorKind.SYSTEM:
        raise rules.CannotAct("erased")


@dataclass
class Doing:
    """One act being made: what changes on the case, and what the record says of it."""

    kind: ActKind
    by: Actor
    now: datetime
    set: dict[str, Any] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)
    why: str = ""
    happened_at: datetime | None = None
    claimed_by: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    clocks: bool = True
    to: Route | None = None
    restores: int | None = None


def act(case: Case, kind: ActKind, *, by: Actor, now: datetime, **doing: Any) -> Appended:
    """Do one act on a locked case: check its state, append it, move the clocks, raise the version.

    Raises CannotAct: `erased`, `state_forbids`.

    Keywords: `set` (columns to change), `body` (what the record says), `why`, `happened_at` and
    `claimed_by`, `facts` (for the clocks), `clocks=False` where the act concerns none, `to` (the level above
    that a supervising clock belongs to), `restores` (the act that this one takes back: the clocks that it ended
    run on).
    """
    d = Doing(kind, by, now, **doing)
    if kind not in WORDLESS:
        require_kept(case, by)
    rules.require_state(kind, case.state)
    done = append(
        kind,
        matter=case.pk,
        by=by,
        at=now,
        why=d.why,
        happened_at=d.happened_at,
        claimed_by=d.claimed_by,
        body=d.body,
    )
    if "ended_at" in d.set:
        d.set["keep_until"] = kept_until(case, d.set["ended_at"])
    for name, value in d.set.items():
        setattr(case, name, value)
    fields = {_column(name) for name in d.set}
    if d.clocks:
        move_clocks(case, kind, done, d)
        fields |= {"due_at", "is_lifted"}
    case.version += 1
    update(case, *fields, "version")
    _write_move(case, done)
    return done


def _write_move(case: Case, done: Appended) -> None:
    """Keep who had the case until this act; of an accusation nothing, which would outlive whom it was about (rule 5)."""
    if case.leaving is not None and not case.is_conduct:
        from_unit, from_post = case.leaving
        Move.objects.create(
            case=case,
            act_seq=done.seq,
            at=done.at,
            from_unit_id=from_unit,
            from_post_id=from_post,
            to_unit_id=case.unit_id,
            to_post_id=case.leader_post_id,
        )
    case.leaving = None


def kept_until(case: Case, ended_at: datetime | None) -> datetime | None:
    """When a case that ends is erased: fixed then, so that a change of the subject does not work backwards."""
    return ended_at and ended_at + case.subject.retention_years * YEAR


def _column(name: str) -> str:
    return name.removesuffix("_id")


def untouched_above(case: Case, unit: Unit, now: datetime) -> Route | None:
    """The next level above `unit` that whoever the case is about neither is, belongs to nor heads (rule 5), and whose
    head did not step aside: nobody there would watch over it."""
    about, body = accusation_of(case), case.authority.conduct_body
    to, seen = routing.untouched_above(unit, about, conduct_body=body, now=now), {unit.pk}
    while to is not None and is_left(case, to.leader_post.pk, now):
        if to.unit.pk in seen:
            return None
        seen.add(to.unit.pk)
        to = routing.untouched_above(to.unit, about, conduct_body=body, now=now)
    return to


def level_to_watch(case: Case, unit: Unit, now: datetime) -> Route | None:
    """The next level above `unit` that can watch over a matter: not the one whose head answers for it already, as after a
    closed post or a stepping aside below. Nobody watches over themselves."""
    to, seen = untouched_above(case, unit, now), {unit.pk}
    while to is not None and to.leader_post.pk == case.leader_post_id:
        if to.unit.pk in seen:
            return None
        seen.add(to.unit.pk)
        to = untouched_above(case, to.unit, now)
    return to


def require_untouched(case: Case, to: Route, now: datetime) -> None:
    """Raise CannotAct (nature_open, accused_unknown, accused_unit, accused_post) where a case would go to whom it is,
    or may be, about.
    """
    if case.is_nature_open:
        raise rules.CannotAct("nature_open")
    about = accusation_of(case)
    if about.unknown_in == to.unit.authority_id and not to.unit.takes_conduct:
        raise rules.CannotAct("accused_unknown")
    if about.units.intersection(to.unit.path or [to.unit.pk]):
        raise rules.CannotAct("accused_unit")
    if about.is_held_by(to.leader_post.pk, now):
        raise rules.CannotAct("accused_post")


def facts_of(case: Case, seq: int, **more: Any) -> deadlines.ActFacts:
    """What the clocks are told of an act; `more` overrides (extension, delivered_at, channel, …)."""
    base: dict[str, Any] = {
        "received_at": case.received_at,
        "kind": case.kind,
        "urgent": case.is_danger_told,
        "rung": case.stage,
        "petition_office": case.unit.is_petition_office,
        "act_seq": seq,
    }
    return deadlines.ActFacts(**(base | more))


def move_clocks(case: Case, kind: ActKind, done: Appended, d: Doing) -> None:
    """Open, meet, move and void the case's deadlines as its pack says for this act."""
    facts = d.facts
    pack = load_pack(case.pack)
    every = fetch(Deadline, "case_id = %s ORDER BY id", [case.pk])
    rows = [row for row in every if row.is_open]
    met = frozenset(row.step for row in every if (row.met_seq or 0) > case.reopened_seq)
    calendar = calendar_of(case.authority)
    for row in every:
        if row.voided_seq is not None and row.paused_at is not None:
            on = deadlines.run_on(as_open(row).derivation, str(kind), done.at, calendar)
            if on is not None:
                _move(row, on)
    if d.restores is not None:
        voided = [row for row in every if row.voided_seq == d.restores]
        facts = facts | {"restored": tuple(map(as_open, voided))}
        rows += voided
    changes = deadlines.apply(
        pack,
        [as_open(row) for row in rows if row.is_open],
        str(kind),
        done.at,
        calendar=calendar,
        facts=facts_of(case, done.seq, done=met, unheard=_unheard(case, every, d.by), **facts),
    )
    _write_changes(case, pack, rows, changes, done, d.to)


def is_watched(case: Case, unit: Unit) -> bool:
    """Whether a clock of this level watches over the case: it gets no second one (one supervising date a level)."""
    rows = Deadline.objects.filter(case=case, is_supervising=True, met_seq=None, voided_seq=None)
    return rows.filter(unit=unit).exists()


def _unheard(case: Case, every: list[Deadline], by: Actor) -> frozenset[Hashable]:
    """The supervising clocks of levels that watch over whoever speaks: over the unit that has the case, and over each
    level that it went up to before. What a person raised past a level is not answered by that level's kind word."""
    watching = [row for row in every if row.is_supervising and row.unit_id != case.unit_id]
    if not any(row.lifted_from_id is None and row.is_open for row in watching):
        return frozenset()
    above = (
        list(Unit.objects.values_list("path", flat=True).get(pk=by.unit_id)) if by.unit_id is not None else []
    )
    unheard, below = set(), {case.unit_id}
    for row in watching:  # in the order in which they began: the lower levels first
        if by.unit_id is None or (below - {row.unit_id}).intersection(above):
            unheard.add(row.pk)
        below.add(row.unit_id)
    return frozenset(unheard)


def as_open(row: Deadline) -> deadlines.OpenDeadline:
    return deadlines.OpenDeadline(
        id=row.pk,
        step_code=row.step,
        derivation=deadlines.Derivation.from_record(row.derivation),
        supervising=row.is_supervising,
        of=row.lifted_from_id,
        lifted=row.lifted_at is not None,
    )


# How many is written out: an array of unknown length would be planned anew each time.
_MEET = "UPDATE cases_deadline SET met_seq = %s, met_at = %s WHERE id IN "


def _write_changes(
    case: Case, pack: Pack, rows: list[Deadline], changes: list[Any], done: Appended, to: Route | None
) -> None:
    by_id: dict[Hashable, Deadline] = {row.pk: row for row in rows}
    opened: list[Deadline] = []
    met: list[int] = []
    for change in changes:
        match change:
            case deadlines.Opened(restores=back) if back in by_id:
                row = by_id[back]
                row.voided_seq = None
                row.save(update_fields=["voided_seq"])
                _move(row, change.derivation)
            case deadlines.Opened():
                opened.append(new_deadline(case, change, done.seq, to))
            case deadlines.Met():
                row = by_id[change.deadline_id]
                row.met_seq, row.met_at = done.seq, done.at
                met.append(row.pk)
            case deadlines.Turned():
                row = by_id[change.deadline_id]
                row.lifted_from_id = cast("int", change.of)
                row.save(update_fields=["lifted_from"])
            case deadlines.Moved():
                _move(by_id[change.deadline_id], change.derivation)
            case deadlines.Voided():
                row = by_id[change.deadline_id]
                row.voided_seq = done.seq
                row.save(update_fields=["voided_seq"])
    if met:
        with prepared() as cursor:
            cursor.execute(_MEET + f"({', '.join(['%s'] * len(met))})", [done.seq, done.at, *met])
    if opened:
        Deadline.objects.bulk_create(opened)
    refresh_due(case, [*rows, *opened])


def refresh_due(case: Case, rows: list[Deadline]) -> None:
    """Set the case's next due instant and lifted mark from its deadlines (in memory; the caller saves)."""
    running = [
        (r.late_from, r.is_office and not r.is_supervising, r.is_open and not r.paused_at) for r in rows
    ]
    case.due_at = rules.next_due(running)
    # Raised by the person counts like lifted by the system: a level above watches either way.
    case.is_lifted = any(r.is_open and (r.is_supervising or r.lifted_at is not None) for r in rows)


def _move(row: Deadline, derivation: deadlines.Derivation) -> None:
    pause = derivation.open_pause
    row.derivation = derivation.to_record()
    row.late_from = derivation.late_from
    row.paused_at = pause.since if pause else None
    # Of a person's own days nobody at the desk is reminded.
    instants = deadlines.reminder_instants(row.started_at, derivation.late_from)
    row.remind_at = instants[1] if derivation.lifts else None
    row.save(update_fields=["derivation", "late_from", "paused_at", "remind_at"])


def new_deadline(case: Case, change: deadlines.Opened, seq: int, to: Route | None = None) -> Deadline:
    """An unsaved row for a clock that opens; a supervising one belongs to the level above (`to`)."""
    derivation = change.derivation
    above = change.supervising and to is not None
    return Deadline(
        case=case,
        step=change.step_code,
        is_office=derivation.lifts,
        is_supervising=change.supervising,
        lifted_from_id=cast("int | None", change.of),
        unit=to.unit if above and to else case.unit,
        post=to.leader_post if above and to else case.leader_post,
        started_at=derivation.start,
        late_from=derivation.late_from,
        derivation=derivation.to_record(),
        opened_seq=seq,
        remind_at=deadlines.reminder_instants(derivation.start, derivation.late_from)[0]
        if derivation.lifts
        else None,
    )


def open_clocks(
    case: Case, pack: Pack, calendar: WorkCalendar, kind: ActKind, done: Appended
) -> list[Deadline]:
    """The deadlines of a case just registered; nothing was open before. Unsaved, with `due_at` set."""
    changes = deadlines.apply(pack, [], str(kind), done.at, calendar=calendar, facts=facts_of(case, done.seq))
    rows = [new_deadline(case, c, done.seq) for c in changes if isinstance(c, deadlines.Opened)]
    refresh_due(case, rows)
    return rows


def involve(case: Case, unit: Unit, capacity: Involvement.Capacity, *, at: datetime) -> None:
    Involvement.objects.get_or_create(case=case, unit=unit, capacity=capacity, defaults={"since": at})


def say(
    case: Case,
    done: Appended,
    kind: Message.Kind,
    body: str = "",
    *,
    by: Actor,
    code: str = "",
    facts: dict[str, Any] | None = None,
) -> Message:
    """Put a line into the conversation that both sides see. A notice has a code instead of a body."""
    from_person = by.kind.value == "person"
    message = Message(
        case=case,
        act_seq=done.seq,
        kind=kind,
        from_person=from_person,
        post_id=None if from_person else by.post_id,
        body=body,
        code=code,
        facts=facts or {},
        at=done.at,
    )
    create(message)
    return message


def move_to_unit(case: Case, unit: Unit, leader_post: Post) -> None:
    """Give the case to a unit, and its words' search token with it (the caller's act saves the case's row)."""
    if (unit.pk, leader_post.pk) != (case.unit_id, case.leader_post_id):
        case.leaving = (case.unit_id, case.leader_post_id)
    case.unit, case.leader_post = unit, leader_post
    CaseText.objects.filter(case=case).update(unit_token=str(unit.pk))


def reminders(row: Deadline) -> tuple[datetime, datetime]:
    """When half and four fifths of a deadline's time are gone."""
    return deadlines.reminder_instants(row.started_at, row.late_from)
