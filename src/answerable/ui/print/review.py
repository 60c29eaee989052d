"""The review of a response: what was aimed at and what was reached, what went well and what not, the lessons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from answerable.ui.print.data import Body
from answerable.ui.print.render import render
from answerable.ui.print.words import Lang, moment, said


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table under its heading; `nothing` is printed where it has no rows, `note` under the heading.

    `shares`: each column's part of the width; without them the first one takes what the others leave.
    """

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""
    nothing: str = ""
    shares: Sequence[float] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewSheet:
    """`mark` stands in a frame on top (an exercise); `preview`: not signed."""

    body: Body
    title: str
    number: str
    subject: str
    facts: Sequence[tuple[str, str]]
    texts: Sequence[tuple[str, str]]
    tables: Sequence[Table]
    signed: str
    made_at: datetime
    mark: str = ""
    preview: bool = False


def review_sheet(data: ReviewSheet, lang: Lang) -> bytes:
    """PDF bytes. Raises ValueError where a row, or the shares, are not as many as a table's heads."""
    for table in data.tables:
        if any(len(row) != len(table.heads) for row in (*table.rows, table.shares or table.heads)):
            raise ValueError(table.title)
    content = {
        "title": data.title,
        "body": {"name": data.body.name, "unit": data.body.unit, "contact": list(data.body.contact)},
        "number": data.number,
        "subject": data.subject,
        "facts": [list(fact) for fact in data.facts],
        "texts": [list(text) for text in data.texts],
        "tables": [
            {
                "title": table.title,
                "heads": list(table.heads),
                "rows": [list(row) for row in table.rows],
                "note": table.note,
                "nothing": table.nothing,
                "shares": list(table.shares),
            }
            for table in data.tables
        ],
        "signed": data.signed,
        "mark": data.mark,
        "preview": data.preview,
        "printed": said("printed", lang, when=moment(data.made_at, lang)),
    }
    return render("review", content, lang=lang, made_at=data.made_at)
