"""What the worker does: takes up what is due each hour, counts and lays out what waits, lets out what nobody let out.

A month is counted once: two workers, or one killed half way, make one edition (a lock on each layout, a row's lock, and
unique numbers).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import F

from answerable.cases import apart
from answerable.core.alone import alone
from answerable.figures.published import pressing, rules, services
from answerable.figures.published.attacking import IsOver, never
from answerable.figures.published.models import Edition, Layout
from answerable.figures.published.rules import CannotPublish
from answerable.orgs.models import Authority
from answerable.orgs.queries import local_today, serving
from answerable.record.actors import Actor
from answerable.ui.errors import is_database_away

log = logging.getLogger(__name__)
SYSTEM = Actor.system()
Clock = Callable[[], datetime]
#: What was due and could not be made is tried again so much later.
AGAIN_AFTER = timedelta(days=1)
#: So often a layout is begun; whoever is killed in it each time does not try for ever.
MOST_TRIES = 3


def publish_due(now: datetime) -> int:
    """Take up one period of each body at most, so that many old months do not hold up other work; release what is due."""
    done = sum(_apart(lambda body=body: _take_up_next(body, now)) for body in serving())
    due = Edition.objects.filter(state=Edition.State.PREPARED, releases_at__lte=now).order_by("period", "pk")
    for pk in list(due.values_list("pk", flat=True)):
        done += _apart(lambda pk=pk: bool(services.release(edition_id=pk, by=SYSTEM, now=now)))
    return done


def _apart(work: object) -> int:
    """One body's fault holds up no other; what cannot go out is named in the log."""
    try:
        return int(bool(work()))  # type: ignore[operator]
    except CannotPublish as refusal:
        log.error("figures are not published", extra={"reason": refusal.code})
    except Exception:
        if connection.connection is None or connection.connection.closed:
            raise
        log.exception("figures could not be published")
    return 0


def _take_up_next(body: Authority, now: datetime) -> bool:
    """The oldest that can be made: one that could not be is tried again tomorrow, and holds up no later one."""
    rows = Layout.objects.filter(authority=body)
    if rows.filter(ended_at=None).exists():
        return False
    rests = set(rows.filter(ended_at__gt=now - AGAIN_AFTER).values_list("period", flat=True))
    period = next((one for one in periods_to_make(body, now) if one not in rests), None)
    return period is not None and bool(services.take_up(body=body, period=period, now=now))


def periods_to_make(body: Authority, now: datetime) -> list[str]:
    """Months, then years, of which there is no edition yet and all that they need is there; the oldest first."""
    setting = services.publishing_of(body, now)
    made = dict(Edition.objects.filter(authority=body).order_by("number").values_list("period", "state"))
    months = rules.countable(setting.first_month, local_today(body, now), setting.counted_on)
    found = [month for month in months if month not in made]
    for year in sorted({month[:4] for month in months}):
        wanted = rules.months_from(max(setting.first_month, f"{year}-01"), f"{year}-12")
        if year not in made and all(made.get(month) == Edition.State.RELEASED for month in wanted):
            found.append(year)
    return found


def lay_out_due(clock: Clock, is_over: IsOver = never) -> int:
    """Count and lay out what waits, one after the other; how many were settled."""
    return apart.each("lay out figures", _at_work, lambda pk: _lay_out(pk, clock, is_over))


def _at_work(but: Collection[int]) -> list[int]:
    rows = Layout.objects.filter(ended_at=None).exclude(pk__in=list(but)).order_by("asked_at", "pk")
    return list(rows.values_list("pk", flat=True)[:20])


def _lay_out(layout_id: int, clock: Clock, is_over: IsOver) -> int:
    with alone("layout of figures", layout_id) as mine:
        row = Layout.objects.select_related("authority").filter(pk=layout_id, ended_at=None).first()
        if not mine or row is None or is_over():
            return 0
        if row.tries >= MOST_TRIES:
            return _give_up(row, "cut_off", clock)
        Layout.objects.filter(pk=row.pk).update(begun_at=clock(), tries=F("tries") + 1, done=0, steps=0)
        return _see_through(row, clock, is_over)


def _see_through(row: Layout, clock: Clock, is_over: IsOver) -> int:
    def told(at: int, steps: int) -> None:
        Layout.objects.filter(pk=row.pk).update(done=at, steps=steps)

    try:
        services.prepare(
            body=row.authority,
            period=row.period,
            by=SYSTEM,
            why=row.why,
            now=clock(),
            told=told,
            is_over=is_over,
        )
    except pressing.Ending:
        # That was no fault of it: whoever comes next begins anew.
        Layout.objects.filter(pk=row.pk).update(begun_at=None, tries=F("tries") - 1)
        return 0
    except pressing.FellOver as fault:
        log.exception("figures could not be laid out", extra={"reason": str(fault)})
        return _give_up(row, "fell_over", clock)
    except CannotPublish as refusal:
        if refusal.code == "counting_runs":
            # Acts wait to be counted, for seconds as a rule: it stays on the list.
            Layout.objects.filter(pk=row.pk).update(begun_at=None, tries=F("tries") - 1)
            return 0
        return _give_up(row, refusal.code, clock)
    except Exception as fault:
        if is_database_away(fault):
            raise
        log.exception("figures could not be laid out")
        return _give_up(row, "fell_over", clock)
    # Where an edition waited already, nothing was made, and nobody waits for this row any more.
    Layout.objects.filter(pk=row.pk).delete()
    return 1


def _give_up(row: Layout, code: str, clock: Clock) -> int:
    if code in rules.FAULTS:
        log.error("figures are not published", extra={"reason": code, "period": row.period})
    services.give_up(layout_id=row.pk, code=code, now=clock())
    return 1
