"""The auditor draws leaves of the public log: each is accounted for; opening one is an act that its person sees."""

from __future__ import annotations

import csv
import io
import re

import pytest
from django.db import connection

from answerable.cases.act_kinds import ActKind
from answerable.cases.models import Accused
from answerable.cases.person.tests.conftest import person_of
from answerable.cases.services import erasure, persons
from answerable.core import clock
from answerable.record import publishing, sampling, storage
from answerable.record.matters import matter_of
from answerable.record.merkle import entry, leaf_hash, record_bytes
from answerable.record.models import Act, Entry
from answerable.record.queries import acts_of
from answerable.record.tests.conftest import own_log  # noqa: F401  (a fixture)
from tests.cast import registered

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own(own_log):  # noqa: F811
    """A log that publishes whenever it is asked to."""


def size() -> int:
    newest = storage.newest(1, published=True)
    assert newest is not None
    return newest.size


def whole() -> str:
    return ",".join(str(n) for n in range(1, size() + 1))


def kinds(html: str) -> list[str]:
    return re.findall(r'<th scope="row"[^>]*>\d+</th><td>([^<]+)</td>', html)


def test_every_leaf_of_the_log_is_accounted_for(cast, at_desk, now):
    done = registered(cast, now=now)
    gone = registered(cast, now=now)
    persons.withdraw(case_id=gone.case.pk, now=now)
    erasure.ask_erasure(case_id=gone.case.pk, now=now)
    publishing.publish_due()
    html = at_desk(cast.auditor).get("/desk/record", {"entries": whole()}).content.decode()
    found = kinds(html)
    assert len(found) == size()
    erased = Act.objects.filter(matter_id=gone.case.pk, opening=None).count()
    assert found.count("act, erased with authority") == erased > 0
    assert found.count("act") == Act.objects.exclude(opening=None).count()
    assert set(found) == {"act", "act, erased with authority", "padding"}
    assert "Every entry is accounted for" in html
    assert done.case.code not in html


def test_an_opening_that_is_gone_without_an_erasure_is_a_finding(cast, at_desk, now):
    case = registered(cast, now=now).case
    publishing.publish_due()
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('answerable.erasing', 'on', true)")
        cursor.execute(
            "DELETE FROM record_opening WHERE act_id = (SELECT min(id) FROM record_act WHERE matter_id = %s)",
            [case.pk],
        )
    html = at_desk(cast.auditor).get("/desk/record", {"entries": whole()}).content.decode()
    assert kinds(html).count("unknown: nobody can account for it") == 1
    assert "That is a finding" in html


def test_the_same_number_draws_the_same_leaves_also_when_the_log_has_grown(cast, at_desk, now):
    registered(cast, now=now)
    publishing.publish_due()
    then = size()
    auditor = at_desk(cast.auditor)
    asked = {"number": "4711", "count": "5", "size": str(then)}
    first = kinds(auditor.get("/desk/record", asked).content.decode())
    registered(cast, now=now)
    publishing.publish_due()
    assert kinds(auditor.get("/desk/record", asked).content.decode()) == first
    assert (
        sampling.drawn("4711", 1000, 5) == sampling.drawn("4711", 1000, 5) != sampling.drawn("4712", 1000, 5)
    )
    assert sampling.drawn("1", 3, 100) == [0, 1, 2]


def test_opening_takes_a_reason_and_is_an_act_that_the_person_sees(cast, at_desk, now):
    done = registered(cast, now=clock.now())
    publishing.publish_due()
    act = Act.objects.get(matter_id=done.case.pk, seq=1)
    auditor, form = at_desk(cast.auditor), {"entries": whole(), "act": [act.pk]}
    assert auditor.post("/desk/record/open", form | {"reason": " "}).status_code == 422
    assert acts_of(done.case.pk, kinds=(ActKind.RECORD_OPENED,)) == []
    answer = auditor.post("/desk/record/open", form | {"reason": "yearly sample"})
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert "case.registered" in html
    assert done.case.text.claim not in html
    (note,) = acts_of(done.case.pk, kinds=(ActKind.RECORD_OPENED,))
    assert (note.why, note.body) == ("yearly sample", {"acts": [1]})
    person = person_of(done)
    person.enter()
    page = person.page()
    assert "An auditor read what was recorded of a step" in page
    assert "yearly sample" in page


def test_only_auditors_and_nobody_learns_of_a_matter_that_is_not_theirs(cast, at_desk, now):
    case = registered(cast, now=now).case
    Accused.objects.create(case=case, staff=cast.auditor)
    publishing.publish_due()
    act = Act.objects.get(matter_id=case.pk, seq=1)
    place = Entry.objects.get(act=act).index
    auditor = at_desk(cast.auditor)
    html = auditor.get("/desk/record", {"entries": str(place + 1)}).content.decode()
    assert kinds(html) == ["act"]
    assert "a matter that is not yours to read" in html
    refused = auditor.post("/desk/record/open", {"entries": "1", "act": [act.pk], "reason": "curious"})
    assert refused.status_code == 403
    assert acts_of(case.pk, kinds=(ActKind.RECORD_OPENED,)) == []
    for who in (cast.leader, cast.clerk):
        assert at_desk(who).get("/desk/record").status_code == 403
        assert at_desk(who).post("/desk/record/open", {"act": [act.pk], "reason": "x"}).status_code == 403


def test_the_export_is_an_act_and_proves_the_dummies(cast, at_desk, now):
    registered(cast, now=now)
    publishing.publish_due()
    answer = at_desk(cast.auditor).post("/desk/record/export", {"entries": whole()})
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == size()
    dummy = next(row for row in rows if row["kind"] == "dummy")
    again = entry(bytes.fromhex(dummy["salt"]), record_bytes({"v": 1, "act": "record.dummy"}))
    assert leaf_hash(again).hex() == dummy["leaf"]
    made = acts_of(matter_of("authority", cast.town.pk), kinds=(ActKind.EXPORT_MADE,))
    assert [act.body["rows"] for act in made if act.body] == [str(size())]


@pytest.mark.parametrize(
    "asked", [{"entries": "0"}, {"entries": "x"}, {"number": ""}, {"entries": "999999999"}]
)
def test_what_is_no_sample_gets_a_sentence(cast, at_desk, now, asked):
    registered(cast, now=now)
    publishing.publish_due()
    answer = at_desk(cast.auditor).get("/desk/record", asked)
    assert answer.status_code == 422
    assert "One thing needs another look" in answer.content.decode()
