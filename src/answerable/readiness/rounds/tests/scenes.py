"""Rounds for tests: a shipped template in use, a plan at the cast's village, a round that is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from answerable.orgs.models import Place, Staff
from answerable.readiness.rounds import making
from answerable.readiness.rounds.models import Finding, Round, RoundPlan, RoundTemplate
from answerable.readiness.rounds.rhythm import Rhythm
from answerable.readiness.rounds.rules import Given
from answerable.readiness.rounds.services.doing import Done, do_round
from answerable.readiness.rounds.services.plans import PlanDraft, make_plan
from answerable.readiness.rounds.services.templates import adopt_template, put_to_use
from answerable.readiness.rounds.template.catalogue import shipped_text
from tests.cast import Cast

#: Monday 2 March 2026, 10:00 in Shanghai; a round is due at 18:00.
NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
EVENING = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
DAY = timedelta(days=1)

FIRE = {
    "unlocked": Given("yes"),
    "clear": Given("yes"),
    "charging": Given("no"),
    "lights": Given("0"),
    "extinguishers": Given("yes"),
    "hydrant": Given("water"),
    "access": Given("yes"),
}


@dataclass
class Scene:
    """The roads office looks at fire exits of the village every day; its handler goes, its leader mends."""

    cast: Cast
    plan: RoundPlan

    def make(self, now: datetime = NOW) -> None:
        RoundPlan.objects.filter(pk=self.plan.pk).update(look_at=now)
        making.make_for(plan_id=self.plan.pk, now=now)

    def due(self) -> Round:
        return Round.objects.filter(plan=self.plan, state="due").order_by("due_at", "pk")[0]

    def do(self, now: datetime = NOW, who: Staff | None = None, **answers: Given) -> Done:
        """The next round, with everything in order but `answers`."""
        self.make(now)
        return self.answer(self.due(), now, who, **answers)

    def answer(self, one: Round, now: datetime, who: Staff | None = None, **answers: Given) -> Done:
        by = self.cast.actor(who or self.cast.handler)
        return do_round(round_id=one.pk, answers=FIRE | answers, by=by, now=now)

    def finding(self) -> Finding:
        return Finding.objects.order_by("-found_at", "-pk")[0]


def template(cast: Cast, code: str = "fire-exits", now: datetime = NOW) -> RoundTemplate:
    by = cast.actor(cast.leader)
    draft = adopt_template(authority=cast.town, text=shipped_text(code), by=by, now=now)
    put_to_use(template_id=draft.template_id, by=by, seen=draft.version, now=now)
    return draft.template


def draft(cast: Cast, one: RoundTemplate, **more: Any) -> PlanDraft:
    base = {
        "template_id": one.pk,
        "unit_id": cast.roads.pk,
        "post_id": cast.post(cast.handler).pk,
        "rhythm": Rhythm("day"),
        "starts_on": date(2026, 3, 1),
        "name_zh": "消防通道",
        "name_en": "Fire exits",
        "place_ids": (cast.village.pk,),
    }
    return PlanDraft(**base | more)


def rounds(cast: Cast, now: datetime = NOW, **more: Any) -> Scene:
    one = more.pop("template", None) or template(cast, now=now)
    return Scene(cast, make_plan(draft(cast, one, **more), by=cast.actor(cast.leader), now=now))


def place(cast: Cast, code: str, name: str, **more: Any) -> Place:
    made = Place.objects.create(authority=cast.town, code=code, name_zh=name, name_en=name, **more)
    made.path = [made.pk]
    made.save(update_fields=["path"])
    return made
