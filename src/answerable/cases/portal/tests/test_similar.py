"""Open matters like one's own: shown where their person agreed, in the office's words alone; joined or not."""

from __future__ import annotations

import pytest
from django.test import Client

from answerable.cases.models import Case, CaseText
from answerable.cases.portal.tests.walk import answers, step_of, walk
from answerable.record.queries import acts_of
from tests.cast import Cast, registered

pytestmark = pytest.mark.django_db
SUMMARY = "东村路灯不亮，已报修，等待更换线路。"
PRIVATE = "我家老人摔了一跤，电话 13800000000。"


def shared(cast: Cast, **more: object) -> Case:
    case = registered(cast, **({"is_shareable": True, "claim": PRIVATE} | more)).case
    CaseText.objects.filter(case=case).update(shared_summary=SUMMARY)
    return case


def mark_on(page: str) -> str:
    return page.split('name="similar" value="')[1].split('"')[0]


@pytest.fixture
def at_similar(cast: Cast, client: Client) -> tuple[Client, Case]:
    lead = shared(cast)
    walk(client, answers(cast), until="similar")
    return client, lead


def test_the_summary_alone_is_shown(at_similar):
    client, lead = at_similar
    page = client.get("/new/similar").content.decode()
    assert SUMMARY in page
    assert PRIVATE not in page
    assert lead.code not in page
    assert str(lead.pk) not in page


def test_joining_gives_a_receipt_and_privacy_of_ones_own(at_similar):
    client, lead = at_similar
    mark = mark_on(client.get("/new/similar").content.decode())
    assert step_of(client.post("/new/similar", {"similar": mark})) == "check"
    assert SUMMARY in client.get("/new/check").content.decode()
    assert step_of(client.post("/new/check", {})) == "receipt"
    mine = Case.objects.exclude(pk=lead.pk).get()
    assert mine.lead == lead
    assert mine.code != lead.code
    assert (mine.privacy, mine.is_shareable) == ("anonymous", False)
    assert [act.kind for act in acts_of(mine.pk)] == ["case.registered", "case.joined"]
    assert [act.kind for act in acts_of(lead.pk)] == ["case.registered", "case.joined"]
    page = client.get("/new/receipt").content.decode()
    assert lead.code not in page
    assert "一并答复" in page


def test_going_on_stands_alone(at_similar):
    client, lead = at_similar
    step_of(client.post("/new/similar", {"similar": "none"}))
    step_of(client.post("/new/check", {}))
    assert Case.objects.exclude(pk=lead.pk).get().lead is None


@pytest.mark.parametrize(
    "change",
    [
        {"is_shareable": False},
        {"ended_at": "2026-03-02T03:00:00Z", "state": "closed"},
        {"is_conduct": True},
        {"place": None},
    ],
)
def test_what_may_not_be_shown_is_not_asked_about(cast, client, change):
    lead = shared(cast)
    Case.objects.filter(pk=lead.pk).update(**change)
    assert "similar" not in walk(client, answers(cast))


def test_no_summary_no_question(cast, client):
    registered(cast, is_shareable=True)
    assert "similar" not in walk(client, answers(cast))


def test_another_subject_or_unit_is_not_like_it(cast, client):
    shared(cast, subject=cast.pipes)
    handed_on = shared(cast)
    Case.objects.filter(pk=handed_on.pk).update(unit=cast.water)
    assert "similar" not in walk(client, answers(cast))


def test_rule_05_an_accusation_is_shown_nothing_and_joins_nothing(cast, client):
    shared(cast)
    about = {"units": [cast.roads.pk], "in_words": ""}
    assert "similar" not in walk(client, answers(cast, conduct={"conduct": "yes"}, about=about))


def test_a_matter_that_ended_while_one_wrote_leaves_ones_own_standing(at_similar):
    client, lead = at_similar
    mark = mark_on(client.get("/new/similar").content.decode())
    step_of(client.post("/new/similar", {"similar": mark}))
    Case.objects.filter(pk=lead.pk).update(state="closed", ended_at="2026-03-02T03:00:00Z")
    assert step_of(client.post("/new/check", {})) == "receipt"
    assert Case.objects.exclude(pk=lead.pk).get().lead is None


def test_a_made_up_mark_joins_nothing(at_similar):
    client, lead = at_similar
    for made_up in (str(lead.pk), lead.code, "0" * 16):
        assert client.post("/new/similar", {"similar": made_up}).status_code == 422
