"""Rule 11: rounds are about places and things, never persons, dwellings or gatherings; open matters are desk reviews."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import models

from answerable.core import clock
from answerable.orgs.kept_out import sorts_people_by
from answerable.readiness.rounds.from_desk import matters_near_date
from answerable.readiness.rounds.models import Answer, Finding, Round, Target
from answerable.readiness.rounds.rhythm import CannotKeepRhythm, Rhythm
from answerable.readiness.rounds.rules import CannotRound
from answerable.readiness.rounds.services.plans import make_plan, move_place
from answerable.readiness.rounds.template.catalogue import shipped_templates
from answerable.readiness.rounds.template.reading import faults_in
from answerable.readiness.rounds.template.rights import refused_words
from answerable.readiness.rounds.template.wording import located
from answerable.readiness.rounds.tests.scenes import NOW, draft, place, rounds, template
from tests.cast import registered

REFUSED = [
    ("独居老人在家吗", "Is it clean?"),
    ("有没有陌生人", "Is it clean?"),
    ("工人情绪稳定吗", "Is it clean?"),
    ("逐户走访了吗", "Is it clean?"),
    ("入户看了灶台吗", "Is it clean?"),
    ("登记在场工人的姓名", "Is it clean?"),
    ("住户的卧室整洁吗", "Is it clean?"),
    ("出租屋里住了几个人", "Is it clean?"),
    ("有没有村民聚集", "Is it clean?"),
    ("有没有上访户", "Is it clean?"),
    ("拍摄在场人员", "Is it clean?"),
    ("干净吗", "Who lives on this floor?"),
    ("干净吗", "Visit the families behind the dam"),
    ("干净吗", "Are there strangers at the gate?"),
    ("干净吗", "Ask the workers about the mood of the workers"),
    ("干净吗", "Is the bedroom tidy?"),
    ("干净吗", "Photograph the participants"),
    ("干净吗", "Were there protesters?"),
    ("干净吗", "Is the mosque clean?"),
]

FILE = """\
format: answerable-round/1
code: asked
names: {zh: 问, en: Asked}
purpose: {zh: 看地点, en: Look at the place}
looks_at: place
questions:
"""
QUESTION = """\
  - code: q%(n)s
    ask: {zh: "%(zh)s", en: "%(en)s"}
    kind: yes_no
    wrong: "no"
    finds: {names: {zh: 不对, en: Wrong}}
"""


def asking(*questions: tuple[str, str]) -> str:
    return FILE + "".join(QUESTION % {"n": n, "zh": zh, "en": en} for n, (zh, en) in enumerate(questions))


def test_rule_11_a_template_about_persons_dwellings_or_gatherings_is_refused_with_a_sentence():
    assert faults_in(asking(("干净吗", "Is it clean?"))) == []
    found = faults_in(asking(*REFUSED))
    for n, words in enumerate(REFUSED):
        about = [one for one in found if one.field.startswith(f"questions[{n + 1}] ")]
        assert about, words
        assert {one.code for one in about} <= {
            "about_persons",
            "about_dwelling",
            "names_gathering",
            "sorts_people",
            "watches_people",
        }, words
    assert all(len(located(one)) > 30 for one in found)


def test_rule_11_no_shipped_template_asks_of_persons_and_reviews_keep_no_words():
    for file in shipped_templates().values():
        if file.is_desk_review:
            assert not any(one.kind in ("photograph", "note") for one in file.questions)
            assert all(one.finds is None or one.finds.becomes == "repair" for one in file.questions)
    assert shipped_templates()["open-matters"].topic is None


def test_rule_11_no_table_of_rounds_joins_a_person_or_a_case():
    """Places, things, posts and those who do the work: nothing leads to a party or to whoever brought a matter."""
    for model in (Target, Round, Answer, Finding):
        for field in model._meta.get_fields():
            if isinstance(field, models.ForeignKey):
                assert field.related_model._meta.app_label in ("orgs", "duty", "rounds"), field
                if field.related_model._meta.model_name == "staff":
                    assert field.name in ("done_by", "mended_by", "checked_by")


@pytest.mark.parametrize("name", ["3号楼2单元401室", "Flat 12", "home of the teacher"])
def test_rule_11_a_place_named_like_a_dwelling_is_in_no_plan(cast, name):
    assert sorts_people_by(name, is_place=True) == "dwelling"
    one, by = template(cast), cast.actor(cast.leader)
    dwelling = place(cast, "x", name)
    with pytest.raises(CannotRound) as refused:
        make_plan(draft(cast, one, place_ids=(dwelling.pk,)), by=by, now=NOW)
    assert refused.value.code == "place_dwelling"
    make_plan(draft(cast, one), by=by, now=NOW)
    with pytest.raises(CannotRound) as refused:
        move_place(place_id=cast.village.pk, into=[dwelling.pk], by=by, now=NOW)
    assert refused.value.code == "place_dwelling"


def test_rule_11_a_review_of_open_matters_has_no_place_and_no_faster_rhythm(cast):
    one, by = template(cast, "open-matters"), cast.actor(cast.leader)
    weekly = {"rhythm": Rhythm("week", weekdays=(0,))}
    with pytest.raises(CannotRound) as refused:
        make_plan(draft(cast, one, **weekly), by=by, now=NOW)
    assert refused.value.code == "wrong_targets"
    with pytest.raises(CannotKeepRhythm) as faster:
        make_plan(draft(cast, one, **weekly, place_ids=(), faster=Rhythm("day")), by=by, now=NOW)
    assert faster.value.code == "desk_faster"


@pytest.mark.django_db(transaction=True)
def test_rule_11_and_5_the_list_beside_a_review_is_the_readers_own_and_hides_what_accuses_them(cast):
    now = clock.now()
    mine = registered(cast, now=now - timedelta(days=20))
    about_them = registered(
        cast, now=now - timedelta(days=20), is_conduct=True, accused_staff=(cast.handler.pk,), submission=b"2"
    )
    for done in (mine, about_them):
        type(done.case).objects.filter(pk=done.case.pk).update(due_at=now, unit=cast.roads)
    shown = {case.pk for case in matters_near_date(cast.handler, now)}
    assert mine.case.pk in shown
    assert about_them.case.pk not in shown
    assert matters_near_date(cast.water_leader, now) == [], "another unit's"
    scene = rounds(
        cast, now=now, template=template(cast, "open-matters", now), place_ids=(), starts_on=now.date()
    )
    scene.make(now)
    one = scene.due()
    assert (one.place, one.item) == (None, None)


def test_words_about_a_place_are_taken_as_they_are():
    for text in (
        "楼梯间堆着纸箱",
        "闸门螺杆锈死",
        "Ditch full of leaves at the third culvert",
        "工资公示牌字迹褪色",
    ):
        assert refused_words(text) == ("", ""), text
