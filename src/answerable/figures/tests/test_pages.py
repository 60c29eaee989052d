"""The pages of figures: who reads which, every number with its list, lists taken out as acts."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from answerable.cases.models import SteppedAside
from answerable.cases.services import deciding, handling, persons
from answerable.figures import duty
from answerable.figures.models import DutyMonth
from answerable.figures.tables import Cell, Line, Number, folded
from answerable.figures.tests.scenes import count
from answerable.record.matters import matter_of
from answerable.record.queries import acts_of
from tests.cast import PARTS, accepted, registered

pytestmark = pytest.mark.django_db
HOME = reverse("figures:home")
SECTIONS = ("home", "flow", "matters", "duty", "incidents", "rounds")


def decide(cast, case, now, **more):
    deciding.send_decision(
        case_id=case.pk,
        outcome="supported",
        parts=PARTS,
        by=cast.actor(cast.leader),
        seen_version=case.version,
        now=now,
        **more,
    )


def text(response) -> str:
    assert response.status_code == 200, response
    return response.content.decode()


@pytest.fixture
def month(cast, now):
    """One answered in time and called solved by the office alone, one open and late, one of the water office."""
    done = accepted(cast, now - timedelta(minutes=90))
    decide(cast, done, now, office_solved=True)
    persons.say_solved(case_id=done.pk, solved=False, now=now)
    accepted(cast, now - timedelta(days=120))
    registered(cast, now, subject=cast.pipes)
    count()
    return done


def links(page: str, name: str) -> list[str]:
    """The addresses of the lists of one measure on a page."""
    found = re.findall(r'href="(/desk/figures/list/\?[^"]*)"', page)
    return [one.replace("&amp;", "&") for one in found if f"list={name}&" in one + "&"]


def test_a_leader_reads_the_figures_of_their_unit_and_the_mayor_those_of_all(cast, at_desk, month):
    own = text(at_desk(cast.leader).get(HOME))
    assert "Roads office" in own
    assert "Water office" not in own
    everything = text(at_desk(cast.mayor).get(HOME))
    assert (
        everything.index("Town government")
        < everything.index("Roads office")
        < everything.index("Water office")
    )
    assert "All together" in everything


@pytest.mark.parametrize("who", ["clerk", "handler", "administrator"])
def test_who_neither_leads_nor_checks_reads_none(cast, at_desk, who):
    assert at_desk(getattr(cast, who)).get(HOME).status_code == 403


def test_a_unit_or_a_body_that_is_not_theirs_is_not_there(cast, at_desk, month):
    browser = at_desk(cast.leader)
    assert browser.get(HOME, {"unit": cast.water.pk}).status_code == 404
    assert browser.get(HOME, {"body": "county"}).status_code == 404
    assert browser.get(reverse("figures:list"), {"list": "open", "of": cast.water.pk}).status_code == 404
    assert browser.get(reverse("figures:list"), {"list": "nothing"}).status_code == 404


def test_every_number_opens_its_list(cast, at_desk, month):
    browser = at_desk(cast.leader)
    page = text(browser.get(HOME))
    for name in (
        "answered",
        "in_time",
        "open",
        "late_now",
        "first_answer",
        "elapsed",
        "office_yes",
        "person_no",
    ):
        (address, *_more) = links(page, name)
        listed = text(browser.get(address))
        assert "1 in all." in listed, name
        assert "/desk/case/" in listed
    assert month.code in text(browser.get(links(page, "in_time")[0]))
    assert not links(page, "late")
    assert not links(page, "person_yes")


def test_both_words_and_the_persons_own_time_stand_beside_the_share_in_time(cast, at_desk, month):
    page = text(at_desk(cast.leader).get(HOME))
    heads = re.findall(r'<a href="#how-(\w+)">', page)
    assert {"in_time", "own", "office_says", "person_says"} <= set(heads)
    for key in heads:
        assert f'id="how-{key}"' in page
    assert "100%" in page
    assert "1 of 1" in page


def test_months_can_be_chosen_and_what_is_open_stays(cast, at_desk, month):
    page = text(at_desk(cast.leader).get(HOME, {"from": "2020-01", "to": "2020-03"}))
    assert "quarter 1 of 2020" in page
    assert not links(page, "answered")
    assert links(page, "open")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_is_there_with_figures_and_without(cast, at_desk, now, language, section):
    browser = at_desk(cast.mayor, language)
    text(browser.get(reverse(f"figures:{section}")))
    accepted(cast, now)
    count()
    text(browser.get(reverse(f"figures:{section}")))


def test_flow_and_age_open_their_lists(cast, at_desk, month):
    browser = at_desk(cast.leader)
    page = text(browser.get(reverse("figures:flow")))
    (old,) = links(page, "open")
    assert "age=90" in old
    assert "1 in all." in text(browser.get(old))
    assert links(page, "answered")


def test_subjects_and_places_open_their_lists(cast, at_desk, month):
    browser = at_desk(cast.mayor)
    page = text(browser.get(reverse("figures:matters")))
    assert page.index("Street lamps") < page.index("Water supply")
    places = [one for one in links(page, "open") if f"place={cast.village.pk}" in one]
    assert "2 in all." in text(browser.get(places[0]))


def test_what_is_not_theirs_to_read_is_counted_and_not_shown(cast, at_desk, month, now):
    SteppedAside.objects.create(case=month, staff=cast.leader, at=now)
    page = text(at_desk(cast.leader).get(reverse("figures:list"), {"list": "answered"}))
    assert "0 of 1; the others are not yours to read." in page
    assert month.code not in page


def test_a_list_is_taken_out_as_an_act_without_the_persons_words(cast, at_desk, month):
    browser = at_desk(cast.leader)
    sent = {"form": "csv", "address": "list=answered"}
    answer = browser.post(reverse("figures:export"), sent)
    rows = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert month.code in rows
    assert "路灯坏了" not in rows
    (act,) = [a for a in acts_of(matter_of("authority", cast.town.pk)) if a.kind == "export.made"]
    assert act.body == {"form": "csv", "filters": "figures: list=answered", "rows": "1"}
    book = browser.post(reverse("figures:export"), sent | {"form": "xlsx"})
    assert b"".join(book.streaming_content)[:2] == b"PK"
    assert at_desk(cast.clerk).post(reverse("figures:export"), sent).status_code == 403


def test_pages_of_a_list_follow_one_another(cast, at_desk, now, monkeypatch):
    monkeypatch.setattr("answerable.figures.lists.PAGE", 2)
    for n in range(3):
        handling.accept_case(
            case_id=registered(cast, now - timedelta(minutes=n)).case.pk,
            by=cast.actor(cast.clerk),
            seen_version=1,
            now=now,
        )
    count()
    browser = at_desk(cast.leader)
    page = text(browser.get(reverse("figures:list"), {"list": "open"}))
    seen = set(re.findall(r'href="(/desk/case/[^"]+)"', page))
    (more,) = re.findall(r'rel="next" href="([^"]+)"', page)
    rest = set(
        re.findall(
            r'href="(/desk/case/[^"]+)"',
            text(browser.get(reverse("figures:list") + more.replace("&amp;", "&"))),
        )
    )
    assert (len(seen), len(rest)) == (2, 1)
    assert not seen & rest


def test_duty_is_kept_by_the_month_and_counted_once(cast, now):
    duty.keep(now)
    first = list(DutyMonth.objects.order_by("pk").values_list("on", "measure", "n"))
    duty.keep(now)
    assert list(DutyMonth.objects.order_by("pk").values_list("on", "measure", "n")) == first


def test_units_without_a_number_are_folded_away_and_what_stands_above_one_with_numbers_stays():
    def line(name: str, depth: int, text: str) -> Line:
        return Line(name, depth, is_post=False, cells=[Cell("open", "Open", [Number(text)])])

    shown, without = folded(
        [
            line("town", 0, "0"),
            line("office", 1, "–"),
            line("centre", 1, "0"),
            line("post", 2, "3"),
            line("east", 1, "0"),
        ]
    )
    assert [one.name for one in shown] == ["town", "centre", "post"]
    assert [one.name for one in without] == ["office", "east"]
