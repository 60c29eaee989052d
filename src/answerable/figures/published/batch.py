"""What the worker does each hour: counts what is due, and lets out what nobody let out in time.

A month is counted once: two workers, or one killed half way, make one edition (a row's lock, and unique numbers).
"""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import connection

from answerable.figures.published import rules, services
from answerable.figures.published.models import Edition
from answerable.orgs.models import Authority
from answerable.orgs.queries import local_today, serving
from answerable.record.actors import Actor

log = logging.getLogger(__name__)
SYSTEM = Actor.system()


def publish_due(now: datetime) -> int:
    """Prepare one period of each body at most, so that many old months do not hold up other work; release what is due."""
    done = sum(_apart(lambda body=body: _prepare_next(body, now)) for body in serving())
    due = Edition.objects.filter(state=Edition.State.PREPARED, releases_at__lte=now).order_by("period", "pk")
    for pk in list(due.values_list("pk", flat=True)):
        done += _apart(lambda pk=pk: bool(services.release(edition_id=pk, by=SYSTEM, now=now)))
    return done


def _apart(work: object) -> int:
    """One body's fault holds up no other; what cannot go out is named in the log."""
    try:
        return int(bool(work()))  # type: ignore[operator]
    except rules.CannotPublish as refusal:
        if refusal.code != "counting_runs":
            log.error("figures are not published", extra={"reason": refusal.code})
    except Exception:
        if connection.connection is None or connection.connection.closed:
            raise
        log.exception("figures could not be published")
    return 0


def _prepare_next(body: Authority, now: datetime) -> bool:
    """The oldest that can be made: one that cannot is named in the log, and holds up no later one."""
    for period in periods_to_make(body, now):
        if _apart(lambda period=period: bool(services.prepare(body=body, period=period, by=SYSTEM, now=now))):
            return True
    return False


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
