"""Plans in the demo town: flood and fire, taken over two months ago, given the town's own posts, approved by the mayor.

They are not perfect: a generator is out of order, one body's number was never found out, and the fire plan was
never practised. The pages have something to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from answerable.incidents.models import PlanVersion
from answerable.incidents.plans.catalogue import shipped_plan, shipped_text
from answerable.incidents.plans.schema import PlanFile
from answerable.incidents.plans.writing import write_plan
from answerable.incidents.services.plans import adopt_plan, approve_draft, save_draft
from answerable.ops.demo.settle import Settled
from answerable.orgs.models import Post
from answerable.orgs.queries import local_today
from answerable.record.actors import Actor, ActorKind

TAKEN_OVER = timedelta(days=60)
CALLED = timedelta(days=20)

#: By role: the post, and its deputies.
FLOOD: Mapping[str, tuple[str, ...]] = {
    "commander": ("mayor", "deputy-farm"),
    "deputy_commander": ("deputy-farm", "deputy-land"),
    "office": ("general-head", "general-1"),
    "duty_officer": ("general-clerk",),
    "evacuation": ("social-civil", "social-head"),
    "watchers": ("farming-water", "farming-head"),
    "rescue": ("planning-roads", "planning-building"),
    "shelter": ("social-head", "social-schools"),
    "information": ("petitions-head", "petitions-phone"),
    "supplies": ("general-2", "general-1"),
}
FIRE: Mapping[str, tuple[str, ...]] = {
    "commander": ("mayor", "deputy-land"),
    "deputy_commander": ("deputy-land", "deputy-farm"),
    "office": ("general-head", "general-1"),
    "duty_officer": ("general-clerk",),
    "evacuation": ("social-civil", "social-head"),
    "first_attack": ("planning-building",),
    "cordon": ("planning-roads", "planning-head"),
    "medical": ("social-head", "social-labour"),
    "utilities": ("planning-environment", "planning-head"),
    "information": ("petitions-head", "petitions-phone"),
}
#: Who is on duty goes first, at any hour.
ON_DUTY = {"duty_officer": "duty-room/staff", "supplies": "duty-room/driver"}
STANDBY = {"pump": "general/pump-truck", "lights": "general/generator", "water_cart": "general/pump-truck"}
PHONES = {
    "county_flood": "000-5550 8001",
    "county_emergency": "000-5550 8002",
    "weather": "000-5550 8003",
    "waterworks": "000-5550 8004",
    "gas": "000-5550 8005",
}


def set_up(settled: Settled, now: datetime) -> None:
    """Two plans in use, and a draft of the flood plan that waits for the mayor."""
    at = now - TAKEN_OVER
    flood = _in_use("flood", FLOOD, settled, at, now)
    _in_use("fire", FIRE, settled, at + timedelta(hours=1), now)
    draft = flood.text.replace(
        "# Flood and severe weather",
        "# After the high water: the bridge gauge is read first.\n# Flood and severe weather",
    ).replace("target_min: 90", "target_min: 75")
    save_draft(
        plan_id=flood.plan_id,
        text=draft,
        by=_actor(settled, "general-head"),
        seen=0,
        now=now - timedelta(hours=20),
        note="转移时限由90分钟改为75分钟 / people are moved within 75 minutes, not 90",
    )


def _actor(settled: Settled, code: str) -> Actor:
    post: Post = settled.posts[code]
    staff = post.appointments.order_by("pk")[0].staff_id
    return Actor(ActorKind.STAFF, staff_id=staff, post_id=post.pk, unit_id=post.unit_id)


def _in_use(
    code: str, posts: Mapping[str, tuple[str, ...]], settled: Settled, at: datetime, now: datetime
) -> PlanVersion:
    town = settled.posts["mayor"].unit.authority
    by = _actor(settled, "general-head")
    version = adopt_plan(authority=town, text=shipped_text(code), by=by, now=at)
    today = local_today(town, now)
    text = write_plan(_adapted(code, posts, settled, today), version.text)
    draft = save_draft(
        plan_id=version.plan_id,
        text=text,
        by=by,
        seen=version.version,
        now=at + timedelta(days=2),
        note="岗位与电话 / our posts and numbers",
    )
    return approve_draft(
        plan_id=version.plan_id,
        by=_actor(settled, "mayor"),
        seen=draft.version,
        now=at + timedelta(days=3),
    )


def _adapted(code: str, posts: Mapping[str, tuple[str, ...]], settled: Settled, today: date) -> PlanFile:
    data: dict[str, Any] = shipped_plan(code).model_dump()
    for role in data["roles"]:
        refs = [f"{settled.posts[one].unit.code}/{one}" for one in posts[role["code"]]]
        role.update(post=refs[0], deputies=tuple(refs[1:]), duty=ON_DUTY.get(role["code"]))
    for contact in data["contacts"]:
        number = PHONES.get(contact["code"], contact["phone"])
        contact.update(phone=number, verified_on=today - CALLED if number else None)
    for resource in data["resources"]:
        resource.update(standby=STANDBY.get(resource["code"]))
    return PlanFile.model_validate(data)
