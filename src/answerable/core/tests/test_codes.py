"""Receipt codes: what a person mistypes is noticed, and nothing is learnt from a wrong try."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.core import codes

seeds = st.integers(min_value=0, max_value=2**64)


def some_code(seed: int) -> str:
    return codes.compact(codes.new_code(random.Random(seed)))


def some_secret(seed: int) -> str:
    return codes.compact(codes.new_secret(random.Random(seed)))


@given(seeds)
def test_a_new_code_is_valid_grouped_and_from_the_alphabet(seed: int) -> None:
    code = codes.new_code(random.Random(seed))
    assert codes.is_valid(code)
    assert [len(group) for group in code.split("-")] == [4, 4, 2]
    assert set(code) <= set(codes.ALPHABET) | {"-"}
    assert codes.explain(code) is None
    assert not codes.is_counter_code(code)


def test_the_alphabet_has_no_look_alikes() -> None:
    assert codes.BASE == 17
    assert not set(codes.ALPHABET) & set("01OILUQVZSBGDE")


def test_a_sign_that_no_receipt_has_is_told_with_those_that_it_has() -> None:
    said = codes.explain("A" * codes.CODE_SIGNS)
    assert said is not None
    assert "2 to 9" in str(said)
    assert " ".join(codes.ALPHABET[8:]) in str(said), (
        "it once named five that are not used, and A was none of them"
    )


@given(seeds)
def test_every_single_substitution_is_caught_and_its_place_named(seed: int) -> None:
    code = some_code(seed)
    for place in range(len(code)):
        for sign in codes.ALPHABET.replace(code[place], ""):
            wrong = code[:place] + sign + code[place + 1 :]
            assert not codes.is_valid(wrong)
            trouble = codes.explain(wrong)
            assert trouble is not None
            assert (trouble.code, trouble.facts["place"]) == ("place", place + 1)


@given(seeds)
def test_every_swap_of_two_signs_is_caught(seed: int) -> None:
    code = some_code(seed)
    for one in range(len(code)):
        for two in range(one + 1, len(code)):
            if code[one] != code[two]:
                signs = list(code)
                signs[one], signs[two] = signs[two], signs[one]
                assert not codes.is_valid("".join(signs))


@given(seeds, st.integers(0, 8))
def test_an_adjacent_swap_is_explained(seed: int, at: int) -> None:
    signs = list(some_code(seed))
    signs[at], signs[at + 1] = signs[at + 1], signs[at]
    trouble = codes.explain("".join(signs))
    if signs[at] == signs[at + 1]:
        assert trouble is None
    else:
        assert trouble is not None
        assert trouble.code == "swapped"
        place = trouble.facts["place"] - 1
        signs[place], signs[place + 1] = signs[place + 1], signs[place]
        assert codes.is_valid("".join(signs))


@given(seeds, st.data())
def test_any_two_wrong_signs_are_caught(seed: int, data: st.DataObject) -> None:
    code = list(some_code(seed))
    one, two = data.draw(st.lists(st.integers(0, 9), min_size=2, max_size=2, unique=True))
    for place in (one, two):
        code[place] = data.draw(st.sampled_from(codes.ALPHABET.replace(code[place], "")))
    assert not codes.is_valid("".join(code))


@given(seeds)
def test_every_wrong_sign_and_swap_in_a_secret_is_caught(seed: int) -> None:
    secret = some_secret(seed)
    assert codes.is_valid_secret(secret)
    assert codes.explain_secret(secret) is None
    for place in range(len(secret)):
        for sign in codes.ALPHABET.replace(secret[place], ""):
            assert not codes.is_valid_secret(secret[:place] + sign + secret[place + 1 :])
        if place and secret[place - 1] != secret[place]:
            swapped = secret[: place - 1] + secret[place] + secret[place - 1] + secret[place + 1 :]
            assert not codes.is_valid_secret(swapped)


@pytest.mark.parametrize(
    "typed",
    [
        "4K7T-M2XR-7R",
        "4k7tm2xr7r",
        " 4K7T M2XR 7R ",
        "４Ｋ７Ｔ－Ｍ２ＸＲ－７Ｒ",
        "4K7T—M2XR–7R",
        "4К7Т-М2ХR-7R",  # Cyrillic look-alikes
        "四K七T-M二XR-七R",
        "4K7T_MZXR.7R\n",
        "④K⑦T m②xr ⑦r",
    ],
)
def test_what_was_clearly_meant_is_understood(typed: str) -> None:
    assert codes.normalise(typed) == "4K7T-M2XR-7R"
    assert codes.is_valid(typed)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "empty"),
        ("---", "empty"),
        ("4K7T", "length"),
        ("4K7T-M2XR-7RR", "length"),
        ("4K7T-M0XR-7R", "sign"),
    ],
)
def test_what_is_no_code_gets_a_sentence(typed: str, code: str) -> None:
    trouble = codes.explain(typed)
    assert trouble is not None
    assert trouble.code == code
    assert "%" not in str(trouble)


@given(st.text(max_size=300))
def test_anything_typed_is_answered_without_an_error(typed: str) -> None:
    assert codes.is_valid(typed) == (codes.explain(typed) is None)
    assert codes.normalise(codes.normalise(typed)) == codes.normalise(typed)
    codes.verify_secret(b"k" * 32, typed, typed, None)


def test_counter_codes_are_apart_from_all_others() -> None:
    reserve = codes.new_counter_codes(500, random.Random(7))
    assert len(set(reserve)) == 500
    assert all(codes.is_valid(code) and codes.is_counter_code(code) for code in reserve)
    assert not any(codes.is_counter_code(codes.new_code(random.Random(seed))) for seed in range(2000))


def test_a_secret_is_checked_against_its_code_alone() -> None:
    key, code, other = b"k" * 32, some_code(1), some_code(2)
    secret = some_secret(3)
    stored = codes.hash_secret(key, code, secret)
    assert codes.verify_secret(key, codes.grouped(code).lower(), codes.grouped(secret).lower(), stored)
    assert codes.verify_secret(key, code, secret, memoryview(stored))  # type: ignore[arg-type]
    assert not codes.verify_secret(key, other, secret, stored)
    assert not codes.verify_secret(key, code, some_secret(4), stored)
    assert not codes.verify_secret(b"x" * 32, code, secret, stored)
    assert not codes.verify_secret(key, code, secret, None)


def test_wrong_code_and_wrong_secret_do_the_same_work(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    real_hash, real_compare = codes.hash_secret, codes.hmac.compare_digest

    def counted_hash(*args: object) -> bytes:
        done.append("hash")
        return real_hash(*args)  # type: ignore[arg-type]

    def counted_compare(one: bytes, two: bytes) -> bool:
        done.append("compare")
        return real_compare(one, two)

    monkeypatch.setattr(codes, "hash_secret", counted_hash)
    monkeypatch.setattr(codes.hmac, "compare_digest", counted_compare)
    codes.verify_secret(b"k" * 32, some_code(1), some_secret(2), None)
    wrong_code, done = done, []
    codes.verify_secret(b"k" * 32, some_code(1), some_secret(2), b"s" * 32)
    assert wrong_code == done == ["hash", "hash", "compare"]


def test_not_even_the_code_that_stands_for_nobody_opens_anything() -> None:
    assert not codes.verify_secret(b"k" * 32, "no such code", "no such secret", None)


@given(st.binary(min_size=16, max_size=32))
def test_a_secret_that_stands_for_a_digest_is_a_secret_and_always_the_same(digest: bytes) -> None:
    assert codes.is_valid_secret(codes.secret_of(digest))
    assert codes.secret_of(digest) == codes.secret_of(digest)
    assert codes.secret_of(digest) != codes.secret_of(
        bytes([digest[0]]) + digest[1:-1] + bytes([digest[-1] ^ 1])
    )
