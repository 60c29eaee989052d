"""Late never means silent: the system lifts a late case, once a deadline; it resets nothing."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from answerable.cases import deadlines, routing, steps
from answerable.cases.act_kinds import ActKind
from answerable.cases.models import Case, Deadline, Involvement, Message
from answerable.orgs.queries import calendar_of
from answerable.record.actors import Actor

SYSTEM = Actor.system()


def newly_late(now: datetime, limit: int = 200, *, but: Collection[int] = ()) -> list[int]:
    """Deadlines past their date that were not lifted yet; the cost follows these, not the open ones.

    A pause counts for a while only: one that nobody ends does not keep a case silent. `but`: without these.
    """
    rows = Deadline.objects.filter(is_office=True, met_seq=None, voided_seq=None, lifted_at=None)
    rows = rows.exclude(pk__in=but) if but else rows
    late = rows.filter(paused_at=None, late_from__lte=now).order_by("late_from")
    found = list(late.values_list("pk", flat=True)[:limit])
    # Few rest at a time, and each may have had its days of rest before: they are looked at one by one.
    for row in rows.filter(paused_at__isnull=False, late_from__lte=now).order_by("paused_at", "pk"):
        if len(found) < limit and _late_from(row, now) <= now:
            found.append(row.pk)
    return found


def _late_from(row: Deadline, now: datetime) -> datetime:
    """The date as it stands now, also while a pause lasts."""
    if row.paused_at is None:
        return row.late_from
    calendar = calendar_of(row.case.authority)
    return deadlines.as_of(deadlines.Derivation.from_record(row.derivation), now, calendar).late_from


@transaction.atomic(durable=True)
def lift_deadline(*, deadline_id: int, now: datetime) -> bool:
    """Lift one late deadline: the unit above gets a supervising clock of its own; post and date below stay.

    Returns False when it was met, moved or lifted meanwhile. A level that watches over the case already is told
    again, with no second clock. With no level above, the head of the authority supervises, once; that clock
    then stays late on their desk. A body outside is reached by letter.
    """
    case_id = Deadline.objects.values_list("case_id", flat=True).get(pk=deadline_id)
    case = steps.lock_case(case_id)
    row = Deadline.objects.select_for_update().get(pk=deadline_id)
    if not row.is_open or row.lifted_at is not None or _late_from(row, now) > now:
        return False
    row.lifted_at = now
    row.save(update_fields=["lifted_at"])
    above = _level_above(case, row, now)
    if above is None and row.is_supervising:
        return True
    to = above or routing.Route(case.unit, case.leader_post)
    done = steps.act(
        case,
        ActKind.LIFTED,
        by=SYSTEM,
        now=now,
        set={"is_lifted": True},
        body={"deadline": row.pk, "step": row.step, "late_from": row.late_from.isoformat(), "to": to.unit.pk},
        facts={"lifted": row.pk},
        to=to,
        clocks=not steps.is_watched(case, to.unit),
    )
    steps.involve(case, to.unit, Involvement.Capacity.SUPERVISES, at=done.at)
    steps.say(
        case,
        done,
        Message.Kind.NOTICE,
        by=SYSTEM,
        code="lifted",
        facts={"unit": to.unit.pk, "step": row.step},
    )
    return True


def _level_above(case: Case, row: Deadline, now: datetime) -> routing.Route | None:
    """The level above the one whose date has passed; passes over levels that the accusation touches (rule 5)."""
    return steps.level_to_watch(case, row.unit if row.is_supervising else case.unit, now)


@transaction.atomic(durable=True)
def remind(*, deadline_id: int, now: datetime) -> bool:
    """Record that a reminder is due (half, then four fifths of the time); telling is a reaction to the act."""
    case_id = Deadline.objects.values_list("case_id", flat=True).get(pk=deadline_id)
    case = steps.lock_case(case_id)
    row = Deadline.objects.select_for_update().get(pk=deadline_id)
    if not row.is_open or row.remind_at is None or row.remind_at > now:
        return False
    _half, four_fifths = steps.reminders(row)
    row.remind_at = four_fifths if row.remind_at < four_fifths and now < four_fifths else None
    row.save(update_fields=["remind_at"])
    steps.act(
        case,
        ActKind.REMINDED,
        by=SYSTEM,
        now=now,
        body={"deadline": row.pk, "step": row.step, "part": "half" if now < four_fifths else "four_fifths"},
        clocks=False,
    )
    return True


def due_reminders(now: datetime, limit: int = 200, *, but: Collection[int] = ()) -> list[int]:
    rows = Deadline.objects.filter(met_seq=None, voided_seq=None, paused_at=None, remind_at__lte=now)
    rows = rows.exclude(pk__in=but) if but else rows
    return list(rows.order_by("remind_at").values_list("pk", flat=True)[:limit])
