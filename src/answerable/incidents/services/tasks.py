"""Tasks: begun, done with what was seen, left out with a reason, opened again; set, moved and given by hand."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from answerable.core.names import in_language
from answerable.core.refusals import Changed
from answerable.incidents import access, steps
from answerable.incidents.act_kinds import IncidentAct
from answerable.incidents.models import FieldSending, Incident, IncidentRole, Strand, Task
from answerable.incidents.queries import title_of
from answerable.incidents.rules import CannotAct, require_of_nobody
from answerable.incidents.wording import joined
from answerable.record.actors import Actor

LONGEST_RESULT = 500
_OPEN = (Task.State.OPEN, Task.State.BEGUN)


def _lock(
    task_id: UUID, incident_id: UUID, by: Actor, now: datetime, seen_version: int | None
) -> tuple[Incident, Task]:
    """The incident, active and writable by the actor, and its task, both locked."""
    incident = steps.lock_active(incident_id)
    access.require_writer(by, incident, now)
    rows = Task.objects.select_for_update(of=("self",)).select_related("strand")
    task = rows.get(pk=task_id, incident=incident)
    if seen_version is not None and task.version != seen_version:
        raise Changed(version=task.version)
    return incident, task


def _set(task: Task, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(task, name, value)
    task.version += 1
    task.save(update_fields=[*fields, "version"])


def _is_sent_again(incident: Incident, sending_id: UUID | None) -> bool:
    """Whether this came before; if not, it has now. Under the incident's lock, where two of one number queue up."""
    if sending_id is None:
        return False
    row, is_new = FieldSending.objects.get_or_create(pk=sending_id, defaults={"incident": incident})
    if row.incident_id != incident.pk:
        raise CannotAct("id_taken")
    return not is_new


def _require_open(task: Task) -> None:
    if task.state not in _OPEN:
        raise CannotAct("not_open")


@transaction.atomic(durable=True)
def begin_task(
    *,
    incident_id: UUID,
    task_id: UUID,
    by: Actor,
    now: datetime,
    seen_version: int | None = None,
    sending_id: UUID | None = None,
) -> Task:
    """Somebody is on it. Begun twice, it is begun once; a sending that comes again begins nothing."""
    incident, task = _lock(task_id, incident_id, by, now, seen_version)
    if _is_sent_again(incident, sending_id):
        return task
    _require_open(task)
    if task.state == Task.State.BEGUN:
        return task
    _set(task, state=Task.State.BEGUN, begun_at=now)
    steps.act(incident, IncidentAct.TASK_BEGUN, by=by, now=now, body=_named(task))
    return task


@transaction.atomic(durable=True)
def finish_task(
    *,
    incident_id: UUID,
    task_id: UUID,
    result: str,
    by: Actor,
    now: datetime,
    seen_version: int | None = None,
    happened_at: datetime | None = None,
    sending_id: UUID | None = None,
) -> Task:
    """It is done. Where the plan says how one sees that, what was seen is written down.

    What comes before it (`needs`) is shown on the page and does not forbid: in the field things go another way.
    `happened_at`: when it was done, where that was told later by a telephone that had been without a network.
    `sending_id`: a sending that comes again ends nothing, even where the task was opened again meanwhile.
    """
    incident, task = _lock(task_id, incident_id, by, now, seen_version)
    if _is_sent_again(incident, sending_id):
        return task
    _require_open(task)
    result = steps.cleaned(result, most=LONGEST_RESULT)
    check = in_language(task.check_zh, task.check_en)
    if check and not result:
        raise CannotAct("not_done", check=check)
    if happened_at is not None and not task.set_at <= happened_at <= now:
        happened_at = None  # a telephone's wrong clock: what is sure is when it was told
    ended = happened_at or now
    _set(
        task,
        state=Task.State.DONE,
        begun_at=task.begun_at or ended,
        ended_at=ended,
        ended_by_id=by.staff_id,
        result=result,
    )
    steps.act(
        incident,
        IncidentAct.TASK_DONE,
        by=by,
        now=now,
        happened_at=happened_at,
        body=_named(task) | {"result_sha256": steps.digest(result)},
    )
    return task


