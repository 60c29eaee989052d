"""The key file: made once, never overwritten, and every way of getting it wrong gets its sentence."""

from __future__ import annotations

import base64
import multiprocessing
import os
import stat
import threading
from pathlib import Path

import pytest

from answerable.parties import vault
from answerable.parties.keyfile import KeyFileError, KeyRing, copy_to, version_of

HERE = vault.bind("parties_person", "data_key", 7)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys" / "answerable.key"


def refusal(path: Path) -> KeyFileError:
    with pytest.raises(KeyFileError) as refused:
        KeyRing.load(path)
    assert str(path) in str(refused.value)
    return refused.value


def test_a_new_file_is_for_its_owner_alone_and_loads_again(path: Path) -> None:
    made = KeyRing.create(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    loaded = KeyRing.load(path)
    assert (loaded.root, loaded.keys, loaded.fingerprint) == (made.root, made.keys, made.fingerprint)
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    assert "copy apart" in path.read_text()


def test_keys_do_not_show_in_messages(path: Path) -> None:
    ring = KeyRing.create(path)
    assert ring.root.hex() not in repr(ring)
    assert repr(ring.root) not in repr(ring)
    assert repr(ring.keys[1]) not in repr(ring)


def test_a_file_is_never_overwritten(path: Path) -> None:
    first = KeyRing.create(path)
    with pytest.raises(KeyFileError) as refused:
        KeyRing.create(path)
    assert refused.value.code == "exists"
    assert KeyRing.load(path).root == first.root


def test_many_starting_at_once_end_with_one_file(path: Path) -> None:
    path.parent.mkdir()
    with multiprocessing.get_context("fork").Pool(6) as pool:
        outcomes = pool.map(_create, [path] * 24)
    assert outcomes.count("made") == 1
    assert outcomes.count("exists") == 23
    KeyRing.load(path)


def _create(path: Path) -> str:
    try:
        KeyRing.create(path)
    except KeyFileError as error:
        return error.code
    return "made"


def test_a_missing_file_is_said(path: Path) -> None:
    assert refusal(path).code == "missing"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o777])
def test_a_file_that_others_may_read_is_refused_with_the_remedy(path: Path, mode: int) -> None:
    KeyRing.create(path)
    path.chmod(mode)
    refused = refusal(path)
    assert refused.code == "permissions"
    assert f"chmod 600 {path}" in str(refused)


def test_a_folder_in_its_place_is_said(path: Path) -> None:
    path.mkdir(parents=True)
    assert refusal(path).code == "unreadable"


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_file_is_said(path: Path) -> None:
    KeyRing.create(path)
    path.chmod(0)
    assert refusal(path).code == "unreadable"


def test_any_torn_or_mistyped_copy_is_noticed(path: Path) -> None:
    KeyRing.create(path)
    whole = path.read_text()
    start = whole.index("answerable-key-file")
    for end in range(start, len(whole) - 1):
        path.write_text(whole[:end])
        assert refusal(path).code == "garbled"
    for at in range(start, len(whole) - 1):
        if whole[at] not in " \n":
            path.write_text(whole[:at] + ("Z" if whole[at] != "Z" else "Y") + whole[at + 1 :])
            assert refusal(path).code == "garbled"
    path.write_bytes(b"\xff\xfe" + whole.encode())
    assert refusal(path).code == "garbled"


def test_a_typed_copy_with_other_gaps_and_line_ends_is_read(path: Path) -> None:
    ring = KeyRing.create(path)
    typed = "\r\n".join("  " + line.replace(" ", "   ") for line in path.read_text().splitlines())
    path.write_bytes(typed.encode())
    assert KeyRing.load(path).root == ring.root


