"""The worker's part of an import: read what came, then take it over matter by matter. A killed worker's is gone on with
by the next one, where it stopped."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F, Q

from answerable.alerts.telling import tell_post
from answerable.cases import apart
from answerable.cases.imports import pulling, sealed
from answerable.cases.imports.models import Import, Imported
from answerable.cases.imports.planning import Plan
from answerable.cases.imports.pulling import CannotPull
from answerable.cases.imports.services import note_import, take_over
from answerable.cases.imports.summary import summary
from answerable.core.alone import alone
from answerable.orgs.sheets.reading import ROWS, SIGNS
from answerable.orgs.standing import held
from answerable.record.actors import Actor
from answerable.record.append import append
from answerable.record.matters import matter_of
from answerable.ui.errors import is_database_away

State = Import.State
Clock = Callable[[], datetime]
IsOver = Callable[[], bool]
#: Matters between two looks at whether somebody stopped it.
A_STRETCH = 20
#: So often an import is begun that does not come on; then it stops by itself, and the page and the check say why.
MOST_TRIES = 5
#: Before the second try; before the n-th so long times the square of those before: five minutes in all.
PAUSE = timedelta(seconds=10)
#: So long one server is asked: every other import waits meanwhile.
ASKED_FOR = timedelta(hours=1)


class _Ending(Exception):
    """The worker itself is to end."""


def turn(clock: Clock, is_over: IsOver = lambda: False) -> int:
    """See every import through that waits; how many were. One that fails holds up no other."""
    now = clock()
    return apart.each("import", lambda but: _waiting(but, now), lambda pk: _see_through(pk, clock, is_over))


def _waiting(but: Collection[UUID], now: datetime) -> list[UUID]:
    waits = Q(state__in=[State.READING, State.RUNNING]) | Q(state=State.STOPPED, ended_at=None)
    rows = Import.objects.filter(waits).exclude(pk__in=list(but))
    rows = rows.filter(Q(again_at=None) | Q(again_at__lte=now))
    return list(rows.order_by("begun_at").values_list("pk", flat=True)[:20])


def _see_through(import_id: UUID, clock: Clock, is_over: IsOver) -> int:
    with alone("import", import_id.int) as mine:
        row = Import.objects.select_related("authority", "subject").get(pk=import_id)
        if not mine:
            return 0
        if not _is_at_work(row):
            return 0
        if row.tries >= MOST_TRIES:
            _stop_trying(row, "cut_off", clock)
            return 1
        # Written before it is begun: one that ends the worker itself is not begun for ever.
        Import.objects.filter(pk=row.pk).update(tries=F("tries") + 1)
        try:
            (_read if row.state == State.READING else _carry)(row, clock, is_over)
        except _Ending:
            Import.objects.filter(pk=row.pk).update(tries=0)
            return 0
        except Exception as error:
            if not is_database_away(error):
                _failed(row, error, clock)
            raise
    return 1


def _is_at_work(row: Import) -> bool:
    return row.state in (State.READING, State.RUNNING) or (row.state == State.STOPPED and not row.ended_at)


def _failed(row: Import, error: Exception, clock: Clock) -> None:
    """Try it again, later each time; at last no more. What no waiting opens again ends at once."""
    row.refresh_from_db(fields=["tries", "state"])
    if sealed.is_lost(error):
        _write(row, lambda now: _is_lost(now, clock))
    elif row.tries >= MOST_TRIES:
        _stop_trying(row, "key_lost" if isinstance(error, sealed.LOST) else "fault", clock)
    else:
        again_at = clock() + PAUSE * max(row.tries, 1) ** 2
        Import.objects.filter(pk=row.pk).update(again_at=again_at)


def _is_lost(row: Import, clock: Clock) -> None:
    if row.done:
        _note(row, clock)
    sealed.destroy(row)
    if row.state == State.STOPPED:
        row.ended_at = clock()
    else:
        _is_faulty(row, clock, {"refused": ["lost", {}]})
    _tell(row, "import_lost", clock)


def _tell(row: Import, code: str, clock: Clock) -> None:
    """Whoever began it hears of it, once."""
    facts = {"case": row.source, "step_zh": row.authority.name_zh, "step_en": row.authority.name_en}
    tell_post(row.begun_by_id, code, key=f"{code}:{row.pk}", at=clock(), facts=facts)


def _stop_trying(row: Import, code: str, clock: Clock) -> None:
    def failed(now: Import) -> None:
        now.failed, now.ended_at, now.again_at = code, clock(), None
        if now.done:
            _note(now, clock)
        if now.state == State.STOPPED:
            sealed.destroy(now)  # somebody had stopped it; only the list of which became which is missing
            return
        now.state = State.FAILED
        matter = matter_of("authority", now.authority_id)
        said = {"import": str(now.pk), "source": now.source, "reason": code, "done": now.done}
        append("cases.import_failed", matter=matter, by=Actor.system(), at=clock(), body=said)
        _tell(now, "import_stuck", clock)

    row.refresh_from_db(fields=["state"])
    _write(row, failed)


@transaction.atomic(durable=True)
def _write(row: Import, change: Callable[[Import], None]) -> bool:
    """Change the row as it stands now; not at all where somebody decided otherwise meanwhile."""
    now = Import.objects.select_for_update(of=("self",)).select_related("authority").get(pk=row.pk)
    if now.state != row.state:
        return False
    change(now)
    now.save()
    return True


def _read(row: Import, clock: Clock, is_over: IsOver) -> None:
    """From what came to what would be done."""
    try:
        if row.kind == Import.Kind.OPEN311 and row.content is None:
            rows = _pulled(row, clock, is_over)
            if not _write(row, lambda now: sealed.keep_rows(now, rows)):
                return
            row.refresh_from_db(fields=["content"])
    except CannotPull as refused:
        facts = {name: str(value) for name, value in refused.facts.items()}
        found = {"refused": [refused.code, facts]}
        _write(row, lambda now: _is_faulty(now, clock, found))
        return
    with held():
        plan = sealed.plan_of(row, clock())
    if plan.faults:
        _write(row, lambda now: _has_faults(now, plan, clock))
    else:
        _write(row, lambda now: _is_ready(now, plan, clock))


def _pulled(row: Import, clock: Clock, is_over: IsOver) -> list[dict[str, Any]]:
    assert row.since is not None
    since = datetime.combine(row.since, time(), ZoneInfo(row.authority.zone)).astimezone(UTC)

    begun = clock()

    def get(address: str) -> bytes:
        if is_over():
            raise _Ending
        if clock() - begun > ASKED_FOR:
            raise CannotPull("too_slow", root=row.source)
        return pulling.fetched_from_outside(address)

    rows: list[dict[str, Any]] = []
    signs = 0
    pages = pulling.rows_from(row.source, jurisdiction=row.jurisdiction, since=since, now=begun, get=get)
    for page in pages:
        rows += [pulling.kept_of(one) for one in page]
        signs += sum(len(said) for one in rows[-len(page) :] for said in one.values())
        if len(rows) > ROWS:
            raise CannotPull("too_many", root=row.source, limit=ROWS)
        if signs > SIGNS:
            raise CannotPull("too_much", root=row.source)
    return rows


def _is_ready(row: Import, plan: Plan, clock: Clock) -> None:
    row.state, row.found, row.read_at = State.READY, summary(plan), clock()
    row.tries = 0


def _is_faulty(row: Import, clock: Clock, found: dict[str, Any]) -> None:
    row.state, row.read_at, row.found, row.content = State.FAULTY, clock(), found, None


def _has_faults(row: Import, plan: Plan, clock: Clock) -> None:
    """Also where the organisation moved on since it was looked at: what came over stays, and is in the record."""
    if row.done:
        _note(row, clock)
    sealed.keep_faults(row, plan.faults)
    _is_faulty(row, clock, {"faults": len(plan.faults)})


def _carry(row: Import, clock: Clock, is_over: IsOver) -> None:
    """Take over what was not yet, as far as nobody stops it; then say what each became, and destroy what came."""
    with held():
        plan = sealed.plan_of(row, clock())
    if plan.faults:
        _write(row, lambda now: _has_faults(now, plan, clock))
        return
    _take(row, plan, clock, is_over)
    names = {digest: name for name, digest in plan.digests.items()}
    became = Imported.objects.filter(pk__in=list(names)).values_list("pk", "case__code")
    result = sorted((names[bytes(digest)], code) for digest, code in became)
    row.refresh_from_db(fields=["state"])

    def ended(now: Import) -> None:
        if now.done:
            _note(now, clock)
        sealed.keep_result(now, result)
        now.state = State.STOPPED if now.state == State.STOPPED else State.DONE
        now.ended_at = clock()

    _write(row, ended)


def _take(row: Import, plan: Plan, clock: Clock, is_over: IsOver) -> None:
    """The count is written as it goes, so that whoever watches sees it move. What another import of the same rows took
    over is not counted."""
    done = max(row.done, Imported.objects.filter(taken_by=row).count())
    if done > row.done:  # a worker that was ended in the middle of a stretch had come on all the same
        Import.objects.filter(pk=row.pk).update(done=done, tries=1)
    for start in range(0, len(plan.planned), A_STRETCH):
        if is_over():
            raise _Ending
        if not Import.objects.filter(pk=row.pk, state=State.RUNNING).exists():
            return
        stretch = plan.planned[start : start + A_STRETCH]
        for _taken in take_over(stretch, by=Actor.system(), now=clock(), taken_by=row):
            done += 1
        # It came on: what fails from here on has all its tries again.
        Import.objects.filter(pk=row.pk).update(done=done, tries=0)


def _note(row: Import, clock: Clock) -> None:
    facts = {"import": str(row.pk)} | ({"sha256": row.sha256} if row.sha256 else {})
    note_import(row.authority, row.source, by=Actor.system(), now=clock(), count=row.done, **facts)