@transaction.atomic(durable=True)
def leave_out_task(
    *, incident_id: UUID, task_id: UUID, why: str, by: Actor, now: datetime, seen_version: int | None = None
) -> Task:
    """It is not needed, for a reason that is read in the review."""
    incident, task = _lock(task_id, incident_id, by, now, seen_version)
    _require_open(task)
    why = steps.cleaned(why, most=LONGEST_RESULT)
    if not why:
        raise CannotAct("reason_missing")
    _set(task, state=Task.State.LEFT_OUT, ended_at=now, ended_by_id=by.staff_id, result=why)
    body = _named(task) | {"why_sha256": steps.digest(why)}
    steps.act(incident, IncidentAct.TASK_LEFT_OUT, by=by, now=now, body=body)
    return task


@transaction.atomic(durable=True)
def reopen_task(
    *, incident_id: UUID, task_id: UUID, why: str, by: Actor, now: datetime, seen_version: int | None = None
) -> Task:
    """It is not done after all."""
    incident, task = _lock(task_id, incident_id, by, now, seen_version)
    if task.state in _OPEN:
        raise CannotAct("not_ended")
    _require_track(task.strand)
    why = steps.cleaned(why, most=LONGEST_RESULT)
    if not why:
        raise CannotAct("reason_missing")
    state = Task.State.BEGUN if task.begun_at else Task.State.OPEN
    _set(task, state=state, ended_at=None, ended_by=None, result="")
    steps.act(incident, IncidentAct.TASK_REOPENED, by=by, now=now, why=why, body=_named(task))
    return task


@transaction.atomic(durable=True)
def set_task(
    *,
    incident_id: UUID,
    title: str,
    strand_code: str,
    by: Actor,
    now: datetime,
    role_code: str = "",
    due_at: datetime | None = None,
    check: str = "",
) -> Task:
    """A task that no plan foresaw, in the words of whoever sets it."""
    incident = steps.lock_active(incident_id)
    access.require_writer(by, incident, now)
    title, check = steps.cleaned(title, most=300), steps.cleaned(check, most=300)
    if not title:
        raise CannotAct("no_words")
    require_of_nobody(title, check)
    strand = _strand(incident, strand_code)
    _require_track(strand)
    _require_role(incident, role_code)
    if due_at is not None and due_at <= now:
        raise CannotAct("in_the_past")
    last = (
        Task.objects.filter(incident=incident)
        .order_by("-position")
        .values_list("position", flat=True)
        .first()
    )
    task = Task.objects.create(
        incident=incident,
        strand=strand,
        position=(last or 0) + 1,
        title_zh=title,
        title_en=title,
        check_zh=check,
        check_en=check,
        role_code=role_code,
        level=incident.response_level,
        set_at=now,
        due_at=due_at,
    )
    body = _named(task) | {
        "strand": strand.code,
        "role": role_code,
        "title_sha256": steps.digest(title),
        "due_at": due_at.isoformat() if due_at else "",
    }
    steps.act(incident, IncidentAct.TASK_SET, by=by, now=now, body=body)
    return task


@transaction.atomic(durable=True)
def move_task(
    *,
    incident_id: UUID,
    task_id: UUID,
    due_at: datetime,
    why: str,
    by: Actor,
    now: datetime,
    seen_version: int | None = None,
) -> Task:
    """Its time is another one, for a reason; the plan's own target stays in the record."""
    incident, task = _lock(task_id, incident_id, by, now, seen_version)
    _require_open(task)
    if due_at <= now:
        raise CannotAct("in_the_past")
    if not why.strip():
        raise CannotAct("reason_missing")
    before = task.due_at
    _set(task, due_at=due_at)
    body = _named(task) | {"from": before.isoformat() if before else "", "to": due_at.isoformat()}
    steps.act(incident, IncidentAct.TASK_MOVED, by=by, now=now, why=why.strip(), body=body)
    return task


