"""Backup and restore on real databases: what comes back, what must not, and what is refused with a sentence."""

from __future__ import annotations

import argparse
import gzip
import io
import json
import stat
import sys
import tarfile
import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection, transaction

from answerable.cases import steps as case_steps
from answerable.cases.models import Case, CaseText
from answerable.cases.services.erasure import erase_words
from answerable.cases.services.handling import accept_case
from answerable.core import disk
from answerable.incidents.models import Incident
from answerable.incidents.reviews import personal
from answerable.incidents.services.calls import dismiss, open_call_back
from answerable.incidents.tests.responses import call
from answerable.ops import backup, backup_file, restore, tombstones
from answerable.ops.backup_file import BackupError
from answerable.ops.commands import backup as backup_command
from answerable.ops.commands import restore as restore_command
from answerable.parties.models import DataKey, Party, Tombstone
from answerable.parties.steps import ChannelWish, Identity, open_identity
from answerable.parties.vault import CannotOpen
from answerable.record.actors import Actor
from tests.cast import MONDAY, Cast, registered

pytestmark = pytest.mark.django_db(transaction=True)


def named(cast: Cast, name: str) -> Case:
    return registered(cast, identities=(Identity(name=name),), channel=ChannelWish("sms", "13800000000")).case


def erase(case: Case) -> None:
    with transaction.atomic():
        erase_words(case_steps.lock_case(case.pk), by=Actor.system(), now=MONDAY + timedelta(days=9))


def counts() -> dict[str, int]:
    left_out = backup.LEFT_OUT | {
        "core_rate_key",
        "core_rate_count",
        "django_content_type",
        "auth_permission",
    }
    with connection.cursor() as cursor:
        found = {}
        for table in set(connection.introspection.table_names(cursor)) - left_out:
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            found[table] = cursor.fetchone()[0]
    return found


def retold(path: Path, to: Path, change: Callable[[dict], object]) -> None:
    """The backup with another list of what is in it."""
    with tarfile.open(path) as old:
        members = [(member, old.extractfile(member).read()) for member in old]  # type: ignore[union-attr]
    with tarfile.open(to, "w:gz") as new:
        for member, content in members:
            if member.name == backup_file.MANIFEST:
                told = json.loads(content)
                change(told)
                content = json.dumps(told).encode()
                member.size = len(content)
            new.addfile(member, io.BytesIO(content))


def run(command: object, *words: str) -> int:
    parser = argparse.ArgumentParser()
    command.register(parser.add_subparsers())  # type: ignore[attr-defined]
    args = parser.parse_args([*words])
    return int(args.run(args))


def test_rule_09_what_was_erased_stays_erased_in_an_older_backup(
    cast: Cast, places: Path, new_machine: Callable, capsys: pytest.CaptureFixture[str]
) -> None:
    """The hardest way: the oldest backup and the data keys of that day, on a new machine."""
    gone, stays = named(cast, "王秀英"), named(cast, "李大山")
    before = counts()
    assert run(backup_command, "backup", str(places / "to"), "--keys", str(places / "keys")) == 0
    (old,) = (places / "to").glob("*.gz")
    (places / "keys" / backup.KEYS_NAME).rename(places / "old-keys")
    erase(gone)
    backup.take(places / "to", keys_to=places / "keys", keep=0)

    with new_machine():
        capsys.readouterr()
        assert run(restore_command, "restore", str(old), "--keys", str(places / "old-keys")) == 0
        said = capsys.readouterr()
        assert "1 cases were erased again" in said.out
        assert gone.code in said.err  # it was open in this backup
        assert Case.objects.get(pk=gone.pk).erased_at is not None
        assert CaseText.objects.get(case=gone).claim == ""
        assert not DataKey.objects.filter(case_id=gone.pk).exists()
        assert Party.objects.get(case_id=gone.pk).sealed is None
        assert Tombstone.objects.get(pk=gone.pk).erased_at == MONDAY + timedelta(days=9)
        assert gone.pk in tombstones.read(places / "new-data" / tombstones.NAME)

        assert open_identity(Party.objects.get(case_id=stays.pk))["name"] == "李大山"
        assert CaseText.objects.get(case=stays).claim == CaseText.objects.get(case=stays).claim.strip() != ""
        after = counts()
        # The erasure is an act of its own and destroys openings; all else is as it was
        moved = {t for t in before if before[t] != after[t]}
        assert moved <= {
            *("record_act", "record_opening", "record_outbox", "record_pending"),
            *("parties_tombstone", "parties_known_key", "cases_submission"),
        }
        named(cast, "new numbers follow the old ones")


