"""Rule 11: incidents are about hazards and helpers; no party's data crosses from a case, and grounds are published."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from answerable.core import clock
from answerable.incidents.columns import COLUMNS
from answerable.incidents.hazards import HAZARDS
from answerable.incidents.models import Incident, LevelChange
from answerable.incidents.rules import CannotAct
from answerable.incidents.services import levels
from answerable.incidents.services.calls import Told, report_incident
from answerable.incidents.tests.responses import call, decision, respond
from answerable.orgs.kept_out import names_a_gathering
from answerable.parties.steps import ChannelWish, Identity
from tests.cast import registered

pytestmark = pytest.mark.django_db(transaction=True)
SECRETS = ("王小明", "13912345678", "河东路 8 号", "领导不作为")


def at_desk(staff) -> Client:
    made = Client(headers={"accept-language": "en"})
    made.force_login(staff)
    return made


@pytest.fixture(autouse=True)
def _demo(settings):
    settings.DEMO = True  # the second factor has its own tests


def test_rule_11_no_hazard_of_the_closed_list_is_a_gathering_or_a_person():
    for code, name in HAZARDS.items():
        assert not names_a_gathering(code.replace("_", " ")), code
        assert not names_a_gathering(str(name)), name


@pytest.mark.parametrize("hazard", ["gathering", "petition", "protest", "mass_incident", "", "FLOOD"])
def test_rule_11_what_is_not_in_the_closed_list_is_neither_called_in_nor_activated(cast, hazard):
    with pytest.raises(CannotAct, match="Name a physical danger"):
        report_incident(
            Told(authority=cast.town, hazard=hazard, what="x", place=cast.village),
            by=cast.actor(cast.clerk),
            now=clock.now(),
        )
    assert not Incident.objects.exists()
    posted = at_desk(cast.clerk).post(
        reverse("incidents:new"),
        {
            "key": str(uuid4()),
            "authority": cast.town.pk,
            "hazard": hazard,
            "what": "x",
            "place": cast.village.pk,
        },
    )
    assert posted.status_code == 422
    assert not Incident.objects.exists()


@pytest.mark.parametrize(
    "words",
    ["村民聚集讨说法", "防止群众上访", "a crowd of petitioners at the gate", "protesters block the road"],
)
def test_rule_11_no_words_about_people_who_come_together_are_published(cast, words):
    now = clock.now()
    with pytest.raises(CannotAct, match="no emergency"):
        call(cast, what=words, now=now)
    incident = respond(cast, None, now=now)
    for grounds, measures in ((words, "boats"), ("water rises", words)):
        with pytest.raises(CannotAct, match="no emergency"):
            levels.raise_level(
                incident_id=incident.pk, level=1, grounds=grounds, measures=measures,
                expected_until=now + timedelta(days=1), by=cast.actor(cast.mayor), now=now,
            )  # fmt: skip
    assert LevelChange.objects.count() == 1


def test_rule_11_a_danger_where_people_have_come_together_is_one(cast):
    incident = call(cast, hazard="fire", what="信访接待厅一楼起火，有浓烟", now=clock.now())
    assert incident.state == "reported"


def test_rule_11_no_partys_data_crosses_from_a_case(cast):
    case = registered(
        cast,
        now=clock.now(),
        is_danger=True,
        privacy="confidential",
        claim=f"{SECRETS[3]}，我是{SECRETS[0]}，住{SECRETS[2]}，河堤要垮了",
        place_text=SECRETS[2],
        identities=(Identity(SECRETS[0], SECRETS[2]),),
        channel=ChannelWish("sms", SECRETS[1]),
    ).case
    client = at_desk(cast.clerk)
    form = client.get(reverse("incidents:new") + f"?case={case.pk}").content.decode()
    client.post(
        reverse("incidents:new"),
        {
            "key": str(uuid4()),
            "authority": cast.town.pk,
            "hazard": "flood",
            "what": "the dyke may break",
            "place": cast.village.pk,
            "case": str(case.pk),
        },
    )
    incident = Incident.objects.get()
    assert (incident.from_case, incident.place) == (case.pk, cast.village)
    page = client.get(reverse("incidents:incident", args=[incident.pk])).content.decode()
    tables = [model for model in connection.introspection.table_names() if model.startswith("incidents_")]
    with connection.cursor() as cursor:
        rows = []
        for table in tables:
            cursor.execute(f"SELECT t::text FROM {table} t")
            rows += [row for (row,) in cursor.fetchall()]
    kept = " ".join([form, page, *rows])
    for secret in (*SECRETS, case.code):
        assert secret not in kept, secret


def test_rule_11_grounds_and_measures_are_kept_as_they_are_published(cast):
    incident = respond(cast, None, now=clock.now())
    page = at_desk(cast.clerk).get(reverse("incidents:incident", args=[incident.pk])).content.decode()
    change = LevelChange.objects.get(incident=incident)
    assert change.grounds in page
    assert change.measures in page
    with pytest.raises(CannotAct, match="they are published"):
        levels.raise_level(
            incident_id=incident.pk, level=2, grounds=" ", measures="boats",
            expected_until=clock.now() + timedelta(days=1), by=cast.actor(cast.mayor), now=clock.now(),
        )  # fmt: skip


def test_rule_11_no_column_holds_who_is_in_danger_or_takes_part():
    for model, columns in COLUMNS.items():
        for name in columns:
            assert not any(
                word in name
                for word in ("participant", "victim", "caller_name", "person_name", "face", "owner")
            ), (model, name)


def test_rule_11_the_level_is_a_decision_with_grounds_and_no_count_of_people_sets_it(cast):
    """Ten callers make no level: nothing but a decision does."""
    now = clock.now()
    incident = call(cast, now=now, in_danger="500 people")
    for _n in range(9):
        at_desk(cast.clerk).post(reverse("incidents:act", args=[incident.pk, "again"]), {"text": "again"})
    incident.refresh_from_db()
    assert (incident.calls, incident.response_level, incident.state) == (10, None, "reported")
    assert decision(now=now).grounds
