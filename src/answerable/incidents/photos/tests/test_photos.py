"""Photographs of the hazard: without metadata, held until a human has checked them, each look an act, never a list of
people."""

from __future__ import annotations

import io
import json
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.urls import reverse
from PIL import Image

from answerable.core.pixels import Box, CannotReadPicture
from answerable.core.uploads import CannotTake
from answerable.incidents.models import Entry, Photo
from answerable.incidents.photos import rules, services, steps
from answerable.incidents.rules import NotTheirs
from answerable.incidents.tests.responses import make_plan, respond
from answerable.parties.models import DataKey, Tombstone
from answerable.record.models import Act
from tests.cast import MONDAY

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def without_second_factor(settings):
    settings.DEMO = True


@pytest.fixture
def incident(cast):
    return respond(cast, make_plan(cast))


def parse(body: bytes) -> dict:
    return json.loads(body)["body"]


def jpeg(colour=(200, 30, 30), size=(320, 200)) -> bytes:
    """A telephone's photograph: it says where and when it was taken."""
    picture = Image.new("RGB", size, colour)
    for x in range(0, size[0], 4):
        for y in range(0, size[1], 4):
            picture.putpixel((x, y), (x % 256, y % 256, 0))
    exif = Image.Exif()
    exif[0x010F] = "SecretPhoneMaker"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (30.0, 15.0, 12.0)
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif)
    return out.getvalue()


def box(left, top, width, height) -> dict[str, str]:
    """A row of the page's form, in hundredths of the picture."""
    return {"left": left, "top": top, "width": width, "height": height}


def kept(cast, incident, **more):
    base = {
        "photo_id": uuid4(),
        "picture": services.receive(jpeg()),
        "text": "桥墩被冲",
        "by": cast.actor(cast.mayor),
    }
    return services.keep_photo(incident_id=incident.pk, now=MONDAY, **(base | more))


def test_it_is_kept_without_metadata_and_sealed_under_a_key_of_its_own(cast, incident):
    photo = kept(cast, incident)
    opened = steps.open_(photo)
    assert b"SecretPhoneMaker" not in opened
    assert b"Exif" not in opened
    assert not Image.open(io.BytesIO(opened)).getexif()
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed FROM incidents_photo WHERE id = %s", [photo.pk])
        assert opened[:200] not in bytes(cursor.fetchone()[0])
    assert DataKey.objects.filter(owner=photo.pk).count() == 1
    assert Entry.objects.get(pk=photo.pk).text == "桥墩被冲"
    assert photo.state == Photo.State.HELD


def test_the_same_photograph_sent_twice_is_there_once(cast, incident):
    first = kept(cast, incident)
    again = kept(cast, incident, photo_id=first.pk)
    assert (first.pk, Photo.objects.count()) == (again.pk, 1)
    assert Act.objects.filter(matter=incident.pk, kind="incident.photo_kept").count() == 1
    with pytest.raises(rules.CannotKeepPhoto) as refused:
        kept(cast, incident, photo_id=first.pk, by=cast.actor(cast.clerk))
    assert refused.value.code == "id_taken"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", CannotTake),
        (b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer<<>>\n%%EOF", rules.CannotKeepPhoto),
        (b"GIF89a broken", CannotReadPicture),
        (b"\xff\xd8\xff" + b"x" * (services.LIMITS.file_bytes), CannotTake),
    ],
)
def test_what_is_no_photograph_or_too_large_is_refused_with_a_sentence(data, why):
    with pytest.raises(why) as refused:
        services.receive(data)
    assert str(refused.value)


def test_held_it_is_seen_by_who_checks_alone_and_each_look_is_an_act(client, cast, incident):
    photo = kept(cast, incident)
    address = reverse("photos:picture", args=[incident.pk, photo.pk])
    client.force_login(cast.auditor)
    assert client.get(address).status_code == 403
    client.force_login(cast.county_reviewer)
    assert client.get(address).status_code == 404
    client.force_login(cast.mayor)
    looks = Act.objects.filter(matter=incident.pk, kind="incident.photo_seen")
    for times in (1, 2):
        answer = client.get(address)
        assert answer["Content-Type"] == "image/jpeg"
        assert "no-store" in answer["Cache-Control"]
        assert looks.count() == times


def test_the_board_shows_a_photograph_only_once_it_is_cleared(client, cast, incident):
    photo = kept(cast, incident)
    board, picture = (
        reverse("board:show", args=[incident.pk]),
        reverse("photos:picture", args=[incident.pk, photo.pk]),
    )
    client.force_login(cast.county_leader)
    assert picture not in client.get(board).content.decode()
    services.clear_photo(photo_id=photo.pk, boxes=(), by=cast.actor(cast.mayor), now=MONDAY)
    assert picture in client.get(board).content.decode()
    assert client.get(picture).status_code == 200
    assert not Act.objects.filter(matter=incident.pk, kind="incident.photo_seen").exists()


