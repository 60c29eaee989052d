"""The first page of rounds: what is mine to do, what is late, what was found, by unit."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from answerable.orgs.queries import local_today
from answerable.orgs.standing import standing
from answerable.readiness.rounds import queries, wording
from answerable.readiness.rounds.access import RoundReader, plans_for, rounds_view
from answerable.readiness.rounds.models import Finding, Round
from answerable.ui.htmx import page_or_part

MOST_SHOWN = 60


@require_safe
@rounds_view
def home(request: HttpRequest, reader: RoundReader) -> HttpResponse:
    today = local_today(reader.posts[0].unit.authority, reader.now)
    mine = queries.rounds_to_do(reader.post_ids, reader.now, MOST_SHOWN)
    counts = queries.counts_by_unit(reader.unit_ids, reader.now, today)
    units = [(standing().units[pk], counts[pk]) for pk in reader.unit_ids if pk in counts]
    context = {
        "mine": [round_row(one, reader) for one in mine],
        "mend": [finding_row(one, today) for one in queries.findings_to_mend(reader.post_ids, MOST_SHOWN)],
        "check": [
            finding_row(one, today)
            for one in queries.findings_to_check(
                reader.post_ids, reader.led_unit_ids, reader.staff.pk, MOST_SHOWN
            )
        ],
        "units": sorted(units, key=lambda row: (-row[1].late - row[1].open_late, row[0].path)),
        "has_plans": plans_for(reader).filter(stopped_at=None).exists(),
        "leads": reader.leads_any,
        "now": reader.now,
    }
    return page_or_part(request, "rounds/home.html", "main", context)


def round_row(one: Round, reader: RoundReader) -> dict[str, Any]:
    state, word = wording.round_state(one, reader.now)
    return {"round": one, "thing": wording.round_thing(one), "state": state, "word": word}


def finding_row(one: Finding, today: Any) -> dict[str, Any]:
    state, word = wording.finding_state(one, today)
    grave, grave_word = wording.severity_state(one)
    return {
        "finding": one,
        "thing": wording.finding_thing(one),
        "state": state,
        "word": word,
        "grave": grave,
        "grave_word": grave_word,
        "times": wording.times_text(one),
    }
