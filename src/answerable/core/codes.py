"""Receipt codes and secrets that a person can read out, write down and type. Pure: no Django, no clock.

The alphabet has 17 signs: the digits 2-9 and F H K M R T W X Y. Left out are 0 1 I L O U V (look-alikes
of each other), B D E G P C Z N J A S Q (look-alikes of kept signs, or rhyming with them when read aloud:
B-C-D-E-G-P-T, A-J-K, M-N, F-S). What stays near each other is 6 and 9 in spoken Chinese, 5 and 9 in
spoken English; the check signs are there for these.

17 is prime, so the check is arithmetic in GF(17). A code has ten signs x1..x10 with

    x1 + x2 + ... + x10 = 0   and   1*x1 + 2*x2 + ... + 10*x10 = 0   (mod 17),

a Reed-Solomon code of distance 3: every one or two wrong signs and every swap of two signs anywhere are
noticed, and one wrong sign can be located. A secret has 16 signs with one such sum, weights 1 to 16:
every single wrong sign and every swap is noticed before a try is spent.
"""

from __future__ import annotations

import hashlib
import hmac
import random
import secrets
import unicodedata

from answerable.core.sentences import N_, Said

ALPHABET = "23456789FHKMRTWXY"
BASE = len(ALPHABET)
CODE_SIGNS = 10
SECRET_SIGNS = 16
#: 15 free signs of 17: 61.3 bits.
SECRET_FREE = SECRET_SIGNS - 1
#: First sign of codes handed out ahead to counters that work offline. No other code begins so, and a
#: portal's code can never meet one that waits in a drawer, even after a database was restored.
COUNTER_SIGN = "W"

SYSTEM_RANDOM = secrets.SystemRandom()

_VALUE = {sign: number for number, sign in enumerate(ALPHABET)}
# A sign that is not in the alphabet and looks (or sounds, for numerals) like exactly one that is.
_MEANT = str.maketrans(
    "ZSBGНКМТХУΗΚΜΤΧΥ二两三四五六七八九贰叁肆伍陆柒捌玖",
    "2586HKMTXYHKMTXY22345678923456789",
)


class CannotRead(Said):
    """What was typed is no receipt code (or secret); the sentence says where to look."""

    sentences = {
        "empty": N_("Please type the code on your receipt: ten letters and digits, such as %(example)s."),
        "length": N_(
            "This has %(found)s letters and digits; it should have %(wanted)s. Please compare it with the receipt."
        ),
        "sign": N_(
            "“%(sign)s” (character %(place)s) never occurs on a receipt. "
            "Please compare it with the receipt: it has only the digits 2 to 9 and the letters F H K M R T W X Y."
        ),
        "place": N_(
            "One character seems to be off: look at character %(place)s, “%(sign)s”. Please compare it with the receipt."
        ),
        "swapped": N_(
            "Two characters seem to have changed places: look at character %(place)s and the one after it. "
            "Please compare them with the receipt."
        ),
        "check": N_(
            "Some characters seem to be off. Please compare each group of characters with the receipt."
        ),
    }


def new_code(rng: random.Random = SYSTEM_RANDOM) -> str:
    """A code such as `4K7T-M2XR-7R`; 17^8 less a seventeenth exist, so the caller retries on a taken one."""
    while (code := _random_code(rng))[0] == COUNTER_SIGN:
        pass
    return grouped(code)


def new_counter_codes(count: int, rng: random.Random = SYSTEM_RANDOM) -> list[str]:
    """`count` different codes for a counter to take along; all begin with `W`, which no other code does."""
    found: set[str] = set()
    while len(found) < count:
        found.add(grouped(_random_code(rng, first=COUNTER_SIGN)))
    return sorted(found, key=lambda _: rng.random())


def is_counter_code(text: str) -> bool:
    """Whether a valid code comes from a counter's reserve."""
    return is_valid(text) and compact(text)[0] == COUNTER_SIGN


def new_secret(rng: random.Random = SYSTEM_RANDOM) -> str:
    """A secret of 61.3 random bits and a check sign, in four groups of four."""
    return _secret([rng.randrange(BASE) for _ in range(SECRET_FREE)])


def secret_of(digest: bytes) -> str:
    """The secret that stands for a digest of at least 16 bytes, always the same."""
    number, signs = int.from_bytes(digest), []
    for _ in range(SECRET_FREE):
        number, sign = divmod(number, BASE)
        signs.append(sign)
    return _secret(signs)


def _secret(signs: list[int]) -> str:
    # The last weight is 16 = -1 (mod 17), so the check sign is the sum of the others.
    check = sum(weight * sign for weight, sign in enumerate(signs, 1)) % BASE
    return grouped("".join(ALPHABET[sign] for sign in [*signs, check]))


