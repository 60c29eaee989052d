"""Published figures of the demo town: a year of months, the last one still waiting, and a report in the making."""

from __future__ import annotations

from datetime import datetime, timedelta

from answerable.figures import counting
from answerable.figures.published import batch, reporting, rules, services
from answerable.figures.published.models import Edition
from answerable.ops.demo.settle import Settled
from answerable.orgs.queries import local_today
from answerable.record.actors import Actor, ActorKind

SYSTEM = Actor.system()
LESSONS = {
    "zh": "路灯报修反复出现在三个村，原因是线路老化。今年起改为整条线路更换，不再逐盏修理。",
    "en": "Lamps went out again and again in three villages because the lines are old. From this year on whole lines are replaced, not single lamps.",
}


def live(settled: Settled, now: datetime, *, brief: bool = False) -> None:
    """Each month counted and let out on its days, as the worker does it; the year behind, and the draft of its report.

    `brief`: the last month alone.
    """
    body = settled.authorities["hedu"]
    while counting.count_due(limit=1000):
        pass
    setting = services.publishing_of(body, now)
    months = rules.countable(setting.first_month, local_today(body, now), setting.counted_on)
    for month in months[-1:] if brief else months:
        counted = rules.span_of(rules.months_after(month, 1), body.zone)[0] + timedelta(
            days=setting.counted_on
        )
        edition = services.prepare(body=body, period=month, by=SYSTEM, now=min(counted, now))
        if edition.releases_at <= now:
            services.release(edition_id=edition.pk, by=SYSTEM, now=edition.releases_at)
    if brief:
        return
    for _ in range(2):
        for period in batch.periods_to_make(body, now)[:1]:
            year = services.prepare(body=body, period=period, by=SYSTEM, now=now)
            services.release(edition_id=year.pk, by=_mayor(settled), now=now)
    _report(settled, now)


def _mayor(settled: Settled) -> Actor:
    post, staff = (
        settled.posts["mayor"],
        next(one for one in settled.staff.values() if one.username == "mayor"),
    )
    return Actor(ActorKind.STAFF, staff_id=staff.pk, post_id=post.pk, unit_id=post.unit_id)


def _report(settled: Settled, now: datetime) -> None:
    body = settled.authorities["hedu"]
    year = Edition.objects.filter(authority=body, period__regex=r"^\d{4}$", state="released").first()
    if year is None:
        return
    report = reporting.draft_report(body=body, year=int(year.period), by=_mayor(settled), now=now)
    wanted = reporting.contents_of(report.pack).texts
    last = wanted[-1].code
    reporting.write_section(
        report_id=report.pk, section=last, by=_mayor(settled), seen_version=1, now=now, **LESSONS
    )