def test_a_data_key_is_wrapped_for_its_row_alone(path: Path) -> None:
    ring = KeyRing.create(path)
    data_key = vault.new_data_key()
    blob = ring.wrap(data_key, HERE)
    assert data_key not in blob
    assert ring.unwrap(memoryview(blob), HERE) == data_key  # type: ignore[arg-type]
    with pytest.raises(KeyFileError, match="case itself can be worked on"):
        ring.unwrap(blob, vault.bind("parties_person", "data_key", 8))
    for bit in range(len(blob) * 8):
        touched = bytearray(blob)
        touched[bit // 8] ^= 1 << bit % 8
        with pytest.raises(KeyFileError):
            ring.unwrap(bytes(touched), HERE)
    for end in range(len(blob)):
        with pytest.raises(KeyFileError):
            ring.unwrap(blob[:end], HERE)


def test_a_new_key_wraps_and_the_old_ones_still_unwrap(path: Path) -> None:
    old = KeyRing.create(path)
    data_key = vault.new_data_key()
    blob = old.wrap(data_key, HERE)
    new = KeyRing.rotate(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert new.newest == 2
    assert new.unwrap(blob, HERE) == data_key
    again = new.rewrap(blob, HERE)
    assert (version_of(blob), version_of(again)) == (1, 2)
    assert KeyRing.load(path).unwrap(again, HERE) == data_key
    with pytest.raises(KeyFileError) as refused:
        old.unwrap(again, HERE)
    assert refused.value.code == "no_such_key"


def test_rotating_keeps_receipts_and_the_fingerprint(path: Path) -> None:
    old = KeyRing.create(path)
    new = KeyRing.rotate(path)
    assert new.fingerprint == old.fingerprint
    assert new.derive("receipt secrets") == old.derive("receipt secrets")
    assert new.mark(1) == old.mark(1)
    assert new.mark(1) != new.mark(2)


def test_purposes_get_keys_of_their_own(path: Path) -> None:
    ring = KeyRing.create(path)
    found = {ring.derive("a"), ring.derive("b"), ring.root, ring.keys[1]}
    assert len(found) == 4
    assert ring.blind("a", b"x") != ring.blind("b", b"x")
    assert ring.blind("a", b"x") == ring.blind("a", b"x")


def test_rotations_at_once_lose_no_key(path: Path) -> None:
    KeyRing.create(path)
    threads = [threading.Thread(target=KeyRing.rotate, args=(path,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(KeyRing.load(path).keys) == list(range(1, 10))


def test_a_symbolic_link_stays_one_when_a_key_is_added(path: Path, tmp_path: Path) -> None:
    KeyRing.create(path)
    link = tmp_path / "link.key"
    link.symlink_to(path)
    KeyRing.rotate(link)
    assert link.is_symlink()
    assert KeyRing.load(path).newest == 2


def test_the_wrong_file_and_an_old_copy_are_told_apart(path: Path, tmp_path: Path) -> None:
    old = KeyRing.create(path)
    new = KeyRing.rotate(path)
    known = {1: new.mark(1), 2: new.mark(2)}
    new.check_against(known)
    new.check_against({1: new.mark(1)})
    new.check_against({})
    with pytest.raises(KeyFileError) as refused:
        old.check_against(known)
    assert refused.value.code == "outdated"
    with pytest.raises(KeyFileError) as refused:
        KeyRing.create(tmp_path / "other.key").check_against(known)
    assert refused.value.code == "another"
    assert "not the one that this database was started with" in str(refused.value)


def test_a_forgotten_key_is_gone_and_the_newest_cannot_be_forgotten(path: Path) -> None:
    old = KeyRing.create(path)
    blob = old.wrap(vault.new_data_key(), HERE)
    KeyRing.rotate(path)
    with pytest.raises(KeyFileError) as refused:
        KeyRing.forget(path, {2})
    assert refused.value.code == "in_use"
    left = KeyRing.forget(path, {1})
    assert sorted(left.keys) == [2]
    assert base64.b64encode(old.keys[1]).decode() not in path.read_text()
    left.check_against({1: old.mark(1), 2: left.mark(2)})
    assert KeyRing.rotate(path).newest == 3
    with pytest.raises(KeyFileError) as refused:
        left.unwrap(blob, HERE)
    assert refused.value.code == "no_such_key"


def test_rotating_a_missing_file_is_said(path: Path) -> None:
    with pytest.raises(KeyFileError) as refused:
        KeyRing.rotate(path)
    assert refused.value.code == "missing"


def test_a_copy_is_complete_for_its_owner_and_never_overwrites(path: Path, tmp_path: Path) -> None:
    KeyRing.create(path)
    ring = KeyRing.rotate(path)
    copy_to(ring, tmp_path / "copy.key")
    assert KeyRing.load(tmp_path / "copy.key").keys == ring.keys
    with pytest.raises(KeyFileError) as refused:
        copy_to(ring, tmp_path / "copy.key")
    assert refused.value.code == "exists"


def test_a_file_found_again_opens_what_it_wrapped(path: Path, tmp_path: Path) -> None:
    lost = KeyRing.create(tmp_path / "lost.key")
    data_key = vault.new_data_key()
    blob = lost.wrap(data_key, HERE)
    begun = KeyRing.create(path, first=2)
    with pytest.raises(KeyFileError, match="opens again when the right key file is back"):
        begun.unwrap(blob, HERE)
    (tmp_path / "lost.key").chmod(0o644)
    whole = KeyRing.adopt(path, KeyRing.load_copy(tmp_path / "lost.key").keys)
    assert whole.unwrap(blob, HERE) == data_key
    assert whole.newest == 2
    assert whole.root == begun.root


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(KeyFileError) as refused:
        KeyRing.create(tmp_path / "file" / "answerable.key")
    assert refused.value.code == "unwritable"
    assert "Nothing was changed" in str(refused.value)
