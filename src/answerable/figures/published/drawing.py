"""The charts of an edition, in the reader's language. They draw what was published and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from answerable.core.names import in_language
from answerable.figures.charts import Chart, Label, Series, Spot, Tone, columns, dots, rows, stacked, value
from answerable.figures.published.files import line_names
from answerable.figures.published.measures import BY_NAME, FAMILY_WORDS, HEADS, MEASURES

HELD = "–"
#: How the parts of a family are drawn. Late ones are hatched in the colour of lateness; what says nothing is pale.
TONES = {
    "kept": Tone.MAIN,
    "in_time": Tone.MAIN,
    "promise_kept": Tone.MAIN,
    "missed": Tone.LATE,
    "late": Tone.LATE,
    "promise_missed": Tone.LATE,
    "days_15": Tone.MAIN,
    "days_30": Tone.SECOND,
    "days_60": Tone.LATE,
    "days_more": Tone.LATE,
    "supported": Tone.MAIN,
    "partly": Tone.SECOND,
    "office_solved": Tone.MAIN,
    "office_unsolved": Tone.SECOND,
    "person_solved": Tone.MAIN,
    "person_unsolved": Tone.SECOND,
    "stood": Tone.MAIN,
    "changed": Tone.SECOND,
}


def measure_name(measure: str) -> str:
    return _(MEASURES[measure].name)


def family_name(family: str) -> str:
    return _(FAMILY_WORDS[family])


def month_name(period: str) -> str:
    """A month or a year in the reader's language."""
    is_chinese = (get_language() or "").startswith("zh")
    if len(period) == 4:
        return f"{period}年" if is_chinese else period
    year, month = period.split("-")
    if is_chinese:
        return f"{year}年{int(month)}月"
    return f"{_MONTHS[int(month) - 1]} {year}"


_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


def month_label(period: str) -> Label:
    if len(period) == 4:
        return Label(month_name(period), period)
    short = (
        f"{int(period[5:])}月"
        if (get_language() or "").startswith("zh")
        else _MONTHS[int(period[5:]) - 1][:3]
    )
    return Label(month_name(period), short)


def total_of(content: Mapping[str, Any] | None, family: str) -> Mapping[str, int] | None:
    """What an edition says of the whole body; None where it says nothing."""
    if content is None:
        return None
    for table in content["tables"]:
        for one in table["families"]:
            if one["family"] == family and one["total"] is not None:
                return dict(one["total"])
    return None


def over_time(
    months: Sequence[tuple[str, Mapping[str, Any] | None]], measure: str, *, name: str, title: str, says: str
) -> Chart:
    """One count, month by month; a month that is not published is a ring and not a zero."""
    family = BY_NAME[measure]
    numbers = [(total_of(content, family.name) or {}).get(measure) for _period, content in months]
    return columns(
        name=name,
        title=title,
        says=says,
        head=_("Month"),
        labels=[month_label(period) for period, _content in months],
        series=Series(measure_name(measure), [value(one, none=HELD) for one in numbers]),
        note=_too_small(numbers),
    )


def parts_over_time(
    months: Sequence[tuple[str, Mapping[str, Any] | None]], family: str, *, name: str, title: str, says: str
) -> Chart:
    parts = BY_NAME[family].parts
    totals = [total_of(content, family) or {} for _period, content in months]
    return stacked(
        name=name,
        title=title,
        says=says,
        head=_("Month"),
        labels=[month_label(period) for period, _content in months],
        series=[
            Series(measure_name(part), [value(total.get(part), none=HELD) for total in totals], tone_of(part))
            for part in _drawn(parts, totals)
        ],
        note=_too_small([total.get(parts[0]) for total in totals]),
    )


def _too_small(numbers: Sequence[int | None]) -> str:
    """What the dash stands for, where there is one."""
    return _("“–”: too small to be shown.") if None in numbers else ""


def tone_of(part: str) -> Tone:
    return TONES.get(part, Tone.REST)


def _drawn(parts: Sequence[str], totals: Sequence[Mapping[str, int]]) -> list[str]:
    """Parts that are nothing everywhere only fill the key."""
    there = [part for part in parts if any(total.get(part) for total in totals)]
    return there or list(parts)


