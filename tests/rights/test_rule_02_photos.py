"""Rule 2: no photograph leaves its handler before a human has checked and blurred it; what was blurred is nowhere."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from PIL import Image, ImageChops

from answerable.cases import files
from answerable.cases.archive.content import payload_of
from answerable.cases.models import Attachment
from answerable.cases.rules import CannotAct
from answerable.cases.services import accusing, checking, handling, persons
from answerable.core import clock
from answerable.core.marks import Marks
from answerable.core.pixels import Box
from answerable.parties.models import DataKey, Tombstone
from answerable.record.models import Act
from tests import portraits

pytestmark = pytest.mark.django_db(transaction=True)
#: Hundredths of the picture around the drawn head.
ROW = {"left": "30", "top": "15", "width": "38", "height": "65"}
HEAD = Marks((Box(0.3, 0.15, 0.38, 0.65),))


@pytest.fixture
def person(bring):
    """Somebody who sent a photograph on which a face is seen."""
    found = bring(accept=True)
    sent = SimpleUploadedFile("mayor.jpg", portraits.jpeg(), "image/jpeg")
    found.client.post("/case/write", {"text": "See him.", "files": [sent]})
    return found


def row_of(person) -> Attachment:
    return Attachment.objects.filter(case_id=person.case_id, redacts=None).get()


def looks_like_the_head(data: bytes) -> bool:
    """Whether the eyes can still be told from the skin around them."""
    eyes = Image.open(io.BytesIO(data)).convert("L").crop((255, 205, 385, 235))
    low, high = eyes.getextrema()
    return high - low > 120


def test_rule_02_what_is_marked_is_gone_from_the_database_the_archive_and_every_copy(
    person, cast, at_desk, now
):
    row = row_of(person)
    original, sealed, key = (
        files.content(row),
        bytes(row.sealed),
        bytes(DataKey.objects.get(owner=row.pk).wrapped),
    )
    assert looks_like_the_head(original)
    page = f"/desk/case/{person.case_id}/files/{row.pk}"
    desk = at_desk(cast.handler)
    shown = desk.get(f"{page}/check?propose=1").content.decode()
    assert "proposes 1 mark" in shown
    assert desk.post(f"{page}/check", {"do": "blur"}).status_code == 422
    assert desk.post(f"{page}/check", {"do": "blur", **ROW}).status_code == 303
    row.refresh_from_db()
    copy = row.redacted_copies.get()
    assert (row.sealed, row.check_state, copy.check_state) == (None, "blurred", "cleared")
    blurred = files.content(copy)
    assert not looks_like_the_head(blurred)
    change = ImageChops.difference(*(Image.open(io.BytesIO(d)).convert("L") for d in (original, blurred)))
    assert change.crop((0, 0, 180, 480)).getextrema()[1] < 40, "what was not marked stays to be seen"

    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            stored = "\n".join(str(one[0]) for one in cursor.fetchall())
            for bytes_ in (sealed[:64], original[200:264], key):
                assert bytes_.hex() not in stored, table
    assert Tombstone.objects.filter(case_id=row.pk).exists(), "nor does an older backup bring it back"

    # Every way out holds the blurred one alone.
    with zipfile.ZipFile(io.BytesIO(person.client.post("/case/take").content)) as taken:
        pictures = [taken.read(name) for name in taken.namelist() if name.startswith("files/")]
    archived = [data for name, data in payload_of(person.case, now).items() if name.startswith("files/")]
    assert pictures == archived == [blurred]
    for staff in (cast.handler, cast.auditor):
        assert at_desk(staff).get(page).status_code in (403, 404)
        assert at_desk(staff).get(f"{page}/picture").status_code in (403, 404)


def test_rule_02_who_checked_is_an_act_that_says_how_much_and_nowhere_where(person, cast, at_desk):
    row = row_of(person)
    at_desk(cast.handler).post(f"/desk/case/{person.case_id}/files/{row.pk}/check", {"do": "blur", **ROW})
    act = Act.objects.filter(matter_id=person.case_id, kind="case.attachment_checked").latest("seq")
    assert act.post_id == cast.post(cast.handler).pk
    said = bytes(act.opening.body).decode()
    assert '"how":"blurred"' in said.replace(" ", "")
    for trace in ("0.3", "0.15", "left", "width", "face", "box"):
        assert trace not in said
    names = {field.name for field in Attachment._meta.get_fields()}
    assert not names & {"boxes", "marks", "faces", "embedding", "features", "plates"}
    html = person.page()
    assert "made unreadable" in html, "the person is told, and can send it again"
    assert "25 %" in html


def test_rule_02_the_computer_only_proposes(person, cast, at_desk, everything_stored):
    row, before = row_of(person), everything_stored()
    address = f"/desk/case/{person.case_id}/files/{row.pk}/proposals"
    found = at_desk(cast.handler).get(address)
    assert len(found.json()["boxes"]) == 1
    assert "no-store" in found["Cache-Control"]
    assert everything_stored().replace("django_session", "") == before or row_of(person).check_state == "held"
    for other, status in ((cast.auditor, 403), (cast.water_leader, 404)):
        assert at_desk(other).get(address).status_code == status
    assert row_of(person).check_state == "held"


def test_rule_02_nothing_unchecked_goes_to_another_unit(person, cast, at_desk, now):
    row = row_of(person)

    def hand_over():
        return handling.transfer_case(
            case_id=person.case_id,
            to_unit=cast.water.pk,
            why="It is theirs.",
            by=cast.actor(cast.leader),
            seen_version=person.case.version,
            now=now,
        )

    with pytest.raises(CannotAct) as refused:
        hand_over()
    assert refused.value.code == "files_held"
    checking.check_file(
        attachment_id=row.pk, cleared=False, why="A face.", by=cast.actor(cast.handler), now=clock.now()
    )
    hand_over()
    page = f"/desk/case/{person.case_id}/files/{row.pk}"
    there = at_desk(cast.water_leader)
    assert there.get(f"{page}/picture").status_code == 404
    assert there.get(page).status_code == 303, "they are told where it is"
    assert f"{page}/picture" not in there.get(f"{page}/check").content.decode()
    with pytest.raises(CannotAct) as refused:
        checking.blur_file(
            attachment_id=row.pk, marked=HEAD, by=cast.actor(cast.water_leader), now=clock.now()
        )
    assert refused.value.code == "file_elsewhere"
    assert files.content(row_of(person)), "and it is not destroyed either"


def test_rule_02_whom_it_is_about_keeps_no_evidence(person, cast, now):
    """The rule takes the case away from the accused, and the unchecked photographs with it."""
    accusing.name_accused(
        case_id=person.case_id,
        staff=(),
        units=(cast.roads.pk,),
        by=cast.actor(cast.mayor),
        seen_version=person.case.version,
        now=now,
    )
    row = Attachment.objects.select_related("held_in", "case__unit").get(pk=row_of(person).pk)
    assert row.held_in == person.case.unit != cast.roads
    assert not files.is_with(row, cast.roads.pk)


def test_rule_02_marks_over_everything_are_no_way_to_lose_evidence(person, cast, at_desk):
    row = row_of(person)
    everything = {"left": "0", "top": "0", "width": "100", "height": "100"}
    refused = at_desk(cast.handler).post(
        f"/desk/case/{person.case_id}/files/{row.pk}/check", {"do": "blur", **everything}
    )
    assert refused.status_code == 422
    assert files.content(row_of(person))


def test_rule_02_an_older_backup_does_not_bring_back_what_was_blurred(person, cast):
    row = row_of(person)
    sealed = bytes(row.sealed)
    checking.blur_file(attachment_id=row.pk, marked=HEAD, by=cast.actor(cast.handler), now=clock.now())
    Attachment.objects.filter(pk=row.pk).update(sealed=sealed, check_state="held")
    erased = set(Tombstone.objects.values_list("case_id", flat=True))
    with transaction.atomic():
        assert checking.destroy_again(erased, now=clock.now()) == 1
    assert row_of(person).sealed is None


def test_rule_02_the_persons_own_review_takes_them_along(person, cast, now):
    from answerable.cases.services import deciding
    from tests.cast import PARTS

    deciding.send_decision(
        case_id=person.case_id,
        outcome="not_supported",
        parts=PARTS,
        by=cast.actor(cast.leader),
        seen_version=person.case.version,
        now=now,
    )
    person.client.post("/case/decision")
    persons.ask_review(case_id=person.case_id, text="Look at the picture.", now=clock.now())
    row = row_of(person)
    assert row.held_in == person.case.unit
