"""Can those who would be asked be reached? People of a body's ladders and on its duty, now and in the coming days.

What this finds serves alerting alone (rights, rule 12): it is shown to those who lead or administer the body.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from answerable.alerts.ladders import target_of
from answerable.alerts.models import ContactPoint, EscalationRule, RollCall
from answerable.alerts.rollcalls import answers
from answerable.alerts.targets import Directory
from answerable.duty.models import Assignment
from answerable.orgs.models import Authority, Staff
from answerable.orgs.standing import standing

STALE_AFTER = timedelta(days=90)
AHEAD = timedelta(days=7)

#: In the order in which they hurt. `no_way`: not even an e-mail address; `unproven`: none was ever shown to work.
NO_WAY, FAILING, UNPROVEN, STALE = "no_way", "failing", "unproven", "stale"
ORDER = (NO_WAY, FAILING, UNPROVEN, STALE)


@dataclass(frozen=True)
class Lack:
    """What is the matter with how somebody is reached; `contact`: which way, where it is one."""

    staff: Staff
    code: str
    contact: ContactPoint | None = None


def people_of(body: Authority, now: datetime) -> list[Staff]:
    """Whom the body's ladders would ask or tell, as posts are held now, and who is on duty until a week from now."""
    found: set[int] = set()
    directory = Directory(now)
    rules = EscalationRule.objects.filter(authority=body, retired_at=None)
    for rule in rules.prefetch_related("steps__targets__line_role"):
        for step in rule.steps.all():
            named = [target_of(one) for one in step.targets.all()]
            for group in directory.meant(named, authority_id=body.pk, context={}, about=None):
                found.update(person.staff for person in group)
    found.update(
        Assignment.objects.filter(
            shift__line__authority=body, voided_at=None, from_at__lt=now + AHEAD, until_at__gt=now
        ).values_list("staff_id", flat=True)
    )
    people = standing().staff
    return [people[pk] for pk in sorted(found) if pk in people and people[pk].is_active]


def lacks(people: Iterable[Staff], now: datetime) -> list[Lack]:
    """What is missing, failing or stale with each of them; what hurts most comes first."""
    people = list(people)
    ways: dict[int, list[ContactPoint]] = defaultdict(list)
    for row in ContactPoint.objects.filter(staff__in=people, removed_at=None).order_by("position", "pk"):
        ways[row.staff_id].append(row)
    found = [lack for one in people for lack in _lacks_of(one, ways[one.pk], now)]
    return sorted(found, key=lambda lack: (ORDER.index(lack.code), lack.staff.name, lack.staff.pk))


def _lacks_of(staff: Staff, ways: list[ContactPoint], now: datetime) -> Iterable[Lack]:
    if not ways:
        yield Lack(staff, UNPROVEN if staff.email else NO_WAY)
        return
    yield from (Lack(staff, FAILING, way) for way in ways if way.failing_since is not None)
    if all(way.verified_at is None for way in ways):
        yield Lack(staff, UNPROVEN, ways[0])
    for way in ways:
        shown = max((at for at in (way.verified_at, way.answered_at) if at is not None), default=None)
        if shown is not None and shown < now - STALE_AFTER and way.failing_since is None:
            yield Lack(staff, STALE, way)


@dataclass(frozen=True)
class Missed:
    """A line's newest finished roll call, with those who did not answer in time."""

    call: RollCall
    missing: tuple[Staff, ...]


def missed_calls(bodies: Iterable[Authority]) -> list[Missed]:
    """Of each line that somebody did not answer for when it was last called."""
    calls = (
        RollCall.objects.filter(line__authority__in=list(bodies), closed_at__isnull=False)
        .order_by("line_id", "-called_at")
        .distinct("line_id")
        .select_related("line__authority", "alert")
    )
    found = []
    for call in calls:
        people = standing().staff
        missing = tuple(people[one.staff] for one in answers(call) if one.at is None and one.staff in people)
        if missing or not call.result.get("asked"):
            found.append(Missed(call, missing))
    return found
