"""Telephone numbers as people write them, read into one form. Pure: no Django, no clock.

The form is E.164, `+8613812345678`; an extension follows as in RFC 3966, `+8657187654321;ext=8001`. Without a country
code a number is read as one of the home country, China: a mobile number of eleven digits that begins with 1, a
landline with its area code, a service number 400 or 800. A landline without its area code is not guessed.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from answerable.core.sentences import N_, Said

#: Digits of a number with its country code (E.164); the shortest in use have seven.
SHORTEST, LONGEST = 7, 15

_EXTENSION = re.compile(
    r"(?:转接?|轉|分机|內線|内线|;\s*ext\s*=|extension|ext\.?|#|\bx|,)\s*[:：]?\s*(\d{1,8})\s*$",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"[\s\-.()/·‐-―−﹣~]+")
_MOBILE = re.compile(r"1[3-9]\d{9}")
# Beijing 10 and the cities 2x have two digits without the leading zero, all others three.
_LANDLINE = re.compile(r"(?:10|2\d)\d{8}|[3-9]\d{2}\d{7,8}")
_SERVICE = re.compile(r"[48]00\d{7}")


class CannotReadNumber(Said):
    """What was typed is no telephone number that can be called; the sentence says what is missing."""

    sentences = {
        "empty": N_("Please type a telephone number, such as 138 1234 5678 or 0571-8765 4321."),
        "sign": N_("“%(sign)s” is in no telephone number. Please type digits only; an extension after #."),
        "short": N_(
            "This number has %(found)s digits. Please type all of it: eleven digits of a mobile number, or a "
            "landline with its area code, such as 0571-8765 4321."
        ),
        "long": N_(
            "This number has %(found)s digits, which is more than any telephone number has. Please type one number "
            "alone; an extension after #."
        ),
        "area": N_(
            "Is the area code missing? Please type it with the number, such as 0571-8765 4321; a number abroad "
            "begins with + and its country code."
        ),
        "mobile": N_(
            "A mobile number has eleven digits and begins with 13 to 19. Please compare it once more."
        ),
        "not_mobile": N_(
            "A text message reaches a mobile number alone. This is a landline; choose a call for it."
        ),
    }


@dataclass(frozen=True)
class Telephone:
    """A number that can be called: `+` and its digits, and the extension to ask for."""

    number: str
    extension: str = ""

    def __str__(self) -> str:
        return f"{self.number};ext={self.extension}" if self.extension else self.number

    @property
    def is_chinese(self) -> bool:
        return self.number.startswith("+86")

    @property
    def is_mobile(self) -> bool:
        """Of a Chinese number; of a foreign one nobody here can tell, and it is believed."""
        return not self.is_chinese or _MOBILE.fullmatch(self.number[3:]) is not None


def read_number(typed: str) -> Telephone:
    """The number that was typed. Raises CannotReadNumber."""
    text = unicodedata.normalize("NFKC", typed[:200]).strip()
    text = re.sub("[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]", "", text)  # copied along, never seen
    text = re.sub(r"^(tel|phone|电话|手机)\s*[:：]\s*", "", text, flags=re.IGNORECASE)
    extension = ""
    if found := _EXTENSION.search(text):
        extension, text = found[1], text[: found.start()]
    text = re.sub(
        r"\+\s*(\d{1,3})[\s-]*\(0\)", r"+\1", text
    )  # +86 (0)571: the zero is for calls within the country
    bare = _BETWEEN.sub("", text)
    digits = bare.removeprefix("+")
    if not bare or (not digits and not extension):
        raise CannotReadNumber("empty")
    for sign in digits:
        if not ("0" <= sign <= "9"):
            raise CannotReadNumber("sign", sign=sign)
    if not extension and (split := re.fullmatch(r"\s*(\(?0\d{2,3}\)?[\s-]*\d{7,8})[\s-]+(\d{1,6})\s*", text)):
        # 0571-87654321-8001: what follows a whole number is an extension
        return Telephone(read_number(split[1]).number, split[2])
    number = _international(digits) if bare.startswith("+") else _as_dialled(digits)
    return Telephone(number, extension)


def _as_dialled(digits: str) -> str:
    """Digits as one dials them in China."""
    if digits.startswith("00"):
        return _international(digits[2:])
    if digits.startswith("86") and len(digits) in (12, 13) and _home(digits[2:].removeprefix("0")):
        return "+" + digits[:2] + digits[2:].removeprefix("0")
    if _MOBILE.fullmatch(digits) or _SERVICE.fullmatch(digits):
        return "+86" + digits
    if digits.startswith("0") and _LANDLINE.fullmatch(digits[1:]):
        return "+86" + digits[1:]
    if digits.startswith("0") and _MOBILE.fullmatch(digits[1:]):
        return "+86" + digits[1:]  # as it was dialled from another province
    if len(digits) > LONGEST:
        raise CannotReadNumber("long", found=len(digits))
    if digits.startswith("1") and len(digits) in (10, 11, 12):
        raise CannotReadNumber("mobile")
    if len(digits) in (7, 8):
        raise CannotReadNumber("area")
    if len(digits) < 10:
        raise CannotReadNumber("short", found=len(digits))
    raise CannotReadNumber("area")


def _international(digits: str) -> str:
    if len(digits) > LONGEST:
        raise CannotReadNumber("long", found=len(digits))
    if len(digits) < SHORTEST or digits.startswith("0"):
        raise CannotReadNumber("short", found=len(digits))
    if digits.startswith("86"):
        national_ = digits[2:].removeprefix("0")
        if len(national_) < SHORTEST:
            raise CannotReadNumber("short", found=len(digits))
        if not _home(national_):
            raise CannotReadNumber("mobile" if national_.startswith("1") else "area")
        return "+86" + national_
    return "+" + digits


def _home(digits: str) -> bool:
    return any(form.fullmatch(digits) for form in (_MOBILE, _LANDLINE, _SERVICE))


def national(number: str) -> str:
    """How a number is dialled within China; a foreign one with 00. An extension is left out."""
    bare = number.partition(";")[0]
    if not bare.startswith("+86"):
        return "00" + bare[1:] if bare.startswith("+") else bare
    home = bare[3:]
    return home if _MOBILE.fullmatch(home) or _SERVICE.fullmatch(home) else "0" + home


def shown(number: str) -> str:
    """A number for a person who is about to dial it: in groups, an extension in words' place after #."""
    bare, _semicolon, more = number.partition(";ext=")
    if not bare.startswith("+86"):
        text = bare
    else:
        home = bare[3:]
        if _MOBILE.fullmatch(home):
            text = f"{home[:3]} {home[3:7]} {home[7:]}"
        elif _SERVICE.fullmatch(home):
            text = f"{home[:3]} {home[3:6]} {home[6:]}"
        else:
            area = 2 if home.startswith(("10", "2")) else 3
            text = f"0{home[:area]}-{home[area:-4]} {home[-4:]}"
    return f"{text} #{more}" if more else text


def masked(number: str) -> str:
    """Enough to tell one's own numbers apart: the last two digits."""
    bare = number.partition(";")[0]
    return "…" + bare[-2:] if len(bare) > 4 else "…"
