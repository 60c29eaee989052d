"""What is true of a body tonight, as the lint takes it: who holds which post, who can be reached, what stands by.

What this finds serves alerting alone (rights, rule 12): it is shown to the body's staff, names posts, and is not kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from answerable.alerts.models import ContactPoint
from answerable.core.checks import Fault
from answerable.duty.models import LineRole, StandbyItem
from answerable.duty.queries import is_check_overdue, on_duty_on
from answerable.incidents.drills.queries import last_drills
from answerable.incidents.models import PlanVersion
from answerable.incidents.plans import lint_wording
from answerable.incidents.plans.lint import (
    STALE_AFTER,
    Facts,
    Finding,
    Held,
    Item,
    Reach,
    Readiness,
    readiness,
    worst,
)
from answerable.incidents.plans.schema import PlanFile
from answerable.orgs.checks import working_authorities
from answerable.orgs.models import Authority
from answerable.orgs.queries import holders_of
from answerable.orgs.standing import standing
from answerable.ui.flow import in_a_row

#: Below this a plan would not carry a night; `answerable check` says so.
ENOUGH = 60
#: Told one by one in a check; the page has them all.
SPELT_OUT = 3


def readiness_of(plan: PlanFile, body: Authority, now: datetime, *, drilled_on: date | None) -> Readiness:
    """How ready a plan of the body is at `now`."""
    return readiness(plan, facts_of(plan, body, now, drilled_on=drilled_on))


def facts_of(plan: PlanFile, body: Authority, now: datetime, *, drilled_on: date | None = None) -> Facts:
    """A handful of reads, however long the plan is."""
    organisation = standing()
    posts = _post_holders(plan, body, now)
    duties = _duty_holders({role.duty for role in plan.roles if role.duty}, body, now)
    people = {one for _name, staff in (*posts.values(), *duties.values()) for one in staff}
    reach = _reach(people, now)
    return Facts(
        now=now,
        posts={ref: _held(name, staff, reach) for ref, (name, staff) in posts.items()},
        duties={ref: _held(name, staff, reach) for ref, (name, staff) in duties.items()},
        standby=_standby({one.standby for one in plan.resources if one.standby}, body, now),
        places=frozenset(
            one.code
            for one in organisation.places.values()
            if one.authority_id == body.pk and not one.closed_on
        ),
        authorities=frozenset(one.code for one in organisation.authorities.values())
        | ({"above"} if body.above_id else frozenset()),
        drilled_on=drilled_on,
    )


Named = tuple[str, list[int]]


def _post_holders(plan: PlanFile, body: Authority, now: datetime) -> dict[str, Named]:
    """Of each open post that the plan names, by its reference: its name, and who holds it."""
    named = {ref for role in plan.roles for ref in (role.post, *role.deputies) if ref}
    named |= {
        one.recipient.removeprefix("post:") for one in plan.reports if one.recipient.startswith("post:")
    }
    found = {}
    for post in standing().posts.values():
        ref = f"{post.unit.code}/{post.code}"
        if (
            ref in named
            and post.unit.authority_id == body.pk
            and not post.closed_on
            and not post.unit.closed_on
        ):
            found[ref] = (post.name, [one.pk for one in holders_of(post.pk, now)])
    return found


def _duty_holders(refs: Collection[str], body: Authority, now: datetime) -> dict[str, Named]:
    """Of each role on duty that the plan names: its name, and who stands it at this moment."""
    if not refs:
        return {}
    rows = LineRole.objects.filter(line__authority=body, line__closed_on=None).select_related("line")
    roles = {f"{row.line.code}/{row.code}": row for row in rows}
    roles = {ref: row for ref, row in roles.items() if ref in refs}
    on = on_duty_on({row.line_id for row in roles.values()}, now)
    return {
        ref: (row.name, [one.staff_id for one in on[row.line_id] if one.role_id == row.pk])
        for ref, row in roles.items()
    }


def _held(name: str, staff: Collection[int], reach: Mapping[int, Reach]) -> Held:
    order = list(Reach)
    best = min((reach[one] for one in staff), key=order.index, default=Reach.NONE)
    return Held(name, len(set(staff)), best)


def _reach(people: Collection[int], now: datetime) -> dict[int, Reach]:
    """How well each can be reached: shown within 90 days, known but not shown, or not at all."""
    ways: dict[int, list[ContactPoint]] = defaultdict(list)
    for row in ContactPoint.objects.filter(staff__in=people, removed_at=None, failing_since=None):
        ways[row.staff_id].append(row)
    staff = standing().staff
    return {pk: _best(ways[pk], has_mail=pk in staff and bool(staff[pk].email), now=now) for pk in people}


def _best(ways: Iterable[ContactPoint], *, has_mail: bool, now: datetime) -> Reach:
    found = Reach.STALE if has_mail else Reach.NONE
    for way in ways:
        shown = max((at for at in (way.verified_at, way.answered_at) if at is not None), default=None)
        if shown is not None and shown >= now - STALE_AFTER:
            return Reach.PROVEN
        found = Reach.STALE
    return found


def _standby(refs: Collection[str], body: Authority, now: datetime) -> dict[str, Item]:
    if not refs:
        return {}
    rows = StandbyItem.objects.filter(unit__authority=body, closed_on=None).select_related("unit")
    found = {f"{row.unit.code}/{row.code}": row for row in rows}
    return {
        ref: Item(
            row.name,
            is_out_of_order=row.state == StandbyItem.State.REPAIR,
            is_unchecked=is_check_overdue(row, now),
        )
        for ref, row in found.items()
        if ref in refs
    }


# ---------------------------------------------------------------- plans in use


def drills_of(plan_ids: Collection[int]) -> dict[int, date]:
    """The day on which each plan was last practised to the end."""
    return last_drills(plan_ids)


def check_plans(now: datetime) -> Iterator[Fault]:
    """What `answerable check` says: each plan in use that would not carry a night, with what weighs most."""
    bodies = {body.pk: body for body in working_authorities()}
    rows = PlanVersion.objects.filter(
        state=PlanVersion.State.IN_USE, plan__retired_at=None, plan__authority__in=list(bodies)
    ).select_related("plan")
    versions = list(rows.order_by("plan__authority", "plan__code"))
    drills = drills_of({one.plan_id for one in versions})
    for version in versions:
        yield from _check(version, bodies[version.plan.authority_id], now, drills.get(version.plan_id))


def _check(version: PlanVersion, body: Authority, now: datetime, drilled_on: date | None) -> Iterator[Fault]:
    from answerable.incidents.planned import file_of

    found = readiness_of(file_of(version), body, now, drilled_on=drilled_on)
    if found.score >= ENOUGH:
        return
    facts = {
        "body": body.name,
        "plan": version.plan.name,
        "score": found.score,
        "worst": in_a_row(said(one) for one in worst(found.findings, SPELT_OUT)),
    }
    yield Fault(
        "plan_not_ready",
        _("%(body)s: the plan “%(plan)s” is %(score)s of 100 ready. %(worst)s") % facts,
        _("Every missing point is explained on the plan's page."),
    )


def said(finding: Finding) -> str:
    """What is wrong, in the active language."""
    return lint_wording.what(finding, get_language() or "en")
