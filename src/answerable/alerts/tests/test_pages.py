"""The alarms' pages: who may see them, what they say, and what they do."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from answerable.alerts import engine
from answerable.alerts.defaults import DEFAULTS
from answerable.alerts.models import (
    Alert,
    Asked,
    ContactPoint,
    Delivery,
    EscalationRule,
    RollCall,
    RollCallPlan,
)
from answerable.alerts.services.rules import make_default_rules
from answerable.alerts.tests.climbers import alarm, reached_by, steps
from answerable.core import clock
from answerable.core.ids import uuid7
from answerable.duty.models import Line
from answerable.duty.tests.rooms import make_room, put
from answerable.record.actors import Actor
from answerable.record.queries import acts_of
from tests.cast import LONG_AGO

pytestmark = pytest.mark.django_db


@pytest.fixture
def at_desk(settings):
    settings.DEMO = True  # the second factor has its own tests

    def sign_in(staff, language="en"):
        client = Client(headers={"accept-language": language})
        client.force_login(staff)
        return client

    return sign_in


@pytest.fixture
def raised(cast):
    """An alarm of now that asks the head of roads, then the mayor."""
    reached_by(cast.leader, cast.mayor)
    ladder = steps({"post": cast.post(cast.leader).pk}, {"post": cast.post(cast.mayor).pk})
    facts = {"text": "Water rises at the pumping station."}
    return alarm(cast, ladder, now=clock.now(), facts=facts)


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_the_board_says_whose_turn_it_is_and_what_comes_next(cast, at_desk, raised):
    page = text(at_desk(cast.clerk).get("/desk/alerts/"))
    assert "Water rises at the pumping station." in page
    assert "Asked now: Head of roads person." in page
    assert "Otherwise step 2 of 2 is taken on" in page
    assert "Nothing is open" in text(at_desk(cast.county_leader).get("/desk/alerts/"))


def test_an_empty_board_says_what_would_be_there(cast, at_desk):
    assert "Nothing is open" in text(at_desk(cast.clerk).get("/desk/alerts/"))


def test_i_have_it_and_passing_on(cast, at_desk, raised):
    leader, mayor = at_desk(cast.leader), at_desk(cast.mayor)
    here = f"/desk/alerts/alarm/{raised.pk}"
    page = text(leader.get(here))
    assert "I have it" in page
    assert "Pass to the next" in page
    assert leader.post(here + "/pass").status_code == 303
    assert "Step 2" in text(mayor.get(here))
    assert mayor.post(here + "/have").status_code == 303
    page = text(mayor.get(here))
    assert "Mayor person has it since" in page
    late = leader.post(here + "/have")
    assert late.status_code == 409
    assert "Mayor person has had it since" in text(late)
    assert "not needed any more" in text(late)


def test_somebody_who_was_not_asked_may_take_it(cast, at_desk, raised):
    assert at_desk(cast.handler).post(f"/desk/alerts/alarm/{raised.pk}/have").status_code == 303
    raised.refresh_from_db()
    assert raised.answered_by == cast.handler


def test_a_note_and_the_end(cast, at_desk, raised):
    clerk = at_desk(cast.clerk)
    here = f"/desk/alerts/alarm/{raised.pk}"
    clerk.post(here + "/note", {"text": "The pump is off."})
    assert "The pump is off." in text(clerk.get(here))
    empty = clerk.post(here + "/note", {"text": " "})
    assert empty.status_code == 409
    long = clerk.post(here + "/note", {"text": "z" * 4001})
    assert "Write something first" not in text(long)
    assert "z" * 4001 in text(long), "what was typed is given back"
    clerk.post(here + "/over", {"text": "Dry again."})
    assert "Over since" in text(clerk.get(here))
    assert "Dry again." in text(clerk.get(here))
    assert "Water rises" in text(clerk.get("/desk/alerts/?list=over"))
    over = clerk.post(here + "/have")
    assert "This alarm was over on" in text(over)


def test_another_body_sees_nothing_unless_it_was_asked(cast, at_desk, raised):
    here = f"/desk/alerts/alarm/{raised.pk}"
    assert at_desk(cast.county_leader).get(here).status_code == 404
    Asked.objects.create(
        alert=raised, staff=cast.county_leader, step=0, at=raised.opened_at, digest=uuid4().bytes * 2
    )
    assert at_desk(cast.county_leader).get(here).status_code == 200


def test_rule_05_who_is_kept_from_the_matter_sees_no_alarm(cast, at_desk, raised, monkeypatch):
    from answerable.alerts import targets

    Alert.objects.filter(pk=raised.pk).update(about=uuid7())
    monkeypatch.setattr(targets, "_KEEPERS", [lambda pairs, at: {p for p in pairs if p[1] == cast.leader.pk}])
    leader = at_desk(cast.leader)
    assert leader.get(f"/desk/alerts/alarm/{raised.pk}").status_code == 404
    assert leader.post(f"/desk/alerts/alarm/{raised.pk}/have").status_code == 404
    assert "Water rises" not in text(leader.get("/desk/alerts/"))
    assert "Water rises" in text(at_desk(cast.mayor).get("/desk/alerts/"))


def test_called_by_hand_on_a_landline(cast, at_desk):
    ContactPoint.objects.create(
        staff=cast.leader, way="landline", address="010-6000", made_at=LONG_AGO, verified_at=LONG_AGO
    )
    reached_by(cast.leader, after=600)
    ladder = steps({"post": cast.post(cast.leader).pk}, {"post": cast.post(cast.mayor).pk})
    raised = alarm(cast, ladder, now=clock.now(), facts={"text": "Fire at the store."})
    clerk = at_desk(cast.clerk)
    assert "To be called by hand now" in text(clerk.get("/desk/alerts/"))
    page = clerk.get(f"/desk/alerts/alarm/{raised.pk}").content.decode()
    assert "010-6000" in page
    call = Delivery.objects.get(kind="landline")
    here = f"/desk/alerts/alarm/{raised.pk}/call/{call.pk}"
    assert clerk.post(here, {"came": "nonsense"}).status_code == 404
    assert clerk.post(here, {"came": "not_reached"}).status_code == 303
    assert Delivery.objects.get(kind="sms").next_try_at <= clock.now(), "the next way does not wait"
    assert "already what came of this call" in text(clerk.post(here, {"came": "has_it"}))
    Delivery.objects.filter(pk=call.pk).update(state="queued")
    assert clerk.post(here, {"came": "has_it"}).status_code == 303
    raised.refresh_from_db()
    assert (raised.state, raised.answered_by) == ("acknowledged", cast.leader)


def test_raising_by_hand_once_for_a_form(cast, at_desk):
    make_default_rules(authority=cast.town, by=Actor.system(), now=clock.now())
    clerk = at_desk(cast.clerk)
    form = {"key": str(uuid4()), "text": "A wall has come down.", "unit": cast.roads.pk, "is_urgent": "on"}
    first, again = (clerk.post("/desk/alerts/new", form) for _ in range(2))
    assert first.status_code == 303
    assert again["location"] == first["location"]
    alert = Alert.objects.get()
    assert (alert.code, alert.is_urgent, alert.ladder["code"]) == ("manual", True, "manual")
    assert clerk.post("/desk/alerts/new", form | {"text": ""}).status_code == 422


def test_a_person_is_on_the_call_list_once_and_what_is_urgent_is_first(cast, at_desk):
    ContactPoint.objects.create(
        staff=cast.leader, way="landline", address="010-6000", made_at=LONG_AGO, verified_at=LONG_AGO
    )
    ladder = steps({"post": cast.post(cast.leader).pk})
    for text_ in ("Fire at the store.", "Water in the cellar."):
        alarm(cast, ladder, key=text_, now=clock.now(), facts={"text": text_})
    clerk = at_desk(cast.clerk)
    page = clerk.get("/desk/alerts/").content.decode()
    assert page.count('href="tel:010-6000"') == 1
    assert "calm-calls" not in page
    Alert.objects.filter(facts__text="Fire at the store.").update(is_urgent=False)
    listed = clerk.get("/desk/alerts/").content.decode()
    assert listed.count('href="tel:010-6000"') == 1
    assert "Water in the cellar." in listed
    assert "Fire at the store." not in listed
    _, _, calm = clerk.get("/desk/alerts/?list=calm").content.decode().partition('id="calm-calls"')
    assert calm.count('href="tel:010-6000"') == 1
    assert "Fire at the store." in calm
    assert "Water in the cellar." not in calm


def test_a_person_is_one_row_of_an_alarms_call_list_whatever_steps_asked_them(cast, at_desk):
    ContactPoint.objects.create(
        staff=cast.leader, way="landline", address="010-6000", made_at=LONG_AGO, verified_at=LONG_AGO
    )
    post = {"post": cast.post(cast.leader).pk}
    begun = clock.now() - timedelta(minutes=20)
    one = alarm(cast, steps(post, post, post, every=60), now=begun)
    for minute in (1, 2, 3):
        engine.turn(begun + timedelta(minutes=minute))
    rows = Delivery.objects.filter(kind="landline", asked__alert=one).order_by("asked")
    assert rows.count() == 3
    clerk, here = at_desk(cast.clerk), f"/desk/alerts/alarm/{one.pk}"
    assert clerk.get(here).content.decode().count('href="tel:010-6000"') == 1
    newest = rows.last().pk
    assert clerk.post(f"{here}/call/{newest}", {"came": "not_reached"}).status_code == 303
    assert "tel:" not in clerk.get(here).content.decode(), "one call was made for all three"
    assert set(rows.values_list("state", flat=True)) == {"failed"}
    # The next round wants another call: one row, with what came of the last.
    engine.turn(begun + timedelta(minutes=19))
    page = text(clerk.get(here))
    assert page.count("010-6000") == 1
    assert "not reached on" in page


@pytest.mark.parametrize(
    "said",
    [
        "缠访户又来了",
        "A repeat complainant is coming",
        "门口有村民聚集上访",
        "有人在大厅静坐",
        "A crowd of petitioners at the gate",
        "Workers protest before the hall",
    ],
)
def test_rule_11_an_alarm_is_about_a_danger_and_never_about_people(cast, at_desk, said):
    form = {"key": str(uuid4()), "text": said, "unit": cast.roads.pk}
    page = at_desk(cast.clerk).post("/desk/alerts/new", form)
    assert page.status_code == 422
    assert not Alert.objects.exists()


@pytest.mark.parametrize(
    "said",
    [
        "信访中心起火",
        "井下瓦斯聚集",
        "集市发生拥挤踩踏，有人受伤",
        "Fire in the petitions office",
        "A stand at the fair came down",
    ],
)
def test_a_danger_is_never_refused_for_its_place(cast, at_desk, said):
    form = {"key": str(uuid4()), "text": said, "unit": cast.roads.pk, "is_urgent": "on"}
    assert at_desk(cast.clerk).post("/desk/alerts/new", form).status_code == 303


# ---------------------------------------------------------------- rules


def edit(client, cast, code="late", **fields):
    return client.post(f"/desk/alerts/rules/{cast.town.pk}/{code}", fields)


def test_the_usual_rules_are_made_and_listed(cast, at_desk):
    leader = at_desk(cast.mayor)
    assert "No rule of its own yet" in text(leader.get("/desk/alerts/rules"))
    leader.post(f"/desk/alerts/rules/{cast.town.pk}/defaults")
    page = text(leader.get("/desk/alerts/rules"))
    assert "Somebody is in danger" in page
    assert EscalationRule.objects.filter(authority=cast.town).count() == len(DEFAULTS)
    assert at_desk(cast.clerk).post(f"/desk/alerts/rules/{cast.town.pk}/defaults").status_code == 403


def test_steps_are_added_filled_moved_and_kept(cast, at_desk):
    admin = at_desk(cast.administrator)
    post = f"post/{cast.post(cast.mayor).pk}"
    draft = {"name_en": "Late", "steps": "1", "after-0": "0", "target-0": "follows/above", "repeat": "60",
             "rounds": "2", "mode": "one", "seen_version": "0"}  # fmt: skip
    page = edit(admin, cast, **draft, do="add").content.decode()
    assert 'name="after-1"' in page
    more = draft | {"steps": "2", "after-1": "7.5"}
    page = edit(admin, cast, **more, do="ask:1", **{"ask-1": post}).content.decode()
    assert f'name="target-1" value="{post}"' in page
    page = edit(admin, cast, **more, do="up:1", **{"target-1": post}).content.decode()
    assert f'name="target-0" value="{post}"' in page
    done = edit(admin, cast, **more, **{"target-1": post, "told-1": post}, do="save")
    assert done.status_code == 303
    rule = EscalationRule.objects.get(code="late")
    _first, second = rule.steps.all()
    assert (second.after_s, second.targets.get().is_told_only) == (450, True)
    assert (rule.version, rule.repeat_after_s, rule.rounds) == (1, 3600, 2)


def test_what_is_wrong_is_said_and_nothing_kept(cast, at_desk):
    admin = at_desk(cast.administrator)
    page = edit(
        admin, cast, name_en="", steps="2", repeat="0", rounds="x", seen_version="0", do="save",
        **{"after-0": "soon", "after-1": "0", "target-1": "follows/above", "told-1": "follows/above"},
    )  # fmt: skip
    said = text(page)
    for sentence in (
        "Give the rule a name",
        "Step 1: type after how many minutes",
        "Step 1 asks nobody",
        "Step 2 comes at the same instant",
        "Every step only tells",
        "begins again",
        "It is climbed from 0",
    ):
        assert sentence in said, sentence
    assert "The rule has no step" in text(edit(admin, cast, name_en="x", steps="0", repeat="5", rounds="0"))
    assert not EscalationRule.objects.exists()


def test_a_change_by_somebody_else_is_shown_and_not_overwritten(cast, at_desk):
    make_default_rules(authority=cast.town, by=Actor.system(), now=clock.now())
    admin = at_desk(cast.administrator)
    mine = {"name_en": "Mine", "steps": "1", "after-0": "0", "target-0": "follows/above", "repeat": "60",
            "rounds": "0", "seen_version": "1"}  # fmt: skip
    assert edit(admin, cast, **mine).status_code == 303
    second = edit(admin, cast, **(mine | {"name_en": "Again"}))
    assert second.status_code == 409
    assert "Somebody changed this rule meanwhile" in text(second)
    assert EscalationRule.objects.get(code="late", authority=cast.town).name_en == "Mine"


def test_only_those_who_lead_or_administer_keep_rules_and_only_their_own_body_s(cast, at_desk):
    assert edit(at_desk(cast.clerk), cast).status_code == 403
    assert edit(at_desk(cast.county_leader), cast).status_code == 404
    foreign = edit(
        at_desk(cast.administrator), cast, name_en="x", steps="1", repeat="5", rounds="0", seen_version="0",
        **{"after-0": "0", "target-0": "staff/999999"},
    )  # fmt: skip
    assert "names somebody of another body" in text(foreign)


# ---------------------------------------------------------------- roll calls, readiness


@pytest.fixture
def room(cast):
    """A line with somebody on duty now."""
    from answerable.duty.models import Shift

    room = make_room(cast, stood=False)
    now = clock.now()
    shift = Shift.objects.create(
        line=room.line, from_at=now - timedelta(hours=1), until_at=now + timedelta(hours=8), on=now.date()
    )
    put(shift, room.staff, room.watch[0])
    return room


def test_call_now_and_see_who_is_there(cast, at_desk, room):
    mayor = at_desk(cast.mayor)
    assert "Call now" in text(mayor.get("/desk/alerts/roll-calls"))
    done = mayor.post(
        "/desk/alerts/roll-calls", {"do": "call", "call-line": room.line.pk, "call-answer_within_min": 5}
    )
    assert done.status_code == 303
    call = RollCall.objects.get()
    page = text(mayor.get(f"/desk/alerts/roll-calls/{call.pk}"))
    assert "Staff 0 person" in page
    assert "cannot be reached" in page
    twice = mayor.post(
        "/desk/alerts/roll-calls", {"do": "call", "call-line": room.line.pk, "call-answer_within_min": 5}
    )
    assert "is under way" in text(twice)
    assert at_desk(cast.clerk).get("/desk/alerts/roll-calls").status_code == 403
    assert at_desk(cast.county_leader).get(f"/desk/alerts/roll-calls/{call.pk}").status_code == 404


def test_plans_are_made_and_ended(cast, at_desk, room):
    mayor = at_desk(cast.mayor)
    form = {"do": "plan", "plan-line": room.line.pk, "plan-answer_within_min": 10, "plan-at": "21:30",
            "plan-spread_min": 90, "plan-days": ["0", "5"]}  # fmt: skip
    assert mayor.post("/desk/alerts/roll-calls", form).status_code == 303
    page = text(mayor.get("/desk/alerts/roll-calls"))
    assert "Monday, Saturday, 21:30" in page
    plan = RollCallPlan.objects.get()
    assert plan.weekdays == 0b100001
    assert mayor.post(f"/desk/alerts/roll-calls/plan/{plan.pk}/end").status_code == 303
    assert [act.kind for act in acts_of(room.line.matter)] == [
        "alert.roll_call_planned",
        "alert.roll_call_unplanned",
    ]
    assert mayor.post("/desk/alerts/roll-calls", form | {"plan-at": "late"}).status_code == 422


def test_readiness_names_who_could_not_be_reached(cast, at_desk, room):
    make_default_rules(authority=cast.town, by=Actor.system(), now=clock.now())
    now = clock.now()
    ContactPoint.objects.create(
        staff=room.watch[0], way="sms", address="+8613800000000", made_at=LONG_AGO,
        verified_at=now - timedelta(days=91),
    )  # fmt: skip
    page = text(at_desk(cast.mayor).get("/desk/alerts/readiness"))
    assert "Staff 0 person" in page
    assert "not shown to work for 90 days" in page
    assert "+86" not in page, "which way, never the number"
    assert at_desk(cast.clerk).get("/desk/alerts/readiness").status_code == 403


def test_an_office_without_lines_is_told_what_to_do(cast, at_desk):
    assert not Line.objects.exists()
    assert "Make a duty line first" in text(at_desk(cast.mayor).get("/desk/alerts/roll-calls"))


@pytest.mark.parametrize("path", ["", "new", "rules", "roll-calls", "readiness"])
def test_pages_are_there_in_chinese(cast, at_desk, path):
    page = at_desk(cast.mayor, "zh-hans").get(f"/desk/alerts/{path}")
    assert page.status_code == 200
    assert "<h1>" in page.content.decode()
