"""Rule 9: after erasure nothing says who or what, and the chain of leaves still stands."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.http import Http404

from answerable.cases.models import Case
from answerable.cases.rules import CannotAct
from answerable.cases.services import deciding, erasure, looks, persons
from answerable.core.refusals import NotYours
from answerable.parties.models import DataKey
from answerable.parties.steps import ChannelWish, Identity
from answerable.record.models import Act, Opening
from tests.cast import MONDAY, PARTS, accepted

pytestmark = pytest.mark.django_db
WORDS = "桥头那口井"


@pytest.fixture
def case(cast) -> Case:
    row = accepted(
        cast,
        claim=WORDS,
        wants=WORDS,
        privacy="confidential",
        identities=(Identity("孙巧云", "桥头三组"),),
        channel=ChannelWish("sms", "10000000001"),
    )
    persons.write(case_id=row.pk, text=WORDS, now=MONDAY + timedelta(days=1))
    row.refresh_from_db()
    deciding.send_decision(
        case_id=row.pk,
        outcome="supported",
        parts=PARTS | {"facts": WORDS},
        by=cast.actor(cast.leader),
        seen_version=row.version,
        now=MONDAY + timedelta(days=2),
    )
    return row


def everything_stored() -> str:
    """Every row of every table as text, as someone with the whole database would read it."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            found += [row[0] for row in cursor.fetchall()]
    return "\n".join(found)


def test_rule_09_nothing_is_left_anywhere(cast, case):
    assert WORDS in everything_stored()
    assert erasure.ask_erasure(case_id=case.pk, now=MONDAY + timedelta(days=3)) is False
    assert erasure.asked_and_ended(MONDAY + timedelta(days=4)) == []
    deciding.close_case(
        case_id=case.pk, by=cast.actor(cast.leader), seen_version=None, now=MONDAY + timedelta(days=4)
    )
    assert erasure.asked_and_ended(MONDAY + timedelta(days=4)) == [case.pk]
    assert erasure.ask_erasure(case_id=case.pk, now=MONDAY + timedelta(days=5)) is True
    stored = everything_stored()
    assert WORDS not in stored
    assert "孙巧云" not in stored
    assert "桥头" not in stored
    assert not DataKey.objects.filter(case_id=case.pk).exists()
    kept = Act.objects.filter(matter_id=case.pk)
    assert kept.filter(kind="case.registered").exists()
    # Only what came with the erasure itself still opens.
    opened = Opening.objects.filter(act__matter_id=case.pk).values_list("act__kind", flat=True)
    assert list(opened) == ["case.erased"]
    assert erasure.asked_and_ended(MONDAY + timedelta(days=6)) == []


def test_rule_06_a_look_takes_a_reason_and_is_shown_to_the_person(cast, case):
    by = cast.actor(cast.handler)
    with pytest.raises(CannotAct) as refusal:
        looks.look_at_identity(case_id=case.pk, reason=" ", by=by, now=MONDAY + timedelta(days=3))
    assert refusal.value.code == "why_missing"
    seen = looks.look_at_identity(
        case_id=case.pk, reason="要寄书面答复", by=by, now=MONDAY + timedelta(days=3)
    )
    assert seen[0].identity["name"] == "孙巧云"
    notice = case.messages.get(code="looked")
    assert notice.body == "要寄书面答复"
    assert notice.post == cast.post(cast.handler)
    assert Act.objects.get(matter_id=case.pk, kind="identity.looked").post_id == notice.post_id
    for staff in (cast.auditor, cast.administrator):
        with pytest.raises((NotYours, Http404)):
            looks.look_at_identity(
                case_id=case.pk, reason="x", by=cast.actor(staff), now=MONDAY + timedelta(days=3)
            )
    assert Act.objects.filter(matter_id=case.pk, kind="identity.looked").count() == 1
