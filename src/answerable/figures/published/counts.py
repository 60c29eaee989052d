"""The counts of a month, by unit, subject, place and channel: summed up in the database, which hands over sums alone.

However many matters there are, what arrives here is as long as the organisation is large.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from answerable.cases.models import Intake
from answerable.cases.packs import load_pack
from answerable.figures.published.measures import MEDIAN_FROM, TableName
from answerable.figures.published.suppression import LEAST, ROOT, Row, Table
from answerable.orgs.models import Authority, Place, Subject, Unit

#: The row of what has no place, or belongs to another body's list.
ELSEWHERE = 999_999_999_999

_TURNS = """figures_turn t JOIN orgs_unit u ON u.id = t.unit_id JOIN figures_fact f ON f.case_id = t.case_id
    WHERE u.authority_id = %(body)s AND t.is_conduct = %(conduct)s"""
_ANSWERS = _TURNS + " AND t.ending = 'answered' AND t.ended_at >= %(start)s AND t.ended_at < %(end)s"
_DECIDED = """(SELECT d.outcome FROM cases_decision d WHERE d.case_id = t.case_id AND d.stage = 'handle'
    AND t.stage = 'handle' AND d.sent_at <= t.ended_at ORDER BY d.sent_at DESC LIMIT 1)"""
_DAYS = "extract(epoch FROM t.elapsed) / 86400"

#: What is asked: where the rows come from, the unit's column, and each measure's condition.
_ASKED: tuple[tuple[str, str, dict[str, str]], ...] = (
    (
        """figures_fact f WHERE f.authority_id = %(body)s AND f.is_conduct = %(conduct)s
            AND f.received_at >= %(start)s AND f.received_at < %(end)s""",
        "f.first_unit_id",
        {"received": "true"},
    ),
    (
        _ANSWERS,
        "t.unit_id",
        {
            "answered": "true",
            "kept": "t.ended_at < t.due_at",
            "missed": "t.ended_at >= t.due_at",
            "no_date": "t.due_at IS NULL",
            "in_time": "t.ended_at < t.own_due_at",
            "late": "t.ended_at >= t.own_due_at",
            "no_own_date": "t.own_due_at IS NULL",
            "days_15": f"{_DAYS} <= 15",
            "days_30": f"{_DAYS} > 15 AND {_DAYS} <= 30",
            "days_60": f"{_DAYS} > 30 AND {_DAYS} <= 60",
            "days_more": f"{_DAYS} > 60",
            "not_final": "t.elapsed IS NULL",
            "supported": f"{_DECIDED} = 'supported'",
            "partly": f"{_DECIDED} = 'partly'",
            "explained": f"{_DECIDED} = 'explained'",
            "not_supported": f"{_DECIDED} = 'not_supported'",
            "other_outcome": f"coalesce({_DECIDED}, '') NOT IN ('supported', 'partly', 'explained', 'not_supported')",
            "office_solved": "t.office_solved",
            "office_unsolved": "NOT t.office_solved",
            "office_silent": "t.office_solved IS NULL",
            "person_solved": "t.person_solved",
            "person_unsolved": "NOT t.person_solved",
            "person_silent": "t.person_solved IS NULL",
        },
    ),
    (
        _TURNS
        + " AND t.reviewed_at >= %(start)s AND t.reviewed_at < %(end)s AND t.review IN ('stood', 'changed')",
        "t.unit_id",
        {"reviewed": "true", "stood": "t.review = 'stood'", "changed": "t.review = 'changed'"},
    ),
)
# Our own words; what comes from outside is a parameter.
_MEDIAN = f"""SELECT count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY {_DAYS}) FROM {_ANSWERS}
    AND t.elapsed IS NOT NULL"""  # noqa: S608

# A date is counted once: in the month in which it was met in time, else in the month in which it passed.
_PROMISES = """SELECT d.step, count(*) FILTER (WHERE d.met_at < d.late_from),
        count(*) FILTER (WHERE d.met_at IS NULL OR d.met_at >= d.late_from)
    FROM cases_deadline d JOIN cases_case c ON c.id = d.case_id
    WHERE c.authority_id = %(body)s AND NOT c.is_conduct AND d.is_office AND NOT d.is_supervising
        AND d.voided_seq IS NULL AND (
            (d.met_at < d.late_from AND d.met_at >= %(start)s AND d.met_at < %(end)s)
            OR ((d.met_at >= d.late_from OR (d.met_at IS NULL AND d.paused_at IS NULL))
                AND d.late_from >= %(start)s AND d.late_from < %(end)s))
    GROUP BY d.step ORDER BY d.step"""


@dataclass(frozen=True)
class Month:
    """The first instant of a month and the first after it, in the body's zone."""

    start: datetime
    end: datetime


def tables_of(body: Authority, month: Month) -> dict[TableName, Table]:
    """Every table of the month. Matters about someone's conduct are in none of them."""
    rows = _rows(body)
    own: dict[TableName, dict[int, dict[str, int]]] = {name: {} for name in rows}
    known = {name: {row.id for row in rows[name]} for name in rows}
    channels = {str(one): number for number, one in enumerate(Intake.values, 1)}
    for name, key, counts in _counted(body, month):
        row = channels.get(str(key)) if name is TableName.CHANNEL else key
        row = row if row in known[name] else ELSEWHERE
        into = own[name].setdefault(row, {})  # type: ignore[arg-type]
        for measure, number in counts.items():
            into[measure] = into.get(measure, 0) + number
    found = {name: Table(rows[name], own[name]) for name in rows}
    return found | {TableName.PROMISE: _promises(body, month)}