def words_beside(content: Mapping[str, Any], *, name: str) -> Chart:
    """Solved: what the office says and what the person says, one under the other."""
    office, person = (total_of(content, family) or {} for family in ("office_word", "person_word"))
    pairs = (("solved", Tone.MAIN), ("unsolved", Tone.SECOND), ("silent", Tone.REST))
    names = {"solved": _("Solved"), "unsolved": _("Not solved"), "silent": _("Nothing said")}
    return rows(
        name=name,
        title=_("Solved? Two words on the same answers"),
        says=_("The office says of its answers whether they solved the matter; the person says so too."),
        head=_("Who says it"),
        labels=[Label(_("The office")), Label(_("The person"))],
        series=[
            Series(
                names[what],
                [
                    value(office.get(f"office_{what}"), none=HELD),
                    value(person.get(f"person_{what}"), none=HELD),
                ],
                tone,
            )
            for what, tone in pairs
        ],
        note=_("As far as people had said it on the day of counting."),
    )


@dataclass(frozen=True)
class Line:
    """A line of a table: its name, how deep it lies, its counts."""

    name: str
    depth: int
    counts: Mapping[str, int]


def lines_of(table: Mapping[str, Any], family: Mapping[str, Any]) -> list[Line]:
    """The lines in the organisation's order, each under the one that it lies in."""
    names = {row["code"]: (row["name_zh"], row["name_en"]) for row in table["rows"]}
    under: dict[str, list[Mapping[str, Any]]] = {}
    for line in family["lines"]:
        under.setdefault(line["parent"], []).append(line)
    found: list[Line] = []

    def walk(parent: str, depth: int) -> None:
        for line in under.get(parent, []):
            found.append(Line(in_language(*line_names(line["rows"], names)), depth, line["counts"]))
            if len(line["rows"]) == 1 and line["rows"][0] != parent:
                walk(line["rows"][0], depth + 1)

    walk("", 0)
    return found


def lying(
    table: Mapping[str, Any],
    family: Mapping[str, Any],
    *,
    name: str,
    title: str = "",
    keep: Callable[[Line], bool] = lambda line: True,
) -> Chart:
    """A table's family as bars, in the organisation's order: never by their length."""
    kind = BY_NAME[family["family"]]
    lines = [line for line in lines_of(table, family) if keep(line)]
    parts = _drawn(kind.parts or (kind.whole,), [line.counts for line in lines])
    said, head = title or family_name(kind.name), HEADS[table["table"]]
    return rows(
        name=name,
        title=said,
        says=_("%(what)s, in the office's order; what is small stands together with its neighbours.")
        % {"what": said},
        head=_(head),
        labels=[Label("　" * line.depth + line.name) for line in lines],
        series=[
            Series(
                measure_name(part),
                [value(line.counts[part]) for line in lines],
                tone_of(part) if kind.parts else Tone.MAIN,
            )
            for part in parts
        ],
    )


def place_map(table: Mapping[str, Any], family: Mapping[str, Any], *, name: str) -> Chart | None:
    """Places that stand alone in the table, as dots where they lie; None where there are not two to draw."""
    points = {row["code"]: row.get("point") for row in table["rows"]}
    names = {row["code"]: (row["name_zh"], row["name_en"]) for row in table["rows"]}
    whole, head = BY_NAME[family["family"]].whole, HEADS[table["table"]]
    spots = []
    for line in family["lines"]:
        code = line["rows"][0]
        if len(line["rows"]) == 1 and points.get(code) and line["counts"][whole]:
            latitude, longitude = points[code]
            label = Label(in_language(*names[code]))
            spots.append(Spot(label, latitude, longitude, value(line["counts"][whole])))
    if len(spots) < 2:
        return None
    return dots(
        name=name,
        title=_("Where matters came from"),
        says=_(
            "Each dot is a place of the office's list; the larger, the more matters. Places laid together are not drawn."
        ),
        head=_(head),
        what=measure_name(whole),
        spots=spots,
        north=pgettext("on a map", "N"),
    )
