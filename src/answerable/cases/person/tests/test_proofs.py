"""Proof of each step on one's own page: at once a promise, then the receipt; what it says is a file of its own."""

from __future__ import annotations

import io
import zipfile

import pytest

from answerable.cases.act_kinds import ActKind
from answerable.cases.models import Case
from answerable.cases.person.tests.conftest import Person, person_of
from answerable.cases.person.tests.test_pages import decide, with_receipt
from answerable.cases.services import handling
from answerable.core import clock
from answerable.record import files, notes, promises, publishing, starting, storage
from answerable.record.models import Act
from answerable.record.openings import extra_parts
from answerable.record.openings import parse as parse_opening
from answerable.record.policy import parse as parse_policy
from answerable.record.proofs import parse as parse_receipt
from answerable.record.tests.conftest import own_log  # noqa: F401  (a fixture)
from answerable.record.verifying import PROMISED, PROVED, verify
from tests.cast import Cast, registered

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _own(own_log):  # noqa: F811
    starting.ensure_started()
    starting.ensure_promise_key()


def file(person: Person, seq: int, kind: str) -> bytes:
    response = person.client.get(f"/case/proof/{seq}/{kind}")
    assert response.status_code == 200, (seq, kind)
    assert f'filename="act-{seq}.{kind}"' in response["Content-Disposition"]
    return response.content


def last(person: Person) -> int:
    return Act.objects.filter(matter_id=person.case.pk).order_by("-seq")[0].seq


def policy():
    log = files.read("policy")
    assert log is not None
    return parse_policy(log.content)


def test_a_promise_is_there_at_once_and_nobody_waits_for_the_log(cast):
    person = person_of(registered(cast, now=clock.now()))
    assert person.enter().status_code == 303
    assert "Proof follows; take the promise" in person.page()
    html = person.client.get("/case/proof/1").content.decode()
    assert "/case/proof/1/promise" in html
    assert "/case/proof/1/tlog-proof" not in html
    promise = notes.parse(file(person, 1, "promise"))
    log = storage.head()
    assert log is not None
    key = promises.verifier_key(log.origin)
    assert promise.verify([key]) == [key]
    assert person.client.get("/case/proof/1/tlog-proof").status_code == 404


def test_a_promise_that_was_not_kept_is_said_as_plainly(cast):
    """The log stood still, or somebody kept the step out of it: "within minutes" would be a lie by now."""
    person = with_receipt(cast)  # of three days ago
    assert person.page().count("The proof is overdue; take the promise") == 3
    html = person.client.get("/case/proof/1").content.decode()
    assert "and it is not there" in html
    assert "within minutes" not in html
    assert "/case/proof/1/promise" in html
    publishing.publish_due()
    assert "and it is not there" not in person.client.get("/case/proof/1").content.decode()


def test_the_whole_file_checks_its_own_promises(cast):
    person = with_receipt(cast)
    taken = person.client.post("/case/take").content
    with zipfile.ZipFile(io.BytesIO(taken)) as archive:
        found = {name.removeprefix("record/"): archive.read(name) for name in archive.namelist()}
    verdict = verify(
        found["act-1.promise"], policy=parse_policy(found["policy"]), opening=found["act-1.opening"]
    )
    assert (verdict.code, verdict.act and verdict.act.kind) == (PROMISED, "case.registered")


def test_the_receipt_carries_no_content_and_the_opening_proves_it(cast):
    person = with_receipt(cast)
    publishing.publish_due()
    assert person.page().count("Proof of this step") == 3
    html = person.client.get("/case/proof/1").content.decode()
    assert "/case/proof/1/tlog-proof" in html
    assert "/case/proof/1/promise" not in html
    receipt, opening = file(person, 1, "tlog-proof"), file(person, 1, "opening")
    assert extra_parts(parse_receipt(receipt).extra)[1] is None
    assert str(person.case.pk).encode() not in receipt
    assert verify(receipt, policy=policy()).code == PROVED
    verdict = verify(receipt, policy=policy(), opening=opening)
    assert verdict.code == PROVED
    assert verdict.act is not None
    assert verdict.act.kind == "case.registered"
    other = file(person, 2, "opening")
    assert verify(receipt, policy=policy(), opening=other).code == "opening_mismatch"
    words = Case.objects.get().text.claim
    assert words.encode() not in opening


def test_what_stays_with_the_office_and_what_was_not_read_is_not_opened(cast):
    person = with_receipt(cast)
    handling.note_case(case_id=person.case.pk, text="inner", by=cast.actor(cast.clerk), now=clock.now())
    assert person.client.get(f"/case/proof/{last(person)}").status_code == 404, "a note of the office"
    decide(cast, person.case)
    seq = Act.objects.get(matter_id=person.case.pk, kind=ActKind.DECIDED).seq
    publishing.publish_due()
    html = person.client.get(f"/case/proof/{seq}").content.decode()
    assert "once you have opened it on your page" in html
    assert person.client.get(f"/case/proof/{seq}/opening").status_code == 404
    assert verify(file(person, seq, "tlog-proof"), policy=policy()).code == PROVED
    person.client.post("/case/decision")
    assert b"supported" in parse_opening(file(person, seq, "opening")).record


def test_nobody_gets_it_without_the_receipt_and_the_page_speaks_chinese(cast: Cast):
    done = registered(cast, now=clock.now())
    stranger = person_of(done, "zh-hans")
    assert stranger.client.get("/case/proof/1").status_code == 303
    assert stranger.client.get("/case/proof/1/opening").status_code == 303
    assert stranger.enter().status_code == 303
    html = stranger.client.get("/case/proof/1").content.decode()
    assert "保存承诺书" in html
    assert stranger.client.get("/case/proof/99").status_code == 404
