"""The key file over the years: first start, new keys, loss, and what goes on without it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from pytest_django import Settings

from answerable.parties import checks, first_start, keys, steps, vault, wrapped
from answerable.parties.keyfile import KeyFileError, KeyRing
from answerable.parties.models import DataKey, KnownKey, Party

pytestmark = pytest.mark.django_db


@pytest.fixture
def path(tmp_path: Path, settings: Settings) -> Path:
    path = tmp_path / "keys" / "key-file"
    settings.ANSWERABLE_KEY_FILE = str(path)
    return path


def sealed_person(name: str = "王秀英") -> tuple[UUID, Party]:
    case = uuid4()
    steps.seal_parties(case, [steps.Identity(name=name)], confidential=True, wish=None)
    return case, Party.objects.get(case_id=case)


def test_the_first_start_makes_a_file_and_the_next_ones_take_it(path: Path) -> None:
    assert first_start.open_key_file(path) is True
    made = KeyRing.load(path)
    assert first_start.open_key_file(path) is False
    assert KeyRing.load(path).root == made.root
    assert dict(KnownKey.objects.values_list("version", "mark")) == {1: made.mark(1)}


def test_a_file_that_is_missing_later_is_never_replaced_in_silence(path: Path) -> None:
    first_start.open_key_file(path)
    path.unlink()
    with pytest.raises(KeyFileError) as refused:
        first_start.open_key_file(path)
    assert refused.value.code == "missing"
    assert not path.exists()


def test_another_installations_file_and_an_old_copy_stop_the_start(path: Path, tmp_path: Path) -> None:
    first_start.open_key_file(path)
    shutil.copy(path, tmp_path / "old copy")
    KeyRing.rotate(path)
    assert first_start.open_key_file(path) is False
    os.replace(tmp_path / "old copy", path)
    with pytest.raises(KeyFileError) as refused:
        first_start.open_key_file(path)
    assert refused.value.code == "outdated"
    path.unlink()
    KeyRing.create(path)
    with pytest.raises(KeyFileError) as refused:
        first_start.open_key_file(path)
    assert refused.value.code == "another"


def test_a_new_key_wraps_everything_anew_and_all_still_opens(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wrapped, "BATCH", 3)
    first_start.open_key_file(path)
    people = [sealed_person(f"第{number}位")[1] for number in range(8)]
    assert wrapped.counts() == {1: 8}
    ring = KeyRing.rotate(path)
    fresh = sealed_person("新来的")[1]
    assert wrapped.rewrap(ring) == wrapped.Rewrapped(8, 0)
    assert wrapped.counts() == {2: 9}
    assert wrapped.rewrap(ring) == wrapped.Rewrapped(0, 0)
    assert [steps.open_identity(party)["name"] for party in [*people, fresh]] == [
        *(f"第{number}位" for number in range(8)),
        "新来的",
    ]


def test_what_is_erased_while_wrapping_stays_erased(path: Path) -> None:
    first_start.open_key_file(path)
    _, party = sealed_person()
    ring = KeyRing.rotate(path)
    (column,) = wrapped.wrapped_rows()
    ((row, blob),) = next(column.batches(ring.newest))
    DataKey.objects.all().delete()
    assert column.store([(row, blob, ring.rewrap(blob, column.aad(row)))]) == 0
    assert not DataKey.objects.exists()
    with pytest.raises(DataKey.DoesNotExist):
        steps.data_key(party.pk)


def test_a_row_that_changed_meanwhile_is_not_overwritten(path: Path) -> None:
    first_start.open_key_file(path)
    sealed_person()
    ring = KeyRing.rotate(path)
    (column,) = wrapped.wrapped_rows()
    ((row, blob),) = next(column.batches(ring.newest))
    newer = ring.rewrap(blob, column.aad(row))
    DataKey.objects.update(wrapped=newer)
    assert column.store([(row, blob, ring.rewrap(blob, column.aad(row)))]) == 0
    assert bytes(DataKey.objects.get().wrapped) == newer


def test_after_a_loss_old_identities_say_so_and_new_matters_are_sealed(path: Path) -> None:
    first_start.open_key_file(path)
    _, old = sealed_person()
    path.unlink()
    with pytest.raises(KeyFileError, match="every copy is lost"):
        steps.open_identity(old)

    begun = first_start.begin_again(path)
    assert first_start.open_key_file(path) is False
    assert begun.newest == 2
    with pytest.raises(KeyFileError) as refused:
        steps.open_identity(old)
    assert refused.value.code == "no_such_key"
    assert "the case itself can be worked on as before" in str(refused.value)
    _, new = sealed_person("李四")
    assert steps.open_identity(new)["name"] == "李四"
    ring = KeyRing.rotate(path)
    assert wrapped.rewrap(ring) == wrapped.Rewrapped(1, 1)
    assert wrapped.counts() == {1: 1, 3: 1}


def test_a_lost_file_found_again_opens_the_old_ones_too(path: Path, tmp_path: Path) -> None:
    first_start.open_key_file(path)
    _, old = sealed_person()
    shutil.move(path, tmp_path / "behind the shelf")
    first_start.begin_again(path)
    KeyRing.create(tmp_path / "of another office")
    for wrong in (KeyRing.load(tmp_path / "of another office"), KeyRing.load(path)):
        with pytest.raises(KeyFileError) as refused:
            first_start.take_back(path, wrong)
        assert refused.value.code == "another"
    first_start.take_back(path, KeyRing.load_copy(tmp_path / "behind the shelf"))
    assert first_start.open_key_file(path) is False
    assert steps.open_identity(old)["name"] == "王秀英"


def test_beginning_again_never_replaces_a_file_that_is_there(path: Path) -> None:
    first_start.open_key_file(path)
    with pytest.raises(KeyFileError) as refused:
        first_start.begin_again(path)
    assert refused.value.code == "exists"


def test_a_data_key_copied_to_another_row_does_not_open_there(path: Path) -> None:
    first_start.open_key_file(path)
    one, two = sealed_person("甲")[1], sealed_person("乙")[1]
    DataKey.objects.filter(pk=two.pk).update(wrapped=DataKey.objects.get(pk=one.pk).wrapped)
    with pytest.raises(KeyFileError) as refused:
        steps.open_identity(two)
    assert refused.value.code == "damaged"
    Party.objects.filter(pk=one.pk).update(sealed=two.sealed)
    with pytest.raises(vault.CannotOpen):
        steps.open_identity(Party.objects.get(pk=one.pk))


def test_the_ring_is_read_again_when_another_process_added_a_key(path: Path) -> None:
    first_start.open_key_file(path)
    assert keys.ring().newest == 1
    KeyRing.rotate(path)
    assert keys.ring().newest == 2


def test_check_names_a_faulty_key_file_and_what_stays_closed(path: Path) -> None:
    first_start.open_key_file(path)
    sealed_person()
    assert list(checks.check_key_file()) == []
    path.chmod(0o640)
    assert [fault.code for fault in checks.check_key_file()] == ["key_file_permissions"]
    path.unlink()
    assert [fault.code for fault in checks.check_key_file()] == ["key_file_missing"]
    first_start.begin_again(path)
    assert [fault.code for fault in checks.check_key_file()] == ["keys_lost"]
