"""Whose data each column of this room is, and what for (rights: the column register).

Hazards and helpers (rule 11): a period names a physical hazard, places, and what is asked of the office's own posts.
"""

from __future__ import annotations

from answerable.core.register import NOBODY, OFFICE, Register

COLUMNS: Register = {
    "Period": {
        "id": (NOBODY, "to name the row; under it its acts are recorded"),
        "name_zh": (OFFICE, "what it is called in Chinese"),
        "name_en": (OFFICE, "what it is called in English"),
        "authority_id": (OFFICE, "of which body"),
        "unit_id": (OFFICE, "which unit's leader answers for it"),
        "kind": (OFFICE, "which physical hazard, of the closed list"),
        "state": (OFFICE, "where it stands"),
        "from_at": (OFFICE, "from when"),
        "until_at": (OFFICE, "until when"),
        "grounds": (OFFICE, "why it is announced: the hazard, nobody by name"),
        "places_up_to": (NOBODY, "to know which places were made since"),
        "announced_at": (OFFICE, "when it was announced"),
        "begun_at": (OFFICE, "when it began"),
        "ended_at": (OFFICE, "when it ended"),
        "version": (NOBODY, "to notice that somebody else changed it"),
    },
    "PeriodPlace": {
        "id": (NOBODY, "to name the row"),
        "period_id": (OFFICE, "which period"),
        "place_id": (OFFICE, "for which place"),
    },
    "Demand": {
        "id": (NOBODY, "to name the row"),
        "period_id": (OFFICE, "of which period"),
        "kind": (OFFICE, "what is asked for"),
        "line_id": (OFFICE, "of which duty line"),
        "role_id": (OFFICE, "of which role"),
        "count": (OFFICE, "how many more, or how often"),
        "item_id": (OFFICE, "which vehicle or equipment"),
        "plan_id": (OFFICE, "which plan is drilled first"),
        "of": (OFFICE, "whether reports or rounds come more often"),
        "topic": (OFFICE, "which rounds"),
        "rhythm": (OFFICE, "how often"),
        "between_from": (OFFICE, "from which local hour roll calls come"),
        "between_until": (OFFICE, "until which local hour roll calls come"),
        "answer_within_min": (OFFICE, "within how many minutes a roll call is answered"),
        "within_days": (OFFICE, "how recent a drill must be"),
    },
    "SurpriseCall": {
        "id": (NOBODY, "to name the row"),
        "demand_id": (OFFICE, "which demand"),
        "on": (OFFICE, "on which day; once a day"),
        "at": (OFFICE, "when it was made"),
        "roll_call_id": (OFFICE, "which roll call"),
        "passed_over": (OFFICE, "why none was made"),
        "asked": (OFFICE, "how many were asked"),
        "in_time": (OFFICE, "how many answered in time"),
    },
}