@transaction.atomic(durable=True)
def give_task(
    *,
    incident_id: UUID,
    task_id: UUID,
    role_code: str,
    by: Actor,
    now: datetime,
    seen_version: int | None = None,
) -> Task:
    """Another role does it."""
    incident, task = _lock(task_id, incident_id, by, now, seen_version)
    _require_open(task)
    _require_role(incident, role_code)
    before = task.role_code
    if before == role_code:
        return task
    _set(task, role_code=role_code)
    body = _named(task) | {"from": before, "to": role_code}
    steps.act(incident, IncidentAct.TASK_GIVEN, by=by, now=now, body=body)
    return task


# ---------------------------------------------------------------- tracks


@transaction.atomic(durable=True)
def open_track(
    *, incident_id: UUID, code: str, name_zh: str, name_en: str, by: Actor, now: datetime
) -> Strand:
    """A track that the plan does not have; the same code again is the same track."""
    incident = steps.lock_active(incident_id)
    access.require_commander_or_leader(by, incident, now)
    name_zh, name_en = steps.cleaned(name_zh, most=120), steps.cleaned(name_en, most=120)
    if not (name_zh or name_en):
        raise CannotAct("no_words")
    require_of_nobody(name_zh, name_en)
    found = Strand.objects.filter(incident=incident, code=code).first()
    if found is not None:
        return found
    place = Strand.objects.filter(incident=incident).count()
    strand = Strand.objects.create(
        incident=incident, code=code, name_zh=name_zh, name_en=name_en, position=place
    )
    steps.act(incident, IncidentAct.TRACK_OPENED, by=by, now=now, body={"strand": code})
    return strand


@transaction.atomic(durable=True)
def close_track(*, incident_id: UUID, code: str, said: str, by: Actor, now: datetime) -> Strand:
    """Everything of a track has ended. Raises CannotAct("track_has_tasks") where a task of it is open."""
    incident = steps.lock_active(incident_id)
    access.require_writer(by, incident, now)
    strand = _strand(incident, code)
    if strand.closed_at is not None:
        raise CannotAct("not_open")
    tasks = Task.objects.filter(strand=strand, state__in=_OPEN).order_by("due_at", "position")
    titles = [title_of(task) for task in tasks[:3]]
    if titles:
        raise CannotAct("track_has_tasks", what=joined(titles))
    said = steps.cleaned(said, most=300)
    strand.closed_at, strand.closed_by_id, strand.closed_with = now, by.staff_id, said
    strand.save(update_fields=["closed_at", "closed_by", "closed_with"])
    body = {"strand": code, "said_sha256": steps.digest(said)}
    steps.act(incident, IncidentAct.TRACK_CLOSED, by=by, now=now, body=body)
    return strand


@transaction.atomic(durable=True)
def reopen_track(*, incident_id: UUID, code: str, why: str, by: Actor, now: datetime) -> Strand:
    """There is something to do in it again."""
    incident = steps.lock_active(incident_id)
    access.require_writer(by, incident, now)
    strand = _strand(incident, code)
    if strand.closed_at is None:
        raise CannotAct("not_ended")
    if not why.strip():
        raise CannotAct("reason_missing")
    strand.closed_at, strand.closed_by, strand.closed_with = None, None, ""
    strand.save(update_fields=["closed_at", "closed_by", "closed_with"])
    steps.act(incident, IncidentAct.TRACK_REOPENED, by=by, now=now, why=why.strip(), body={"strand": code})
    return strand


def _named(task: Task) -> dict[str, Any]:
    return {"task": str(task.pk), "code": task.code}


def _strand(incident: Incident, code: str) -> Strand:
    return Strand.objects.select_for_update().get(incident=incident, code=code)


def _require_track(strand: Strand) -> None:
    if strand.closed_at is not None:
        raise CannotAct("track_closed")


def _require_role(incident: Incident, code: str) -> None:
    if code and not IncidentRole.objects.filter(incident=incident, code=code, until_at=None).exists():
        raise CannotAct("role_unknown")
