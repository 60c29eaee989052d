"""`answerable check` on the organisation: each fault is named, and a sound town passes."""

from __future__ import annotations

from datetime import date

import pytest

from answerable.core import clock
from answerable.orgs import checks
from answerable.orgs.kept_out import sorts_people_by
from answerable.orgs.models import Appointment, Authority, Post, Responsibility, Role, Staff, Subject, Unit

pytestmark = pytest.mark.django_db


def codes(check=None) -> list[str]:
    every = [value for name, value in vars(checks).items() if name.startswith("check_")]
    return [fault.code for one in ([check] if check else every) for fault in one()]


@pytest.fixture
def sound(cast):
    """The cast, with contacts and an address."""
    Staff.objects.update(email="someone@example.org")
    Authority.objects.filter(is_outside=True).update(letter_address="1 Main Street")
    return cast


def test_a_sound_town_passes(sound):
    assert codes() == []


def test_the_demo_town_passes_but_for_its_vacant_post(db):
    from answerable.ops.demo import content, settle

    now = clock.now()
    settle.settle(content.load_town(), now)
    faults = [fault for name, one in vars(checks).items() if name.startswith("check_") for fault in one()]
    assert [fault.code for fault in faults] == ["unfilled"]
    vacant = Post.objects.get(code="planning-environment")
    assert str(vacant) in faults[0].sentence


def test_a_body_that_would_look_into_itself_is_named(sound):
    Authority.objects.filter(pk=sound.town.pk).update(conduct_body=sound.town)
    assert codes() == ["own_conduct_body"]


def test_whoever_answers_and_signs_nothing_is_named(sound):
    Post.objects.filter(pk=sound.post(sound.leader).pk).update(role=Role.CLERK)
    assert codes() == ["answers_without_signing"]


def test_an_empty_installation_says_what_to_begin_with(db):
    assert sorted(codes()) == ["no_administrator", "no_office"]


def test_uncovered_subjects_are_named(sound):
    Responsibility.objects.filter(subject=None).delete()
    faults = list(checks.check_map())
    assert [fault.code for fault in faults] == ["uncovered"]
    assert str(sound.lamps) in faults[0].sentence
    assert faults[0].remedy


def test_an_unfilled_post_says_what_hangs_on_it(sound):
    Appointment.objects.filter(staff__in=[sound.leader, sound.discipline_head, sound.clerk]).delete()
    assert sorted(codes()) == ["unfilled", "unfilled_answers", "unfilled_head"]


def test_who_may_not_sign_in_fills_no_post(sound):
    Staff.objects.filter(pk=sound.clerk.pk).update(is_active=False)
    assert codes() == ["unfilled"]


def test_a_post_that_cannot_be_reached(sound):
    Staff.objects.filter(pk=sound.clerk.pk).update(email="", phone="")
    assert codes() == ["unreachable"]
    Post.objects.filter(pk=sound.post(sound.clerk).pk).update(contact_phone="110 120")
    assert codes() == []


def test_a_unit_without_a_head(sound):
    Unit.objects.create(authority=sound.town, code="new", name_en="New", parent=sound.town_root)
    assert codes() == ["no_head"]


def test_nothing_above_and_no_head(sound):
    Appointment.objects.filter(staff=sound.county_leader).delete()
    Post.objects.filter(unit=sound.county_root, role=Role.LEADER).delete()
    assert "nothing_above" in codes()


def test_no_body_for_accusations(sound):
    Authority.objects.filter(pk=sound.town.pk).update(conduct_body=None)
    assert codes() == ["no_conduct_body"]


def test_an_outside_body_without_address_or_post(sound):
    Authority.objects.filter(is_outside=True).update(letter_address="")
    Authority.objects.create(code="court", name_en="Court", is_outside=True, letter_email="c@example.org")
    assert sorted(codes()) == ["outside_no_address", "outside_no_post"]


def test_a_closed_unit_in_the_map(sound):
    Unit.objects.filter(pk=sound.water.pk).update(closed_on=date(2026, 1, 1))
    assert "map_closed" in codes()


def test_rule_01_no_subject_sorts_people(sound):
    Subject.objects.filter(pk=sound.lamps.pk).update(name_zh="重点人员", name_en="Persons of interest")
    (fault,) = checks.check_names()
    assert fault.code == "sorts_people"
    assert "重点人员" in fault.sentence


@pytest.mark.parametrize(
    "name",
    [
        "宗教活动",
        "Religious groups",
        "少数民族",
        "Ethnic minorities",
        "Veterans",
        "退役军人",
        "上访户",
        "ＨＩＶ",
    ]
    + ["Party members", "Mentally ill", "黑名单", "Vexatious letters"],
)
def test_rule_01_words_that_sort_people(name):
    assert sorts_people_by(name)


@pytest.mark.parametrize(
    "name", ["路灯", "Street lamps", "Health services", "医疗卫生", "残疾人补贴", "Noise", "工资"]
)
def test_names_of_matters_pass(name):
    assert sorts_people_by(name, is_place=True) == ""


@pytest.mark.parametrize("name", ["3号楼2单元", "王某的家", "Flat 12", "House of Mr Li", "502室"])
def test_rule_11_a_place_is_no_dwelling(name):
    assert sorts_people_by(name, is_place=True) == "dwelling"
    assert sorts_people_by(name) == ""
