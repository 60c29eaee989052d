"""A closed incident becomes a package that proves itself and names nobody; personal data are destroyed for good."""

from __future__ import annotations

import json
import zipfile
from datetime import timedelta
from io import BytesIO

import bagit
import pytest
from django.db import transaction

from answerable.core import clock
from answerable.incidents.act_kinds import IncidentAct
from answerable.incidents.models import Incident, Photo
from answerable.incidents.reviews import archiving, personal, services
from answerable.incidents.reviews.tests.scenes import END, ended, lift, signed
from answerable.incidents.services.activation import activate
from answerable.incidents.services.calls import dismiss, open_call_back
from answerable.incidents.services.entries import write_entry
from answerable.incidents.tests.responses import call, decision, make_plan
from answerable.ops.cli import main
from answerable.parties import vault
from answerable.parties.models import DataKey, Tombstone
from answerable.parties.steps import file_key
from answerable.record import publishing
from answerable.record.queries import acts_of
from answerable.record.tests.conftest import own_log  # noqa: F401  (a fixture)
from tests.cast import MONDAY

pytestmark = pytest.mark.django_db(transaction=True)
NUMBER = "13900001234"
PICTURE = b"\xff\xd8\xff a dyke"


@pytest.fixture(autouse=True)
def _own(own_log, settings, tmp_path):  # noqa: F811
    settings.ANSWERABLE_ARCHIVE_DIR = tmp_path / "archive"
    settings.DEMO = True  # the second factor has its own tests


def flooded(cast) -> Incident:
    """A call with a number, a response with a line and two photographs, lifted."""
    version = make_plan(cast)
    incident = call(cast, call_back=NUMBER)
    at = MONDAY + timedelta(minutes=1)
    mayor = cast.actor(cast.mayor)
    activate(incident_id=incident.pk, decision=decision(version, at), by=mayor, now=at)
    write_entry(incident_id=incident.pk, text="堤上加了沙袋。", by=mayor, now=at, kind="decision")
    for state in (Photo.State.CLEARED, Photo.State.HELD):
        photograph(cast, incident, state)
    return lift(cast, Incident.objects.get(pk=incident.pk))


def photograph(cast, incident: Incident, state: str) -> Photo:
    photo = Photo(incident=incident, state=state, media_type="image/jpeg", size=9, at=END, by=cast.mayor)
    content = PICTURE + state.encode()
    photo.sealed = vault.seal(file_key(photo.pk), content, vault.bind("incidents_photo", "sealed", photo.pk))
    photo.sha256 = b"\0" * 32
    photo.save(force_insert=True)
    return photo


def closed(cast) -> Incident:
    incident = flooded(cast)
    signed(cast, incident)
    now = clock.now()
    services.close_incident(incident_id=incident.pk, by=cast.actor(cast.mayor), seen_version=None, now=now)
    return incident


def test_a_closed_incident_is_valid_bagit_and_its_receipts_verify(cast, tmp_path, capsys):
    incident = closed(cast)
    assert archiving.archive_due(clock.now()) == 0, "it waits for the log to publish the last act"
    publishing.publish_due()
    assert archiving.archive_due(clock.now()) == 1
    assert archiving.archive_due(clock.now()) == 0, "once"
    assert main(["archive", "list"]) == 0
    assert f"town/{incident.code}" in capsys.readouterr().out
    assert main(["archive", "verify", incident.code]) == 0
    out = tmp_path / "out"
    assert (
        main(["archive", "export", f"town/{incident.code}", str(out), "--why", "handed to the county"]) == 0
    )
    place = out / str(incident.pk)
    assert bagit.Bag(str(place)).is_valid()
    payload = place / "data"
    told = json.loads((payload / "incident.json").read_text())
    assert told["hazard"] == "flood"
    assert {one["code"] for one in told["tasks"]} == {"warn", "look", "close_road", "tell_county"}
    assert json.loads((payload / "log.json").read_text())[0]["text"] == "堤上加了沙袋。"
    assert json.loads((payload / "review.json").read_text())["well"] == "转移很快。"
    assert (payload / "review.pdf").read_bytes().startswith(b"%PDF")
    assert "answerable-plan/1" in (payload / "plan.yaml").read_text()
    assert [path.read_bytes() for path in (payload / "photographs").iterdir()] == [PICTURE + b"cleared"]
    proofs = sorted(map(str, (payload / "record").glob("*.tlog-proof")))
    assert len(proofs) == len(json.loads((payload / "acts.json").read_text()))
    assert main(["verify", "--policy", str(payload / "record/policy"), *proofs]) == 0
    whole = b"".join(path.read_bytes() for path in payload.rglob("*") if path.is_file())
    assert NUMBER.encode() not in whole
    assert incident.what
    assert incident.what.encode() not in whole, "a caller may have named somebody"
    assert PICTURE + b"held" not in whole
    assert "镇长员".encode() not in whole, "posts, and nobody's name"