def test_what_is_marked_is_gone_for_good_and_the_original_opens_no_more(client, cast, incident):
    photo = kept(cast, incident)
    before, key = steps.open_(photo), bytes(DataKey.objects.get(owner=photo.pk).wrapped)
    client.force_login(cast.mayor)
    address = reverse("photos:check", args=[incident.pk, photo.pk])
    assert client.post(address, {"do": "blur"}).status_code == 422
    assert client.post(address, {"do": "blur", **box("0", "0", "", "100")}).status_code == 422
    assert client.post(address, {"do": "blur", **box("0", "0", "99", "99")}).status_code == 422, (
        "that is all of it"
    )
    assert client.post(address, {"do": "blur", **box("0", "0", "50", "100")}).status_code == 303
    photo.refresh_from_db()
    assert photo.state == Photo.State.CLEARED
    assert photo.checked_by == cast.mayor
    after = Image.open(io.BytesIO(steps.open_(photo))).convert("RGB")
    then = Image.open(io.BytesIO(before)).convert("RGB")
    left = {after.getpixel((x, 101)) for x in range(4, 150, 3)}
    assert len(left) < len({then.getpixel((x, 101)) for x in range(4, 150, 3)}), "the left half is blurred"
    assert bytes(DataKey.objects.get(owner=photo.pk).wrapped) != key
    act = Act.objects.get(matter=incident.pk, kind="incident.photo_cleared")
    assert parse(bytes(act.opening.body)) == {
        "photo": str(photo.pk),
        "sha256": bytes(photo.sha256).hex(),
        "size": photo.size,
        "how": "blurred",
        "marks": 1,
        "covered_percent": 50,
    }, "how much, and nowhere where"


def test_an_older_backup_does_not_bring_back_what_was_blurred(cast, incident):
    photo, other = kept(cast, incident), kept(cast, incident)
    old = bytes(photo.sealed)
    half = [Box(0, 0, 0.5, 1)]
    services.clear_photo(photo_id=photo.pk, boxes=half, by=cast.actor(cast.mayor), now=MONDAY)
    erased = set(Tombstone.objects.values_list("case_id", flat=True))
    assert erased == {photo.pk}
    with transaction.atomic():
        assert steps.destroy_again(erased, now=MONDAY) == 0, "the blurred one stays"
    Photo.objects.filter(pk=photo.pk).update(state=Photo.State.HELD, sealed=old)
    with transaction.atomic():
        assert steps.destroy_again(erased, now=MONDAY) == 1
    assert Photo.objects.get(pk=photo.pk).sealed is None
    assert Photo.objects.get(pk=other.pk).sealed is not None


def test_what_the_computer_proposes_is_for_who_checks(client, cast, incident):
    photo = kept(cast, incident)
    address = reverse("photos:proposals", args=[incident.pk, photo.pk])
    client.force_login(cast.auditor)
    assert client.get(address).status_code == 403
    client.force_login(cast.mayor)
    assert client.get(address).json()["boxes"] == []


def test_a_copy_takes_its_place_and_refusing_destroys_it(client, cast, incident):
    first, second = kept(cast, incident), kept(cast, incident)
    client.force_login(cast.mayor)
    copy = SimpleUploadedFile("copy.jpg", jpeg((0, 0, 250)), "image/jpeg")
    client.post(reverse("photos:check", args=[incident.pk, first.pk]), {"do": "copy", "file": copy})
    first.refresh_from_db()
    assert first.state == Photo.State.CLEARED
    assert b"SecretPhoneMaker" not in steps.open_(first)
    client.post(reverse("photos:check", args=[incident.pk, second.pk]), {"do": "refuse", "why": "children"})
    second.refresh_from_db()
    assert (second.state, second.sealed) == (Photo.State.REFUSED, None)
    assert not DataKey.objects.filter(owner=second.pk).exists()
    assert Tombstone.objects.filter(case_id=second.pk).exists(), (
        "a backup that is put back does not bring it back"
    )
    with pytest.raises(rules.CannotKeepPhoto) as refused:
        services.clear_photo(photo_id=second.pk, boxes=(), by=cast.actor(cast.mayor), now=MONDAY)
    assert refused.value.code == "checked"
    assert client.get(reverse("photos:picture", args=[incident.pk, second.pk])).status_code == 404


def test_only_who_writes_keeps_and_checks(client, cast, incident):
    photo = kept(cast, incident)
    with pytest.raises(NotTheirs):
        kept(cast, incident, by=cast.actor(cast.auditor))
    with pytest.raises(NotTheirs):
        services.refuse_photo(photo_id=photo.pk, why="", by=cast.actor(cast.auditor), now=MONDAY)
    client.force_login(cast.auditor)
    assert client.get(reverse("photos:check", args=[incident.pk, photo.pk])).status_code == 403


def test_unchecked_ones_go_with_the_personal_data_of_the_emergency(cast, incident):
    held, cleared = kept(cast, incident), kept(cast, incident)
    services.clear_photo(photo_id=cleared.pk, boxes=(), by=cast.actor(cast.mayor), now=MONDAY)
    with transaction.atomic():
        assert steps.destroy_unchecked(incident.pk, now=MONDAY) == 1
    held.refresh_from_db()
    assert held.sealed is None
    assert steps.open_(Photo.objects.get(pk=cleared.pk))


def test_rule_02_and_11_the_list_of_photographs_lists_nobody(client, cast, incident):
    kept(cast, incident, by=cast.actor(cast.clerk))
    client.force_login(cast.mayor)
    text = client.get(reverse("photos:list", args=[incident.pk])).content.decode()
    main = text[text.index("<main") : text.index("</main>")]
    assert cast.clerk.name_zh not in main
    assert "sort" not in main
    names = {field.name for field in Photo._meta.get_fields()}
    assert not names & {"face", "person", "party", "name", "plate", "latitude", "embedding", "tags", "label"}
