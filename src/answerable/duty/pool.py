"""The people and roles of a line as the pure rules of eligibility take them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from answerable.duty.eligibility import Held, PersonFacts, Qualified, RoleFacts, Stood, When
from answerable.duty.models import Absence, Assignment, DutyPerson, Line, LineRole, Qualification, Shift
from answerable.orgs.models import Staff
from answerable.orgs.queries import calendar_of
from answerable.orgs.standing import standing

#: Duty further from a shift than this leaves rest enough: the longest rest a line may want.
LONGEST_REST = timedelta(hours=168)


def role_facts(role: LineRole) -> RoleFacts:
    return RoleFacts(
        id=role.pk,
        name=str(role),
        post_roles=frozenset(role.post_roles),
        posts=frozenset(role.posts),
        units=frozenset(role.units),
        qualifications=frozenset(role.qualifications),
    )


def people_facts(line: Line, from_at: datetime, until_at: datetime) -> dict[int, PersonFacts]:
    """Everybody in the line's pool, by staff id, with the absences that touch from–until."""
    rows = {row.staff_id: row for row in DutyPerson.objects.filter(line=line).order_by("pk")}
    return facts_of(rows, from_at, until_at)


def person_facts(line: Line, staff_id: int, from_at: datetime, until_at: datetime) -> PersonFacts:
    """One person, whether or not they are in the line's pool."""
    row = DutyPerson.objects.filter(line=line, staff_id=staff_id).first()
    return facts_of({staff_id: row}, from_at, until_at)[staff_id]


def facts_of(
    rows: dict[int, DutyPerson] | dict[int, DutyPerson | None], from_at: datetime, until_at: datetime
) -> dict[int, PersonFacts]:
    """The facts of these people; the organisation is read anew, for it may have changed under a lock."""
    found = standing(fresh=True)
    names = Staff.objects.in_bulk(list(rows))
    qualified: dict[int, list[Qualified]] = defaultdict(list)
    for one in Qualification.objects.filter(staff__in=list(rows)).order_by("pk"):
        qualified[one.staff_id].append(Qualified(one.code, one.from_on, one.until_on))
    absences: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    for away in Absence.objects.filter(
        staff__in=list(rows), from_at__lt=until_at, until_at__gt=from_at, taken_back_at=None
    ).order_by("from_at"):
        absences[away.staff_id].append((away.from_at, away.until_at))
    return {
        pk: PersonFacts(
            staff_id=pk,
            name=str(names[pk]),
            is_active=names[pk].is_active,
            joins_on=row.joins_on if row else None,
            leaves_on=row.leaves_on if row else None,
            can_nights=row.can_nights if row else True,
            held=tuple(
                Held(one.post_id, one.post.role, tuple(one.post.unit.path), one.from_at, one.until_at)
                for one in found.by_staff.get(pk, ())
                if one.post.closed_on is None
            ),
            qualified=tuple(qualified[pk]),
            absences=tuple(absences[pk]),
        )
        for pk, row in rows.items()
    }


def when_of(shift: Shift, line: Line, from_at: datetime, until_at: datetime) -> When:
    """A stretch of a shift, with the local days it counts under."""
    last = calendar_of(line.authority).local_day(until_at - timedelta(microseconds=1))
    return When(on=shift.on, ends_on=last, from_at=from_at, until_at=until_at, is_night=shift.is_night)


def stood_near(
    staff_id: int, from_at: datetime, until_at: datetime, *, but: Iterable[int] = ()
) -> list[Stood]:
    """Somebody's other duty on every line within reach of the longest rest around from–until."""
    rows = Assignment.objects.filter(
        staff_id=staff_id,
        voided_at=None,
        from_at__lt=until_at + LONGEST_REST,
        until_at__gt=from_at - LONGEST_REST,
    ).exclude(pk__in=list(but))
    return [
        Stood(row.shift_id, row.from_at, row.until_at, timedelta(hours=row.shift.line.rest_min_h))
        for row in rows.select_related("shift__line").order_by("from_at")
    ]
