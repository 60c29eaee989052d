"""Incidents for tests: a plan over the fixed cast's posts, a first call, a response under way."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

from answerable.incidents.models import Incident, Plan, PlanVersion
from answerable.incidents.services.activation import Decision, activate
from answerable.incidents.services.calls import Told, report_incident
from answerable.orgs.models import Staff
from tests.cast import MONDAY, Cast


def both(text: str) -> dict[str, str]:
    return {"zh": text, "en": text}


def level(number: int) -> dict[str, Any]:
    step: dict[str, Any] = {"level": number, "names": both(f"level {number}"), "criteria": both("water")}
    if number > 1:
        step["raise_when"] = both("water rises")
    if number < 4:
        step["lower_when"] = both("water falls")
    return step | {"lift_when": both("water is gone")}


def action(code: str, *levels: int, track: str = "safety", **more: Any) -> dict[str, Any]:
    return {
        "code": code,
        "names": both(f"do {code}"),
        "levels": list(levels),
        "track": track,
        "role": "commander",
        "target_min": 30,
        "check": None,
    } | more


def role(code: str, post: str, **more: Any) -> dict[str, Any]:
    return {
        "code": code,
        "names": both(code),
        "task": both(f"does {code}"),
        "group": "member",
        "post": post,
    } | more


ROLES = (
    role("commander", "town/mayor", group="leading", is_commander=True, deputies=["roads/head"]),
    role("engineer", "water/head", deputies=["roads/handler"], track="safety"),
    role("writer", "roads/clerk", group="office"),
)
ACTIONS = (
    action("warn", 1, 2, 3, 4, track="information", role="writer", target_min=10),
    action("look", 1, 2, 3, 4, role="engineer", check=both("nobody is left behind"), target_min=20),
    action("close_road", 1, 2, 3, 4, role="engineer", needs=["look"]),
    action("tell_county", 1, 2, 3, 4, track="coordination"),
    action("shelter", 1, 2, target_min=60),
)


def plan_data(roles: Any = ROLES, actions: Any = ACTIONS, **more: Any) -> dict[str, Any]:
    """A flood plan with four levels on each scale, as its file says it."""
    colours = ("red", "orange", "yellow", "blue")
    return {
        "format": "answerable-plan/1",
        "code": "flood",
        "names": both("flood"),
        "hazard": "flood",
        "purpose": both("people first"),
        "scales": {
            "event": [
                {"level": n, "names": both(f"grade {n}"), "criteria": both("water")} for n in range(1, 5)
            ],
            "warning": [
                {
                    "level": n,
                    "colour": colours[n - 1],
                    "names": both(f"warning {n}"),
                    "criteria": both("rain"),
                }
                for n in range(1, 5)
            ],
            "response": [level(n) for n in range(1, 5)],
        },
        "roles": list(roles),
        "tracks": [{"code": code, "names": both(code)} for code in ("safety", "information", "coordination")],
        "actions": list(actions),
        "reports": [
            {
                "code": "first",
                "names": both("first report"),
                "kind": "first_phone",
                "recipient": "authority:above",
                "within_min": 30,
                "contents": ["source", "time", "place", "casualties", "cause", "measures"],
                "source": "local rule",
            }
        ],
        "announce": {name: both("words") for name in ("activated", "updated", "lifted", "advice", "heard")},
        "recovery": [{"code": "count", "names": both("count losses"), "role": None, "check": None}],
        "drill": {"every_months": 24, "kind": "table_top"},
        "retention_days": 30,
    } | more


def make_plan(cast: Cast, data: dict[str, Any] | None = None, **more: Any) -> PlanVersion:
    """A plan in use."""
    data = data or plan_data(**more)
    text = json.dumps(data, ensure_ascii=False)
    plan = Plan.objects.create(
        authority=cast.town,
        code=data["code"],
        hazard=data["hazard"],
        name_zh="防汛预案",
        name_en="Flood plan",
    )
    return PlanVersion.objects.create(
        plan=plan,
        number=1,
        state=PlanVersion.State.IN_USE,
        text=text,
        sha256=hashlib.sha256(text.encode()).digest(),
        made_at=MONDAY,
        made_by=cast.mayor,
        approved_at=MONDAY,
        approved_by=cast.mayor,
    )


def call(cast: Cast, by: Staff | None = None, now: datetime = MONDAY, **more: Any) -> Incident:
    """A flood at East village, called in."""
    base: dict[str, Any] = {
        "authority": cast.town,
        "hazard": "flood",
        "what": "河水漫堤",
        "place": cast.village,
    }
    told = Told(**(base | more))
    return report_incident(told, by=cast.actor(by or cast.clerk), now=now).incident


def decision(version: PlanVersion | None = None, now: datetime = MONDAY, **more: Any) -> Decision:
    base: dict[str, Any] = {
        "hazard": "flood",
        "level": 3,
        "grounds": "水位超过警戒线 0.5 米",
        "measures": "转移低洼处人员",
        "expected_until": now + timedelta(hours=12),
        "plan_version_id": version.pk if version else None,
    }
    return Decision(**(base | more))


def respond(
    cast: Cast,
    version: PlanVersion | None = None,
    by: Staff | None = None,
    now: datetime = MONDAY,
    **more: Any,
) -> Incident:
    """A response under way, activated by the mayor a minute after the call."""
    at = now + timedelta(minutes=1)
    incident = call(cast, now=now)
    return activate(
        incident_id=incident.pk,
        decision=decision(version, at, **more),
        by=cast.actor(by or cast.mayor),
        now=at,
    )
