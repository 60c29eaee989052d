"""After the key file was lost and begun again: old cases go on in words, and every page says what it cannot open."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from answerable.cases.models import Attachment, Case, Message
from answerable.cases.person.tests.conftest import Person, person_of
from answerable.cases.services import receipts
from answerable.core import clock
from answerable.parties import first_start
from answerable.parties.models import KnownKey
from tests.cast import Cast, registered

pytestmark = pytest.mark.django_db


def letter() -> SimpleUploadedFile:
    return SimpleUploadedFile("note.txt", "收据一张。\n".encode())


@pytest.fixture
def after_the_loss(cast: Cast, tmp_path: Path, settings: Settings) -> Person:
    """Someone with a file on their case, whose key was lost; the counter gave them a new receipt."""
    KnownKey.objects.all().delete()
    settings.ANSWERABLE_KEY_FILE = tmp_path / "key-file"
    first_start.open_key_file(tmp_path / "key-file")
    done = registered(cast, now=clock.now())
    person = person_of(done)
    person.enter()
    assert person.client.post("/case/write", {"text": "", "files": [letter()]}).status_code == 303
    Attachment.objects.update(check_state=Attachment.Check.CLEARED)
    (tmp_path / "key-file").unlink()
    first_start.begin_again(tmp_path / "key-file")
    again = receipts.reissue_at_counter(
        case_id=done.case.pk,
        known=tuple(receipts.KNOWN_THINGS),
        by=cast.actor(cast.clerk),
        seen_version=None,
        now=clock.now(),
    )
    person = Person(Client(headers={"accept-language": "en"}), done.code, again.secret)
    assert person.enter().status_code == 303
    return person


def test_words_go_on_and_a_new_file_is_refused_with_a_sentence(after_the_loss: Person) -> None:
    browser = after_the_loss.client
    browser.post("/case/write", {"text": "The lamp is still out.", "files": [letter()]})
    assert Message.objects.filter(body="The lamp is still out.").count() == 1
    assert "the key that its files are sealed with has been lost" in after_the_loss.page()
    alone = browser.post("/case/write", {"text": "", "files": [letter()]})
    assert alone.status_code == 422
    assert "Put the file into words" in alone.content.decode()
    assert Attachment.objects.count() == 1


def test_an_old_file_says_that_it_is_closed_and_the_rest_can_be_taken_along(after_the_loss: Person) -> None:
    refused = after_the_loss.client.get("/case/files/1")
    assert refused.status_code == 303
    assert "“note.txt” cannot be opened" in after_the_loss.page()
    whole = after_the_loss.client.post("/case/take")
    with zipfile.ZipFile(io.BytesIO(whole.content)) as archive:
        assert "file.pdf" in archive.namelist()
        (name,) = [name for name in archive.namelist() if name.startswith("files/")]
        assert "cannot be opened" in archive.read(name).decode()


def test_the_desk_is_told_too(after_the_loss: Person, cast: Cast, settings: Settings) -> None:
    settings.DEMO = True
    desk = Client(headers={"accept-language": "en"})
    desk.force_login(cast.clerk)
    case, file = Case.objects.get(), Attachment.objects.get()
    page = desk.get(f"/desk/case/{case.pk}/files/{file.pk}", follow=True)
    assert "“note.txt” cannot be opened" in page.content.decode()
    Attachment.objects.update(check_state=Attachment.Check.HELD)
    added = desk.post(f"/desk/case/{case.pk}/files", {"file": letter()}, follow=True)
    assert "Files cannot be added to this case" in added.content.decode()


def test_new_matters_take_files_as_before(after_the_loss: Person, cast: Cast) -> None:
    person = person_of(registered(cast, now=clock.now()))
    person.enter()
    assert person.client.post("/case/write", {"text": "", "files": [letter()]}).status_code == 303
    assert person.case.attachments.count() == 1
