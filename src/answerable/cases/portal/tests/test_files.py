"""Files on the way in: inspected, sealed until they are sent, never lost with the form."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from answerable.cases import files as case_files
from answerable.cases.models import Attachment, IntakeDraft
from answerable.cases.portal.tests.walk import answers, step_of, walk
from tests.cast import Cast

pytestmark = pytest.mark.django_db
TEXT = "收据一张。\n".encode()


def picture() -> bytes:
    data = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    Image.new("RGB", (40, 30), "green").save(data, "JPEG", exif=exif)
    return data.getvalue()


@pytest.fixture
def at_files(cast: Cast, client: Client) -> Client:
    walk(client, answers(cast), until="files")
    return client


def add(client: Client, *uploads: SimpleUploadedFile, action: str = "add"):
    return client.post("/new/files", {"files": list(uploads), "do": action})


def test_files_are_kept_sealed_and_go_with_the_case(at_files):
    pair = (SimpleUploadedFile("收据.txt", TEXT), SimpleUploadedFile("lamp.jpg", picture()))
    assert step_of(add(at_files, *pair)) == "files"
    page = at_files.get("/new/files").content.decode()
    assert "收据.txt" in page
    assert "lamp.jpg" in page
    assert IntakeDraft.objects.count() == 3
    assert not any(TEXT in bytes(row.sealed) for row in IntakeDraft.objects.all())
    assert step_of(add(at_files, action="continue")) == "check"
    at_files.post("/new/check", {})
    text, photo = Attachment.objects.order_by("name")[::-1]
    assert case_files.content(text) == TEXT
    assert b"taken at home" not in case_files.content(photo)
    assert {text.check_state, photo.check_state} == {"held"}
    assert IntakeDraft.objects.count() == 1


def test_chosen_files_are_added_by_continue_too(at_files):
    assert step_of(add(at_files, SimpleUploadedFile("a.txt", TEXT), action="continue")) == "check"
    assert "a.txt" in at_files.get("/new/check").content.decode()


def test_a_file_is_removed_with_its_bytes(at_files):
    add(at_files, SimpleUploadedFile("a.txt", TEXT))
    page = at_files.get("/new/files").content.decode()
    ref = page.split('value="remove:')[1].split('"')[0]
    at_files.post("/new/files", {"do": f"remove:{ref}"})
    assert "a.txt" not in at_files.get("/new/files").content.decode()
    assert IntakeDraft.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("empty.txt", b""),
        ("x.exe", b"MZ" + b"\0" * 200),
        ("x.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
        ("broken.jpg", picture()[:60]),
        ("page.html", b"<html><script>alert(1)</script></html>"),
    ],
)
def test_a_file_that_is_not_taken_gets_a_sentence_and_the_rest_stays(at_files, name, data):
    response = add(at_files, SimpleUploadedFile("good.txt", TEXT), SimpleUploadedFile(name, data))
    page = response.content.decode()
    assert response.status_code == 422
    assert "error-summary" in page
    assert f"{name}" in page
    assert "good.txt" in page
    assert step_of(add(at_files, action="continue")) == "check"


def test_ten_files_fit_and_the_eleventh_is_named(at_files):
    uploads = [SimpleUploadedFile(f"{n}.txt", TEXT + bytes([48 + n])) for n in range(11)]
    response = add(at_files, *uploads)
    assert response.status_code == 422
    assert "10.txt" in response.content.decode()
    assert 'type="file"' not in at_files.get("/new/files").content.decode()


def test_the_same_file_twice_is_kept_once(at_files):
    add(at_files, SimpleUploadedFile("a.txt", TEXT), SimpleUploadedFile("b.txt", TEXT))
    assert IntakeDraft.objects.count() == 2


def test_names_are_made_safe(at_files):
    add(at_files, SimpleUploadedFile("../../\u202egpj.exe.txt", TEXT))
    page = at_files.get("/new/files").content.decode()
    assert "\u202e" not in page
    assert "../" not in page.split("<main")[1].split("</main>")[0]


def test_files_come_only_in_their_turn(cast, client):
    walk(client, answers(cast), until="story")
    assert step_of(client.get("/new/files")) == "story"
    assert step_of(add(client, SimpleUploadedFile("a.txt", TEXT))) == "story"
