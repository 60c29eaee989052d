"""A situation report about an incident, and the notice of a public warning for the wall."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from answerable.ui.print import qr
from answerable.ui.print.data import Body
from answerable.ui.print.render import render
from answerable.ui.print.words import Lang, moment, plain_day, said


@dataclass(frozen=True, slots=True, kw_only=True)
class SituationReport:
    """`mark` stands in a frame on top (an exercise); `parts`: title and text; `preview`: not sent."""

    body: Body
    title: str
    number: str
    subject: str
    addressee: str
    parts: tuple[tuple[str, str], ...]
    signed_on: date
    made_at: datetime
    facts: tuple[tuple[str, str], ...] = ()
    signed_by: str = ""
    mark: str = ""
    note: str = ""
    preview: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeWords:
    """A warning in one language; `rows`: heading and text, such as "What to do"."""

    lang: Lang
    headline: str
    rows: tuple[tuple[str, str], ...]
    mark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WarningNotice:
    """A public warning on one sheet, both languages, read from two metres away. `address`: where it is kept current."""

    body: Body
    words: tuple[NoticeWords, ...]
    address: str
    address_words: str
    made_at: datetime


def situation_report(data: SituationReport, lang: Lang) -> bytes:
    """PDF bytes."""
    content = {
        "title": data.title,
        "body": {"name": data.body.name, "unit": data.body.unit, "contact": list(data.body.contact)},
        "number": data.number,
        "subject": data.subject,
        "addressee": data.addressee,
        "parts": [list(part) for part in data.parts],
        "facts": [list(fact) for fact in data.facts],
        "signed_by": data.signed_by,
        "signed_on": plain_day(data.signed_on, lang),
        "mark": data.mark,
        "note": data.note,
        "preview": data.preview,
        "printed": said("printed", lang, when=moment(data.made_at, lang)),
    }
    return render("situation", content, lang=lang, made_at=data.made_at)


def warning_notice(data: WarningNotice) -> bytes:
    """PDF bytes; the first language is the sheet's own."""
    first = data.words[0]
    content = {
        "title": first.headline,
        "body": {"name": data.body.name, "unit": data.body.unit, "contact": list(data.body.contact)},
        "blocks": [
            {
                "is_zh": words.lang == "zh-hans",
                "mark": words.mark,
                "headline": words.headline,
                "rows": [list(row) for row in words.rows],
            }
            for words in data.words
        ],
        "address": data.address,
        "address_words": data.address_words,
        "printed": said("printed", first.lang, when=moment(data.made_at, first.lang)),
    }
    figures = {"address": qr.svg(data.address)}
    return render("warning", content, lang=first.lang, made_at=data.made_at, figures=figures)
