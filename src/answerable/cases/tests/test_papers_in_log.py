"""Papers and the file that is taken along bear the proof, or say plainly that there is only a promise yet."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection, transaction
from django.test import Client

from answerable.cases import in_log as stands
from answerable.cases import letters, steps
from answerable.cases.models import Case, Decision
from answerable.cases.person.tests.test_pages import decide, with_receipt
from answerable.cases.portal import receipts as portal_receipts
from answerable.cases.portal.draft import Shown
from answerable.cases.services import erasure
from answerable.core import clock
from answerable.ops.cli import main
from answerable.record import bundle, compact, files, publishing, receipts, starting, storage
from answerable.record.actors import Actor
from answerable.record.models import Act
from answerable.record.policy import parse as parse_policy
from answerable.record.tests.conftest import own_log  # noqa: F401  (a fixture)
from answerable.record.verifying import PROVED, verify
from answerable.ui.print.render import receipt as print_receipt
from answerable.ui.print.tests.samples import bare, words_of
from tests.races.test_two_at_one_case import beside, until_somebody_waits

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _own(own_log):  # noqa: F811
    starting.ensure_started()
    starting.ensure_promise_key()


def policy():
    log = files.read("policy")
    assert log is not None
    return parse_policy(log.content)


def test_a_letter_bears_the_promise_and_then_for_good_the_proof(cast):
    person = with_receipt(cast)
    decide(cast, person.case)
    decision = Decision.objects.get(case=person.case)
    first = words_of(letters.letter_of(decision))
    assert bare("本单位签名承诺") in first
    assert bare("大码") not in first
    decision.refresh_from_db()
    assert decision.letter is None, "not kept before the proof is on it"
    publishing.publish_due()
    proved = letters.letter_of(decision)
    assert bare("大码") in words_of(proved)
    decision.refresh_from_db()
    assert bytes(decision.letter) == proved
    publishing.publish_due()
    assert letters.letter_of(decision) == proved


def test_rule_09_a_letter_that_is_set_while_its_matter_is_erased_is_not_kept(cast):
    """It was read before and is written after: an UPDATE that waited for the erasure does not look at the case again."""
    person = with_receipt(cast)
    decide(cast, person.case)
    publishing.publish_due()
    decision = Decision.objects.get(case=person.case)
    with transaction.atomic():
        erasure.erase_words(steps.lock_case(person.case.pk), by=Actor.system(), now=clock.now())
        thread, results = beside(lambda: letters.letter_of(decision))
        until_somebody_waits()
    thread.join(timeout=60)
    assert isinstance(results[0], bytes)
    decision.refresh_from_db()
    assert decision.letter is None


def test_the_large_code_expands_to_the_receipt_and_the_small_one_leads_to_the_entry(cast):
    person = with_receipt(cast)
    promised = stands.in_log(person.case.pk, 1, "Asia/Shanghai")
    assert promised is not None
    assert promised.number is None
    assert promised.promise
    publishing.publish_due()
    found = stands.in_log(person.case.pk, 1, "Asia/Shanghai")
    assert found is not None
    act = Act.objects.get(matter_id=person.case.pk, seq=1)
    assert compact.from_text(str(found.full)) == receipts.receipt_of(act.pk)
    assert verify(str(found.full).encode(), policy=policy()).code == PROVED
    address = urlsplit(str(found.small))
    assert parse_qs(address.query)["leaf"] == [bytes(act.leaf).hex()]
    page = Client(headers={"accept-language": "en"}).get(f"{address.path}?{address.query}").content.decode()
    assert "is the one on your paper" in page


def test_the_receipt_on_paper_says_that_it_is_promised(cast):
    person = with_receipt(cast)
    case = Case.objects.get(pk=person.case.pk)
    shown = portal_receipts.receipt_of(Shown(str(case.pk), case.code, person.secret), clock.now())
    paper = print_receipt(portal_receipts.printed(shown, clock.now()), "en")
    assert "signeditspromise" in words_of(paper)
    assert case.text.claim not in words_of(paper)


def test_the_whole_file_proves_itself_without_the_office(cast, tmp_path):
    person = with_receipt(cast)
    publishing.publish_due()
    decide(cast, person.case)
    publishing.publish_due()
    answer = person.client.post("/case/take")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        archive.extractall(tmp_path)
    folder = tmp_path / "record"
    names = {path.name for path in folder.iterdir()}
    acts = Act.objects.filter(matter_id=person.case.pk).count()
    assert {f"act-{seq}.tlog-proof" for seq in range(1, acts + 1)} <= names
    assert {"policy", "verify.html", "README.txt", "act-1.opening"} <= names
    unread = Decision.objects.get(case=person.case).act_seq
    assert f"act-{unread}.opening" not in names
    proofs = sorted(map(str, folder.glob("*.tlog-proof")))
    assert main(["verify", "--policy", str(folder / "policy"), *proofs]) == 0
    assert "answerable verify" in (folder / "README.txt").read_text()
    Path(proofs[0]).write_bytes(Path(proofs[0]).read_bytes().replace(b"index ", b"index 1"))
    assert main(["verify", "--policy", str(folder / "policy"), *proofs]) != 0


def test_a_time_stamp_is_taken_along_with_the_receipt_that_it_dates(cast):
    person = with_receipt(cast)
    publishing.publish_due()
    newest = storage.newest(1, published=True)
    assert newest is not None
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO record_anchor (epoch, size, stamped_at, made_at, token) VALUES (1, %s, now(), now(), 'tsr')",
            [newest.size],
        )
    proofs = bundle.proofs_of(person.case.pk, lambda _seq: False)
    assert proofs["act-1-stamped.tsr"] == b"tsr"
    assert verify(proofs["act-1-stamped.tlog-proof"], policy=policy()).code == PROVED


def test_what_is_only_promised_is_taken_along_as_a_promise(cast):
    person = with_receipt(cast, "zh-hans")
    with zipfile.ZipFile(io.BytesIO(person.client.post("/case/take").content)) as archive:
        names = archive.namelist()
        readme = archive.read("record/README.txt").decode()
    assert "record/act-1.promise" in names
    assert "record/act-1.tlog-proof" not in names
    assert "不必再问本单位" in readme
