"""Rule 2: no tracking. For what exists here: addresses, images, visits."""

from __future__ import annotations

import io
import logging

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from answerable.cases import files
from answerable.cases.models import Attachment
from answerable.cases.services import checking
from answerable.core import clock

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = "203.0.113.77"


def photo() -> SimpleUploadedFile:
    """A photograph that says where and with what it was taken."""
    picture = Image.new("RGB", (300, 200), (90, 120, 60))
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "TellTale", "Phone 9"
    exif.get_ifd(0x8825).update({1: "N", 2: (30.0, 12.0, 5.0), 3: "E", 4: (120.0, 9.0, 1.0)})
    data = io.BytesIO()
    picture.save(data, "JPEG", exif=exif, comment=b"TellTale")
    assert b"TellTale" in data.getvalue()
    return SimpleUploadedFile("lamp.jpg", data.getvalue(), "image/jpeg")


def test_rule_02_no_network_address_is_stored_or_logged(bring, everything_stored, caplog):
    caplog.set_level(logging.DEBUG)
    person = bring()
    headers = {"REMOTE_ADDR": ADDRESS}
    person.client.post("/case/", {"code": person.code, "secret": person.secret}, **headers)
    person.client.post("/case/", {"code": person.code, "secret": "wrong"}, **headers)
    person.client.post("/case/lost", {"code": person.code}, **headers)
    person.client.post("/case/write", {"text": "Something more."}, **headers)
    person.client.post("/new/who", {"who": "self"}, **headers)
    assert ADDRESS not in everything_stored()
    assert ADDRESS not in caplog.text
    assert not any(ADDRESS in str(vars(record)) for record in caplog.records)


def test_rule_02_images_lose_their_metadata_on_arrival(bring):
    person = bring()
    person.client.post("/case/write", {"text": "", "files": [photo()]})
    row = Attachment.objects.get(case_id=person.case_id)
    kept = files.content(row)
    assert b"TellTale" not in kept
    assert not Image.open(io.BytesIO(kept)).getexif()


def test_rule_02_no_photograph_goes_further_before_a_human_has_checked_it(bring, cast, at_desk):
    person = bring(accept=True)
    person.client.post("/case/write", {"text": "See here.", "files": [photo()]})
    row = Attachment.objects.get(case_id=person.case_id)
    assert row.check_state == "held"
    assert person.client.get("/case/files/1").status_code == 404
    archive = person.client.post("/case/take").content
    assert b"lamp.jpg" not in archive[: archive.index(b"file.json")] + archive[-400:]
    auditor = at_desk(cast.auditor)
    for path in ("", "/picture"):
        response = auditor.get(f"/desk/case/{person.case_id}/files/{row.pk}{path}")
        assert response.status_code in (403, 404), path
    checking.check_file(attachment_id=row.pk, cleared=True, by=cast.actor(cast.handler), now=clock.now())
    assert person.client.get("/case/files/1").status_code == 200


def test_rule_02_nothing_keeps_that_somebody_came(bring, everything_stored):
    person = bring()
    person.page()
    before = everything_stored()
    for path in ("now", "looks", "paper", "take"):
        person.page(path)
    assert everything_stored() == before
