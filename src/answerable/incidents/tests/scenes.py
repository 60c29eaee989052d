"""A flood at East village: an incident as its first call leaves it, with the shipped plan where one is wanted."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from answerable.incidents.models import Incident, LevelChange, Plan, PlanVersion
from answerable.incidents.plans.catalogue import shipped_text
from answerable.orgs.models import Post
from answerable.record.actors import Actor
from tests.cast import Cast

#: Tuesday 3 March 2026, 02:12 in Shanghai.
CALL = datetime(2026, 3, 2, 18, 12, tzinfo=UTC)


def at(minutes: float) -> datetime:
    """So many minutes after the first call."""
    return CALL + timedelta(minutes=minutes)


@dataclass(frozen=True)
class Scene:
    cast: Cast
    incident: Incident

    @property
    def mayor(self) -> Actor:
        """Leads the town: activates, commands, warns."""
        return self.cast.actor(self.cast.mayor)

    @property
    def outsider(self) -> Actor:
        """Of another unit of the town; has no role here and is not on duty."""
        return self.cast.actor(self.cast.handler)

    def again(self) -> Incident:
        return Incident.objects.select_related("authority", "unit__authority", "place").get(
            pk=self.incident.pk
        )


def flood(cast: Cast, **more: Any) -> Scene:
    """The call was taken; no plan, no response yet."""
    base: dict[str, Any] = {
        "authority": cast.town,
        "unit": cast.town_root,
        "code": "2026-001",
        "hazard": "flood",
        "title": "东河漫堤",
        "what": "王某家门口进水",
        "place": cast.village,
        "place_text": "东村三组王某家",
        "in_danger": "12 人待转移",
        "reported_at": CALL,
        "reported_by": cast.clerk,
    }
    return Scene(cast, Incident.objects.create(**(base | more)))


def plan_in_use(cast: Cast, code: str = "flood") -> PlanVersion:
    """A shipped plan, taken over by the town and in use."""
    text = shipped_text(code)
    plan = Plan.objects.create(authority=cast.town, code=code, hazard=code, name_zh=code, name_en=code)
    return PlanVersion.objects.create(
        plan=plan,
        number=1,
        state=PlanVersion.State.IN_USE,
        text=text,
        sha256=hashlib.sha256(text.encode()).digest(),
        made_at=CALL - timedelta(days=90),
        made_by=cast.mayor,
    )


def activated(cast: Cast, minutes: float = 10, **more: Any) -> Scene:
    """The response is under way on the flood plan, at level 2, commanded by the mayor."""
    post = Post.objects.get(unit=cast.town_root, code="mayor")
    scene = flood(
        cast,
        state=Incident.State.ACTIVE,
        response_level=2,
        activated_at=at(minutes),
        expected_until=at(minutes + 600),
        commander=cast.mayor,
        commander_post=post,
        plan_version=plan_in_use(cast),
        **more,
    )
    LevelChange.objects.create(
        incident=scene.incident,
        before=None,
        after=2,
        grounds="东河水位超警戒一米。",
        measures="转移低洼处群众。",
        expected_until=at(minutes + 600),
        at=at(minutes),
        by=cast.mayor,
        post=post,
    )
    return scene


def stood_down(scene: Scene, minutes: float) -> Scene:
    """As the commander lifts it; the services of incidents do more."""
    LevelChange.objects.create(
        incident=scene.incident,
        before=2,
        after=None,
        grounds="水位回落。",
        at=at(minutes),
        by=scene.cast.mayor,
    )
    Incident.objects.filter(pk=scene.incident.pk).update(
        state=Incident.State.STOOD_DOWN, stood_down_at=at(minutes), response_level=None
    )
    return Scene(scene.cast, scene.again())