def step_row(step: str) -> int:
    """A step's row: the same number for the same code, whatever other steps a procedure has."""
    return zlib.crc32(step.encode()) | 1


def _promises(body: Authority, month: Month) -> Table:
    """How the procedure's dates were kept, step by step, in its order."""
    asked: dict[str, Any] = {"body": body.pk, "start": month.start, "end": month.end}
    with connection.cursor() as cursor:
        cursor.execute(_PROMISES, asked)
        found = {step: (kept, missed) for step, kept, missed in cursor}
    order = [
        step.code
        for step in load_pack(body.pack).steps
        if step.whose == "office" and not step.window and not step.supervises
    ]
    steps = dict.fromkeys([*order, *found])
    own = {
        step_row(step): {"owed": kept + missed, "promise_kept": kept, "promise_missed": missed}
        for step, (kept, missed) in found.items()
    }
    return Table(tuple(Row(step_row(step)) for step in steps), own)


def _counted(body: Authority, month: Month) -> Iterator[tuple[TableName, Any, dict[str, int]]]:
    asked: dict[str, Any] = {"body": body.pk, "conduct": False, "start": month.start, "end": month.end}
    for source, unit, measures in _ASKED:
        counts = ", ".join(f"count(*) FILTER (WHERE {what})" for what in measures.values())
        by = {
            TableName.UNIT: unit,
            TableName.SUBJECT: "f.subject_id",
            TableName.PLACE: "f.place_id",
            TableName.CHANNEL: "f.intake",
        }
        columns = ", ".join(by.values())
        sets = ", ".join(f"({column})" for column in by.values())
        groupings = ", ".join(f"GROUPING({column})" for column in by.values())
        query = f"SELECT {groupings}, {columns}, {counts} FROM {source} GROUP BY GROUPING SETS ({sets})"  # noqa: S608
        with connection.cursor() as cursor:
            cursor.execute(query, asked)
            for found in cursor:
                flags, keys, numbers = found[:4], found[4:8], found[8:]
                at = flags.index(0)
                yield list(by)[at], keys[at], dict(zip(measures, numbers, strict=True))


def _rows(body: Authority) -> dict[TableName, tuple[Row, ...]]:
    """Every row that there ever was, parents first, in the organisation's order; what is empty is not shown later."""
    trees: dict[TableName, QuerySet[Any]] = {
        TableName.UNIT: Unit.objects.filter(authority=body),
        TableName.SUBJECT: Subject.objects.filter(authority=body),
        TableName.PLACE: Place.objects.filter(authority=body),
    }
    found: dict[TableName, tuple[Row, ...]] = {}
    for name, queryset in trees.items():
        pairs = sorted(
            queryset.values_list("path", "pk", "parent_id"), key=lambda one: (one[0] or [one[1]], one[1])
        )
        found[name] = (*(Row(pk, parent or ROOT) for _, pk, parent in pairs), Row(ELSEWHERE))
    channels = range(1, len(Intake.values) + 1)
    found[TableName.CHANNEL] = (*(Row(number) for number in channels), Row(ELSEWHERE))
    return found


def median_days(body: Authority, month: Month) -> int | None:
    """The person's own time to the final answer, in the middle of all; None where there are too few."""
    asked: dict[str, Any] = {"body": body.pk, "conduct": False, "start": month.start, "end": month.end}
    with connection.cursor() as cursor:
        cursor.execute(_MEDIAN, asked)
        number, days = cursor.fetchone()
    return round(days) if number >= MEDIAN_FROM else None


def conduct_counts(body: Authority, span: Month) -> dict[str, int | None]:
    """Matters about someone's conduct, of the whole body; None where the number is too small to be shown."""
    asked: dict[str, Any] = {"body": body.pk, "conduct": True, "start": span.start, "end": span.end}
    found: dict[str, int | None] = {}
    for (source, _, _), measure in zip(_ASKED[:2], ("received", "answered"), strict=True):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {source}", asked)  # noqa: S608
            (number,) = cursor.fetchone()
        found[measure] = number if number == 0 or number >= LEAST else None
    return found


_EXTRA = {
    "handed_over": _TURNS
    + " AND t.ending = 'handed_over' AND t.ended_at >= %(start)s AND t.ended_at < %(end)s",
    "passed_on": _TURNS + " AND t.ending = 'passed_on' AND t.ended_at >= %(start)s AND t.ended_at < %(end)s",
    "lifted": """cases_deadline d JOIN cases_case c ON c.id = d.case_id
        WHERE c.authority_id = %(body)s AND c.is_conduct = %(conduct)s
        AND d.lifted_at >= %(start)s AND d.lifted_at < %(end)s""",
}


def extra_counts(body: Authority, span: Month) -> dict[str, int | None]:
    """Handed to another unit, passed on to another body, lifted to the level above for being late: a year's sums."""
    asked: dict[str, Any] = {"body": body.pk, "conduct": False, "start": span.start, "end": span.end}
    found: dict[str, int | None] = {}
    for name, source in _EXTRA.items():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {source}", asked)  # noqa: S608
            (number,) = cursor.fetchone()
        found[name] = number if number == 0 or number >= LEAST else None
    return found
