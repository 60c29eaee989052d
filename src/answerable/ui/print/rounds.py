"""The form of a round to take along: questions with boxes and blanks, and a code that leads to the round's own page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal

from answerable.ui.print import qr
from answerable.ui.print.data import Body
from answerable.ui.print.render import render
from answerable.ui.print.words import Lang, moment, said


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question: boxes to tick, or a blank with its unit behind it. `seen`: whether a line for what is seen follows."""

    ask: str
    hint: str = ""
    boxes: Sequence[str] = ()
    blank: Literal["", "short", "long"] = ""
    unit: str = ""
    seen: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class FormPaper:
    """`where`, `due` and `address` are empty for a template's form; then a blank takes their place, and no code stands
    on it. `words`: what the form says besides, in its language."""

    body: Body
    title: str
    where: str
    facts: Sequence[tuple[str, str]]
    heed: str
    questions: Sequence[Asked]
    address: str
    words: dict[str, str]
    made_at: datetime


def round_form(data: FormPaper, lang: Lang) -> bytes:
    """PDF bytes of the form."""
    content = {
        "title": data.title,
        "body": {"name": data.body.name, "unit": data.body.unit, "contact": list(data.body.contact)},
        "where": data.where,
        "facts": [list(fact) for fact in data.facts],
        "heed": data.heed,
        "questions": [asdict(one) for one in data.questions],
        "words": data.words,
        "has_code": bool(data.address),
        "printed": said("printed", lang, when=moment(data.made_at, lang)),
    }
    figures = {"address": qr.svg(data.address)} if data.address else {}
    return render("round", content, lang=lang, made_at=data.made_at, figures=figures)
