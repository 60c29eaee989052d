"""A message as pages show it: in plain words, in both languages, the reader's first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import translation

from answerable.incidents.models import Incident, PublicWarning
from answerable.incidents.warnings import wording
from answerable.incidents.warnings.composing import Ready
from answerable.incidents.warnings.rules import LANGUAGES, WARNING, Kind


@dataclass(frozen=True)
class In:
    """What it says in one language. `lang` is the HTML tag."""

    lang: str
    headline: str
    description: str
    instruction: str
    area: str
    responses: tuple[str, ...]
    until: str
    sent: str
    body: str
    severity: str
    urgency: str
    certainty: str
    level: str


@dataclass(frozen=True)
class Shown:
    """`first` in the reader's language, `other` in the other one. `state` is a name of ui.states."""

    identifier: str
    kind: str
    kind_name: str
    is_exercise: bool
    is_warning: bool
    is_in_force: bool
    has_run_out: bool
    phone: str
    first: In
    other: In
    incident: Incident
    sent_at: datetime
    expires_at: datetime
    xml: str


def shown(row: PublicWarning, now: datetime, *, is_followed: bool | None = None) -> Shown:
    """A message that was sent."""
    followed = row.followed_by.exists() if is_followed is None else is_followed
    return _of(
        incident=row.incident,
        kind=Kind(row.kind),
        identifier=row.identifier,
        fields=row.fields,
        sent_at=row.sent_at,
        expires_at=row.expires_at,
        is_exercise=row.is_exercise,
        xml=row.xml,
        is_followed=followed,
        now=now,
    )


def would_show(incident: Incident, kind: Kind, ready: Ready, now: datetime) -> Shown:
    """A message that is not sent yet."""
    return _of(
        incident=incident,
        kind=kind,
        identifier=ready.identifier,
        fields=ready.fields,
        sent_at=now,
        expires_at=ready.expires_at,
        is_exercise=incident.is_drill,
        xml=ready.xml,
        is_followed=False,
        now=now,
    )


def _of(
    *,
    incident: Incident,
    kind: Kind,
    identifier: str,
    fields: dict[str, Any],
    sent_at: datetime,
    expires_at: datetime,
    is_exercise: bool,
    xml: str,
    is_followed: bool,
    now: datetime,
) -> Shown:
    zone = incident.authority.zone
    by_language = {
        language: _in(language, fields, kind, sent_at, expires_at, zone, is_exercise)
        for language in LANGUAGES
    }
    mine = "zh" if (translation.get_language() or "").startswith("zh") else "en"
    other = "en" if mine == "zh" else "zh"
    return Shown(
        identifier=identifier,
        kind=kind.value,
        kind_name=str(wording.KIND_NAMES[kind]),
        is_exercise=is_exercise,
        is_warning=kind in WARNING,
        is_in_force=kind in WARNING and not is_followed and expires_at > now,
        has_run_out=kind in WARNING and expires_at <= now,
        phone=fields.get("phone", ""),
        first=by_language[mine],
        other=by_language[other],
        incident=incident,
        sent_at=sent_at,
        expires_at=expires_at,
        xml=xml,
    )


def _in(
    language: str,
    fields: dict[str, Any],
    kind: Kind,
    sent_at: datetime,
    expires_at: datetime,
    zone: str,
    is_exercise: bool,
) -> In:
    words = fields[language]
    mark = wording.EXERCISE[language] if is_exercise else ""
    with translation.override(wording.DJANGO[language]):
        chosen = fields["responses"] if kind in WARNING else []
        return In(
            lang="zh-Hans" if language == "zh" else "en",
            headline=mark + words["headline"],
            description=words["description"],
            instruction=words["instruction"],
            area=words["area"],
            responses=tuple(str(wording.RESPONSES[code]) for code in chosen if code in wording.RESPONSES),
            until=wording.at_text(expires_at, zone),
            sent=wording.at_text(sent_at, zone),
            body=fields[f"body_{language}"] or fields["body_zh"] or fields["body_en"],
            severity=str(wording.SEVERITIES.get(fields["severity"], "")),
            urgency=str(wording.URGENCIES.get(fields["urgency"], "")),
            certainty=str(wording.CERTAINTIES.get(fields["certainty"], "")),
            level=str(wording.LEVELS.get(fields.get("warning_level") or 0, "")) if kind in WARNING else "",
        )
