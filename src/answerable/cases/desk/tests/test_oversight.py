"""The auditor's list: that something was looked at, taken out or changed, and by which post; never whose it was."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse

from answerable.cases.access import reader_for
from answerable.cases.desk.views.oversight import acts_to_check
from answerable.cases.models import Accused
from answerable.cases.services.exports import record_export
from answerable.cases.services.looks import look_at_identity
from answerable.orgs.models import Hold
from answerable.orgs.services import changes
from tests.cast import registered

pytestmark = pytest.mark.django_db
AT = reverse("desk:oversight")


@pytest.fixture
def looked(cast, now):
    case = registered(cast, now).case
    look_at_identity(case_id=case.pk, reason="to write the letter", by=cast.actor(cast.clerk), now=now)
    record_export(reader=reader_for(cast.clerk, now), form="csv", filters="list=late", count="7", now=now)
    changes.appoint(
        post_id=cast.post(cast.leader).pk,
        staff_id=cast.handler.pk,
        hold=Hold.DELEGATE,
        until_at=now + timedelta(days=7),
        by=cast.actor(cast.administrator),
        now=now,
    )
    return case


def test_the_auditor_sees_what_was_done_by_which_post_and_not_what_was_read(cast, at_desk, looked):
    page = at_desk(cast.auditor).get(AT).content.decode()
    for words in ("An identity was opened", "A list was exported", "Somebody was appointed to a post"):
        assert f">{words}</th>" in page
    assert "Clerk, Roads office" in page
    assert looked.code in page
    for kept in ("to write the letter", "list=late", "村口的路灯", "Handler person"):
        assert kept not in page


def test_one_kind_alone(cast, at_desk, looked):
    page = at_desk(cast.auditor).get(AT, {"kind": "export.made"}).content.decode()
    assert ">A list was exported</th>" in page
    assert ">An identity was opened</th>" not in page


@pytest.mark.parametrize("who", ["clerk", "leader", "mayor", "administrator", "county_leader"])
def test_it_is_an_auditors_alone(cast, at_desk, who):
    assert at_desk(getattr(cast, who)).get(AT).status_code == 403


def test_rule_05_a_look_at_a_matter_about_the_auditor_is_not_listed(cast, at_desk, looked):
    Accused.objects.create(case=looked, staff=cast.auditor)
    page = at_desk(cast.auditor).get(AT).content.decode()
    assert looked.code not in page
    assert ">An identity was opened</th>" not in page


def test_an_auditor_at_the_root_reads_the_whole_body_without_identities(cast, at_desk, looked):
    browser = at_desk(cast.auditor)
    assert browser.get(reverse("desk:case", args=[looked.pk])).status_code == 200
    assert browser.get(reverse("desk:look", args=[looked.pk])).status_code == 403


def test_looks_are_found_by_an_index_of_their_own(cast, now, looked):
    """However many acts there are, the few looks among them are not sought among all."""
    with connection.cursor() as db:
        db.execute("SET LOCAL enable_seqscan = off")
    plan = acts_to_check(reader_for(cast.auditor, now)).explain()
    assert "act_looks" in plan
