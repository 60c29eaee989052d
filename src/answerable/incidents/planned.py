"""What the plan in use asks for: its roles as people, its actions as tasks. Reads only; a few queries for any plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from answerable.duty.models import LineRole
from answerable.duty.queries import absent_at, on_duty_on
from answerable.incidents.drills.rules import at_pace
from answerable.incidents.models import PlanVersion
from answerable.incidents.plans.reading import read_plan
from answerable.incidents.plans.schema import Action, PlanFile, PlanRole
from answerable.orgs.models import Post
from answerable.orgs.queries import holders_of
from answerable.orgs.standing import standing


def versions_in_use(authority_id: int, hazard: str) -> list[PlanVersion]:
    """The body's plans in use that fit a hazard: those made for it first, then those that hold for it too."""
    rows = PlanVersion.objects.filter(
        plan__authority=authority_id, plan__retired_at=None, state=PlanVersion.State.IN_USE
    )
    found = list(rows.select_related("plan").order_by("plan__code"))
    own = [one for one in found if one.plan.hazard == hazard]
    return own + [one for one in found if one not in own and hazard in file_of(one).also]


def file_of(version: PlanVersion) -> PlanFile:
    """A version's plan as data. What is in use can be read: it was read before it was approved."""
    return read_plan(version.text)


# ---------------------------------------------------------------- who has a role now

MOMENT = timedelta(seconds=1)


@dataclass(frozen=True)
class Candidate:
    """Somebody who may have a role: as whom, and whether the plan names them first."""

    staff: int
    post: int | None
    is_first: bool


@dataclass(frozen=True)
class Held:
    """A role as it is filled at an instant. `targets`: whom its alarm asks, step by step; `post`: the plan's own."""

    plan: PlanRole
    holder: Candidate | None
    post: int | None
    targets: tuple[tuple[Mapping[str, Any], ...], ...] = field(default=())


class Directory:
    """Whom the roles of a plan mean at one instant: who is on duty, who holds a post, who deputises; who is away."""

    def __init__(self, authority_id: int, roles: Iterable[PlanRole], at: datetime) -> None:
        self.at = at
        self._roles = list(roles)
        self._posts = _posts_of(authority_id)
        self._duty = _duty_roles(authority_id, {role.duty for role in self._roles if role.duty})
        self._on_duty = self._look_up_duty()
        self._away = self._look_up_absences()

    def post(self, ref: str | None) -> Post | None:
        return self._posts.get(ref or "")

    def _look_up_duty(self) -> dict[str, list[int]]:
        on = on_duty_on({row.line_id for row in self._duty.values()}, self.at)
        return {
            ref: [one.staff_id for one in on[row.line_id] if one.role_id == row.pk]
            for ref, row in self._duty.items()
        }

    def _look_up_absences(self) -> set[int]:
        people = {one.staff for role in self._roles for one in self._named(role)}
        return absent_at(people, self.at, self.at + MOMENT)

    def _named(self, role: PlanRole) -> Iterator[Candidate]:
        """Everybody whom the plan names for a role, in its order: duty, post, deputies; who is locked out is not."""
        own = self.post(role.post)
        is_first = True
        for one in self._on_duty.get(role.duty or "", ()):
            yield Candidate(one, own.pk if own else None, is_first)
        is_first = not role.duty
        for ref in (role.post, *role.deputies):
            post = self.post(ref)
            for place, staff in enumerate(holders_of(post.pk, self.at) if post else ()):
                yield Candidate(staff.pk, post.pk if post else None, is_first and place == 0)
            is_first = False

    def people(self, role: PlanRole) -> list[int]:
        """Everybody whom the plan names for a role, away or not."""
        return [one.staff for one in self._named(role)]

    def held(self, role: PlanRole) -> Held:
        """The first who is not away has it; where all are, nobody has, and the alarm asks them nevertheless."""
        named = list(self._named(role))
        holder = next((one for one in named if one.staff not in self._away), None)
        own = self.post(role.post)
        return Held(role, holder, own.pk if own else None, self._targets(role, holder))

    def _targets(self, role: PlanRole, holder: Candidate | None) -> tuple[tuple[Mapping[str, Any], ...], ...]:
        first: list[Mapping[str, Any]] = [{"staff": holder.staff}] if holder else []
        rest: list[Mapping[str, Any]] = []
        if role.duty in self._duty:
            duty = self._duty[role.duty]
            rest.append({"line_role": duty.pk, "line": duty.line_id})
        rest += [{"post": post.pk} for ref in (role.post, *role.deputies) if (post := self.post(ref))]
        return tuple(tuple(step) for step in (first, rest) if step)


def _posts_of(authority_id: int) -> dict[str, Post]:
    """The body's open posts as a plan names them: `unit/post`."""
    found = standing()
    return {
        f"{post.unit.code}/{post.code}": post
        for post in found.posts.values()
        if post.unit.authority_id == authority_id and post.closed_on is None
    }


def _duty_roles(authority_id: int, refs: set[str]) -> dict[str, LineRole]:
    """The roles of duty lines that a plan names: `line/role`."""
    if not refs:
        return {}
    rows = LineRole.objects.filter(line__authority=authority_id, line__closed_on=None).select_related("line")
    found = {f"{row.line.code}/{row.code}": row for row in rows}
    return {ref: found[ref] for ref in refs if ref in found}


# ---------------------------------------------------------------- what is to be done


def due_at(action: Action, since: datetime, pace: int) -> datetime:
    """When an action is to be done: its target, counted from when its level began; a table-top runs faster."""
    return at_pace(since, timedelta(minutes=action.target_min), pace)
