"""Numbers as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.alerts.telephone import CannotReadNumber, masked, national, read_number, shown


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("13812345678", "+8613812345678"),
        ("138 1234 5678", "+8613812345678"),
        ("138-1234-5678", "+8613812345678"),
        ("１３８１２３４５６７８", "+8613812345678"),
        ("+86 138 1234 5678", "+8613812345678"),
        ("0086-13812345678", "+8613812345678"),
        ("8613812345678", "+8613812345678"),
        ("013812345678", "+8613812345678"),
        ("手机：13812345678", "+8613812345678"),
        ("\u202d13812345678\u202c", "+8613812345678"),
        ("010-12345678", "+861012345678"),
        ("0571-8765 4321", "+8657187654321"),
        ("（0571）87654321", "+8657187654321"),
        ("0746-1234567", "+867461234567"),
        ("+86 (0)571 87654321", "+8657187654321"),
        ("+86-0571-87654321", "+8657187654321"),
        ("0571-87654321-8001", "+8657187654321;ext=8001"),
        ("0571-87654321转8001", "+8657187654321;ext=8001"),
        ("0571-87654321 分机 8001", "+8657187654321;ext=8001"),
        ("057187654321 ext. 8001", "+8657187654321;ext=8001"),
        ("057187654321#8001", "+8657187654321;ext=8001"),
        ("+8657187654321;ext=8001", "+8657187654321;ext=8001"),
        ("400-812-3456", "+864008123456"),
        ("+44 20 7946 0958", "+442079460958"),
        ("+44 (0)20 7946 0958", "+442079460958"),
        ("0044 20 7946 0958", "+442079460958"),
        ("tel:+1-202-555-0100", "+12025550100"),
        ("＋８５２ ２１２３ ４５６７", "+85221234567"),
    ],
)
def test_one_form_out_of_many(typed, number):
    assert str(read_number(typed)) == number
    assert str(read_number(number)) == number, "read again it stays"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("+", "empty"),
        ("87654321", "area"),
        ("8001", "short"),
        ("110", "short"),
        ("1381234567", "mobile"),
        ("12012345678", "mobile"),
        ("138123456789", "mobile"),
        ("+86 12345", "short"),
        ("+86 99 1234 5678 99", "area"),
        ("1381234567O", "sign"),
        ("call me", "sign"),
        ("13812345678 13912345678", "long"),
        ("+123456789012345678", "long"),
        ("+0123456789", "short"),
        ("٠١٢٣٤٥٦٧٨٩", "sign"),
    ],
)
def test_what_cannot_be_read_says_why(typed, code):
    with pytest.raises(CannotReadNumber) as refused:
        read_number(typed)
    assert refused.value.code == code
    assert "%(" not in str(refused.value)


def test_as_it_is_dialled_and_shown():
    assert national("+8613812345678") == "13812345678"
    assert national("+8657187654321;ext=8001") == "057187654321"
    assert national("+442079460958") == "00442079460958"
    assert shown("+8613812345678") == "138 1234 5678"
    assert shown("+861012345678") == "010-1234 5678"
    assert shown("+8657187654321;ext=8001") == "0571-8765 4321 #8001"
    assert masked("+8613812345678") == "…78"


def test_a_landline_is_no_mobile():
    assert read_number("13812345678").is_mobile
    assert not read_number("0571-87654321").is_mobile
    assert not read_number("400-812-3456").is_mobile
    assert read_number("+44 7700 900123").is_mobile


@given(st.text(max_size=40))
def test_whatever_is_typed_is_read_or_refused(typed):
    try:
        found = read_number(typed)
    except CannotReadNumber:
        return
    assert str(read_number(str(found))) == str(found)
    assert found.number.startswith("+")
    assert found.number[1:].isdigit()