def compact(text: str) -> str:
    """What was typed as bare capital signs: width, case, gaps, dashes and clear mistypings put right.

    Signs that stay unknown are kept, for `explain` to point at.
    """
    wide = unicodedata.normalize("NFKC", text[:200]).upper()
    return "".join(sign for sign in wide if unicodedata.category(sign)[0] in "LN").translate(_MEANT)


def normalise(text: str) -> str:
    """A typed code in the form in which it is stored and printed, valid or not."""
    return grouped(compact(text))


def grouped(signs: str) -> str:
    """Signs in groups of four: `4K7TM2XR7R` becomes `4K7T-M2XR-7R`."""
    return "-".join(signs[at : at + 4] for at in range(0, len(signs), 4))


def is_valid(text: str) -> bool:
    """Whether what was typed is a well-formed code with a right check; says nothing of its existence."""
    values = _values(compact(text))
    return values is not None and len(values) == CODE_SIGNS and _sums(values) == (0, 0)


def is_valid_secret(text: str) -> bool:
    """Whether what was typed is a well-formed secret with a right check."""
    values = _values(compact(text))
    return (
        values is not None
        and len(values) == SECRET_SIGNS
        and sum(weight * value for weight, value in enumerate(values, 1)) % BASE == 0
    )


def explain(text: str) -> CannotRead | None:
    """Why what was typed is no code, with the character to look at; None for a valid code.

    Never proposes a code: the sentence points at a place and the person compares.
    """
    signs = compact(text)
    trouble = _length_or_sign(signs, CODE_SIGNS)
    if trouble:
        return trouble
    values = [_VALUE[sign] for sign in signs]
    total, weighted = _sums(values)
    if (total, weighted) == (0, 0):
        return None
    if total:
        place = weighted * pow(total, -1, BASE) % BASE
        if 1 <= place <= CODE_SIGNS:
            return CannotRead("place", place=place, sign=signs[place - 1])
    else:
        for place in range(1, CODE_SIGNS):
            here, after = values[place - 1], values[place]
            # Swapping back must clear the weighted sum: weighted + (here - after) = 0.
            if (weighted + here - after) % BASE == 0:
                return CannotRead("swapped", place=place)
    return CannotRead("check")


def explain_secret(text: str) -> CannotRead | None:
    """Why what was typed can be no secret; None when it could be one. Needs no look at any case."""
    signs = compact(text)
    if trouble := _length_or_sign(signs, SECRET_SIGNS):
        return trouble
    return None if is_valid_secret(text) else CannotRead("check")


def hash_secret(key: bytes, code: str, secret: str) -> bytes:
    """What is stored instead of the secret: HMAC-SHA256 over code and secret, 32 bytes.

    `key` is derived from the key file, so that a copied database cannot be searched for secrets.
    """
    message = b"answerable/receipt/v1\0" + compact(code).encode() + b"\0" + compact(secret).encode()
    return hmac.new(key, message, hashlib.sha256).digest()


def verify_secret(key: bytes, code: str, secret: str, stored: bytes | None) -> bool:
    """Whether `secret` belongs to `code`. `stored` is None where no such code exists.

    A wrong code and a wrong secret do the same work: the caller looks the code up once, calls this once,
    and gives one answer.
    """
    found = hash_secret(key, code, secret)
    nobody = hash_secret(key, "no such code", "no such secret")
    expected = nobody if stored is None else bytes(stored)
    same = hmac.compare_digest(found, expected)
    return same and stored is not None


def _length_or_sign(signs: str, wanted: int) -> CannotRead | None:
    if not signs:
        return CannotRead("empty", example="4K7T-M2XR-7R")
    for place, sign in enumerate(signs, 1):
        if sign not in _VALUE:
            return CannotRead("sign", sign=sign, place=place)
    if len(signs) != wanted:
        return CannotRead("length", found=len(signs), wanted=wanted)
    return None


def _values(signs: str) -> list[int] | None:
    return None if any(sign not in _VALUE for sign in signs) else [_VALUE[sign] for sign in signs]


def _sums(values: list[int]) -> tuple[int, int]:
    return sum(values) % BASE, sum(weight * value for weight, value in enumerate(values, 1)) % BASE


def _random_code(rng: random.Random, first: str | None = None) -> str:
    free = [rng.randrange(BASE) for _ in range(CODE_SIGNS - 2)]
    if first is not None:
        free[0] = _VALUE[first]
    total, weighted = _sums(free)
    # Solve x9 + x10 = -total and 9*x9 + 10*x10 = -weighted.
    ninth = (weighted - 10 * total) % BASE
    tenth = (-total - ninth) % BASE
    return "".join(ALPHABET[value] for value in [*free, ninth, tenth])
