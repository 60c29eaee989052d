"""Would this plan work tonight? What is missing, how much that weighs, and what is left of a hundred points. Pure.

A hundred points lie in six areas. Each finding takes the points of `WEIGHTS` from its area until the area has none
left, so that no single area hides the others, and the score is a hundred less the points of the findings: every
point that is missing stands beside a sentence. `lint_wording.py` has the sentences; docs/reference/plans.md the table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from answerable.incidents.plans.parts import ABOVE
from answerable.incidents.plans.schema import Action, PlanFile, PlanRole, Recovery

#: Nothing has shown for so long that somebody can be reached, or that another body answers: it is not known any more.
STALE_AFTER = timedelta(days=90)
MONTH = timedelta(days=30.44)
#: These are answered at every hour by law; nobody has to try.
EMERGENCY = frozenset({"110", "119", "120", "122", "112"})


class Area(StrEnum):
    PEOPLE = "people"
    REACH = "reach"
    STEPS = "steps"
    BODIES = "bodies"
    RESOURCES = "resources"
    PRACTICE = "practice"


#: What each area has in all; together a hundred.
POINTS = {
    Area.PEOPLE: 40,
    Area.REACH: 20,
    Area.STEPS: 15,
    Area.BODIES: 10,
    Area.RESOURCES: 5,
    Area.PRACTICE: 10,
}

#: What a finding takes: of the commander's role, of another in the leading group or the office, of a member's.
BY_ROLE = {
    "role_unfilled": (20, 8, 4),
    "role_gone": (20, 8, 4),
    "no_deputy": (6, 3, 1),
    "unreachable": (10, 5, 3),
    "unverified": (4, 2, 1),
}
#: What any other finding takes, and from which area.
WEIGHTS: dict[str, tuple[Area, int]] = {
    "action_without_post": (Area.PEOPLE, 2),
    "level_without_actions": (Area.STEPS, 8),
    "track_without_actions": (Area.STEPS, 2),
    "empty_step": (Area.STEPS, 2),
    "due_before_need": (Area.STEPS, 1),
    "place_gone": (Area.STEPS, 1),
    "recipient_gone": (Area.BODIES, 4),
    "contact_silent": (Area.BODIES, 3),
    "contact_without_number": (Area.BODIES, 2),
    "contact_unverified": (Area.BODIES, 1),
    "resource_gone": (Area.RESOURCES, 2),
    "resource_out": (Area.RESOURCES, 2),
    "resource_unchecked": (Area.RESOURCES, 1),
    "drill_never": (Area.PRACTICE, 10),
    "drill_overdue": (Area.PRACTICE, 6),
}


class Reach(StrEnum):
    """The best that is known of those who hold a post: somebody answers, perhaps, or there is no way to them."""

    PROVEN = "proven"
    STALE = "stale"
    NONE = "none"


@dataclass(frozen=True)
class Held:
    """A post or a role on duty as it is held now. `people`: how many hold it; `reach`: of the best of them."""

    name: str
    people: int
    reach: Reach = Reach.NONE


@dataclass(frozen=True)
class Item:
    """Something on standby."""

    name: str
    is_out_of_order: bool = False
    is_unchecked: bool = False


@dataclass(frozen=True)
class Facts:
    """What is true of the body whose plan it is. What a plan names and is not here does not exist (any more)."""

    now: datetime
    posts: Mapping[str, Held] = field(default_factory=dict)
    duties: Mapping[str, Held] = field(default_factory=dict)
    standby: Mapping[str, Item] = field(default_factory=dict)
    places: frozenset[str] = frozenset()
    #: Codes of bodies, and "above" where there is one.
    authorities: frozenset[str] = frozenset()
    drilled_on: date | None = None


@dataclass(frozen=True)
class Finding:
    """`where`: the field of the file; `points`: what it took from its area; `about`: what the sentence names."""

    code: str
    area: Area
    where: str
    points: int
    zh: str = ""
    en: str = ""
    params: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Readiness:
    """`score` is a hundred less the points of all findings; `left` of each area."""

    score: int
    findings: tuple[Finding, ...]

    def left(self, area: Area) -> int:
        return POINTS[area] - sum(one.points for one in self.findings if one.area is area)


def readiness(plan: PlanFile, facts: Facts) -> Readiness:
    """Every finding, what weighs most first in each area, and the score that they leave."""
    left = dict(POINTS)
    found = []
    order = list(Area)
    for one in sorted(_found(plan, facts), key=lambda one: (order.index(one.area), -one.points, one.where)):
        points = min(one.points, left[one.area])
        left[one.area] -= points
        found.append(replace(one, points=points))
    return Readiness(sum(left.values()), tuple(found))


def _found(plan: PlanFile, facts: Facts) -> Iterator[Finding]:
    yield from _people(plan, facts)
    yield from _steps(plan, facts)
    yield from _bodies(plan, facts)
    yield from _resources(plan, facts)
    yield from _practice(plan, facts)


def _finding(code: str, where: str, named: object = None, **params: object) -> Finding:
    area, points = WEIGHTS[code]
    return _made(code, area, where, points, named, params)


def _made(
    code: str, area: Area, where: str, points: int, named: object, params: Mapping[str, object]
) -> Finding:
    zh, en = getattr(named, "zh", ""), getattr(named, "en", "")
    return Finding(
        code, area, where, points, zh, en, tuple((key, str(value)) for key, value in params.items())
    )


def _all_steps(plan: PlanFile) -> tuple[tuple[str, tuple[Action | Recovery, ...]], ...]:
    return ("actions", plan.actions), ("recovery", plan.recovery)


# ---------------------------------------------------------------- people and reach


def _people(plan: PlanFile, facts: Facts) -> Iterator[Finding]:
    backed = {role.backs for role in plan.roles if role.backs and _holders(role, facts)}
    for place, role in enumerate(plan.roles):
        where = f"roles[{place + 1}] ({role.code})"
        yield from _role(role, where, facts, is_backed=role.code in backed)
    posted = {role.code for role in plan.roles if role.post or role.duty}
    for name, steps in _all_steps(plan):
        for place, step in enumerate(steps):
            if step.role is None or step.role not in posted:
                yield _finding("action_without_post", f"{name}[{place + 1}] ({step.code}).role", step.names)


def _refs(role: PlanRole) -> Iterator[tuple[str, str]]:
    """What the role names, with its field: who is on duty first, then the post, then deputies."""
    if role.duty is not None:
        yield "duty", role.duty
    if role.post is not None:
        yield "post", role.post
    for place, deputy in enumerate(role.deputies):
        yield f"deputies[{place + 1}]", deputy


def _held(name: str, ref: str, facts: Facts) -> Held | None:
    return facts.duties.get(ref) if name == "duty" else facts.posts.get(ref)


def _holders(role: PlanRole, facts: Facts) -> list[Held]:
    """Those of the role that somebody holds now."""
    found = [_held(name, ref, facts) for name, ref in _refs(role)]
    return [one for one in found if one is not None and one.people]


def _role(role: PlanRole, where: str, facts: Facts, *, is_backed: bool) -> Iterator[Finding]:
    rank = 0 if role.is_commander else 2 if role.group == "member" else 1

    def found(code: str, area: Area, at: str, **params: object) -> Finding:
        return _made(code, area, at, BY_ROLE[code][rank], role.names, params)

    refs = list(_refs(role))
    gone = [(name, ref) for name, ref in refs if _held(name, ref, facts) is None]
    for name, ref in gone:
        yield found("role_gone", Area.PEOPLE, f"{where}.{name}", given=ref)
    holders = _holders(role, facts)
    if not holders:
        # Where the only one named is gone, that has been said and has cost its points.
        if len(gone) < len(refs) or not refs:
            yield found("role_unfilled", Area.PEOPLE, where)
        yield found("unreachable", Area.REACH, where)
        return
    if len(holders) < 2 and sum(one.people for one in holders) < 2 and not is_backed:
        yield found("no_deputy", Area.PEOPLE, where)
    best = {one.reach for one in holders}
    if best == {Reach.NONE}:
        yield found("unreachable", Area.REACH, where)
    elif Reach.PROVEN not in best:
        yield found("unverified", Area.REACH, where, days=STALE_AFTER.days)


# ---------------------------------------------------------------- steps


def _steps(plan: PlanFile, facts: Facts) -> Iterator[Finding]:
    for place, step in enumerate(plan.scales.response):
        actions = plan.actions_at(step.level)
        where = f"scales.response[{place + 1}]"
        if not actions:
            yield _finding("level_without_actions", where, step.names)
            continue
        for track in plan.tracks:
            if not any(action.track == track.code for action in actions):
                yield _finding("track_without_actions", where, step.names, track=track.code)
    for name, steps in _all_steps(plan):
        for place, one in enumerate(steps):
            if one.check is None:
                yield _finding("empty_step", f"{name}[{place + 1}] ({one.code}).check", one.names)
    for place, action in enumerate(plan.actions):
        for need in action.needs:
            if plan.action(need).target_min > action.target_min:
                where = f"actions[{place + 1}] ({action.code}).target_min"
                yield _finding("due_before_need", where, action.names, need=need)
    for place, code in enumerate(plan.places):
        if code not in facts.places:
            yield _finding("place_gone", f"places[{place + 1}]", given=code)


# ---------------------------------------------------------------- bodies, resources, practice


def _bodies(plan: PlanFile, facts: Facts) -> Iterator[Finding]:
    for place, report in enumerate(plan.reports):
        if not _is_there(report.recipient, facts):
            where = f"reports[{place + 1}] ({report.code}).recipient"
            code = "recipient_gone"
            yield _finding(code, where, report.names, given=report.recipient)
    today = facts.now.date()
    for place, contact in enumerate(plan.contacts):
        where = f"contacts[{place + 1}] ({contact.code})"
        if not contact.phone.strip() and not contact.email.strip():
            yield _finding("contact_without_number", where, contact.names)
        elif contact.silent_since is not None:
            yield _finding("contact_silent", where, contact.names, on=contact.silent_since)
        elif contact.phone.strip() not in EMERGENCY and (
            contact.verified_on is None or contact.verified_on < today - STALE_AFTER
        ):
            yield _finding("contact_unverified", where, contact.names, days=STALE_AFTER.days)


def _is_there(recipient: str, facts: Facts) -> bool:
    kind, _colon, code = recipient.partition(":")
    if kind == "authority":
        return (code if recipient != ABOVE else "above") in facts.authorities
    return kind != "post" or code in facts.posts


def _resources(plan: PlanFile, facts: Facts) -> Iterator[Finding]:
    for place, resource in enumerate(plan.resources):
        if resource.standby is None:
            continue
        where = f"resources[{place + 1}] ({resource.code}).standby"
        item = facts.standby.get(resource.standby)
        if item is None:
            yield _finding("resource_gone", where, resource.names, given=resource.standby)
        elif item.is_out_of_order:
            yield _finding("resource_out", where, resource.names, item=item.name)
        elif item.is_unchecked:
            yield _finding("resource_unchecked", where, resource.names, item=item.name)


def _practice(plan: PlanFile, facts: Facts) -> Iterator[Finding]:
    if facts.drilled_on is None:
        yield _finding("drill_never", "drill", months=plan.drill.every_months)
    elif facts.drilled_on + MONTH * plan.drill.every_months < facts.now.date():
        yield _finding("drill_overdue", "drill", months=plan.drill.every_months, on=facts.drilled_on)


def worst(findings: Iterable[Finding], most: int) -> list[Finding]:
    """Those that cost most."""
    return sorted(findings, key=lambda one: -one.points)[:most]
