"""What is kept from a reader whatever posts they hold, as conditions on a row `c` of cases_case."""

from __future__ import annotations

from typing import Any

from answerable.cases.access import Reader

_KEPT = """
    SELECT case_id FROM cases_accused WHERE staff_id = %s OR unit_id = ANY(%s)
    UNION ALL SELECT case_id FROM cases_stepped_aside WHERE staff_id = %s
    UNION ALL SELECT k.id FROM cases_case k WHERE k.is_accused_unknown AND k.unit_id <> ALL(%s)
        AND NOT EXISTS (SELECT FROM cases_involvement i WHERE i.case_id = k.id AND i.unit_id = ANY(%s))"""

#: Stands before a statement that says `HIDDEN`: looked for once in it, however many parts it has. `hidden_params`.
KEPT = f"WITH kept AS MATERIALIZED ({_KEPT}) "

# As a plain NOT IN the planner would take it for half of all rows, and read a whole list for its first page.
HIDDEN = "NULLIF(c.id IN (SELECT case_id FROM kept), TRUE) IS NOT NULL"

# As `access.readable_cases`, for a row `c`: nobody is left to be kept from an erased accusation, so everybody is.
READABLE = f"""(c.unit_id = ANY(%s) OR EXISTS (
    SELECT FROM cases_involvement w WHERE w.case_id = c.id AND w.unit_id = ANY(%s)))
    AND NOT (c.is_conduct AND c.erased_at IS NOT NULL) AND c.id NOT IN ({_KEPT})"""


def hidden_params(reader: Reader) -> list[Any]:
    """What `KEPT` wants."""
    own = own_units(reader)
    return [reader.staff.pk, list(reader.member_unit_ids), reader.staff.pk, own, own]


def readable_params(reader: Reader) -> list[Any]:
    """What `READABLE` wants."""
    units = list(reader.unit_ids)
    return [units, units, *hidden_params(reader)]


def own_units(reader: Reader) -> list[int]:
    """The units in which they hold a post that reads cases (not those below)."""
    return reader.own_unit_ids
