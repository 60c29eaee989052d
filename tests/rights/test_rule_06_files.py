"""Rule 6: every opening is seen by the person at once, with the post: files, photographs, exported rows, opened acts."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from answerable.cases.access import reader_for
from answerable.cases.models import Attachment, TakenOut
from answerable.cases.services import archiving, progress, sampling
from answerable.core import clock
from answerable.figures.tests.scenes import count
from answerable.record.models import Act
from tests import portraits

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def person(bring):
    found = bring(accept=True)
    sent = SimpleUploadedFile("lamp.jpg", portraits.jpeg(), "image/jpeg")
    found.client.post("/case/write", {"text": "See here.", "files": [sent]})
    return found


def test_rule_06_every_opening_of_a_photograph_is_an_act_and_on_the_persons_page(person, cast, at_desk):
    row = Attachment.objects.get(case_id=person.case_id)
    page = f"/desk/case/{person.case_id}/files/{row.pk}"
    desk, opened = (
        at_desk(cast.handler),
        Act.objects.filter(matter_id=person.case_id, kind="case.attachment_opened"),
    )
    version = person.case.version
    assert "Handler, Roads office" not in person.page("looks")
    desk.get(f"{page}/check")
    assert opened.count() == 0, "the page alone shows nothing of it"
    desk.get(f"{page}/picture")
    html = person.page("looks")
    assert "Handler, Roads office" in html
    assert "Opened the file “lamp.jpg”" in html
    desk.get(page)
    assert opened.count() == 2
    assert "2 times that day" in person.page("looks")
    assert person.case.version == version, "looking makes no colleague's form stale"
    at_desk(cast.mayor).get(f"{page}/picture")
    assert "Mayor, Town government" in person.page("looks")


def test_rule_06_whoever_is_refused_has_not_looked(person, cast, at_desk):
    row = Attachment.objects.get(case_id=person.case_id)
    for staff in (cast.auditor, cast.administrator, cast.water_leader):
        response = at_desk(staff).get(f"/desk/case/{person.case_id}/files/{row.pk}/picture")
        assert response.status_code in (302, 403, 404)
        assert b"JFIF" not in response.content
    assert not Act.objects.filter(matter_id=person.case_id, kind="case.attachment_opened").exists()


def test_rule_06_an_exported_row_is_seen_by_its_person(bring, cast, at_desk):
    one, other = bring(accept=True), bring(accept=True)
    response = at_desk(cast.clerk).post("/desk/export", {"form": "csv", "address": "list=unit"})
    assert TakenOut.objects.count() == 0, "written down as it is given out, before each row"
    text = b"".join(response.streaming_content).decode()
    for person in (one, other):
        assert person.code in text
        html = person.page("looks")
        assert "Clerk, Roads office" in html
        assert "Took out a list" in html
    later = bring(accept=True)
    assert "Took out a list" not in later.page("looks")


def test_rule_06_what_an_auditor_opens_and_a_counter_tells_stands_there_too(person, cast):
    now = clock.now()
    acts = list(
        Act.objects.filter(matter_id=person.case_id, kind="case.registered").values_list("pk", flat=True)
    )
    sampling.open_sampled(reader=reader_for(cast.auditor, now), acts=acts, reason="Sample of March", now=now)
    progress.tell_progress(case=person.case, by=cast.actor(cast.clerk), now=now)
    html = person.page("looks")
    for words in (
        "Auditor, Town government",
        "Sample of March",
        "Clerk, Roads office",
        "who read out your code",
    ):
        assert words in html, words


def test_rule_06_a_file_taken_out_of_the_archive_stands_there_with_the_reason(person):
    archiving.record_taking_out(case_id=person.case_id, why="Asked for by the court", now=clock.now())
    html = person.page("looks")
    assert "Took the file out of the archive" in html
    assert "Asked for by the court" in html


def test_rule_06_ones_own_doing_is_no_look(person):
    person.client.post("/case/take")
    person.client.get("/case/files/1")
    assert "Nobody so far" in person.page("looks")


def test_rule_06_a_list_behind_a_figure_that_is_taken_out_is_seen_too(bring, cast, at_desk):
    person, desk = bring(accept=True), at_desk(cast.mayor)
    count()
    links = re.findall(r'href="/desk/figures/list/\?([^"]*)"', desk.get("/desk/figures/").content.decode())
    for address in dict.fromkeys(links):
        export = {"form": "csv", "address": address.replace("&amp;", "&")}
        taken = b"".join(desk.post("/desk/figures/list/export", export).streaming_content).decode()
        if person.code in taken:
            break
    else:
        pytest.fail("no list behind a figure holds the matter")
    html = person.page("looks")
    assert "Mayor, Town government" in html
    assert "Took out a list" in html
