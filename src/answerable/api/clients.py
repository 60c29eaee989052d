"""Keys for other systems: given out once, kept as digests, exchanged with an overlap, taken back. Each is an act."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from answerable.api.act_kinds import ApiAct
from answerable.api.models import ApiClient
from answerable.api.scopes import HANDS_IN, READS_NOTHING, CannotIssue, Scope, scopes_of
from answerable.cases.act_kinds import ActKind
from answerable.cases.models import TakenOut
from answerable.core.ids import uuid7
from answerable.core.statements import fetch
from answerable.orgs.models import Authority, Post, Role, Unit
from answerable.record.actors import Actor, ActorKind
from answerable.record.append import Appended, append
from answerable.record.matters import matter_of

PREFIX = "answerable_"
#: How a secret begins, and under which label it is digested: those that Open311 programs had of old still open.
_LABELS = {PREFIX: b"answerable/api-key/v1\0", "open311_": b"answerable/open311-key/v1\0"}
_KEY = re.compile(rf"^({'|'.join(_LABELS)})[A-Za-z0-9_-]{{43}}$")
#: As wide as its column.
NAME_LENGTH = 120
#: For so long a former secret may work beside the new one, at most.
LONGEST_OVERLAP = timedelta(days=30)

__all__ = ["CannotIssue", "client_of", "issue_key", "may_use", "revoke_key", "rotate_key", "used_today"]


def _digest(key: str) -> bytes | None:
    """What is kept of a secret; None for what is none."""
    form = _KEY.match(key)
    # 256 random bits need no slow hash: there is nothing to guess.
    return hashlib.sha256(_LABELS[form[1]] + key.encode()).digest() if form else None


def _fresh() -> str:
    return PREFIX + secrets.token_urlsafe(32)


@transaction.atomic(durable=True)
def issue_key(
    *,
    authority: Authority,
    name: str,
    by: Actor,
    now: datetime,
    scopes: Iterable[str] = HANDS_IN,
    unit: Unit | None = None,
    post: Post | None = None,
    expires_at: datetime | None = None,
) -> tuple[ApiClient, str]:
    """Admit a system: gives its row and its key, which is never shown again. Raises CannotIssue."""
    name = name.strip()
    if not 1 <= len(name) <= NAME_LENGTH:
        raise CannotIssue("unnamed", most=NAME_LENGTH)
    chosen = scopes_of(scopes)
    Authority.objects.select_for_update().get(pk=authority.pk)  # two at once: the second sees the first
    _require_fitting(authority, chosen, unit, post)
    if expires_at is not None and expires_at <= now:
        raise CannotIssue("expired")
    if ApiClient.objects.filter(authority=authority, name=name, revoked_at=None).exists():
        raise CannotIssue("named", name=name)
    key = _fresh()
    client = ApiClient(
        id=uuid7(),
        authority=authority,
        unit=unit,
        post=post,
        name=name,
        scopes=[scope.value for scope in chosen],
        key_digest=_digest(key),
        issued_at=now,
        expires_at=expires_at,
    )
    body = {
        "name": client.name,
        "scopes": client.scopes,
        "unit": client.unit_id,
        "answers": client.post_id,
        "expires": expires_at.isoformat() if expires_at else None,
    }
    append(ApiAct.KEY_ISSUED, matter=client.pk, by=by, at=now, new_matter=True, body=body)
    client.save(force_insert=True)
    return client, key


def _require_fitting(
    authority: Authority, scopes: tuple[Scope, ...], unit: Unit | None, post: Post | None
) -> None:
    """Raises CannotIssue where unit or post are not the office's, or the scopes need another one."""
    if unit is not None and (unit.authority_id != authority.pk or unit.closed_on is not None):
        raise CannotIssue("unit_elsewhere")
    if post is not None and (post.unit.authority_id != authority.pk or post.closed_on is not None):
        raise CannotIssue("post_elsewhere")
    if Scope.UNIT_CASES_READ in scopes and unit is None:
        raise CannotIssue("unit_missing")
    # What hands in and reads nothing may be nobody's in particular; whatever reads is answered for.
    if post is None and set(scopes) - READS_NOTHING:
        raise CannotIssue("post_missing")
    if Scope.ACTS_READ in scopes and (post is None or post.role != Role.AUDITOR):
        raise CannotIssue("acts_auditor")


