"""Reads of drills: when a plan was practised last, what is planned, results beside each other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from answerable.incidents.models import Drill, Incident
from answerable.incidents.reviews.measuring import figures_of, measure
from answerable.incidents.reviews.rules import Figures, Outcome, Tally, tally
from answerable.orgs.queries import local_today

#: States in which a drill is under way.
RUNS = (Incident.State.REPORTED, Incident.State.ACTIVE)


def last_drills(plan_ids: Iterable[int]) -> dict[int, date]:
    """The local day on which each plan was last practised to the end; what was stopped does not count."""
    rows = Incident.objects.filter(
        is_drill=True, plan_version__plan__in=list(plan_ids), stood_down_at__isnull=False
    ).exclude(drill__stopped_at__isnull=False)
    found = rows.order_by("plan_version__plan", "-stood_down_at").distinct("plan_version__plan")
    return {
        row.plan_version.plan_id: local_today(row.authority, row.stood_down_at)
        for row in found.select_related("authority", "plan_version")
        if row.plan_version is not None and row.stood_down_at is not None
    }


def last_drill(plan_id: int) -> date | None:
    """The same for one plan; None where it never was."""
    return last_drills([plan_id]).get(plan_id)


def is_stopped(incident: Incident) -> bool:
    """Whether an incident is a drill that was broken off."""
    return Drill.objects.filter(incident=incident).exclude(stopped_at=None).exists()


def drills(authority_ids: Iterable[int]) -> QuerySet[Drill]:
    """Every drill of these bodies, the last planned first."""
    rows = Drill.objects.filter(authority__in=list(authority_ids))
    return rows.select_related("plan", "authority", "incident").order_by("-planned_on", "-pk")


def running(authority_ids: Iterable[int]) -> list[Drill]:
    """The drills of these bodies that are under way: what one stops when something real comes."""
    return list(drills(authority_ids).filter(incident__state__in=RUNS, stopped_at=None))


@dataclass(frozen=True)
class Result:
    """What came out of one drill; figures of tasks, posts and times, nobody's."""

    drill: Drill
    figures: Figures
    tasks: Tally
    roles: Tally
    reports: Tally
    met: int

    @property
    def told(self) -> int:
        return len(self.figures.events)


def results(plan_id: int, *, now: datetime, limit: int = 8) -> list[Result]:
    """The drills of a plan that were begun, the newest first; those that were stopped say so."""
    rows = Drill.objects.filter(plan=plan_id, incident__isnull=False).select_related(
        "plan", "authority", "incident__plan_version__plan", "incident__review"
    )
    return [result(drill, now=now) for drill in rows.order_by("-begun_at")[:limit]]


def result(drill: Drill, *, now: datetime) -> Result:
    incident = drill.incident
    assert incident is not None
    review = getattr(incident, "review", None)
    figures = figures_of(review, now=now) if review is not None else measure(incident, now=now)
    return Result(
        drill,
        figures,
        tally(figures.tasks),
        tally(figures.roles),
        tally(figures.reports),
        sum(one.outcome is Outcome.NO_TARGET for one in figures.events),
    )
