"""What stands on a body's public page, and which charts an edition has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from answerable.figures.charts import Chart, Label, Series, rows, value
from answerable.figures.published import drawing, queries
from answerable.figures.published.drawing import month_name, total_of
from answerable.figures.published.measures import BY_NAME, TableName
from answerable.orgs.models import Authority

MONTHS_SHOWN = 12


def context(body: Authority) -> dict[str, Any]:
    """The newest month, the months before it, what waits and why, what can be taken away."""
    found = queries.newest_months(body, MONTHS_SHOWN)
    newest = found[-1] if found else None
    months = [(one.period, one.content) for one in found]
    editions = queries.newest_editions(body)
    return {
        "body": body,
        "newest": newest,
        "newest_name": month_name(newest.period) if newest else "",
        "says": sentence(newest.content) if newest else "",
        "charts": _over_time(months) if len(months) > 1 else [],
        "words": words_chart(newest.content) if newest else None,
        "promises": promise_chart(newest.content) if newest else None,
        "waiting": [(one, month_name(one.period)) for one in queries.waiting(body)],
        "editions": [(one, month_name(one.period)) for one in reversed(editions)],
        "reports": queries.public_reports(body),
        "setting": queries.setting_of(body),
    }


def sentence(content: Mapping[str, Any]) -> str:
    """The answer first: received, answered, and how many before their date."""
    received = (total_of(content, "received") or {}).get("received")
    date = total_of(content, "date")
    answered = (total_of(content, "answered") or {}).get("answered")
    parts = []
    if received is not None:
        parts.append(_("%(number)s matters came in.") % {"number": f"{received:,}"})
    if answered is not None:
        parts.append(_("%(number)s answers were given.") % {"number": f"{answered:,}"})
    if date is not None and date["answered"]:
        share = round(100 * date["kept"] / date["answered"])
        parts.append(
            _("%(kept)s of these (%(share)s %%) went out before their date.")
            % {"kept": f"{date['kept']:,}", "share": share}
        )
    if content.get("median_days") is not None:
        parts.append(
            _(
                "Half of the people had their final answer within %(days)s days of handing in, pauses included."
            )
            % {"days": content["median_days"]}
        )
    # Chinese sentences follow one another without a space.
    between = "" if (get_language() or "").startswith("zh") else " "
    return between.join(parts) or _("The numbers are too small to be shown.")


def _over_time(months: list[tuple[str, Mapping[str, Any] | None]]) -> list[Chart]:
    return [
        drawing.over_time(
            months,
            "received",
            name="received",
            title=_("Matters received, month by month"),
            says=_trend(months),
        ),
        drawing.parts_over_time(
            months,
            "date",
            name="dates",
            title=_("Answers, and whether their date was kept"),
            says=_("Answers given in each month, by whether they went out before the matter's date."),
        ),
    ]


def _trend(months: list[tuple[str, Mapping[str, Any] | None]]) -> str:
    numbers = [
        (period, total["received"])
        for period, content in months
        if (total := total_of(content, "received")) is not None
    ]
    if not numbers:
        return _("No month has a number that may be shown.")
    (first, low), (last, high) = numbers[0], numbers[-1]
    return _("%(low)s in %(first)s, %(high)s in %(last)s.") % {
        "low": low,
        "first": month_name(first),
        "high": high,
        "last": month_name(last),
    }


def words_chart(content: Mapping[str, Any], name: str = "words") -> Chart | None:
    """What the office says beside what people say; None where neither is large enough to be shown."""
    chart = drawing.words_beside(content, name=name)
    return None if chart.is_empty else chart


def promise_chart(content: Mapping[str, Any], name: str = "promises") -> Chart | None:
    """Each time limit of the procedure, and how often it was kept."""
    table = next((one for one in content["tables"] if one["table"] == TableName.PROMISE), None)
    if table is None:
        return None
    families = {one["family"]: one for one in table["families"]}
    family = families["promise"] if families["promise"]["lines"] else families["owed"]
    if not family["lines"]:
        return None
    return drawing.lying(
        table,
        family,
        name=name,
        title=_("What the office promises, and how it was kept"),
        keep=lambda line: any(line.counts.values()),
    )


def whole_charts(content: Mapping[str, Any]) -> list[Chart]:
    """The whole body's charts of one edition."""
    promises = promise_chart(content)
    words = words_chart(content)
    found = [words] if words else []
    for family in ("date", "time", "outcome", "review"):
        total = total_of(content, family)
        if total is not None:
            found.append(bars(family, total, name=family))
    return [*found, *([promises] if promises else [])]


def bars(family: str, total: Mapping[str, int], *, name: str) -> Chart:
    """The parts of the whole body's count, one under the other."""
    kind = BY_NAME[family]
    whole = _("Of %(whole)s in all.") % {"whole": f"{total[kind.whole]:,}"}
    return rows(
        name=name,
        title=drawing.family_name(family),
        says=whole,
        head=_("Part"),
        labels=[Label(drawing.measure_name(part)) for part in kind.parts],
        series=Series(drawing.measure_name(kind.whole), [value(total[part]) for part in kind.parts]),
        note=whole,
    )


def is_drawn(family: Mapping[str, Any]) -> bool:
    """Whether a table's family has a line with something in it."""
    return any(any(line["counts"].values()) for line in family["lines"])


def table_chart(
    table: Mapping[str, Any], family: Mapping[str, Any], *, name: str = "", title: str = ""
) -> Chart:
    """A table's family; rows in which nothing was counted are left out of the drawing, not out of the files."""
    return drawing.lying(
        table,
        family,
        name=name or family["family"],
        title=title,
        keep=lambda line: any(line.counts.values()),
    )


def table_charts(table: Mapping[str, Any], families: list[Mapping[str, Any]]) -> list[Chart]:
    """A table's families; of places the sketch of where they lie comes first."""
    found = [table_chart(table, one) for one in families]
    received = next((one for one in families if one["family"] == "received"), None)
    if table["table"] == TableName.PLACE and received is not None:
        sketch = drawing.place_map(table, received, name="map")
        found = [sketch, *found] if sketch is not None else found
    return found
