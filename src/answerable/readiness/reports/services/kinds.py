"""What is asked of which units: set up, changed, stopped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any

from django.db import transaction

from answerable.core.refusals import Changed
from answerable.orgs.models import Authority
from answerable.orgs.queries import local_today
from answerable.orgs.standing import standing
from answerable.readiness.reports import access, fields, making, rules, sources
from answerable.readiness.reports.act_kinds import DueReportAct
from answerable.readiness.reports.fields import Asked, Field, Words
from answerable.readiness.reports.models import DueReport, Kind, Owing
from answerable.readiness.reports.rules import CannotSetUp, Rhythm, State
from answerable.record.actors import Actor
from answerable.record.append import append

MOST_NAME = 120
MOST_PURPOSE = 300


@dataclass(frozen=True)
class KindDraft:
    """Everything that is said of a kind. `owing`: (unit id, with all below)."""

    name: Words
    fields: Sequence[Field]
    rhythm: Rhythm
    owing: Sequence[tuple[int, bool]]
    purpose: Words = field(default_factory=Words)
    cut: time | None = None
    due: time | None = None
    weekday: int | None = None
    month_day: int | None = None
    after: str = ""
    hours_after: int | None = None
    follows_periods: bool = False
    remind_min: int = 60


def _check(draft: KindDraft, body: Authority, kind: Kind | None) -> None:
    """Raises CannotSetUp."""
    asked = Asked(name=draft.name, purpose=draft.purpose, fields=tuple(draft.fields))
    fields.check(asked, sources.types())
    for label, text, limit in (
        ("name", draft.name, MOST_NAME),
        ("purpose", draft.purpose, MOST_PURPOSE),
    ):
        if max(len(text.zh), len(text.en)) > limit:
            raise CannotSetUp("too_long", label=text.zh or text.en or label, limit=limit)
    rules.check_times(
        draft.rhythm,
        cut=draft.cut,
        due=draft.due,
        weekday=draft.weekday,
        month_day=draft.month_day,
        hours_after=draft.hours_after,
        after=draft.after,
        follows_periods=draft.follows_periods,
    )
    if not draft.owing:
        raise CannotSetUp("nobody")
    units = standing(fresh=True).units
    if any(pk not in units or units[pk].authority_id != body.pk for pk, _below in draft.owing):
        raise CannotSetUp("other_body")
    others = Kind.objects.filter(authority=body, stopped_at=None)
    if kind is not None:
        others = others.exclude(pk=kind.pk)
    for zh, en in others.values_list("name_zh", "name_en"):
        if (draft.name.zh and draft.name.zh == zh) or (draft.name.en and draft.name.en == en):
            raise CannotSetUp("code_taken")


def _columns(draft: KindDraft) -> dict[str, Any]:
    is_event = draft.rhythm is Rhythm.AFTER_EVENT
    return {
        "name_zh": draft.name.zh,
        "name_en": draft.name.en,
        "purpose_zh": draft.purpose.zh,
        "purpose_en": draft.purpose.en,
        "fields": [one.model_dump() for one in draft.fields],
        "rhythm": draft.rhythm.value,
        "cut": None if is_event else draft.cut,
        "due": None if is_event else draft.due,
        "weekday": draft.weekday if draft.rhythm is Rhythm.WEEKLY else None,
        "month_day": draft.month_day if draft.rhythm is Rhythm.MONTHLY else None,
        "after": draft.after if is_event else "",
        "hours_after": draft.hours_after if is_event else None,
        "follows_periods": draft.follows_periods,
        "remind_min": draft.remind_min,
    }


@transaction.atomic(durable=True)
def add_kind(*, body: Authority, draft: KindDraft, by: Actor, now: datetime) -> Kind:
    """Ask for a report from today on; what was due earlier today is not. Raises CannotSetUp, NotYours."""
    # Two of the same name at the same instant wait here for one another.
    body = Authority.objects.select_for_update().get(pk=body.pk)
    access.require_keeper(by, body, now)
    _check(draft, body, None)
    kind = Kind.objects.create(authority=body, begins_on=local_today(body, now), **_columns(draft))
    _owe(kind, draft)
    append(DueReportAct.ADDED, matter=kind.matter, by=by, at=now, body=_said(draft))
    return kind


@transaction.atomic(durable=True)
def change_kind(*, kind_id: int, draft: KindDraft, by: Actor, seen_version: int, now: datetime) -> Kind:
    """Change what is asked from now on: reports that were opened keep what they ask and when they are due.

    Raises CannotSetUp, Changed, NotYours.
    """
    kind = making.lock_kind(kind_id)
    access.require_keeper(by, kind.authority, now)
    if kind.version != seen_version:
        raise Changed(version=kind.version)
    if kind.stopped_at is not None:
        raise CannotSetUp("stopped")
    _check(draft, kind.authority, kind)
    for name, value in _columns(draft).items():
        setattr(kind, name, value)
    kind.version += 1
    kind.save()
    kind.owing.all().delete()
    _owe(kind, draft)
    append(DueReportAct.CHANGED, matter=kind.matter, by=by, at=now, body=_said(draft))
    return kind


@transaction.atomic(durable=True)
def stop_kind(*, kind_id: int, why: str, by: Actor, seen_version: int, now: datetime) -> Kind:
    """Ask for it no more; what is still ahead is dropped, what is owed already stays owed. Raises Changed, NotYours."""
    kind = making.lock_kind(kind_id)
    access.require_keeper(by, kind.authority, now)
    if kind.stopped_at is not None:
        return kind
    if kind.version != seen_version:
        raise Changed(version=kind.version)
    kind.stopped_at, kind.version = now, kind.version + 1
    kind.save(update_fields=["stopped_at", "version"])
    append(DueReportAct.STOPPED, matter=kind.matter, by=by, at=now, why=why.strip()[:300])
    rows = DueReport.objects.select_for_update().filter(kind=kind, state=State.OPEN, until_at__gt=now)
    ahead = list(rows.order_by("pk"))
    for row in ahead:
        row.dropped_why = "kind_stopped"
    making.drop(kind, ahead, now=now, by=by)
    return kind


@transaction.atomic(durable=True)
def record_export(*, kind: Kind, by: Actor, rows: int, about: str, now: datetime) -> None:
    """The table is taken out: recorded before the first byte."""
    append(
        DueReportAct.EXPORTED, matter=kind.matter, by=by, at=now, body={"rows": rows, "about": about[:200]}
    )


def _owe(kind: Kind, draft: KindDraft) -> None:
    merged: dict[int, bool] = {}
    for unit_id, below in draft.owing:
        merged[unit_id] = merged.get(unit_id, False) or below
    Owing.objects.bulk_create(
        [Owing(kind=kind, unit_id=unit_id, with_below=below) for unit_id, below in merged.items()]
    )


def _said(draft: KindDraft) -> dict[str, Any]:
    """What the record keeps of it: when and by whom it is owed, and what it asks."""
    return {
        "name": [draft.name.zh, draft.name.en],
        "rhythm": draft.rhythm.value,
        "cut": draft.cut.isoformat() if draft.cut else None,
        "due": draft.due.isoformat() if draft.due else None,
        "weekday": draft.weekday,
        "month_day": draft.month_day,
        "after": draft.after,
        "hours_after": draft.hours_after,
        "follows_periods": draft.follows_periods,
        "owing": sorted([pk, below] for pk, below in draft.owing),
        "fields": [[one.code, one.type, one.label.zh, one.label.en, one.source] for one in draft.fields],
    }
