"""Rule 11: a readiness period is about a physical hazard. It never selects, speeds up or closes cases, and never names
a gathering."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

import answerable.readiness.periods
from answerable.cases.models import Case, Deadline
from answerable.core import clock
from answerable.duty.tests.rooms import at
from answerable.incidents.models import Plan
from answerable.orgs.kept_out import names_a_gathering
from answerable.readiness.periods import queries, running, services
from answerable.readiness.periods.columns import COLUMNS
from answerable.readiness.periods.demand_steps import Ask
from answerable.readiness.periods.kinds import KINDS
from answerable.readiness.periods.models import Demand, Period
from answerable.readiness.periods.rhythms import TOPICS, Of
from answerable.readiness.periods.rules import CannotPeriod
from answerable.readiness.periods.tests.scenes import BEFORE, announced, decide, planned
from tests.cast import accepted

pytestmark = pytest.mark.django_db(transaction=True)
GATHERINGS = (
    "村民聚集讨说法",
    "防止群众上访",
    "全国两会期间特护期",
    "全国两 会期间",
    "国庆安保",
    "领导视察期间",
    "重点人员稳控",
    "a crowd of petitioners at the gate",
    "the week of the state visit",
    "sensitive period in June",
    "list of participants",
)


def test_rule_11_no_kind_of_period_is_a_gathering_and_every_kind_is_a_hazard():
    assert KINDS
    for code, kind in KINDS.items():
        assert kind.hazards, code
        assert "crowd_crush" not in kind.hazards
        assert not names_a_gathering(kind.name)
        assert not names_a_gathering(code.replace("_", " "))


@pytest.mark.parametrize(
    "kind", ["gathering", "petition", "festival", "meeting", "stability", "crowd_crush", "", "FLOOD"]
)
def test_rule_11_what_is_not_in_the_closed_list_is_no_period(cast, kind):
    with pytest.raises(CannotPeriod, match="Choose a danger from the list"):
        planned(cast, kind=kind)
    assert not Period.objects.exists()


@pytest.mark.parametrize("words", GATHERINGS)
def test_rule_11_no_period_is_announced_for_people_a_meeting_or_a_date(cast, words):
    for more in ({"name_zh": words}, {"name_en": words}, {"grounds": words}):
        with pytest.raises(CannotPeriod) as refused:
            planned(cast, **more)
        assert refused.value.code in ("about_people", "about_calendar", "sorts_people", "watches_people")
    assert not Period.objects.exists()


def test_rule_11_nor_do_later_words_name_one(cast):
    period = announced(cast)
    for service, more in (
        (services.prolong_period, {"until_at": at(12)}),
        (services.set_places, {"place_ids": (cast.village.pk,)}),
        (services.end_period, {}),
    ):
        with pytest.raises(CannotPeriod, match="People who come together"):
            decide(cast, service, period, now=at(1), why="防止群众上访", **more)


def test_rule_11_words_of_dangers_are_no_gathering(cast):
    for n, words in enumerate(
        ("汛期，预计洪峰过境", "聚集性疫情，学校和养老院发热病例增多", "Typhoon 12, landfall at noon")
    ):
        planned(cast, grounds=words, from_at=at(20 * n), until_at=at(20 * n + 5))
    assert Period.objects.count() == 3


def test_rule_11_the_plan_for_crowd_safety_is_drilled_for_no_period(cast):
    plan = Plan.objects.create(
        authority=cast.town, code="crowd", hazard="crowd_crush", name_en="Room and exits"
    )
    with pytest.raises(CannotPeriod, match="No readiness period asks for it"):
        planned(cast, Ask(Demand.Kind.DRILL, plan_id=plan.pk, within_days=30))


@pytest.mark.parametrize("topic", ["open_cases", "matters", "cases", "petitions", "people", "dwellings"])
def test_rule_11_no_rhythm_of_matters_or_people_is_asked_for_or_in_force(cast, topic):
    assert topic not in TOPICS
    with pytest.raises(CannotPeriod, match="never selects, speeds up or closes cases"):
        planned(cast, Ask(Demand.Kind.RHYTHM, of="rounds", topic=topic, rhythm="daily"))
    Period.objects.all().delete()
    # Not even where all rounds come more often.
    announced(cast, Ask(Demand.Kind.RHYTHM, of="rounds", rhythm="daily"))
    assert queries.rhythm_in_force(cast.town.pk, Of.ROUNDS, at=at(1), topic="dams") is not None
    assert queries.rhythm_in_force(cast.town.pk, Of.ROUNDS, at=at(1), topic=topic) is None
    assert (
        queries.rhythms_between(cast.town.pk, Of.ROUNDS, from_at=at(0), until_at=at(5), topic=topic)[0].asked
        is None
    )


def test_rule_11_a_period_touches_no_case_from_its_beginning_to_its_end(cast):
    case = accepted(cast)
    before = Case.objects.filter(pk=case.pk).values().get()
    dates = list(Deadline.objects.order_by("pk").values())
    period = announced(cast, place_ids=(cast.village.pk,))
    running.turn(at(1))
    running.watch(at(1))
    running.turn(at(11))
    period.refresh_from_db()
    assert period.state == "ended"
    assert Case.objects.filter(pk=case.pk).values().get() == before
    assert list(Deadline.objects.order_by("pk").values()) == dates


def test_rule_11_the_code_of_periods_does_not_know_cases_or_persons():
    """Neither the rows nor the modules: what cannot be read cannot be selected."""
    folder = Path(answerable.readiness.periods.__file__).parent
    for path in folder.rglob("*.py"):
        if "tests" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [one.name for one in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                assert not name.startswith("answerable.cases"), path
                # The key that nobody can foresee roll calls without is no person's.
                assert not name.startswith("answerable.parties") or node.names[0].name == "keys", path
    for model in apps.get_app_config("periods").get_models():
        for field in (*model._meta.fields, *model._meta.many_to_many):
            related = field.related_model
            if related is not None and not isinstance(related, str):
                assert related._meta.app_label in {"periods", "orgs", "duty", "incidents", "alerts"}, field


def test_rule_11_no_column_holds_anybody():
    for model, columns in COLUMNS.items():
        for name, (whose, _what) in columns.items():
            assert whose in ("office", "nobody"), (model, name)


def test_rule_11_the_page_says_why_a_date_is_no_danger(cast, settings, monkeypatch):
    settings.DEMO = True
    monkeypatch.setattr(clock, "now", lambda: BEFORE)
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(cast.mayor)
    sent = {
        "unit": cast.town_root.pk, "kind": "flood_season", "name_zh": "两会期间", "from_on": "2026-12-07",
        "until_on": "2026-12-16", "grounds": "预报有雨",
    }  # fmt: skip
    posted = client.post(reverse("periods:new"), sent)
    assert posted.status_code == 422
    assert "“两会”不是危险。" in posted.content.decode()
