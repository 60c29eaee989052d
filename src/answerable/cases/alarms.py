"""What of a case raises an alarm: danger at intake, lateness lifted to the level above. And who must hear nothing of it.

An alarm says the case's code and where it is read, nothing else. The notices stay as they are (reactions.py).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse

from answerable.alerts import steps as alarms
from answerable.alerts import targets
from answerable.alerts.models import Alert
from answerable.alerts.targets import Pair
from answerable.cases import access, steps
from answerable.cases.act_kinds import ActKind as A
from answerable.cases.models import Case, Deadline, SteppedAside
from answerable.cases.naming import named
from answerable.cases.reactions import posts_for_danger, step_facts
from answerable.cases.rules import WORKING
from answerable.cases.telling import case_of, clerks_of
from answerable.orgs.models import Unit
from answerable.orgs.queries import head_of, posts_of
from answerable.orgs.standing import standing
from answerable.record.actors import Actor
from answerable.record.queries import ActShown, acts_of
from answerable.record.reactions import on

SYSTEM = Actor.system()


@on(A.REGISTERED, A.TRANSFERRED, A.CONFLICT_ESCALATED, A.NATURE_SAID, A.WITHDRAWAL_UNDONE)
def raise_danger(matter: UUID, act: ActShown, now: datetime) -> None:
    """Someone's life or health is in danger: whoever of the unit can act, the leader and the level above hear it at once.

    A unit that gave the case away is asked no more. A withdrawal ended what was asked; undone, it is asked again.
    """
    case = case_of(matter)
    if case is None or not case.is_urgent or case.unit.authority.is_outside:
        return
    end_alarms(matter, now, code="danger")
    above = steps.untouched_above(case, case.unit, now)
    alarms.open_alert(
        "danger",
        authority_id=case.unit.authority_id,
        key=f"danger:{act.id}",
        now=now,
        by=SYSTEM,
        facts={"case": case.code},
        context={
            "owner_post": [case.leader_post_id] if case.is_conduct else posts_for_danger(case),
            "leader_post": case.leader_post_id,
            **({"above_post": above.leader_post.pk} if above is not None else {}),
        },
        about=matter,
        link=reverse("desk:case", args=[case.pk]),
    )


@on(A.LIFTED)
def raise_lateness(matter: UUID, act: ActShown, now: datetime) -> None:
    """A case is late: the level above is asked until it says that it has it. Urgent where somebody is in danger."""
    case, body = case_of(matter), act.body or {}
    row = Deadline.objects.filter(pk=body.get("deadline") or 0).first()
    unit = Unit.objects.select_related("authority").filter(pk=body.get("to") or 0).first()
    if case is not None and row is not None and unit is not None:
        _raise_lateness(case, row, unit, f"late:{act.id}", now)


@on(A.WITHDRAWAL_UNDONE)
def raise_lateness_again(matter: UUID, act: ActShown, now: datetime) -> None:
    """What was late before a withdrawal is late after it; nobody had said that they have it, so they are asked again."""
    case = case_of(matter)
    ended = Alert.objects.filter(about=matter, code="late", state=Alert.State.RESOLVED, answered_by=None)
    asked = {alert.context.get("deadline") for alert in ended}
    if case is None or not asked:
        return
    for lifted in acts_of(matter, kinds=(str(A.LIFTED),)):
        body = lifted.body or {}
        row = Deadline.objects.filter(pk=body.get("deadline") or 0).first()
        unit = Unit.objects.select_related("authority").filter(pk=body.get("to") or 0).first()
        if row is not None and unit is not None and row.pk in asked and row.late_from <= now:
            _raise_lateness(case, row, unit, f"late:{act.id}:{row.pk}", now)


def _raise_lateness(case: Case, row: Deadline, unit: Unit, key: str, now: datetime) -> None:
    if unit.authority.is_outside or not row.is_open:
        return
    head = head_of(unit) if unit.pk != case.unit_id else None
    above = [head.pk] if head is not None else [] if unit.pk == case.unit_id else clerks_of(unit.pk)
    alarms.open_alert(
        "late",
        authority_id=unit.authority_id,
        key=key,
        now=now,
        by=SYSTEM,
        facts={"case": case.code, "unit_zh": case.unit.name_zh, "unit_en": case.unit.name_en}
        | step_facts(case, row),
        context={
            "owner_post": [case.handler_post_id or case.leader_post_id],
            "leader_post": case.leader_post_id,
            "above_post": above or [case.leader_post_id],
            "deadline": row.pk,
        },
        about=case.pk,
        link=reverse("desk:case", args=[case.pk]),
        is_urgent=case.is_urgent,
    )


@on(A.DECIDED, A.REPLIED, A.CLOSED, A.WITHDRAWN, A.PASSED_ON, A.EXTENDED)
def end_what_is_over(matter: UUID, act: ActShown, now: datetime) -> None:
    """Nothing is asked about a case that nobody works on, nor about a date that was met or moved."""
    case = case_of(matter)
    if case is None:
        return
    if case.state not in WORKING:
        end_alarms(matter, now)
        return
    for alert in _open(matter).filter(code="late"):
        row = Deadline.objects.filter(pk=alert.context.get("deadline") or 0).first()
        if row is None or not row.is_open or row.late_from > now:
            alarms.resolve(alarms.lock_alert(alert.pk), by=SYSTEM, now=now)


def end_alarms(matter: UUID, now: datetime, *, code: str = "") -> None:
    """The alarms about a case (of one kind) are over."""
    for alert in _open(matter).filter(**({"code": code} if code else {})).order_by("pk"):
        alarms.resolve(alarms.lock_alert(alert.pk), by=SYSTEM, now=now)


def _open(matter: UUID) -> QuerySet[Alert]:
    return Alert.objects.filter(about=matter).exclude(state=Alert.State.RESOLVED)


@targets.keeps
def kept_from(pairs: Collection[Pair], at: datetime) -> set[Pair]:
    """Of a case about conduct, only who may read it hears anything (rule 5); of any case, nobody who stepped aside."""
    cases = {case.pk: named(case) for case in Case.objects.filter(pk__in={about for about, _staff in pairs})}
    aside = set(SteppedAside.objects.filter(case__in=list(cases)).values_list("case_id", "staff_id"))
    return {
        (about, staff)
        for about, staff in pairs
        if about in cases and ((about, staff) in aside or not _may_hear(cases[about], staff, at))
    }


def _may_hear(case: Case, staff_id: int, at: datetime) -> bool:
    if not case.is_conduct:
        return True
    staff = standing().staff.get(staff_id)
    return staff is not None and access.is_readable(staff_id, posts_of(staff, at), case, at)
