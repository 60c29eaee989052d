"""An annual report as it is read: its parts in order, each a text, figures, or rates with their formulas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from answerable.core.names import in_language
from answerable.figures.charts import Chart
from answerable.figures.published import drawing, front
from answerable.figures.published.drawing import total_of
from answerable.figures.published.files import table_word
from answerable.figures.published.measures import EXTRA
from answerable.figures.published.models import Report
from answerable.figures.published.report_contents import Rate, Section, contents_of

HELD = "–"


@dataclass(frozen=True)
class RateShown:
    title: str
    share: str
    formula: str


@dataclass(frozen=True)
class Part:
    """One section: a text, or charts with their tables, or a few numbers, or rates."""

    code: str
    title: str
    article: str = ""
    text: str = ""
    note: str = ""
    charts: list[Chart] = field(default_factory=list)
    facts: list[tuple[str, str]] = field(default_factory=list)
    rates: list[RateShown] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.text or self.charts or self.facts or self.rates)


def parts_of(report: Report) -> list[Part]:
    """All sections of the report in the reader's language."""
    content = report.edition.content
    return [_part(section, report, content) for section in contents_of(report.pack).sections]


def source_of(report: Report) -> str:
    return contents_of(report.pack).source.in_language(get_language() or "en")


def _part(section: Section, report: Report, content: Mapping[str, Any]) -> Part:
    language = get_language() or "en"
    part = Part(
        section.code,
        section.title.in_language(language),
        section.article,
        note=section.note.in_language(language),
    )
    if section.kind == "text":
        said = report.texts.get(section.code, {})
        return Part(part.code, part.title, part.article, in_language(said.get("zh", ""), said.get("en", "")))
    for name in section.show:
        _add(part, name, content)
    part.rates.extend(_rate(rate, content, language) for rate in section.rates)
    return part


def _add(part: Part, name: str, content: Mapping[str, Any]) -> None:
    kind, _colon, what = name.partition(":")
    key = f"{part.code}-{kind}-{what}".rstrip("-")
    if kind == "promises":
        chart = front.promise_chart(content, key)
        part.charts.extend([chart] if chart else [])
    elif kind == "words":
        words = front.words_chart(content, key)
        part.charts.extend([words] if words else [])
    elif kind == "whole":
        total = total_of(content, what)
        part.charts.extend([front.bars(what, total, name=key)] if total is not None else [])
    elif kind == "conduct":
        part.facts.extend(
            (label, _number((content.get("conduct") or {}).get(code)))
            for code, label in (("received", _("Came in")), ("answered", _("Answers given")))
        )
    elif kind == "extra":
        part.facts.append((_(EXTRA[what]), _number((content.get("extra") or {}).get(what))))
    else:
        part.charts.extend(_table(kind, what, content, key))


def _table(kind: str, what: str, content: Mapping[str, Any], key: str) -> list[Chart]:
    table = next(one for one in content["tables"] if one["table"] == kind)
    family = next(one for one in table["families"] if one["family"] == what)
    title = f"{drawing.family_name(what)} · {table_word(kind)}"
    chart = front.table_chart(table, family, name=key, title=title)
    return [] if chart.is_empty else [chart]


def _number(number: int | None) -> str:
    return HELD if number is None else f"{number:,}"


def _rate(rate: Rate, content: Mapping[str, Any], language: str) -> RateShown:
    total = total_of(content, rate.family) or {}
    above, below = (sum(total.get(one, 0) for one in parts) for parts in (rate.above, rate.below))
    share = f"{100 * above / below:.1f} %" if below else HELD
    return RateShown(rate.title.in_language(language), share, rate.formula.in_language(language))