def test_rule_09_personal_data_of_an_emergency_stay_destroyed_in_an_older_backup(
    cast: Cast, places: Path, new_machine: Callable, capsys: pytest.CaptureFixture[str]
) -> None:
    """The number to call back of one that is over is gone; that of one under way can still be called."""
    gone, stays = call(cast, call_back="13900000001"), call(cast, call_back="13900000002")
    mayor = cast.actor(cast.mayor)
    dismiss(incident_id=gone.pk, why="dry again", by=mayor, now=MONDAY)
    assert run(backup_command, "backup", str(places / "to"), "--keys", str(places / "keys")) == 0
    (old,) = (places / "to").glob("*.gz")
    (places / "keys" / backup.KEYS_NAME).rename(places / "old-keys")
    later = MONDAY + timedelta(days=100)
    assert personal.destroy_due(later) == 1
    backup.take(places / "to", keys_to=places / "keys", keep=0)

    with new_machine():
        capsys.readouterr()
        assert run(restore_command, "restore", str(old), "--keys", str(places / "old-keys")) == 0
        assert "The personal data of 1 incidents were destroyed again" in capsys.readouterr().out
        assert Incident.objects.get(pk=gone.pk).call_back is None
        assert not DataKey.objects.filter(case_id=gone.pk).exists()
        assert Tombstone.objects.get(pk=gone.pk).erased_at == later
        number = open_call_back(incident_id=stays.pk, why="to ask", by=mayor, now=later)
        assert number == ["13900000002"]


def test_without_the_data_keys_cases_are_worked_on_and_identities_say_so(
    cast: Cast, places: Path, new_machine: Callable, capsys: pytest.CaptureFixture[str]
) -> None:
    case = named(cast, "王秀英")
    assert run(backup_command, "backup", str(places / "to")) == 0
    assert "The data keys are in no backup" in capsys.readouterr().err
    (path,) = (places / "to").glob("*.gz")
    with new_machine():
        assert run(restore_command, "restore", str(path)) == 0
        said = capsys.readouterr()
        assert "0 of 2 sealed entries" in said.out
        assert "can be worked on" in said.err
        with pytest.raises(CannotOpen) as refused:
            open_identity(Party.objects.get(case_id=case.pk))
        assert refused.value.code == "no_data_key"
        done = accept_case(
            case_id=case.pk,
            by=cast.actor(cast.clerk),
            seen_version=case.version,
            now=MONDAY + timedelta(hours=1),
        )
        assert done.state != case.state


def test_nothing_that_promises_to_end_is_in_it(cast: Cast, places: Path) -> None:
    named(cast, "王秀英")
    path = backup.take(places / "to", keys_to=places / "keys", keep=0)
    manifest = backup_file.read(path)
    assert {"cases_case", "record_act", "orgs_staff", "parties_party"} <= set(manifest.tables)
    never = {"parties_data_key", "core_rate_key", "core_rate_count", "django_session", "cases_intake_draft"}
    assert not never & set(manifest.tables)
    assert set(backup_file.read(places / "keys" / backup.KEYS_NAME).tables) == {"parties_data_key"}
    for file in (path, places / "keys" / backup.KEYS_NAME):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not list((places / "to").glob(".*"))


def test_the_newest_are_kept_and_nothing_else_is_touched(cast: Cast, places: Path) -> None:
    to = places / "to"
    to.mkdir()
    for day in ("01", "02", "03"):
        (to / f"answerable-202001{day}T000000000000Z.tar.gz").touch()
    (to / "answerable-notes.txt").touch()
    path = backup.take(to, keys_to=None, keep=2)
    left = {file.name for file in to.iterdir()} - {tombstones.NAME}
    assert left == {path.name, "answerable-20200103T000000000000Z.tar.gz", "answerable-notes.txt"}