@transaction.atomic(durable=True)
def rotate_key(*, client_id: UUID, overlap: timedelta, by: Actor, now: datetime) -> str:
    """A new secret; the one before works for `overlap` longer (nothing: it ends at once). Only two are ever live: one
    from an earlier exchange ends now. Raises CannotIssue (taken_back)."""
    client = ApiClient.objects.select_for_update().get(pk=client_id)
    if client.revoked_at is not None:
        raise CannotIssue("taken_back")
    overlap = min(max(overlap, timedelta(0)), LONGEST_OVERLAP)
    key = _fresh()
    client.old_digest = client.key_digest if overlap else None
    client.old_until = now + overlap if overlap else None
    client.key_digest = _digest(key)
    client.save(update_fields=["key_digest", "old_digest", "old_until"])
    until = client.old_until.isoformat() if client.old_until else None
    append(ApiAct.KEY_ROTATED, matter=client.pk, by=by, at=now, body={"old_until": until})
    return key


@transaction.atomic(durable=True)
def revoke_key(*, client_id: UUID, by: Actor, now: datetime) -> None:
    """Take a key back; what came in with it stays, and nothing is told to it any more. A second time changes nothing."""
    client = ApiClient.objects.select_for_update().get(pk=client_id)
    if client.revoked_at is None:
        client.revoked_at = append(ApiAct.KEY_REVOKED, matter=client.pk, by=by, at=now).at
        client.old_digest = client.old_until = None
        client.save(update_fields=["revoked_at", "old_digest", "old_until"])


_LIVE = "(key_digest = %s OR (old_digest = %s AND old_until > clock_timestamp())) AND revoked_at IS NULL"


def client_of(key: str) -> ApiClient | None:
    """The system that a key belongs to, or None for one that is unknown or was taken back. Whether it may still be
    used is `may_use`'s to say."""
    digest = _digest(key)
    found = fetch(ApiClient, _LIVE, [digest, digest]) if digest else []
    return found[0] if found else None


def may_use(client: ApiClient, scope: Scope, *, unit: Unit | None, post: Post | None, now: datetime) -> str:
    """ "" where the key opens this now; else the code of why not. `unit` and `post` are its own, as they stand now: with
    either of them it ends, and where they are opened again it works again."""
    if client.expires_at is not None and client.expires_at <= now:
        return "key_expired"
    if client.unit_id is not None and (unit is None or unit.closed_on is not None):
        return "unit_closed"
    if client.post_id is not None and (post is None or post.closed_on is not None):
        return "post_closed"
    if scope.value not in client.scopes:
        return "scope_missing"
    if scope is Scope.ACTS_READ and (post is None or post.role != Role.AUDITOR):
        return "scope_missing"
    return ""


def used_today(client: ApiClient, today: date) -> None:
    """Remember the day; written once a day."""
    if client.used_on != today:
        ApiClient.objects.filter(pk=client.pk).update(used_on=today)


@transaction.atomic(durable=True)
def taken_out(client: ApiClient, cases: Iterable[UUID], *, today: date, now: datetime) -> None:
    """Rows of these cases of the unit go out with this key today: an act of the office, once a day (rights, rule 10),
    which each case's person sees (rule 6)."""
    row = ApiClient.objects.select_for_update().get(pk=client.pk)
    if row.exported_on != today or row.exported_act is None:
        row.exported_on, row.exported_act = today, _exported(client, now).id
        row.save(update_fields=["exported_on", "exported_act"])
    wanted = set(cases)
    known = TakenOut.objects.filter(case__in=wanted, act_id=row.exported_act).values_list(
        "case_id", flat=True
    )
    TakenOut.objects.bulk_create(
        TakenOut(case_id=pk, act_id=row.exported_act) for pk in sorted(wanted - set(known))
    )


def _exported(client: ApiClient, now: datetime) -> Appended:
    return append(
        ActKind.EXPORT_MADE,
        matter=matter_of("authority", client.authority_id),
        by=Actor(ActorKind.CLIENT, client=str(client.pk)),
        at=now,
        body={"form": "api", "client": str(client.pk), "unit": client.unit_id},
    )
