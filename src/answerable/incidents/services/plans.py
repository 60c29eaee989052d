"""A body's plans: taken over, drafted, approved by its leader, retired. Each one durable transaction and one act.

What is approved is never changed: a change is a new version, and an incident keeps the one it ran on.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from answerable.core.versions import Versions
from answerable.incidents.act_kinds import PlanAct
from answerable.incidents.models import Incident, Plan, PlanVersion
from answerable.incidents.plans.reading import read_plan
from answerable.incidents.plans.rules import CannotPlan
from answerable.incidents.plans.schema import PlanFile
from answerable.incidents.plans.yaml_tree import text_of
from answerable.orgs.models import Authority, Post, Role
from answerable.orgs.queries import posts_of
from answerable.orgs.standing import standing
from answerable.record.actors import Actor, ActorKind
from answerable.record.append import append

LOOK_ON = frozenset({Role.ADMINISTRATOR, Role.AUDITOR})


@transaction.atomic(durable=True)
def adopt_plan(*, authority: Authority, text: str | bytes, by: Actor, now: datetime) -> PlanVersion:
    """Begin a plan of the body with a file, as a draft. Raises PlanFaults, CannotPlan."""
    _require_worker(by, authority, now)
    source, file = _read(text)
    plan = Plan(authority=authority, code=file.code, **_heads(file))
    try:
        with transaction.atomic():
            plan.save(force_insert=True)
    except IntegrityError:
        raise CannotPlan("code_taken", plan=file.code) from None
    version = _versions(plan).begin(source, by=by.staff, now=now)
    _act(plan, PlanAct.MADE, version, by=by, now=now)
    return version


@transaction.atomic(durable=True)
def save_draft(
    *, plan_id: int, text: str | bytes, by: Actor, seen: int, now: datetime, note: str = ""
) -> PlanVersion:
    """Keep a text as the plan's draft. `seen`: the saving of the draft that was shown, 0 where there was none.

    Raises PlanFaults with every fault of the text; CannotPlan("changed") where somebody else saved meanwhile.
    """
    plan = _lock(plan_id)
    _require_worker(by, plan.authority, now)
    source, file = _read(text)
    if file.code != plan.code:
        raise CannotPlan("other_code", given=file.code, plan=plan.code)
    draft = _versions(plan).save(source, by=by.staff, seen=seen, now=now, note=note)
    _act(plan, PlanAct.DRAFTED, draft, by=by, now=now)
    return draft


@transaction.atomic(durable=True)
def approve_draft(*, plan_id: int, by: Actor, seen: int, now: datetime) -> PlanVersion:
    """Put the draft in use in place of the version before it. Raises CannotPlan."""
    plan = _lock(plan_id)
    require_leader(by, plan.authority, now)
    versions = _versions(plan)
    draft: PlanVersion = versions.draft_seen(seen)
    file = read_plan(draft.text)
    versions.put_to_use(
        draft, versions.before(draft), approved_at=now, approved_by_id=by.staff, approved_post_id=by.post_id
    )
    _changed(plan, **_heads(file))
    _act(plan, PlanAct.APPROVED, draft, by=by, now=now)
    return draft


@transaction.atomic(durable=True)
def drop_draft(*, plan_id: int, by: Actor, seen: int, now: datetime) -> None:
    """Give a draft up; what is in use stays. Raises CannotPlan."""
    plan = _lock(plan_id)
    _require_worker(by, plan.authority, now)
    draft: PlanVersion = _versions(plan).draft_seen(seen)
    draft.state = PlanVersion.State.DROPPED
    draft.save(update_fields=["state"])
    _act(plan, PlanAct.DROPPED, draft, by=by, now=now)


@transaction.atomic(durable=True)
def retire_plan(*, plan_id: int, by: Actor, why: str, now: datetime) -> None:
    """Take a plan out of use; its versions stay. Raises CannotPlan."""
    plan = _lock(plan_id)
    require_leader(by, plan.authority, now)
    if Incident.objects.filter(plan_version__plan=plan, state=Incident.State.ACTIVE).exists():
        raise CannotPlan("in_use_by_response")
    _changed(plan, retired_at=now)
    _act(plan, PlanAct.RETIRED, None, by=by, now=now, why=why)


# ---------------------------------------------------------------- who may


def _posts(by: Actor, now: datetime) -> list[Post]:
    staff = standing(fresh=True).staff.get(by.staff_id or 0)
    return (
        [post for post in posts_of(staff, now) if post.role not in LOOK_ON]
        if staff and staff.is_active
        else []
    )


def _require_worker(by: Actor, authority: Authority, now: datetime) -> None:
    if by.kind is not ActorKind.SYSTEM and not any(
        post.unit.authority_id == authority.pk for post in _posts(by, now)
    ):
        raise CannotPlan("no_worker")


def require_leader(by: Actor, authority: Authority, now: datetime) -> None:
    """Raises CannotPlan unless the actor leads the body: a leader's post in a unit on top of it."""
    if not leads_body(_posts(by, now), authority.pk):
        raise CannotPlan("no_leader")


def leads_body(posts: list[Post] | tuple[Post, ...], authority_id: int) -> bool:
    return any(
        post.role == Role.LEADER and post.unit.parent_id is None and post.unit.authority_id == authority_id
        for post in posts
    )


# ---------------------------------------------------------------- inside the transaction


def _lock(plan_id: int) -> Plan:
    plan = Plan.objects.select_for_update(of=("self",)).select_related("authority").get(pk=plan_id)
    if plan.retired_at is not None:
        raise CannotPlan("is_retired")
    return plan


def _versions(plan: Plan) -> Versions[PlanVersion]:
    return Versions(plan.versions, CannotPlan)


def _read(text: str | bytes) -> tuple[str, PlanFile]:
    source = text_of(text).replace("\r\n", "\n")
    return source, read_plan(source)


def _heads(file: PlanFile) -> dict[str, Any]:
    return {"name_zh": file.names.zh, "name_en": file.names.en, "hazard": file.hazard}


def _changed(plan: Plan, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(plan, name, value)
    plan.version += 1
    plan.save(update_fields=[*fields, "version"])


def _act(
    plan: Plan, kind: PlanAct, version: PlanVersion | None, *, by: Actor, now: datetime, why: str = ""
) -> None:
    """The text stands in the record as its digest."""
    body = {} if version is None else {"number": version.number, "sha256": bytes(version.sha256).hex()}
    append(kind, matter=plan.matter, by=by, at=now, body={"plan": plan.code} | body, why=why)