def test_a_command_takes_each_file_and_its_failure_is_said(cast: Cast, places: Path) -> None:
    erase(named(cast, "王秀英"))
    (places / "off site").mkdir()
    backup.hand_over(f"cp {{file}} '{places / 'off site'}'", keys_to=None)
    names = sorted(file.name for file in (places / "off site").iterdir())
    assert backup.OURS.fullmatch(names[0])
    assert names[1:] == [tombstones.NAME]
    backup_file.read(places / "off site" / names[0])
    for command in (f"{sys.executable} -c 'raise SystemExit(3)' {{file}}", "/no/such/program {file}"):
        with pytest.raises(BackupError, match="There is no new backup"):
            backup.hand_over(command, keys_to=None)
    with pytest.raises(BackupError, match="must say {file}"):
        backup.hand_over("cp", keys_to=None)


def test_keys_beside_the_backup_are_refused(places: Path) -> None:
    with pytest.raises(BackupError, match="must lie apart"):
        backup.take(places / "to", keys_to=places / "to", keep=0)
    assert not (places / "to").exists()


def test_a_used_database_is_never_overwritten(cast: Cast, places: Path) -> None:
    path = backup.take(places / "to", keys_to=None, keep=0)
    before = counts()
    with pytest.raises(BackupError, match="is not empty"):
        restore.bring_back(path, keys=None)
    assert counts() == before


def flipped(content: bytearray) -> bytearray:
    """One bit in the middle is another. Of a hundred some say the same in another way: zeros that were copied from two
    places back instead of one. That is no damage."""
    whole = gzip.decompress(content)
    for at in range(len(content) // 2, len(content)):
        content[at] ^= 1
        try:
            if gzip.decompress(content) != whole:
                return content
        except (OSError, EOFError, zlib.error):
            return content
        content[at] ^= 1
    raise AssertionError("nothing in it says anything")


@pytest.mark.parametrize("harm", ["flip", "cut", "empty", "text", "exchange"])
def test_a_damaged_file_is_noticed_before_anything_is_done(cast: Cast, places: Path, harm: str) -> None:
    path = backup.take(places / "to", keys_to=None, keep=0)
    content = bytearray(path.read_bytes())
    if harm == "flip":
        content = flipped(content)
    elif harm == "exchange":  # a whole file whose list tells of other rows
        retold(path, path, lambda told: told["tables"]["orgs_post"].update(sha256="0" * 64))
        content = bytearray(path.read_bytes())
    path.write_bytes({"cut": content[:-2000], "empty": b"", "text": b"hello " * 200}.get(harm, content))
    with pytest.raises(BackupError, match="damaged"):
        restore.bring_back(path, keys=None)


def test_other_versions_other_kinds_and_missing_files_are_told_apart(cast: Cast, places: Path) -> None:
    path = backup.take(places / "to", keys_to=places / "keys", keep=0)
    keys = places / "keys" / backup.KEYS_NAME
    retold(path, places / "newer", lambda told: told["migrations"]["cases"].append("9999_from_tomorrow"))
    retold(path, places / "format", lambda told: told.update(format=2))
    for file, keys_file, said in [
        (places / "newer", None, "cases.9999_from_tomorrow"),
        (places / "format", None, "a form that this version"),
        (keys, None, "holds data keys and not a backup"),
        (path, path, "holds no data keys"),
        (path, places / "nowhere", "cannot be read"),
        (places / "nowhere", None, "cannot be read"),
    ]:
        with pytest.raises(BackupError, match=said):
            restore.bring_back(file, keys=keys_file)


def test_the_list_of_erased_cases_survives_a_torn_line_and_says_when_it_is_damaged(places: Path) -> None:
    path, one, two = places / "t" / "tombstones", uuid4(), uuid4()
    at = datetime(2026, 11, 23, 8, tzinfo=UTC)
    assert tombstones.add(path, {one: at}) == 1
    assert tombstones.add(path, {one: at}) == 0
    path.write_bytes(path.read_bytes() + str(two).encode()[:20])  # killed while writing
    assert tombstones.read(path) == {one: at}
    assert tombstones.add(path, {one: at, two: at}) == 1
    assert tombstones.read(path) == {one: at, two: at}
    disk.write_over(path, "scrawl\n" + path.read_text())
    with pytest.raises(BackupError, match="damaged at the line 'scrawl'"):
        tombstones.read(path)


def test_the_worker_notes_an_erasure_outside_the_database(cast: Cast, places: Path) -> None:
    from answerable.ops import worker

    case = named(cast, "王秀英")
    erase(case)
    (loop,) = [loop for loop in worker.LOOPS if loop.name == "tombstones"]
    assert loop.work() == 1
    assert loop.work() == 0
    assert list(tombstones.read(places / "data" / tombstones.NAME)) == [case.pk]
