"""The archive: an ended case as one sealed package, whole and provable, and destroyed with what it came from."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from uuid import uuid4

import bagit
import pytest
from django.db import transaction

from answerable.cases.act_kinds import ActKind
from answerable.cases.apart import SomeFailed
from answerable.cases.archive import store
from answerable.cases.files import Accepted, attach
from answerable.cases.models import Attachment, Case
from answerable.cases.person.tests.test_pages import decide, with_receipt
from answerable.cases.services import archiving, erasure, persons
from answerable.cases.services.deciding import close_case
from answerable.core import clock
from answerable.core.refusals import Changed
from answerable.ops import worker
from answerable.ops.cli import main
from answerable.orgs.models import Subject
from answerable.parties.steps import Identity, data_key, file_key
from answerable.record import bag, publishing
from answerable.record.actors import Actor
from answerable.record.models import Act
from answerable.record.queries import acts_of
from answerable.record.tests.conftest import own_log  # noqa: F401  (a fixture)
from tests.cast import PARTS

pytestmark = pytest.mark.django_db(transaction=True)
NAME = "孙巧云"


@pytest.fixture(autouse=True)
def _own(own_log, settings, tmp_path):  # noqa: F811
    settings.ANSWERABLE_ARCHIVE_DIR = tmp_path / "archive"


def ended(cast) -> Case:
    """A case that was decided, read and closed, with the name sealed, and whose acts are published."""
    person = with_receipt(cast, privacy="confidential", identities=(Identity(NAME, "桥头三组"),))
    decide(cast, person.case)
    persons.see_decisions(case_id=person.case.pk, now=clock.now())
    close_case(case_id=person.case.pk, by=Actor.system(), seen_version=None, now=clock.now(), why="")
    publishing.publish_due()
    return person.case


def test_an_ended_case_becomes_a_sealed_package_and_that_is_an_act(cast):
    case = ended(cast)
    assert archiving.archive_due(clock.now()) == 1
    sealed = store.path_of(case.pk).read_bytes()
    assert case.text.claim.encode() not in sealed
    assert not sealed.startswith(b"PK")
    (act,) = acts_of(case.pk, kinds=(str(ActKind.ARCHIVED),))
    assert act.body is not None
    assert act.body["size"] == len(store.read(case.pk))
    assert archiving.archive_due(clock.now()) == 0, "once"


def test_what_is_taken_out_is_valid_bagit_and_proves_itself(cast, tmp_path):
    case = ended(cast)
    archiving.archive_due(clock.now())
    assert main(["archive", "export", case.code, str(tmp_path / "out"), "--why", "handed to the county"]) == 0
    place = tmp_path / "out" / str(case.pk)
    assert bagit.Bag(str(place)).is_valid()
    payload = place / "data"
    acts = json.loads((payload / "acts.json").read_text())
    assert [act["kind"] for act in acts][:1] == ["case.registered"]
    assert all(act["record"]["seq"] == act["seq"] for act in acts)
    assert b"pdfaid:part>2" in (payload / "file.pdf").read_bytes()
    (letter,) = (payload / "letters").iterdir()
    assert letter.read_bytes().startswith(b"%PDF")
    whole = b"".join(path.read_bytes() for path in payload.rglob("*") if path.is_file())
    assert PARTS["opinion"].encode() in whole
    assert NAME.encode() not in whole
    proofs = sorted(map(str, (payload / "record").glob("*.tlog-proof")))
    assert len(proofs) == len(acts)
    assert main(["verify", "--policy", str(payload / "record/policy"), *proofs]) == 0
    (taken,) = acts_of(case.pk, kinds=(str(ActKind.ARCHIVE_TAKEN),))
    assert taken.why == "handed to the county"


def test_a_package_that_was_changed_or_exchanged_is_found(cast):
    case = ended(cast)
    archiving.archive_due(clock.now())
    assert main(["archive", "verify"]) == 0
    path = store.path_of(case.pk)
    good = path.read_bytes()
    path.write_bytes(good[:-1] + bytes([good[-1] ^ 1]))
    assert main(["archive", "verify", case.code]) == 1
    other = bag.packed(str(case.pk), {"file.pdf": b"another"}, made_on=clock.now().date(), about=case.code)
    store.keep(case.pk, data_key(case.pk), other)
    with pytest.raises(store.CannotOpenArchive) as refused:
        archiving.opened(case.pk)
    assert refused.value.code == "another"
    path.unlink()
    assert main(["archive", "verify", case.code]) == 1


def test_an_erasure_destroys_the_package_and_every_copy_of_it(cast, tmp_path):
    case = ended(cast)
    archiving.archive_due(clock.now())
    path = store.path_of(case.pk)
    copy = path.read_bytes()
    erasure.erase_case(case_id=case.pk, by=Actor.system(), now=clock.now(), why="asked by the person")
    with pytest.raises(store.CannotOpenArchive) as refused:
        store.read(case.pk)
    assert refused.value.code == "no_key", "at once, before any file is gone"
    archiving.archive_due(clock.now())
    assert not path.exists()
    path.write_bytes(copy)  # somebody puts an old copy back
    with pytest.raises(store.CannotOpenArchive):
        store.read(case.pk)
    archiving.archive_due(clock.now())
    assert not path.exists()
    assert archiving.due() == [], "what was erased is not archived again"
    stranger = store.path_of(uuid4())
    stranger.write_bytes(copy)
    archiving.archive_due(clock.now())
    assert stranger.exists(), "what this database does not know stays"


def test_the_end_of_retention_erases_as_an_act_of_the_worker(cast, monkeypatch):
    Subject.objects.filter(pk=cast.lamps.pk).update(retention_years=3)
    case = ended(cast)
    archiving.archive_due(clock.now())
    later = clock.now() + timedelta(days=3 * 366)
    monkeypatch.setattr(clock, "now", lambda: later)
    worker.run_once()
    worker.run_once()
    case.refresh_from_db()
    assert case.erased_at is not None
    assert not store.path_of(case.pk).exists()
    (act,) = acts_of(case.pk, kinds=(str(ActKind.ERASED),))
    assert act.why == "end of the time for keeping it"
    assert act.actor_kind == "system"


def test_it_waits_for_the_log_and_for_a_case_that_goes_on(cast):
    person = with_receipt(cast)
    persons.withdraw(case_id=person.case.pk, now=clock.now())
    assert archiving.archive_due(clock.now()) == 0, "the last act has no proof yet"
    publishing.publish_due()
    persons.undo_withdrawal(case_id=person.case.pk, now=clock.now())
    publishing.publish_due()
    assert archiving.archive_due(clock.now()) == 0, "it goes on"
    persons.withdraw(case_id=person.case.pk, now=clock.now())
    publishing.publish_due()
    assert archiving.archive_due(clock.now()) == 1
    assert Act.objects.filter(kind=ActKind.ARCHIVED).count() == 1


def test_cut_short_before_its_act_it_is_made_anew_and_a_case_that_moved_on_is_not_recorded(cast):
    case = ended(cast)
    package = bag.packed(str(case.pk), {"old": b""}, made_on=clock.now().date(), about=case.code)
    with transaction.atomic():
        store.keep(case.pk, file_key(case.pk), package)
    with pytest.raises(Changed):
        archiving.archive_case(
            case_id=case.pk, package=package, seen_version=case.version - 1, now=clock.now()
        )
    assert acts_of(case.pk, kinds=(str(ActKind.ARCHIVED),)) == []
    assert archiving.archive_due(clock.now()) == 1
    assert "data/file.pdf" in archiving.opened(case.pk)


def test_one_that_cannot_be_archived_holds_up_no_other(cast):
    broken, good = ended(cast), ended(cast)
    Case.objects.filter(pk=broken.pk).update(pack="no-such-pack")
    with pytest.raises(SomeFailed):
        archiving.archive_due(clock.now())
    assert not store.path_of(broken.pk).exists()
    assert store.path_of(good.pk).exists()


def test_a_file_that_nobody_has_checked_is_not_in_it(cast):

    person = with_receipt(cast)
    with transaction.atomic():
        held, shown = attach(
            person.case,
            [
                Accepted(name, "text/plain", words, b"\0" * 32)
                for name, words in (("a.txt", b"held"), ("b.txt", b"ok"))
            ],
            by=Actor.person(),
            now=clock.now(),
        )
    Attachment.objects.filter(pk=shown.pk).update(check_state="cleared")
    persons.withdraw(case_id=person.case.pk, now=clock.now())
    publishing.publish_due()
    assert archiving.archive_due(clock.now()) == 1
    files = archiving.opened(person.case.pk)
    assert [content for path, content in files.items() if path.startswith("data/files/")] == [b"ok"]
    assert held.check_state == "held"


@pytest.mark.parametrize("payload", [{}, {"a": b"1"}, {"ordner/ä 文件.txt": b"", "b c": b"2"}])
def test_any_payload_is_a_valid_bag(payload, tmp_path):
    package = bag.packed("one", payload, made_on=clock.now().date(), about="K7QF")
    zipfile.ZipFile(io.BytesIO(package)).extractall(tmp_path)
    (tmp_path / "one" / "data").mkdir(exist_ok=True)
    bagit.Bag(str(tmp_path / "one")).validate()
    files = bag.unpacked(package)
    assert {
        path.removeprefix("data/"): data for path, data in files.items() if path.startswith("data/")
    } == payload
    with pytest.raises(ValueError, match="100%"):
        bag.packed("one", {"100%": b""}, made_on=clock.now().date(), about="K7QF")
    for end in (10, len(package) // 2, len(package) - 1):
        with pytest.raises(bag.BagDamaged):
            bag.unpacked(package[:end])
