"""Counting, releasing and holding back: each in one transaction, each an act about its edition."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Min, QuerySet

from answerable.core.refusals import Changed
from answerable.figures import counting
from answerable.figures.models import Fact
from answerable.figures.published import counts, files, laying, pressing, rules, tables
from answerable.figures.published.access import SETS, require_for_body
from answerable.figures.published.act_kinds import PublishedAct
from answerable.figures.published.attacking import Release
from answerable.figures.published.models import Edition, EditionFile, Publishing
from answerable.figures.published.rules import CannotPublish
from answerable.figures.published.suppression import LEAST
from answerable.figures.published.yearly import year_table
from answerable.orgs.models import Authority, Role
from answerable.orgs.queries import local_today
from answerable.record.actors import Actor
from answerable.record.append import append
from answerable.record.matters import matter_of

LEADS = frozenset({Role.LEADER})


def publishing_of(body: Authority, now: datetime) -> Publishing:
    """How the body publishes; made on the first call, from the month of its first matter on, a year back at most."""
    found = Publishing.objects.filter(pk=body.pk).first()
    if found is not None:
        return found
    today = local_today(body, now)
    first = Fact.objects.filter(authority=body).aggregate(at=Min("received_at"))["at"]
    begins = rules.months_after(rules.month_of(today), -rules.MONTHS_BACK)
    if first is None:
        begins = rules.month_of(today)
    else:
        begins = max(begins, rules.month_of(local_today(body, first)))
    return Publishing.objects.get_or_create(pk=body.pk, defaults={"first_month": begins})[0]


def lock(body: Authority, now: datetime) -> Publishing:
    """One at a time publishes for a body."""
    publishing_of(body, now)
    return Publishing.objects.select_for_update().get(pk=body.pk)


@transaction.atomic(durable=True)
def prepare(*, body: Authority, period: str, by: Actor, now: datetime, why: str = "") -> Edition:
    """Count a month or a year and lay it out for release. The first edition once; a later one with the reason why.

    Counted twice at once, the second finds the first's edition. Raises CannotPublish, NotTheirs.
    """
    setting = lock(body, now)
    if not (rules.is_month(period) or rules.is_year(period)):
        raise CannotPublish("no_such_period")
    if by != Actor.system():
        require_for_body(by, body, LEADS, "leads_body")
    waiting = Edition.objects.filter(authority=body, period=period, state=Edition.State.PREPARED).first()
    if waiting is not None:
        return waiting
    last = newest(body, period)
    if last is not None and not why.strip():
        raise CannotPublish("why_missing")
    if counting.waiting() > counting.BATCH:
        raise CannotPublish("counting_runs")
    seconds = pressing.SECONDS if by == Actor.system() else pressing.SECONDS_AT_A_PAGE
    laying_out = _month if rules.is_month(period) else _year
    content, counted = laying_out(body, setting, period, last, now, seconds)
    number = (last.number if last else 0) + 1
    content |= {"edition": number, "why": why.strip()[: rules.LONGEST_WHY]}
    for earlier in _released(body, period):
        rules.require_apart(earlier.content, content, is_last=earlier == last)
    edition = Edition.objects.create(
        authority=body,
        period=period,
        number=number,
        why=content["why"],
        counted=counted,
        content=content,
        sha256=hashlib.sha256(files.as_json(content)).digest(),
        prepared_at=now,
        releases_at=rules.released_on(now, setting.released_after_days),
    )
    _act(edition, PublishedAct.PREPARED, by=by, now=now, new_matter=True)
    return edition


def newest(body: Authority, period: str) -> Edition | None:
    return _released(body, period).first()


def _released(body: Authority, period: str) -> QuerySet[Edition]:
    """Every edition that is out, the newest first: whoever kept an old one lays it beside a new one too."""
    rows = Edition.objects.filter(authority=body, period=period, state=Edition.State.RELEASED)
    return rows.order_by("-number")


def _head(body: Authority, setting: Publishing, period: str, now: datetime) -> dict[str, Any]:
    return {
        "format": tables.FORMAT,
        "body": {"code": body.code, "name_zh": body.name_zh, "name_en": body.name_en, "pack": body.pack},
        "period": period,
        "counted_on": local_today(body, now).isoformat(),
        "least": LEAST,
        "licence": {"name": setting.licence, "url": setting.licence_url},
    }


def _month(
    body: Authority,
    setting: Publishing,
    period: str,
    last: Edition | None,
    now: datetime,
    seconds: float,
) -> tuple[dict[str, Any], dict[str, Any]]:
    today = local_today(body, now)
    if period not in rules.countable(setting.first_month, today, setting.counted_on):
        raise CannotPublish("not_over")
    span = counts.Month(*rules.span_of(period, body.zone))
    counted = counts.tables_of(body, span)
    earlier = tables.read_shown(last.content) if last else None
    shown = pressing.laid_out(period, counted, (), earlier, seconds=seconds)
    content = _head(body, setting, period, now) | {
        "tables": tables.as_content(body, counted, shown),
        "median_days": counts.median_days(body, span),
    }
    return content, laying.counted(counted)


def _year(
    body: Authority,
    setting: Publishing,
    period: str,
    last: Edition | None,
    now: datetime,
    seconds: float,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The months added up, as they were counted and published; conduct by the whole body."""
    wanted = rules.months_from(max(setting.first_month, f"{period}-01"), f"{period}-12")
    months = [newest(body, month) for month in wanted]
    if not wanted or None in months:
        raise CannotPublish("months_missing")
    parts = [
        (month.period, laying.read_counted(month.counted), tables.read_shown(month.content))
        for month in months
        if month is not None
    ]
    newest_tables = parts[-1][1]
    whole = {
        name: year_table([Release(month, inner[name], shown[name]) for month, inner, shown in parts], table)
        for name, table in newest_tables.items()
    }
    span = counts.Month(*rules.span_of(period, body.zone))
    earlier = tables.read_shown(last.content) if last else None
    shown = pressing.laid_out(period, whole, parts, earlier, seconds=seconds)
    content = _head(body, setting, period, now) | {
        "tables": tables.as_content(body, whole, shown),
        "months": wanted,
        "conduct": counts.conduct_counts(body, span),
        "extra": counts.extra_counts(body, span),
    }
    return content, laying.counted(whole)


