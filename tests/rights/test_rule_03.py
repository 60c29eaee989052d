"""Rule 3: never blocked."""

from __future__ import annotations

import pytest

from answerable.cases.models import Case
from answerable.cases.services import handling
from answerable.orgs.models import Authority, Responsibility
from answerable.record.models import Act
from tests.cast import registered

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = ("now", "write", "withdraw", "review", "reach", "looks", "take", "erase")


def test_rule_03_raising_is_on_every_page_at_any_time(bring, cast, now):
    person = bring()
    for path in PAGES:
        assert 'action="/case/raise"' in person.page(path), path
    assert person.client.post("/case/raise").status_code == 303
    assert person.case.involvements.filter(unit=cast.town_root, capacity="supervises").exists()
    person.client.post("/case/withdraw")
    assert 'action="/case/raise"' in person.page()
    person.client.post("/case/erase", {"sure": "on"})
    assert 'action="/case/raise"' in person.page()
    assert person.client.post("/case/raise").status_code == 303
    assert Act.objects.filter(matter_id=person.case_id, kind="case.raised").count() == 2


def test_rule_03_a_hole_in_the_map_turns_nobody_away(cast, now):
    Responsibility.objects.all().delete()
    done = registered(cast, now=now)
    assert done.secret
    assert Case.objects.get(pk=done.case.pk).unit.authority == cast.town


def test_rule_03_an_accusation_of_everybody_is_registered_all_the_same(cast, now):
    every = (cast.town_root.pk, cast.county_root.pk, cast.discipline.pk, cast.roads.pk)
    done = registered(cast, now=now, is_conduct=True, accused_units=every)
    assert done.secret
    assert done.case.unit == cast.outside_unit


def test_rule_03_what_belongs_elsewhere_is_passed_on_and_said_where_and_why(bring, cast, now):
    person = bring(accept=True)
    body = Authority.objects.create(code="grid", name_zh="供电公司", name_en="Power grid", is_outside=True)
    handling.pass_on(
        case_id=person.case_id,
        to=body.pk,
        why="The lamp hangs on their pole.",
        by=cast.actor(cast.leader),
        seen_version=person.case.version,
        now=now,
    )
    html = person.page()
    assert "Power grid" in html
    assert "The lamp hangs on their pole." in html
    assert 'action="/case/raise"' in html
    assert person.client.post("/case/write", {"text": "They sent me back."}).status_code == 303


def test_rule_03_nothing_counts_how_often_somebody_raises(bring):
    person = bring()
    columns = {field.column for field in Case._meta.concrete_fields}
    before = {c: getattr(person.case, c) for c in columns - {"version", "due_at", "is_lifted"}}
    for _ in range(3):
        person.client.post("/case/raise")
    assert before == {c: getattr(person.case, c) for c in before}


def test_rule_03_a_closed_matter_is_reviewed_when_its_person_asks(bring, cast, now):
    from answerable.cases.services import deciding
    from tests.cast import PARTS

    person = bring(accept=True)
    deciding.send_decision(
        case_id=person.case_id,
        outcome="not_supported",
        parts=PARTS,
        by=cast.actor(cast.leader),
        seen_version=person.case.version,
        now=now,
    )
    person.client.post("/case/decision")
    deciding.close_case(case_id=person.case_id, by=cast.actor(cast.leader), seen_version=None, now=now)
    person.client.post("/case/review", {"text": "I do not agree."})
    assert person.case.state == "review"
