"""What a telephone needs for a day of rounds: those that can be done soon, what is to be mended and looked at."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from answerable.orgs.models import Authority
from answerable.readiness.rounds import queries, wording
from answerable.readiness.rounds.access import RoundReader
from answerable.readiness.rounds.forms import hazard_choices, subjects_of_body
from answerable.readiness.rounds.models import Finding, Round
from answerable.readiness.rounds.template.reading import kept_template
from answerable.readiness.rounds.template.schema import Question, RoundFile

#: So far ahead a telephone is given its rounds: whoever goes out in the evening is back the next morning.
AHEAD = timedelta(hours=16)
MOST_ROUNDS = 60
MOST_FINDINGS = 60


def as_data(reader: RoundReader) -> dict[str, Any]:
    """In the active language; places and things, and nobody's name."""
    rounds = queries.rounds_to_do(reader.post_ids, reader.now + AHEAD, MOST_ROUNDS)
    to_do = [(one, kept_template(one.template_version.text)) for one in rounds]
    home = reader.posts[0].unit.authority
    return {
        "rounds": [_round(one, file) for one, file in to_do if not file.is_desk_review],
        "mend": [_finding(one) for one in queries.findings_to_mend(reader.post_ids, MOST_FINDINGS)],
        "check": [
            _finding(one)
            for one in queries.findings_to_check(
                reader.post_ids, reader.led_unit_ids, reader.staff.pk, MOST_FINDINGS
            )
        ],
        "subjects": _pairs(subjects_of_body(_body(rounds, home))),
        "hazards": _pairs(hazard_choices()),
    }


def _body(rounds: list[Round], home: Authority) -> Authority:
    return rounds[0].authority if rounds else home


def _pairs(choices: list[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"code": code, "name": name} for code, name in choices]


def _round(one: Round, file: RoundFile) -> dict[str, Any]:
    tongue = wording.language()
    return {
        "id": str(one.pk),
        "plan": one.plan.name,
        "thing": wording.round_thing(one),
        "opens_at": one.opens_at.isoformat(),
        "due_at": one.due_at.isoformat(),
        "heed": file.heed.in_language(tongue) if file.heed else "",
        "has_place": one.place_id is not None,
        "questions": [_question(question, tongue) for question in file.questions],
    }


def _question(one: Question, tongue: str) -> dict[str, Any]:
    finds = one.finds
    return {
        "code": one.code,
        "ask": one.ask.in_language(tongue),
        "hint": one.hint.in_language(tongue) if one.hint else wording.limits_text(one),
        "kind": one.kind,
        "needed": one.is_needed,
        "wrong": one.wrong or "",
        "unit": one.unit.in_language(tongue) if one.unit else "",
        "least": one.least,
        "most": one.most,
        "choices": [
            {"code": choice.code, "name": choice.names.in_language(tongue), "wrong": choice.wrong}
            for choice in one.choices
        ],
        "becomes": finds.becomes if finds is not None else "",
        "subject": (finds.subject or "") if finds is not None else "",
        "hazard": (finds.hazard or "") if finds is not None else "",
    }


def _finding(one: Finding) -> dict[str, Any]:
    return {
        "id": str(one.pk),
        "name": one.name,
        "thing": wording.finding_thing(one),
        "note": one.note,
        "due_on": (one.check_on or one.due_on).isoformat(),
        "mended_with": one.mended_with,
    }
