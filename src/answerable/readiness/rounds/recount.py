"""The days that figures of findings count by, held against the acts: what was counted can be counted again."""

from __future__ import annotations

from uuid import UUID

from django.db import connection

# The day of a finding as its first act has it, and how often a later act moved it beyond that.
_SAID = """
WITH said AS (
    SELECT a.matter_id AS id, a.kind, (convert_from(o.body, 'UTF8')::json -> 'body' ->> 'due_on')::date AS day
    FROM record_act a JOIN record_opening o ON o.act_id = a.id
    WHERE a.kind IN ('finding.found', 'finding.day_moved')
), days AS (
    SELECT f.id, f.day AS first, (SELECT count(*) FROM said m
        WHERE m.id = f.id AND m.kind = 'finding.day_moved' AND m.day > f.day) AS times
    FROM said f WHERE f.kind = 'finding.found'
)
"""
_DIFFER = "f.id = d.id AND (f.first_due_on IS DISTINCT FROM d.first OR f.postponed <> d.times)"
_FIND = f"{_SAID} SELECT f.id FROM rounds_finding f, days d WHERE {_DIFFER} ORDER BY f.id"  # noqa: S608 - our own words
_MEND = f"""{_SAID} UPDATE rounds_finding f SET first_due_on = d.first, postponed = d.times
FROM days d WHERE {_DIFFER} RETURNING f.id"""  # noqa: S608


def differing(*, mend: bool = False) -> list[UUID]:
    """The findings that are kept with another first day, or postponed another number of times, than their acts say."""
    with connection.cursor() as cursor:
        cursor.execute(_MEND if mend else _FIND)
        return [row[0] for row in cursor.fetchall()]
