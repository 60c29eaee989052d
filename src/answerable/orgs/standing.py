"""The organisation as it stands: read once for each state of it, and kept in the process until it changes.

Who answers, who holds a post and which days are worked is asked several times by every request and changes a few
times a week. A trigger gives the organisation a new token with each change (migration 0003); whoever asks compares
tokens, one small read, and reads the tables again only where they differ. The rows are shared by all who ask:
nobody changes them; services that change the organisation load their own under a lock.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from answerable.core.statements import prepared
from answerable.orgs.calendars import WorkCalendar
from answerable.orgs.models import (
    Appointment,
    Authority,
    Place,
    Post,
    Responsibility,
    SpecialDay,
    Staff,
    Subject,
    Unit,
)

#: Reading while somebody changes the organisation is begun again; after so many times it is not kept.
TRIES = 3

#: Columns of a statement that reads something else too; see `standing_at`.
STATE = "(SELECT token FROM orgs_state), clock_timestamp()"
Read = tuple[UUID | None, datetime]


@dataclass
class Standing:
    """Every row of the organisation by its id, with their foreign keys filled from the same rows.

    `token` is None where the state is not to be kept (tables emptied, changes under way).
    """

    token: UUID | None
    authorities: dict[int, Authority] = field(default_factory=dict)
    units: dict[int, Unit] = field(default_factory=dict)
    posts: dict[int, Post] = field(default_factory=dict)
    subjects: dict[int, Subject] = field(default_factory=dict)
    places: dict[int, Place] = field(default_factory=dict)
    staff: dict[int, Staff] = field(default_factory=dict)
    rules: dict[int, list[Responsibility]] = field(default_factory=dict)
    by_post: dict[int, list[Appointment]] = field(default_factory=dict)
    by_staff: dict[int, list[Appointment]] = field(default_factory=dict)
    days: dict[int, dict[Any, bool]] = field(default_factory=dict)
    _calendars: dict[int, WorkCalendar] = field(default_factory=dict)

    @cached_property
    def posts_in(self) -> dict[int, list[Post]]:
        """The posts of each unit, in their order; closed ones too."""
        found: dict[int, list[Post]] = defaultdict(list)
        for post in self.posts.values():
            found[post.unit_id].append(post)
        return found

    @cached_property
    def closed_posts(self) -> frozenset[int]:
        return frozenset(post.pk for post in self.posts.values() if post.closed_on is not None)

    @cached_property
    def subject_codes(self) -> dict[tuple[int, str], Subject]:
        return {(one.authority_id, one.code): one for one in self.subjects.values()}

    @cached_property
    def place_codes(self) -> dict[tuple[int, str], Place]:
        return {(one.authority_id, one.code): one for one in self.places.values()}

    def calendar(self, authority: Authority) -> WorkCalendar:
        """The authority's working days. Its zone and country are the given row's, which may be a newer one."""
        kept = self._calendars.get(authority.pk)
        if kept is not None and (kept.zone, kept.country) == (authority.zone, authority.country or None):
            return kept
        days = self.days.get(authority.pk, {})
        made = WorkCalendar(
            zone=authority.zone,
            country=authority.country or None,
            extra_closed=frozenset(on for on, working in days.items() if not working),
            extra_working=frozenset(on for on, working in days.items() if working),
        )
        self._calendars[authority.pk] = made
        return made

    def fill(self, row: Any, **kinds: dict[int, Any]) -> None:
        """Set foreign keys of a row from these rows: `fill(case, unit=standing.units)`."""
        for name, rows in kinds.items():
            key = getattr(row, f"{name}_id")
            # A row made since this state was read is looked up by the field itself.
            if key is None or key in rows:
                row._state.fields_cache[name] = rows.get(
                    key
                )  # the field's own setter costs five times as much


def is_in_force(appointment: Appointment, at: datetime) -> bool:
    """Whether an appointment holds at `at`: begun, not ended, its post open and its holder not locked out."""
    return (
        appointment.from_at <= at
        and (appointment.until_at is None or appointment.until_at > at)
        and appointment.staff.is_active
        and appointment.post.closed_on is None
    )


@dataclass
class _Hold:
    """What one piece of work has read; nothing yet at its beginning."""

    found: Standing | None = None


_kept: Standing | None = None
_hold: ContextVar[_Hold | None] = ContextVar("hold", default=None)


def standing(*, fresh: bool = False) -> Standing:
    """The organisation now. `fresh` asks again within `held()`: for what is checked under a lock."""
    hold = _hold.get()
    if hold is not None and hold.found is not None and not fresh:
        return hold.found
    return standing_at()[0]


def standing_at(read: Read | None = None) -> tuple[Standing, datetime]:
    """The organisation and the database's clock, in one read; within `held()` it is held from here on.

    `read` is what another statement of the same request has just read as `STATE`.
    """
    token, at = read or _read()
    found = _of(token)
    hold = _hold.get()
    if hold is not None:
        hold.found = found
    return found, at.astimezone(UTC)


@contextmanager
def held() -> Iterator[None]:
    """Within, the organisation is read once. For work that does not change the organisation itself."""
    if _hold.get() is not None:
        yield
        return
    mark = _hold.set(_Hold())
    try:
        yield
    finally:
        _hold.reset(mark)


def _read() -> Read:
    with prepared() as cursor:
        cursor.execute(f"SELECT {STATE}")
        token, at = cursor.fetchone()
    return token, at


def _of(token: UUID | None) -> Standing:
    global _kept
    kept = _kept
    if kept is not None and token is not None and kept.token == token:
        return kept
    for _try in range(TRIES):
        found = _load(token)
        now, _at = _read()
        if now == token and token is not None:
            _kept = found
            return found
        token = now
    found.token = None
    return found


def _load(token: UUID | None) -> Standing:
    found = Standing(token)
    found.authorities = {row.pk: row for row in Authority.objects.order_by("pk")}
    found.units = {row.pk: row for row in Unit.objects.order_by("pk")}
    found.posts = {row.pk: row for row in Post.objects.order_by("pk")}
    found.subjects = {row.pk: row for row in Subject.objects.order_by("pk")}
    found.places = {row.pk: row for row in Place.objects.order_by("pk")}
    # What a sign-in needs is read at the sign-in; it changes with every one.
    found.staff = {row.pk: row for row in Staff.objects.defer("password", "last_login").order_by("pk")}
    for body in found.authorities.values():
        found.fill(body, above=found.authorities, conduct_body=found.authorities)
    for unit in found.units.values():
        found.fill(unit, authority=found.authorities, parent=found.units)
    for post in found.posts.values():
        found.fill(post, unit=found.units)
    for rows in (found.subjects, found.places):
        for row in rows.values():
            found.fill(row, authority=found.authorities, parent=rows)
    for rule in Responsibility.objects.order_by("pk"):
        found.fill(
            rule,
            authority=found.authorities,
            subject=found.subjects,
            place=found.places,
            unit=found.units,
            leader_post=found.posts,
        )
        found.rules.setdefault(rule.authority_id, []).append(rule)
    for one in Appointment.objects.order_by("pk"):
        found.fill(one, post=found.posts, staff=found.staff)
        found.by_post.setdefault(one.post_id, []).append(one)
        found.by_staff.setdefault(one.staff_id, []).append(one)
    for day in SpecialDay.objects.all():
        found.days.setdefault(day.authority_id, {})[day.on] = day.is_working
    return found
