"""What somebody means who answers in a few words. Pure: no Django, no clock.

Nothing is guessed: what is not one of these words, with or without a code before or after it, is no answer.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

HAVE_IT = frozenset(
    {"1", "ok", "okay", "yes", "y", "i have it", "have it", "got it", "on it"}
    | {"收到", "我来", "我来处理", "知道了", "好", "好的", "是", "在", "到", "已到", "接"}
)
PASS = frozenset(
    {"2", "no", "n", "pass", "next", "pass to the next", "pass it on"}
    | {"转下一位", "转给下一位", "下一位", "转", "不", "不行", "不能", "没空"}
)
_CODE = re.compile(r"(?<!\d)(\d{6})(?!\d)")
_AROUND = " \t.,;:!#*()[]<>\"'。，、；：！（）【】《》“”‘’~-—_/"
#: Where an e-mail begins to repeat what it answers.
_QUOTED = re.compile(
    r"^(>|-{2,}\s*(original|原始|forwarded|转发)|_{5,}|on .{4,120} wrote:|.{2,80}(写道|寫道)[:：]|(from|发件人|寄件人)\s*[:：])",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Reading:
    """`has_it` None: these words are no answer. `code` is "" where none was given."""

    has_it: bool | None
    code: str = ""


def read_answer(text: str) -> Reading:
    """What a text message means. "483920", "483920 1", "1", "收到", "OK!", "转下一位 483920"."""
    said = unicodedata.normalize("NFKC", text[:500]).casefold()
    said = "".join(char for char in said if unicodedata.category(char) not in ("Cf", "Cc") or char in "\n\t")
    codes = set(_CODE.findall(said))
    if len(codes) > 1:
        return Reading(None)
    rest = " ".join(_CODE.sub(" ", said).split()).strip(_AROUND)
    # Our messages ask for the code: alone it says "I have it".
    has_it = True if rest in HAVE_IT or (codes and not rest) else False if rest in PASS else None
    return Reading(has_it, codes.pop() if codes else "")


def read_mail(text: str, subject: str = "") -> Reading:
    """What an e-mail means by its first line of its own; a code may stand in the subject or in any quoted line."""
    for line in text[:20_000].splitlines():
        line = line.strip()
        if not line:
            continue
        if _QUOTED.match(line):
            break
        first = read_answer(line)
        return Reading(first.has_it, first.code or _code_in(subject))
    return Reading(None, _code_in(subject))


def read_digit(digits: str) -> bool | None:
    """What was pressed on the telephone: 1 or 2, and nothing else."""
    return {"1": True, "2": False}.get(digits.strip().strip("#*"))


def _code_in(subject: str) -> str:
    found = set(_CODE.findall(unicodedata.normalize("NFKC", subject[:500])))
    return found.pop() if len(found) == 1 else ""
