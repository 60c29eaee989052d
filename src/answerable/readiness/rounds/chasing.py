"""Chases what was found until it is mended and looked at, and finishes what a process that died left over.

The partial indexes `finding_open_due` and `finding_check_due` hold what is not closed, so an idle turn costs one small
read.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q

from answerable.alerts.telling import tell_post
from answerable.core.keeping import gone
from answerable.orgs.queries import local_today
from answerable.readiness.rounds import late, steps
from answerable.readiness.rounds.act_kinds import FindingAct
from answerable.readiness.rounds.keeping import KEPT_PHOTOS
from answerable.readiness.rounds.models import Finding
from answerable.readiness.rounds.photos.steps import destroy_unchecked
from answerable.readiness.rounds.rules import REMIND_DAYS, Chase, chase, check_day
from answerable.readiness.rounds.services.findings import carry_out, facts_of
from answerable.record.actors import Actor, ActorKind

log = logging.getLogger(__name__)
SYSTEM = Actor.system()
#: What a round asked for and is not there so long after was left over by a process that died.
LEFT_OVER = timedelta(minutes=2)


def watch(now: datetime, limit: int = 200) -> int:
    """Remind, raise, finish; each finding by itself, any number of workers. Returns how many changed."""
    soon = now.date() + timedelta(days=REMIND_DAYS + 1)
    open_ = Q(state=Finding.State.OPEN, due_on__lte=soon)
    # Without a day: mended by the version before, which set none.
    unchecked = Q(state=Finding.State.MENDED) & (Q(check_on__lte=soon) | Q(check_on=None))
    rows = Finding.objects.filter(open_ | unchecked, late_at=None).order_by("due_on", "pk")
    done = sum(_apart(pk, now, _look_after) for pk in list(rows.values_list("pk", flat=True)[:limit]))
    left = Finding.objects.filter(
        becomes__in=[Finding.Becomes.CASE, Finding.Becomes.INCIDENT],
        case_id=None,
        incident_id=None,
        state=Finding.State.OPEN,
        found_at__range=(now - timedelta(days=2), now - LEFT_OVER),
    )
    return done + sum(_apart(pk, now, _finish) for pk in list(left.values_list("pk", flat=True)[:20]))


@transaction.atomic(durable=True)
def destroy_old_photos(now: datetime) -> int:
    """What nobody has checked for ninety days. Returns how many."""
    return gone(KEPT_PHOTOS, destroy_unchecked(now))


def _apart(finding_id: UUID, now: datetime, work: Callable[[UUID, datetime], bool]) -> int:
    """One that fails holds up no other."""
    try:
        return int(work(finding_id, now))
    except Exception:
        if connection.connection is None or connection.connection.closed:
            raise
        log.exception("a finding could not be looked after", extra={"finding": str(finding_id)})
        return 0


@transaction.atomic(durable=True)
def _look_after(finding_id: UUID, now: datetime) -> bool:
    finding = steps.lock_finding(finding_id)
    if finding.state == Finding.State.CLOSED:
        return False
    is_mended = finding.state == Finding.State.MENDED
    if is_mended and finding.check_on is None and finding.mended_at is not None:
        mended_on = local_today(finding.authority, finding.mended_at)
        finding.check_on = check_day(mended_on, finding.check_days)
        finding.save(update_fields=["check_on"])
    day = finding.check_on if is_mended else finding.due_on
    if day is None:
        return False
    todo = chase(
        day,
        local_today(finding.authority, now),
        is_reminded=finding.reminded_at is not None,
        is_late_told=finding.late_at is not None,
    )
    if todo is Chase.NOTHING:
        return False
    if todo is Chase.REMIND:
        finding.reminded_at = now
        finding.save(update_fields=["reminded_at"])
        code, post_id = (
            ("finding_check", finding.plan.post_id) if is_mended else ("finding_due", finding.post_id)
        )
        tell_post(post_id, code, key=f"{code}:{finding.pk}:{day}", at=now, facts=facts_of(finding))
        return True
    finding.late_at = now
    finding.save(update_fields=["late_at"])
    _climb(finding, day, now)
    return True


def _climb(finding: Finding, day: date, now: datetime) -> None:
    """Not mended, or mended and looked at by nobody: the leader hears, then the level above."""
    facts = facts_of(finding)
    if finding.state == Finding.State.MENDED:
        late.raise_finding(finding, "finding_unchecked", facts, now=now)
        steps.act(FindingAct.LATE, finding.pk, by=SYSTEM, now=now, body={"what": "check"})
        return
    key = f"finding_late:{finding.pk}:{day}"
    tell_post(finding.post_id, "finding_late", key=key, at=now, facts=facts)
    late.raise_finding(finding, "finding_late", facts, now=now)
    steps.act(FindingAct.LATE, finding.pk, by=SYSTEM, now=now, body={"what": "mending"})


def _finish(finding_id: UUID, now: datetime) -> bool:
    """As whoever did the round: what they asked for is theirs."""
    finding = Finding.objects.select_related("round__done_post").get(pk=finding_id)
    round_ = finding.round
    by = SYSTEM
    if round_.done_by_id is not None and round_.done_post is not None:
        by = Actor(
            ActorKind.STAFF,
            staff_id=round_.done_by_id,
            post_id=round_.done_post_id,
            unit_id=round_.done_post.unit_id,
        )
    done = carry_out(finding_id=finding_id, by=by, now=now)
    return done.case_id is not None or done.incident_id is not None
