"""A letter's scanned pages come with the form: inspected, held, and chosen only once."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation

from answerable.cases import files as case_files
from answerable.cases.counter.tests.test_counter import register, said, signed_in, taken_down
from answerable.cases.files import FILES_A_CASE
from answerable.cases.models import Attachment, Case, IntakeDraft
from answerable.cases.portal.tests.test_files import TEXT, picture
from answerable.core import clock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def no_second_factor(settings):
    """The second factor has its own tests; the demo may skip it."""
    settings.DEMO = True


def page(name: str = "page.jpg", data: bytes = b"") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data or picture())


def letter(cast) -> dict[str, object]:
    day = clock.now().astimezone(ZoneInfo(cast.town.zone)).date() - timedelta(days=4)
    return {"intake": "letter", "received_on": day.isoformat()}


def test_the_scanned_pages_go_with_the_letter_rewritten_and_held(cast):
    client = signed_in(cast.clerk)
    read = taken_down(client, cast, **letter(cast), files=[page("第一页.jpg"), page("list.txt", TEXT)])
    assert "第一页.jpg" in read.content.decode()
    register(client)
    case = Case.objects.get()
    assert case.received_at < case.registered_at - timedelta(days=3)
    rows = list(Attachment.objects.filter(case=case).order_by("act_seq"))
    assert [(row.name, row.check_state) for row in rows] == [("第一页.jpg", "held"), ("list.txt", "held")]
    assert b"taken at home" not in case_files.content(rows[0])
    assert IntakeDraft.objects.count() == 1  # the receipt alone: the pages lie with the case now


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_page_that_cannot_be_taken_is_named_and_nothing_else_is_lost(cast, language):
    client = signed_in(cast.clerk, language)
    wrong = page("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    again = taken_down(client, cast, **letter(cast), files=[page("one.jpg"), wrong])
    assert again.status_code == 422
    text = again.content.decode()
    assert "drawing.svg" in text
    assert "one.jpg" in text
    assert "村口的路灯坏了两个月。" in text
    with translation.override(language):
        assert translation.gettext("Scanned pages or pictures") in text


def test_pages_stay_while_the_words_need_another_look(cast):
    client = signed_in(cast.clerk)
    again = taken_down(client, cast, **letter(cast), story="", files=[page("one.jpg")])
    assert again.status_code == 422
    assert not again.context["faults"]
    token = again.context["form"]["token"].value()
    assert client.get(reverse("desk:counter:read_back")).status_code == 303
    assert client.post(reverse("desk:counter:register")).status_code == 303
    client.post(reverse("desk:counter"), said(cast, token=token, **letter(cast)), follow=True)
    register(client)
    assert Attachment.objects.get().name == "one.jpg"


def test_a_wrong_page_is_left_out_again(cast):
    client = signed_in(cast.clerk)
    again = taken_down(
        client, cast, **letter(cast), story="", files=[page("mine.jpg"), page("list.txt", TEXT)]
    )
    ref, token = again.context["kept"][0][0].ref, again.context["form"]["token"].value()
    client.post(reverse("desk:counter"), said(cast, token=token, **letter(cast), leave_out=[ref]))
    register(client)
    assert list(Attachment.objects.values_list("name", flat=True)) == ["list.txt"]


def test_more_than_fit_are_named(cast):
    many = [page(f"{n}.txt", f"{n}".encode() * 3) for n in range(FILES_A_CASE + 1)]
    again = taken_down(signed_in(cast.clerk), cast, **letter(cast), files=many)
    assert again.status_code == 422
    assert f"{FILES_A_CASE}.txt" in again.context["faults"][0]
    assert len(again.context["kept"]) == FILES_A_CASE


def test_nobody_else_finds_the_pages(cast):
    client = signed_in(cast.clerk)
    taken_down(client, cast, **letter(cast), story="", files=[page("one.jpg")])
    other = signed_in(cast.handler)
    other.cookies["counter"] = client.cookies["counter"].value
    assert "one.jpg" not in other.get(reverse("desk:counter") + "?change").content.decode()
