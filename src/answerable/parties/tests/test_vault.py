"""The vault: nothing opens that was touched, moved to another row, or sealed with another key."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.parties import vault

KEY = vault.new_data_key()
HERE = vault.bind("parties_identity", "sealed", 7)


@given(st.binary(max_size=2000))
def test_what_is_sealed_opens_again(plaintext: bytes) -> None:
    blob = vault.seal(KEY, plaintext, HERE)
    assert vault.open_(KEY, blob, HERE) == plaintext
    assert vault.open_(KEY, memoryview(blob), HERE) == plaintext  # type: ignore[arg-type]


def test_every_flipped_bit_is_noticed() -> None:
    blob = vault.seal(KEY, "王秀英".encode(), HERE)
    for bit in range(len(blob) * 8):
        touched = bytearray(blob)
        touched[bit // 8] ^= 1 << bit % 8
        with pytest.raises(vault.CannotOpen):
            vault.open_(KEY, bytes(touched), HERE)


def test_every_cut_and_lengthening_is_noticed() -> None:
    blob = vault.seal(KEY, b"name", HERE)
    for wrong in [blob[:end] for end in range(len(blob))] + [blob + b"\0"]:
        with pytest.raises(vault.CannotOpen) as refused:
            vault.open_(KEY, wrong, HERE)
        assert refused.value.code == "damaged"


@pytest.mark.parametrize(
    "elsewhere",
    [
        vault.bind("parties_identity", "sealed", 8),
        vault.bind("parties_identity", "channel", 7),
        vault.bind("parties_channel", "sealed", 7),
        b"",
    ],
)
def test_a_value_moved_to_another_row_or_column_does_not_open(elsewhere: bytes) -> None:
    blob = vault.seal(KEY, b"name", HERE)
    with pytest.raises(vault.CannotOpen):
        vault.open_(KEY, blob, elsewhere)


def test_another_persons_key_does_not_open_it() -> None:
    with pytest.raises(vault.CannotOpen):
        vault.open_(vault.new_data_key(), vault.seal(KEY, b"name", HERE), HERE)


def test_an_unknown_form_is_said_to_be_one() -> None:
    blob = vault.seal(KEY, b"name", HERE)
    with pytest.raises(vault.CannotOpen) as refused:
        vault.open_(KEY, b"\x09" + blob[1:], HERE)
    assert refused.value.code == "unknown_format"


def test_two_seals_of_one_value_differ() -> None:
    assert vault.seal(KEY, b"name", HERE) != vault.seal(KEY, b"name", HERE)


@given(st.tuples(st.text(), st.text(), st.text()), st.tuples(st.text(), st.text(), st.text()))
def test_no_two_places_bind_alike(one: tuple[str, str, str], two: tuple[str, str, str]) -> None:
    assert (vault.bind(*one) == vault.bind(*two)) == (one == two)


def test_sealed_json_does_not_tell_its_length() -> None:
    short = vault.seal_json(KEY, {"name": "李"}, HERE)
    longer = vault.seal_json(KEY, {"name": "欧阳娜娜", "note": "x" * 100}, HERE)
    assert len(short) == len(longer)
    assert vault.open_json(KEY, longer, HERE) == {"name": "欧阳娜娜", "note": "x" * 100}


@pytest.mark.parametrize("key", [b"", b"short", b"k" * 16, b"k" * 33])
def test_a_key_of_another_size_is_refused(key: bytes) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        vault.seal(key, b"name", HERE)
