"""What a person wrote themselves in a reply, without what their program quoted below. Pure; one pass over the lines.

Quoting is a habit of programs, not a form: where no sign of it is found the whole text stays, and the whole text is
kept beside the case in any event. No pattern here can be made to run long by what somebody writes.
"""

from __future__ import annotations

import re

#: Lines that a program writes above what it quotes.
_ABOVE = re.compile(
    r"^\s{0,4}(?:>{0,3}\s*)?(?:"
    r"-{2,20}\s?(?:Original Message|Forwarded message|Original|原始邮件|原始郵件|转发的邮件|回复的原邮件)\s?-{0,20}"
    r"|On .{4,200} wrote:"
    r"|在?.{0,120}\d{1,2}[:：]\d{2}.{0,120}(?:写道|寫道|编写|撰写)[:：]?"
    r"|.{1,120}于\s?\d{4}.{1,80}写道[:：]?"
    r")\s*$",
    re.IGNORECASE,
)
#: The head that Outlook and Chinese webmail repeat above a quoted message.
_HEAD = re.compile(r"^\s{0,4}\*{0,2}(?:From|发件人|寄件者)\s?[:：]\*{0,2}\s*\S.{0,300}$", re.IGNORECASE)
_HEAD_NEXT = re.compile(
    r"^\s{0,4}\*{0,2}(?:Sent|Date|To|Subject|Cc|发送时间|时间|日期|收件人|抄送|主题|寄件日期|主旨)\s?[:：]",
    re.IGNORECASE,
)
_RULE = re.compile(r"^\s{0,4}[_-]{20,80}\s*$")
_QUOTED = re.compile(r"^\s{0,4}[>＞]")
LINE = 1000


def own_words(text: str) -> str:
    """The text above what is quoted; all of it where nothing is, or where nothing would be left."""
    lines = text.split("\n")
    end = next((place for place in range(len(lines)) if _is_end(lines, place)), len(lines))
    kept = [line for line in lines[:end] if not _QUOTED.match(line[:LINE])]
    while kept and (not kept[-1].strip() or _RULE.match(kept[-1][:LINE])):
        kept.pop()
    own = "\n".join(kept).strip()
    return own or text.strip()


def _is_end(lines: list[str], place: int) -> bool:
    line = lines[place][:LINE]
    if _ABOVE.match(line):
        return True
    if line.startswith("On ") and place + 1 < len(lines):
        # Some programs break the line; two lines are looked at together.
        return bool(_ABOVE.match((line.rstrip() + " " + lines[place + 1].strip())[:LINE]))
    if _HEAD.match(line):
        return any(_HEAD_NEXT.match(next_[:LINE]) for next_ in lines[place + 1 : place + 4])
    return False