def test_a_package_that_was_changed_or_exchanged_is_found(cast):
    incident = closed(cast)
    publishing.publish_due()
    archiving.archive_due(clock.now())
    path = archiving.path_of(incident.pk)
    good = path.read_bytes()
    path.write_bytes(good[:-1] + bytes([good[-1] ^ 1]))
    assert main(["archive", "verify", incident.code]) == 1
    archiving.keep(incident.pk, _another(good))
    with pytest.raises(archiving.CannotOpenPackage) as refused:
        archiving.opened(incident.pk)
    assert refused.value.code == "another"
    path.unlink()
    with pytest.raises(archiving.CannotOpenPackage) as refused:
        archiving.opened(incident.pk)
    assert refused.value.code == "not_there"


def _another(package: bytes) -> bytes:
    """The same files, packed with another time: whole, and not what was recorded."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(package)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    return out.getvalue()


def test_personal_data_are_destroyed_after_the_plans_days_with_a_receipt(cast, client):
    incident = flooded(cast)
    last = END + timedelta(days=30)
    assert personal.destroy_due(last) == 0, "the last day is not over"
    assert open_call_back(incident_id=incident.pk, why="call again", by=cast.actor(cast.mayor), now=last) == [
        NUMBER
    ]
    after = last + timedelta(days=1)
    assert personal.destroy_due(after) == 1
    assert personal.destroy_due(after) == 0, "once"
    row = Incident.objects.get(pk=incident.pk)
    assert (row.call_back, row.submission_digest, row.what, row.in_danger) == (None, None, "", "")
    assert row.personal_data_gone_at is not None
    assert not Photo.objects.exclude(sealed=None).exists()
    owners = {incident.pk, *Photo.objects.values_list("pk", flat=True)}
    assert not DataKey.objects.filter(owner__in=owners).exists()
    assert set(Tombstone.objects.values_list("case_id", flat=True)) >= owners
    (act,) = acts_of(incident.pk, kinds=(str(IncidentAct.PERSONAL_DATA_DESTROYED),))
    assert act.body == {"call_back": 1, "calls": 1, "photos": 2, "cleared": 1, "drill": False}
    publishing.publish_due()
    client.force_login(cast.mayor)
    answer = client.get(f"/desk/incidents/reviews/{incident.pk}/destroyed.zip")
    with zipfile.ZipFile(BytesIO(answer.content)) as receipt:
        names = set(receipt.namelist())
    assert {f"act-{act.seq}.tlog-proof", "verify.html", "policy"} <= names
    assert not any(name.startswith("act-1.") for name in names), "of this act alone"


def test_an_older_backup_that_is_put_back_is_destroyed_again(cast):
    incident = flooded(cast)
    sealed = Incident.objects.get(pk=incident.pk).call_back
    photo = Photo.objects.first()
    kept = dict(DataKey.objects.values_list("owner", "wrapped"))
    personal.destroy_due(END + timedelta(days=31))
    erased = set(Tombstone.objects.values_list("case_id", flat=True))
    # As an older backup holds them, with an older file of data keys.
    Incident.objects.filter(pk=incident.pk).update(call_back=sealed, personal_data_gone_at=None)
    Photo.objects.filter(pk=photo.pk).update(sealed=photo.sealed)
    for owner in (incident.pk, photo.pk):
        DataKey.objects.create(owner=owner, case_id=owner, wrapped=kept[owner])
    with transaction.atomic():
        assert personal.destroy_again(erased, now=clock.now()) == 1
    assert Incident.objects.get(pk=incident.pk).call_back is None
    assert not Photo.objects.exclude(sealed=None).exists()
    assert not DataKey.objects.filter(owner__in=[incident.pk, photo.pk]).exists()
    with transaction.atomic():
        assert personal.destroy_again(erased, now=clock.now()) == 0


def test_a_call_that_led_to_nothing_is_destroyed_too(cast):
    incident = call(cast, call_back=NUMBER)
    dismiss(incident_id=incident.pk, why="水已退", by=cast.actor(cast.mayor), now=MONDAY)
    assert personal.destroy_due(MONDAY + timedelta(days=20)) == 0
    assert personal.destroy_due(MONDAY + timedelta(days=91)) == 1
    assert Incident.objects.get(pk=incident.pk).call_back is None


def test_what_is_under_way_keeps_its_number(cast):
    incident = call(cast, call_back=NUMBER)
    assert personal.destroy_due(MONDAY + timedelta(days=4000)) == 0
    assert Incident.objects.get(pk=incident.pk).call_back is not None


def test_ended_keeps_nothing_that_was_not_given(cast):
    incident = ended(cast)
    assert personal.destroy_due(END + timedelta(days=31)) == 1
    (act,) = acts_of(incident.pk, kinds=(str(IncidentAct.PERSONAL_DATA_DESTROYED),))
    assert act.body == {"call_back": 0, "calls": 1, "photos": 0, "cleared": 0, "drill": False}
