"""Who prints a letter about an accusation, where whoever would have has stepped aside from it (rule 5)."""

from __future__ import annotations

import pytest

from answerable.alerts.models import Notice
from answerable.cases import access, checks, printing
from answerable.cases.models import Case
from answerable.cases.services import accusing
from answerable.core import clock
from answerable.orgs.models import Authority, Role
from answerable.record import reactions
from tests.cast import Cast, registered, staffed

pytestmark = pytest.mark.django_db


def left_by_its_reader(cast: Cast) -> Case:
    """An accusation that went outside, since the only one who could read it here stepped aside."""
    now = clock.now()
    case = registered(cast, now=now, is_conduct=True, accused_staff=(cast.mayor.pk,)).case
    Authority.objects.filter(pk=cast.town.pk).update(above=None)
    accusing.step_aside(case_id=case.pk, by=cast.actor(cast.discipline_head), now=now)
    reactions.dispatch(now)
    case.refresh_from_db()
    assert case.unit.authority == cast.outside
    return case


def told_to_print(case: Case) -> list[int]:
    return [one.post_id for one in Notice.objects.filter(matter=case.pk, code="letter_to_print")]


def test_rule_05_another_leader_prints_it_than_who_stepped_aside(cast: Cast) -> None:
    vice = staffed(cast.town_root, "vice", Role.LEADER, "副镇长", "Vice mayor")
    case = left_by_its_reader(cast)
    assert told_to_print(case) == [cast.post(vice).pk]
    letters = printing.to_print(access.readable_cases(access.reader_for(vice, clock.now())))
    assert [letter.matter for letter in letters] == [case.pk], "whoever is told can open it"
    assert not list(checks.check_letters())


def test_rule_05_check_names_a_letter_that_nobody_may_print_until_somebody_may(cast: Cast) -> None:
    case = left_by_its_reader(cast)
    assert told_to_print(case) == []
    (fault,) = checks.check_letters()
    assert (fault.code, case.code in fault.sentence) == ("letter_printed_by_nobody", True)
    assert str(cast.discipline) in fault.remedy
    new = cast.post(staffed(cast.discipline, "second", Role.LEADER, "副组长", "Second head"))
    assert printing.printers(case, cast.outside.pk, clock.now()) == [new.pk]
    assert not list(checks.check_letters())
