"""An annual report with its charts, each with the numbers beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from answerable.ui.print.data import Body
from answerable.ui.print.render import render
from answerable.ui.print.words import Lang, moment, said


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A chart as SVG in ink ("" where there is nothing to draw) and its table; `says` is read out instead of it."""

    title: str
    says: str
    svg: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    key: tuple[tuple[str, str], ...] = ()  # tone and name of each series


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A section. `rates`: title, share, formula in words."""

    title: str
    article: str = ""
    text: str = ""
    note: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    rates: tuple[tuple[str, str, str], ...] = ()
    charts: tuple[Drawing, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnualReport:
    """`preview`: not published."""

    body: Body
    title: str
    number: str
    source: str
    small: str
    parts: tuple[Part, ...]
    made_at: datetime
    preview: bool = False


def annual_report(data: AnnualReport, lang: Lang) -> bytes:
    """PDF bytes."""
    figures: dict[str, str] = {}
    parts = [_part(part, figures) for part in data.parts]
    content = {
        "title": data.title,
        "body": {"name": data.body.name, "unit": data.body.unit, "contact": list(data.body.contact)},
        "number": data.number,
        "source": data.source,
        "small": data.small,
        "parts": parts,
        "preview": data.preview,
        "printed": said("printed", lang, when=moment(data.made_at, lang)),
    }
    return render("annual", content, lang=lang, made_at=data.made_at, figures=figures)


def _part(part: Part, figures: dict[str, str]) -> dict[str, Any]:
    charts = []
    for chart in part.charts:
        name = ""
        if chart.svg:
            name = f"chart{len(figures)}"
            figures[name] = chart.svg
        charts.append(
            {
                "title": chart.title,
                "says": chart.says,
                "note": chart.note,
                "figure": name,
                "key": [list(entry) for entry in chart.key],
                "heads": list(chart.heads),
                "rows": [list(row) for row in chart.rows],
            }
        )
    return {
        "title": part.title,
        "article": part.article,
        "text": part.text,
        "note": part.note,
        "facts": [list(fact) for fact in part.facts],
        "rates": [list(rate) for rate in part.rates],
        "charts": charts,
    }
