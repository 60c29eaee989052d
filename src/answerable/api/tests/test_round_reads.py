"""Rounds and findings as another system reads them: places and things, never what people brought."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from answerable.api.tests.systems import ask, system
from answerable.readiness.rounds.models import (
    Finding,
    Round,
    RoundPlan,
    RoundTemplate,
    Target,
    TemplateVersion,
)
from tests.cast import MONDAY, Cast

pytestmark = pytest.mark.django_db
SAID = "钥匙在老李家"


def a_round(
    cast: Cast, plan: RoundPlan, version: TemplateVersion, place: Any, day: int, **more: Any
) -> Round:
    target = Target.objects.create(plan=plan, place=place, made_until=MONDAY, position=day)
    at = MONDAY + timedelta(days=day)
    return Round.objects.create(
        plan=plan, target=target, authority=cast.town, unit=cast.roads, post=plan.post, place=place,
        template_version=version, due_at=at, due_on=at.date(), opens_at=at - timedelta(days=1), made_at=MONDAY,
        **more,
    )  # fmt: skip


def test_a_round_is_its_place_post_and_day_and_rounds_on_open_matters_stay_inside(cast: Cast) -> None:
    template = RoundTemplate.objects.create(authority=cast.town, code="dams", name_zh="堤坝", name_en="Dams")
    version = TemplateVersion.objects.create(
        template=template, number=1, text="", sha256=b"", made_at=MONDAY, made_by=cast.leader
    )
    plan = RoundPlan.objects.create(
        authority=cast.town, unit=cast.roads, template=template, post=cast.post(cast.handler), rhythm={},
        starts_on=MONDAY.date(), name_zh="堤坝巡查", name_en="Dams",
    )  # fmt: skip
    done = {"state": "done", "done_at": MONDAY, "done_by": cast.handler, "findings_count": 1}
    first = a_round(cast, plan, version, cast.village, 1, **done)
    a_round(cast, plan, version, None, 2)
    finding = Finding.objects.create(
        round=first, plan=plan, authority=cast.town, unit=cast.roads, place=cast.village, question="gate",
        note=SAID, severity="serious", post=cast.post(cast.leader), due_on=MONDAY.date(), found_at=MONDAY,
        name_zh="闸门关不上", name_en="The gate does not close",
    )  # fmt: skip
    key = system(cast, "rounds:read", unit=cast.roads)[1]
    (one,) = ask(key, "rounds").json()["items"]
    assert (one["id"], one["place"], one["state"], one["findings"]) == (str(first.pk), "village", "done", 1)
    assert ask(key, "rounds?which=due").json()["items"] == []
    (found,) = ask(key, "findings?which=open").json()["items"]
    assert (found["id"], found["what"], found["round"]) == (
        str(finding.pk),
        "The gate does not close",
        str(first.pk),
    )
    said = ask(key, "rounds").content.decode() + ask(key, "findings").content.decode()
    assert SAID not in said
    assert cast.handler.name_en not in said
    other = system(cast, "rounds:read", name="water", unit=cast.water)[1]
    assert ask(other, "rounds").json()["items"] == ask(other, "findings").json()["items"] == []
