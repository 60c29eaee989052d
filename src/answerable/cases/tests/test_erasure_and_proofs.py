"""Erasure and the public log, from end to end: what was proved stays proved, and nobody can open it any more."""

from __future__ import annotations

import io
import zipfile

import pytest

from answerable.cases.act_kinds import ActKind
from answerable.cases.person.tests.test_pages import with_receipt
from answerable.core import clock
from answerable.ops.cli import main
from answerable.record import files, publishing, receipts, starting
from answerable.record.models import Act, Entry
from answerable.record.openings import parse as parse_opening
from answerable.record.policy import parse as parse_policy
from answerable.record.proofs import parse as parse_receipt
from answerable.record.tests.conftest import own_log  # noqa: F401  (a fixture)
from answerable.record.verifying import PROVED, verify

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _own(own_log, settings):  # noqa: F811
    settings.DEMO = True
    starting.ensure_started()
    starting.ensure_promise_key()


def test_after_an_erasure_the_kept_receipt_verifies_and_the_office_opens_nothing(cast, client, tmp_path):
    person = with_receipt(cast)
    publishing.publish_due()
    with zipfile.ZipFile(io.BytesIO(person.client.post("/case/take").content)) as archive:
        archive.extractall(tmp_path)
    matter = person.case.pk
    before = dict(Act.objects.filter(matter_id=matter).values_list("seq", "leaf"))
    assert person.client.post("/case/withdraw", {"sure": "on"}).status_code == 303
    assert person.client.post("/case/erase", {"sure": "on"}).status_code == 303
    person.case.refresh_from_db()
    assert person.case.erased_at is not None
    publishing.publish_due()

    # What the person kept proves what it proved, with a policy that is older than the erasure.
    kept = sorted(map(str, (tmp_path / "record").glob("*.tlog-proof")))
    assert len(kept) == len(before)
    assert main(["verify", "--policy", str(tmp_path / "record" / "policy"), *kept]) == 0

    # The office gives out the same leaf, under the newest head, and can say no more about it.
    given = person.client.get("/case/proof/1/tlog-proof").content
    log = files.read("policy")
    assert log is not None
    verdict = verify(given, policy=parse_policy(log.content))
    assert verdict.code == PROVED
    assert verdict.leaf == bytes(before[1])
    assert (
        parse_receipt(given).index == parse_receipt((tmp_path / "record/act-1.tlog-proof").read_bytes()).index
    )
    assert person.client.get("/case/proof/1/opening").status_code == 404
    assert "nobody can open it any more" in person.client.get("/case/proof/1").content.decode()
    first = Act.objects.get(matter_id=matter, seq=1)
    assert receipts.opening_of(first.pk) is None
    leaf = receipts.leaf_at(1, Entry.objects.get(act=first).index)
    assert leaf is not None
    assert leaf.kind == receipts.Kind.ERASED

    # That it was erased, and that it was allowed, stands in the timeline and in the log like every other act.
    erased = Act.objects.get(matter_id=matter, kind=ActKind.ERASED)
    assert "What you wrote and who you are were erased." in person.page()
    client.force_login(cast.auditor)
    desk = client.get(f"/desk/case/{matter}", headers={"accept-language": "en"}).content.decode()
    place = Entry.objects.get(act=erased).index
    assert f"Receipt: entry {place + 1} of the public log" in desk
    proof = person.client.get(f"/case/proof/{erased.seq}/tlog-proof").content
    opened = person.client.get(f"/case/proof/{erased.seq}/opening").content
    assert verify(proof, policy=parse_policy(log.content), opening=opened).code == PROVED
    assert b'"act":"case.erased"' in parse_opening(opened).record
    # Acts before and after are chained as they were: no leaf was touched.
    assert before == {seq: leaf for seq, leaf in _leaves(matter).items() if seq in before}


def test_what_was_erased_before_the_log_took_it_in_is_in_it_all_the_same(cast):
    person = with_receipt(cast)
    assert person.client.post("/case/withdraw", {"sure": "on"}).status_code == 303
    assert person.client.post("/case/erase", {"sure": "on"}).status_code == 303
    assert clock.now()
    publishing.publish_due()
    acts = Act.objects.filter(matter_id=person.case.pk)
    assert all(receipts.receipt_of(act.pk) for act in acts)


def _leaves(matter):
    return dict(Act.objects.filter(matter_id=matter).values_list("seq", "leaf"))
