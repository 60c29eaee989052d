"""Asking, keeping, releasing and holding back: each in one transaction, each an act. Laying out is in none of them."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Min

from answerable.core.refusals import Changed
from answerable.figures.models import Fact
from answerable.figures.published import files, laying, preparing, rules
from answerable.figures.published.access import SETS, require_for_body
from answerable.figures.published.act_kinds import PublishedAct
from answerable.figures.published.attacking import IsOver, never
from answerable.figures.published.laying import Told, to_nobody
from answerable.figures.published.models import Edition, EditionFile, Layout, Publishing
from answerable.figures.published.preparing import Counted
from answerable.figures.published.rules import CannotPublish
from answerable.orgs.models import Authority, Role
from answerable.orgs.queries import local_today
from answerable.record.actors import Actor
from answerable.record.append import append
from answerable.record.matters import matter_of

LEADS = frozenset({Role.LEADER})
#: So often it is counted and laid out again where the counts move while it is.
TRIES = 3


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
def ask_for(*, body: Authority, period: str, why: str, by: Actor, now: datetime) -> Edition | Layout:
    """Have the worker count a month or a year and lay it out: what is asked for, or the edition that waits already.

    Asked twice, it is one. A later edition is asked for with the reason why. Raises CannotPublish, NotTheirs.
    """
    setting = lock(body, now)
    require_for_body(by, body, LEADS, "leads_body")
    waiting = _waiting(body, period)
    if waiting is not None:
        return waiting
    _require_why(body, period, why)
    preparing.require_countable(body, setting, period, now)
    row = Layout.objects.filter(authority=body, period=period).first()
    if row is not None and row.ended_at is None:
        return row
    row = _begin(row or Layout(authority=body, period=period), by, why, now)
    asked = {"authority": body.pk, "period": period}
    append(PublishedAct.ASKED, matter=matter_of("authority", body.pk), by=by, at=now, why=row.why, body=asked)
    return row


@transaction.atomic(durable=True)
def take_up(*, body: Authority, period: str, now: datetime) -> Layout:
    """What is due without anybody's asking: a row for the page to show. The edition it becomes is the act."""
    lock(body, now)
    row = Layout.objects.filter(authority=body, period=period).first()
    if row is not None and row.ended_at is None:
        return row
    return _begin(row or Layout(authority=body, period=period), Actor.system(), "", now)


def _begin(row: Layout, by: Actor, why: str, now: datetime) -> Layout:
    row.why, row.asked_at = why.strip()[: rules.LONGEST_WHY], now
    row.asked_by_id, row.asked_post_id = by.staff_id, by.post_id
    row.begun_at = row.ended_at = None
    row.tries = row.done = row.steps = 0
    row.refused = ""
    row.save()
    return row


@transaction.atomic(durable=True)
def give_up(*, layout_id: int, code: str, now: datetime) -> None:
    """It was not made: the page, and `answerable check` where it is a fault, say why and what to do."""
    row = Layout.objects.select_for_update().filter(pk=layout_id, ended_at=None).first()
    if row is None:
        return
    row.refused, row.ended_at = code, now
    row.save(update_fields=["refused", "ended_at"])
    said = {"authority": row.authority_id, "period": row.period, "reason": code}
    matter = matter_of("authority", row.authority_id)
    append(PublishedAct.NOT_PREPARED, matter=matter, by=Actor.system(), at=now, body=said)


def prepare(
    *,
    body: Authority,
    period: str,
    by: Actor,
    now: datetime,
    why: str = "",
    told: Told = to_nobody,
    is_over: IsOver = never,
) -> Edition:
    """Count a month or a year, lay it out, and keep it for release: minutes, in which nothing is locked.

    Counted twice at once, the second finds the first's edition. Where the counts moved meanwhile it is done again, a few
    times. For the worker; whoever is at a page asks (`ask_for`). Raises CannotPublish, NotTheirs, pressing.Ending,
    pressing.FellOver.
    """
    if by != Actor.system():
        require_for_body(by, body, LEADS, "leads_body")
    for _time in range(TRIES):
        waiting = _waiting(body, period)
        if waiting is not None:
            return waiting
        _require_why(body, period, why)
        counted = preparing.count(body, publishing_of(body, now), period, now)
        content = preparing.content_of(body, counted, why, told=told, is_over=is_over)
        edition = _keep(body=body, counted=counted, content=content, by=by, now=now)
        if edition is not None:
            return edition
    raise CannotPublish("counts_moved")


@transaction.atomic(durable=True)
def _keep(
    *, body: Authority, counted: Counted, content: dict[str, Any], by: Actor, now: datetime
) -> Edition | None:
    """Write down what was laid out, where it is still of the same counts on the same ground; None where it is not."""
    setting = lock(body, now)
    if by != Actor.system():
        require_for_body(by, body, LEADS, "leads_body")
    waiting = _waiting(body, counted.period)
    if waiting is not None:
        return waiting
    if preparing.count(body, setting, counted.period, now).digest != counted.digest:
        return None
    edition = Edition.objects.create(
        authority=body,
        period=counted.period,
        number=content["edition"],
        why=content["why"],
        counted=laying.counted(counted.tables),
        content=content,
        sha256=hashlib.sha256(files.as_json(content)).digest(),
        prepared_at=now,
        releases_at=rules.released_on(now, setting.released_after_days),
    )
    _act(edition, PublishedAct.PREPARED, by=by, now=now, new_matter=True)
    Layout.objects.filter(authority=body, period=counted.period).delete()
    return edition


def _waiting(body: Authority, period: str) -> Edition | None:
    return Edition.objects.filter(authority=body, period=period, state=Edition.State.PREPARED).first()


def _require_why(body: Authority, period: str, why: str) -> None:
    """Why there is another edition stands beside it."""
    if not why.strip() and preparing.released(body, period).exists():
        raise CannotPublish("why_missing")


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
