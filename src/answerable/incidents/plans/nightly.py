"""The lint at night: who leads a body reads in the morning which of its plans would not carry a night; once a week."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from answerable.alerts.models import Notice
from answerable.alerts.telling import tell_posts
from answerable.incidents.models import PlanVersion
from answerable.incidents.planned import file_of
from answerable.incidents.plans import linting
from answerable.orgs.checks import working_authorities
from answerable.orgs.models import Authority, Post, Role
from answerable.orgs.standing import standing

#: Local hours in which it looks: after midnight's changes, before the digest of eight o'clock.
FROM_HOUR, UNTIL_HOUR = 3, 8


def tell_of_plans(now: datetime) -> int:
    """Tell the leaders of each body whose night it is; returns how many plans were told of."""
    bodies = {body.pk: body for body in working_authorities() if _is_night(body, now)}
    if not bodies:
        return 0
    rows = PlanVersion.objects.filter(
        state=PlanVersion.State.IN_USE, plan__retired_at=None, plan__authority__in=list(bodies)
    )
    versions = list(rows.select_related("plan").order_by("pk"))
    drills = linting.drills_of({one.plan_id for one in versions})
    told = 0
    for version in versions:
        body = bodies[version.plan.authority_id]
        posts = [post.pk for post in _leaders(body)]
        key = f"plan_not_ready:{version.plan_id}:{_week(body, now)}"
        if not posts or Notice.objects.filter(key=f"{key}:{posts[0]}").exists():
            continue
        found = linting.readiness_of(file_of(version), body, now, drilled_on=drills.get(version.plan_id))
        if found.score >= linting.ENOUGH:
            continue
        plan = version.plan
        facts = {"step_zh": plan.name_zh, "step_en": plan.name_en, "score": found.score}
        tell_posts(posts, "plan_not_ready", key=key, at=now, facts=facts)
        told += 1
    return told


def _local(body: Authority, now: datetime) -> datetime:
    return now.astimezone(ZoneInfo(body.zone))


def _is_night(body: Authority, now: datetime) -> bool:
    return FROM_HOUR <= _local(body, now).hour < UNTIL_HOUR


def _week(body: Authority, now: datetime) -> str:
    year, week, _day = _local(body, now).isocalendar()
    return f"{year}-{week:02}"


def _leaders(body: Authority) -> Iterator[Post]:
    """The head of the body; where there is none, every leader on top of it."""
    top = [
        post
        for post in standing().posts.values()
        if post.unit.authority_id == body.pk
        and post.unit.parent_id is None
        and post.role == Role.LEADER
        and post.closed_on is None
    ]
    return iter([post for post in top if post.is_head] or top)
