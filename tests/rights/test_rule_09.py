"""Rule 9: erasure is real, through the pages of the person and the turns of the worker; and it is reported."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from answerable.cases import upkeep
from answerable.cases.models import Attachment, Case
from answerable.cases.services import archiving
from answerable.core import clock
from answerable.ops.models import Destroyed
from answerable.ops.retention import running
from answerable.parties.models import DataKey
from answerable.parties.steps import ChannelWish, Identity
from tests import portraits

pytestmark = pytest.mark.django_db(transaction=True)
WORDS = ("那口井边的路灯", "孙巧云", "桥头三组", "someone@example.org", "Only he can know", "lamp.jpg")


@pytest.fixture
def person(bring, cast, at_desk):
    found = bring(
        accept=True,
        claim="那口井边的路灯坏了。",
        privacy="confidential",
        identities=(Identity("孙巧云", "桥头三组"),),
        channel=ChannelWish("email", "someone@example.org"),
    )
    sent = SimpleUploadedFile("lamp.jpg", portraits.jpeg(), "image/jpeg")
    found.client.post("/case/write", {"text": "Only he can know.", "files": [sent]})
    row = Attachment.objects.get(case_id=found.case_id)
    box = {"left": "30", "top": "15", "width": "38", "height": "65"}
    at_desk(cast.handler).post(f"/desk/case/{found.case_id}/files/{row.pk}/check", {"do": "blur", **box})
    return found


def test_rule_09_what_the_person_has_erased_is_in_no_table_and_opens_to_nobody(
    person, cast, at_desk, everything_stored
):
    stored = everything_stored()
    assert all(word in stored for word in ("那口井边的路灯", "Only he can know", "lamp.jpg"))
    sealed = [bytes(row.sealed)[:48].hex() for row in Attachment.objects.exclude(sealed=None)]
    assert sealed
    person.client.post("/case/withdraw")
    person.client.post("/case/erase", {"sure": "on"})
    assert person.case.erased_at is not None
    stored = everything_stored()
    for word in (*WORDS, *sealed):
        assert word not in stored, word
    assert not DataKey.objects.filter(case_id=person.case_id).exists()
    page = at_desk(cast.leader).get(f"/desk/case/{person.case_id}").content.decode()
    found = at_desk(cast.mayor).get("/desk/search", {"q": "那口井"}).content.decode()
    for word in WORDS:
        assert word not in page
        assert word not in person.page()
    assert person.code not in found


def test_rule_09_the_end_of_its_time_comes_by_itself_and_is_counted(person):
    now = clock.now()
    person.client.post("/case/withdraw")
    Case.objects.filter(pk=person.case_id).update(keep_until=now - timedelta(days=1))
    running.noted("upkeep", lambda: upkeep.tidy(clock.now()))
    assert person.case.erased_at is not None
    assert Destroyed.objects.get(kind="cases.case").number == 1
    archiving.archive_due(clock.now())
    assert not archiving.due()


def test_rule_09_nothing_holds_the_photograph_as_it_came_after_it_was_blurred(person, everything_stored):
    row = Attachment.objects.get(case_id=person.case_id, redacts=None)
    assert row.sealed is None
    assert not DataKey.objects.filter(owner=row.pk).exists()
