"""The annual report as PDF: the same parts, the same drawings in ink."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.translation import gettext as _

from answerable.core.names import in_language
from answerable.figures.charts import Chart
from answerable.figures.published import report_shown
from answerable.figures.published.models import Report
from answerable.ui.print import annual
from answerable.ui.print.data import Body
from answerable.ui.print.words import Lang

WIDTH = 640


def pdf_of(report: Report, lang: Lang, now: datetime) -> bytes:
    """PDF bytes in one language; marked as a preview until it is published."""
    body = report.authority
    with translation.override(lang):
        parts = report_shown.parts_of(report)
        data = annual.AnnualReport(
            body=Body(
                name=body.name,
                contact=tuple(
                    one for one in (in_language(body.address_zh, body.address_en), body.phone) if one
                ),
            ),
            title=title_of(report),
            number=_("version %(number)s") % {"number": report.number},
            source=_("What a report holds: %(source)s") % {"source": report_shown.source_of(report)},
            small=_("No number from 1 to 4 is shown, and none can be worked out: small rows stand together."),
            parts=tuple(_part(one) for one in parts if not one.is_empty),
            made_at=now.astimezone(ZoneInfo(body.zone)),
            preview=report.published_at is None,
        )
        return annual.annual_report(data, lang)


def title_of(report: Report) -> str:
    return _("Annual report %(year)s") % {"year": report.year}


def _part(part: report_shown.Part) -> annual.Part:
    return annual.Part(
        title=part.title,
        article=_("art. %(article)s") % {"article": part.article} if part.article else "",
        text=part.text,
        note=part.note,
        facts=tuple(part.facts),
        rates=tuple((one.title, one.share, one.formula) for one in part.rates),
        charts=tuple(_chart(one) for one in part.charts),
    )


def _chart(chart: Chart) -> annual.Drawing:
    return annual.Drawing(
        title=chart.title,
        says=chart.says,
        note=chart.note,
        svg="" if chart.is_empty else chart.paper(WIDTH),
        key=tuple((series.tone.value, series.name) for series in chart.key),
        heads=(chart.head, *(series.name for series in chart.series)),
        rows=tuple((label.text, *(one.text for _series, one in cells)) for label, cells in chart.lines()),
    )
