"""A briefing on one or two sheets: what an incoming commander reads first, section by section."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from answerable.ui.print.data import Body
from answerable.ui.print.render import render
from answerable.ui.print.words import Lang, moment, said


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading, then either pairs of a term and its words, or lines; both may be empty, and `empty` says so."""

    title: str
    pairs: tuple[tuple[str, str], ...] = ()
    lines: tuple[str, ...] = ()
    empty: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefingData:
    """`lead`: the state of things in one sentence. `mark`: stands over everything ("Exercise"). `made_at`: local."""

    body: Body
    title: str
    code: str
    lead: str
    sections: tuple[Section, ...]
    made_at: datetime
    mark: str = ""


def briefing(data: BriefingData, lang: Lang) -> bytes:
    """PDF bytes."""
    content = {
        "title": data.title,
        "body": {
            "name": data.body.name,
            "unit": data.body.unit,
            "contact": list(data.body.contact),
        },
        "code": data.code,
        "lead": data.lead,
        "mark": data.mark,
        "sections": [
            {
                "title": one.title,
                "pairs": [list(pair) for pair in one.pairs],
                "lines": list(one.lines),
                "empty": one.empty,
            }
            for one in data.sections
        ],
        "printed": said("printed", lang, when=moment(data.made_at, lang)),
    }
    return render("briefing", content, lang=lang, made_at=data.made_at)
