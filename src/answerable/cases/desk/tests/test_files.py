"""Files on the desk: held ones stay with those who check; pictures alone are shown in a page."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from answerable.cases.models import Attachment, Case
from tests.cast import accepted

pytestmark = pytest.mark.django_db


def picture(name: str = "lamp.png") -> SimpleUploadedFile:
    data = io.BytesIO()
    Image.new("RGB", (32, 24), (90, 120, 150)).save(data, "PNG")
    return SimpleUploadedFile(name, data.getvalue(), "image/png")


def url(name: str, case: Case, *args: object) -> str:
    return reverse(f"desk:{name}", args=[case.pk, *args])


@pytest.fixture
def held(cast, at_desk, now) -> Attachment:
    case = accepted(cast, now)
    at_desk(cast.handler).post(url("add_files", case), {"file": picture()})
    return Attachment.objects.get(case=case)


def test_a_held_file_opens_to_those_who_check_and_to_nobody_else(cast, at_desk, held):
    assert held.check_state == "held"
    case = held.case
    for who, status in ((cast.handler, 200), (cast.auditor, 403), (cast.water_leader, 404)):
        for name in ("file", "picture"):
            assert at_desk(who).get(url(name, case, held.pk)).status_code == status
        assert at_desk(who).get(url("check_file", case, held.pk)).status_code == status


def test_a_cleared_picture_opens_to_the_auditor_and_as_a_download_runs_nothing(cast, at_desk, held):
    at_desk(cast.handler).post(url("check_file", held.case, held.pk), {"do": "clear"})
    held.refresh_from_db()
    assert held.check_state == "cleared"
    answer = at_desk(cast.auditor).get(url("file", held.case, held.pk))
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]


def test_refusing_takes_a_reason_and_a_redacted_copy_stands_beside(cast, at_desk, held):
    browser, check = at_desk(cast.handler), url("check_file", held.case, held.pk)
    assert browser.post(check, {"do": "refuse", "why": " "}).status_code == 422
    browser.post(check, {"do": "refuse", "why": "A child's face."})
    held.refresh_from_db()
    assert held.check_state == "refused"
    browser.post(check, {"do": "redact", "file": picture("blurred.png")})
    copy = held.redacted_copies.get()
    assert copy.check_state == "cleared"
    auditor = at_desk(cast.auditor)
    assert auditor.get(url("file", held.case, copy.pk)).status_code == 200
    assert auditor.get(url("file", held.case, held.pk)).status_code == 403


def test_a_file_of_another_case_is_not_found_under_this_one(cast, at_desk, now, held):
    other = accepted(cast, now)
    assert at_desk(cast.handler).get(url("file", other, held.pk)).status_code == 404


def test_a_document_is_never_shown_in_a_page(cast, at_desk, now):
    case = accepted(cast, now)
    text = SimpleUploadedFile("note.txt", "路灯".encode(), "text/plain")
    browser = at_desk(cast.handler)
    browser.post(url("add_files", case), {"file": text})
    row = Attachment.objects.get(case=case)
    assert browser.get(url("picture", case, row.pk)).status_code == 404
    assert browser.get(url("file", case, row.pk))["Content-Type"] == "application/octet-stream"
