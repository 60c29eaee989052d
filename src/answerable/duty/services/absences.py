"""Telling an absence and taking it back. What it opens is told to the teller and seen by everybody at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from answerable.core import days
from answerable.core.sentences import N_, Said
from answerable.duty import access, queries, steps
from answerable.duty.act_kinds import DutyAct
from answerable.duty.coverage import Gap
from answerable.duty.eligibility import CannotStand
from answerable.duty.models import Absence, Assignment, DutyPerson, Line, LineRole
from answerable.duty.services.assigning import require_may_stand
from answerable.record.actors import Actor


class CannotBeAbsent(Said):
    """An absence cannot be told or taken back as asked."""

    sentences = {
        "no_length": N_("It would end before it begins."),
        "over": N_("That time is over."),
        "too_long": N_(
            "An absence of more than a year is not told here; the person leaves the line instead."
        ),
        "told_already": N_("An absence is told already from %(from)s until %(until)s. Take that back first."),
        "taken_back": N_("It was taken back already."),
        "not_theirs": N_("Only the person, or who leads one of their lines, tells an absence."),
        "no_line": N_("Whoever is on no duty line needs to tell no absence here."),
    }


@dataclass(frozen=True)
class Told:
    """What an absence did: the pieces of duty it took out, and the gaps that are open there now, by line."""

    absence: Absence
    pieces: list[Assignment]
    gaps: list[Gap]


@transaction.atomic(durable=True)
def tell_absence(*, staff_id: int, from_at: datetime, until_at: datetime, by: Actor, now: datetime) -> Told:
    """Somebody cannot be on duty from–until; never why. Their duty then is cut, also when it has begun.

    The person tells it, or who leads one of their lines. Raises CannotBeAbsent.
    """
    _require_length(from_at, until_at, now)
    lines = _lock_all_lines(staff_id, from_at, until_at)
    if not lines:
        raise CannotBeAbsent("no_line")
    _require_theirs(staff_id, by, lines.values(), now)
    zone = next(iter(lines.values())).authority.zone
    same = Absence.objects.filter(
        staff_id=staff_id, taken_back_at=None, from_at__lt=until_at, until_at__gt=from_at
    ).first()
    if same is not None:
        facts = {
            "from": steps.local_text(same.from_at, zone),
            "until": steps.local_text(same.until_at, zone),
        }
        raise CannotBeAbsent("told_already", **facts)
    absence = Absence.objects.create(staff_id=staff_id, from_at=from_at, until_at=until_at, told_at=now)
    pieces: dict[int, list[Assignment]] = defaultdict(list)
    for row in steps.lock_assignments(staff_id, max(from_at, now), until_at):
        line_id = row.shift.line_id
        piece = steps.cut(row, max(from_at, now), until_at, now=now, absence=absence)
        if piece is not None:
            pieces[line_id].append(piece)
    gaps: list[Gap] = []
    for line in lines.values():
        mine = pieces[line.pk]
        gaps += _gaps_in(line.pk, mine)
        # When and for how long stays out of the record: the piece says it as long as it is kept.
        body = {"staff": staff_id, "absence": absence.pk, "took_out": [piece.pk for piece in mine]}
        steps.act(line, DutyAct.ABSENCE_TOLD, by=by, now=now, body=body)
    return Told(absence, [piece for some in pieces.values() for piece in some], gaps)


def _require_length(from_at: datetime, until_at: datetime, now: datetime) -> None:
    if until_at <= from_at:
        raise CannotBeAbsent("no_length")
    if until_at <= now or not (days.is_kept(from_at.date()) and days.is_kept(until_at.date())):
        raise CannotBeAbsent("over")
    if until_at - from_at > timedelta(days=366):
        raise CannotBeAbsent("too_long")


def _lock_all_lines(staff_id: int, from_at: datetime, until_at: datetime) -> dict[int, Line]:
    """Every line whose people they are among or whose shifts they stand then, locked; then the person."""
    ids = set(DutyPerson.objects.filter(staff_id=staff_id).values_list("line_id", flat=True))
    ids |= set(
        Assignment.objects.filter(
            staff_id=staff_id, voided_at=None, from_at__lt=until_at, until_at__gt=from_at
        ).values_list("shift__line_id", flat=True)
    )
    lines = steps.lock_lines(ids)
    steps.lock_person(staff_id)
    return lines


def _require_theirs(staff_id: int, by: Actor, lines: Iterable[Line], now: datetime) -> None:
    if by.staff_id == staff_id:
        return
    for line in lines:
        try:
            access.require_director(by, line, now)
        except access.NotYours:
            continue
        return
    raise CannotBeAbsent("not_theirs")


def _gaps_in(line_id: int, pieces: list[Assignment]) -> list[Gap]:
    """The gaps in the roles and times of these pieces."""
    found = []
    for piece in pieces:
        gaps = queries.gaps(line_id, piece.from_at, piece.until_at)
        found += [gap for gap in gaps if gap.role_id == piece.role_id and gap not in found]
    return found


@transaction.atomic(durable=True)
def take_back_absence(*, absence_id: int, by: Actor, now: datetime) -> list[Assignment]:
    """The absence is taken back: from now on, where their duty is still open they have it again.

    Returns what they stand again; where somebody else took over meanwhile, it stays with them.
    """
    told = Absence.objects.get(pk=absence_id)
    lines = _lock_all_lines(told.staff_id, told.from_at, told.until_at)
    _require_theirs(told.staff_id, by, lines.values(), now)
    absence = Absence.objects.select_for_update().get(pk=absence_id)
    if absence.taken_back_at is not None:
        raise CannotBeAbsent("taken_back")
    if absence.until_at <= now:
        raise CannotBeAbsent("over")
    absence.taken_back_at = now
    absence.save(update_fields=["taken_back_at"])
    again: dict[int, list[Assignment]] = defaultdict(list)
    for piece in absence.took_out.select_related("shift", "role").order_by("from_at"):
        line = lines.get(piece.shift.line_id)
        if line is not None:
            again[line.pk] += _stand_again(piece, line, now)
    for line in lines.values():
        body = {
            "staff": absence.staff_id,
            "absence": absence.pk,
            "stands": [row.pk for row in again[line.pk]],
        }
        steps.act(line, DutyAct.ABSENCE_TAKEN_BACK, by=by, now=now, body=body)
    return [row for some in again.values() for row in some]


def _stand_again(piece: Assignment, line: Line, now: datetime) -> list[Assignment]:
    """Put them back where the role is still missing somebody within the piece, and they still may."""
    role: LineRole = piece.role
    made = []
    for gap in queries.gaps(line.pk, max(piece.from_at, now), piece.until_at) if piece.until_at > now else []:
        if gap.role_id != role.pk:
            continue
        try:
            require_may_stand(
                piece.shift, line, role.pk, piece.staff_id, gap.from_at, gap.until_at, rest_anyway=True
            )
            made.append(
                steps.put(
                    piece.shift,
                    role,
                    piece.staff_id,
                    gap.from_at,
                    gap.until_at,
                    origin=piece.origin,
                    now=now,
                    zone=line.authority.zone,
                )
            )
        except CannotStand:
            continue
    return made