@transaction.atomic(durable=True)
def release(*, edition_id: UUID, by: Actor, now: datetime) -> Edition:
    """Let an edition out; from now on it stays as it is. Raises CannotPublish, NotTheirs."""
    edition = _locked(edition_id)
    if by != Actor.system():
        require_for_body(by, edition.authority, LEADS, "leads_body")
    if edition.state == Edition.State.RELEASED:
        raise CannotPublish("released_already")
    if edition.state != Edition.State.PREPARED or (by == Actor.system() and edition.releases_at > now):
        raise CannotPublish("not_prepared")
    made = files.files_of(edition.content)
    EditionFile.objects.bulk_create(
        EditionFile(
            edition=edition,
            name=name,
            media_type=files.MEDIA[name],
            content=content,
            sha256=hashlib.sha256(content).digest(),
        )
        for name, content in made.items()
    )
    edition.state, edition.released_at = Edition.State.RELEASED, now
    edition.released_by_id, edition.released_post_id = by.staff_id, by.post_id
    edition.save(update_fields=["state", "released_at", "released_by", "released_post"])
    _act(edition, PublishedAct.RELEASED, by=by, now=now)
    return edition


@transaction.atomic(durable=True)
def hold_back(*, edition_id: UUID, days: int, why: str, by: Actor, now: datetime) -> Edition:
    """Hold an edition back once, for some days, with a reason that the public page shows. Raises CannotPublish."""
    edition = _locked(edition_id)
    require_for_body(by, edition.authority, LEADS, "leads_body")
    if edition.state != Edition.State.PREPARED:
        raise CannotPublish("not_prepared")
    until = now + timedelta(days=days)
    rules.require_hold(why, until, now, held_before=bool(edition.held_why))
    edition.held_why, edition.releases_at = why.strip()[: rules.LONGEST_WHY], until
    edition.save(update_fields=["held_why", "releases_at"])
    _act(edition, PublishedAct.HELD_BACK, by=by, now=now, why=edition.held_why)
    return edition


@transaction.atomic(durable=True)
def change_settings(
    *,
    body: Authority,
    counted_on: int,
    released_after_days: int,
    licence: str,
    licence_url: str,
    by: Actor,
    seen_version: int,
    now: datetime,
) -> Publishing:
    """On which day a month is counted, after how many it goes out, under which licence. Raises CannotPublish, Changed."""
    setting = lock(body, now)
    require_for_body(by, body, SETS, "runs_body")
    if setting.version != seen_version:
        raise Changed()
    if not (1 <= counted_on <= 28 and 0 <= released_after_days <= 31 and licence.strip()):
        raise CannotPublish("bad_settings")
    setting.counted_on, setting.released_after_days = counted_on, released_after_days
    setting.licence, setting.licence_url = licence.strip(), licence_url
    setting.version += 1
    setting.save()
    append(
        PublishedAct.SETTINGS_CHANGED,
        matter=matter_of("authority", body.pk),
        by=by,
        at=now,
        body={
            "counted_on": counted_on,
            "released_after_days": released_after_days,
            "licence": setting.licence,
        },
    )
    return setting


def _locked(edition_id: UUID) -> Edition:
    return Edition.objects.select_for_update(of=("self",)).select_related("authority").get(pk=edition_id)


def digest(value: Any) -> str:
    """SHA-256 of anything that JSON holds, in hexadecimal."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def _act(
    edition: Edition, kind: PublishedAct, *, by: Actor, now: datetime, why: str = "", new_matter: bool = False
) -> None:
    body = {
        "authority": edition.authority_id,
        "period": edition.period,
        "edition": edition.number,
        "sha256": bytes(edition.sha256).hex(),
    }
    append(kind, matter=edition.pk, by=by, at=now, why=why or edition.why, body=body, new_matter=new_matter)
