"""The only door from a member of staff to a case: 404 for what is not theirs, 403 for a role."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest

from answerable.cases import rules
from answerable.cases.accusation import accusation_of
from answerable.cases.models import Accused, Case, Involvement, SteppedAside
from answerable.cases.naming import name_all
from answerable.cases.rules import Doing
from answerable.core.refusals import NotYours
from answerable.core.statements import fetch, prepared
from answerable.orgs.models import Hold, Post, Staff, Unit
from answerable.orgs.present import present
from answerable.orgs.queries import posts_of, subtree
from answerable.orgs.standing import is_in_force, standing
from answerable.record.actors import Actor, ActorKind

_KEPT = "_answerable_reader"
STILL_A_MEMBER = timedelta(days=365)


@dataclass(frozen=True)
class Reader:
    """A member of staff with the posts they hold right now."""

    staff: Staff
    posts: tuple[Post, ...]
    unit_ids: tuple[int, ...]
    member_unit_ids: tuple[int, ...]
    at: datetime

    @property
    def own_unit_ids(self) -> list[int]:
        """The units in which they hold a post that reads cases, not those below."""
        return sorted({post.unit_id for post in self.posts if post.role in rules.ROLES[Doing.READ]})

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(post.role for post in self.posts)

    def post_for(self, doing: Doing, unit_id: int | None = None) -> Post | None:
        """The post under which they may do this; one in the case's own unit comes first."""
        able = [post for post in self.posts_own_first if post.role in rules.ROLES[doing]]
        return next((p for p in able if p.unit_id == unit_id), able[0] if able else None)

    def actor(self, doing: Doing = Doing.READ, unit_id: int | None = None) -> Actor:
        """The actor that their acts are recorded under; raises NotYours where no post of theirs may."""
        post = self.post_for(doing, unit_id)
        if post is None:
            raise NotYours("role_may_not", doing=str(doing))
        return self._as(post)

    def actor_on(self, doing: Doing, case: Case) -> Actor:
        """The actor for this very case; raises NotYours where no post of theirs may do it there."""
        nearest = _nearest(tuple(self.posts_own_first), case)
        nearest.sort(key=lambda post: post.pk in self.stands_in)  # stable: the nearest of one's own posts
        post = next((p for p in nearest if may(p, doing, case, self.at)), None)
        if post is None:
            raise NotYours("role_may_not", doing=str(doing))
        return self._as(post)

    @property
    def posts_own_first(self) -> list[Post]:
        """One acts under one's own post where that may do it; for somebody else's only where it must be."""
        return sorted(self.posts, key=lambda post: (post.pk in self.stands_in, post.pk))

    @cached_property
    def stands_in(self) -> frozenset[int]:
        """The posts that they hold for somebody else only: as deputy, acting, or during leave."""
        held = [a for a in standing().by_staff.get(self.staff.pk, ()) if is_in_force(a, self.at)]
        own = {a.post_id for a in held if a.hold == Hold.HOLDER}
        return frozenset(a.post_id for a in held) - own

    def _as(self, post: Post) -> Actor:
        return Actor(
            ActorKind.STAFF,
            staff_id=self.staff.pk,
            post_id=post.pk,
            unit_id=post.unit_id,
            stands_in=post.pk in self.stands_in,
        )

    def can(self, doing: Doing, case: Case) -> bool:
        return any(may(post, doing, case, self.at) for post in self.posts)


def _nearest(posts: tuple[Post, ...], case: Case) -> list[Post]:
    """The posts with the one that carries the case first, then those of its unit, then the units above."""
    path = case.unit.path or [case.unit_id]
    place = {unit: n for n, unit in enumerate(reversed(path))}
    mine = {case.handler_post_id: 0, case.charge_post_id: 1}
    return sorted(posts, key=lambda p: (mine.get(p.pk, 2), place.get(p.unit_id, len(path)), p.pk))


def may(post: Post, doing: Doing, case: Case, at: datetime) -> bool:
    """Whether a post may do this with a case that its holder can see: by role, and by holding the case.

    A unit holds a case that is its own or is with a unit below it. A supervising unit may write; one that gave
    the case away only reads it. Under a post that somebody accused acts for, nobody acts (rule 5).
    """
    if post.role not in rules.ROLES[doing]:
        return False
    if case.is_conduct and doing is not Doing.READ and accusation_of(case).is_held_by(post.pk, at):
        return False
    if doing is Doing.CHECK_FILE and case.unit.authority.is_outside:
        # Nobody of a body outside looks at files here: a unit that had the matter does, and they go with the letter.
        return not case.is_conduct and any(i.unit_id == post.unit_id for i in case.involvements.all())
    if doing in rules.ANY_UNIT or post.unit_id in (case.unit.path or [case.unit_id]):
        return True
    return doing in rules.SUPERVISOR and any(
        i.unit_id == post.unit_id and i.capacity == Involvement.Capacity.SUPERVISES
        for i in case.involvements.all()
    )


def reader_for(staff: Staff, now: datetime) -> Reader:
    """Load posts and the units that they open: one's own, and those below for roles that lead."""
    return _reader(staff, tuple(posts_of(staff, now)), now)


def reader_of(request: HttpRequest) -> tuple[Reader, datetime] | None:
    """Who asks as a reader, and the instant of their request: loaded once a request. None: nobody is signed in."""
    found = present(request)
    if found is None:
        return None
    kept: Reader | None = getattr(request, _KEPT, None)
    if kept is None or kept.posts != found.posts:
        kept = _reader(found.staff, found.posts, found.at)
        setattr(request, _KEPT, kept)
    return kept, found.at


def _reader(staff: Staff, posts: tuple[Post, ...], at: datetime) -> Reader:
    own = {post.unit_id for post in posts if post.role in rules.ROLES[Doing.READ]}
    lead = {post.unit_id for post in posts if post.role in rules.SEES_BELOW}
    units = own | set(subtree(lead)) if lead else own
    return Reader(staff, posts, tuple(sorted(units)), tuple(sorted(_member_units(staff.pk, at))), at)


def _member_units(staff_id: int, at: datetime) -> set[int]:
    """The units that somebody belongs to, with those above, and belonged to within a year: whoever has just left an
    accused unit does not read about it from the next one."""
    found: set[int] = set()
    for one in standing().by_staff.get(staff_id, ()):
        if one.until_at is None or one.until_at > at - STILL_A_MEMBER:
            found.update(one.post.unit.path or [one.post.unit_id])
    return found


def hidden_from(reader: Reader) -> Q:
    """Conditions under which a case is kept from this reader whatever posts they hold (rules 5 and 28).

    An erased accusation is kept from everybody: erasure forgets whom it was about, and nothing is left to read. One
    that names somebody in words alone is kept from the levels above until the words were compared.
    """
    accused = Accused.objects.filter(case=OuterRef("pk")).filter(
        Q(staff=reader.staff) | Q(unit__in=reader.member_unit_ids)
    )
    aside = SteppedAside.objects.filter(case=OuterRef("pk"), staff=reader.staff)
    own = Involvement.objects.filter(case=OuterRef("pk"), unit_id__in=reader.own_unit_ids)
    above = Q(is_accused_unknown=True) & ~Q(unit_id__in=reader.own_unit_ids) & ~Q(Exists(own))
    return Q(Exists(accused)) | Q(Exists(aside)) | Q(is_conduct=True, erased_at__isnull=False) | above


def readable_cases(reader: Reader) -> QuerySet[Case]:
    """Every case this reader may see."""
    involved = Involvement.objects.filter(case=OuterRef("pk"), unit_id__in=reader.unit_ids)
    return Case.objects.filter(Q(unit_id__in=reader.unit_ids) | Q(Exists(involved))).exclude(
        hidden_from(reader)
    )


def case_for(reader: Reader, case_id: UUID, doing: Doing = Doing.READ) -> Case:
    """The case, or Http404 when it is not theirs to see, or NotYours when their role may not do this."""
    found = readable_among(reader, [case_id])
    if not found:
        raise Http404
    case = found[0]
    if not reader.can(doing, case):
        raise NotYours("role_may_not", doing=str(doing))
    return case


def readable_among(reader: Reader, case_ids: Sequence[UUID]) -> list[Case]:
    """`readable_cases` for a few that are named by their ids, in the order of their keys."""
    one = len(case_ids) == 1  # planned once; several are planned each time
    tail = "id = %s" if one else "id = ANY(%s) ORDER BY id"
    cases = fetch(Case, tail, case_ids if one else [list(case_ids)])
    name_all(cases)
    open_ = [case for case in cases if _reads(reader.posts, case)]
    hidden = _hidden(reader.staff.pk, open_, reader.at)
    return [case for case in open_ if case.pk not in hidden]


def require(by: Actor, case: Case, doing: Doing, now: datetime) -> None:
    """The same checks again, under the lock, from the database's present state: two small reads.

    The system and the person pass: the person's door is their receipt. Raises Http404 or NotYours.
    """
    if by.kind is not ActorKind.STAFF:
        return
    posts = posts_held(by.staff, now)
    post = next((post for post in posts if post.pk == by.post_id), None)
    if post is None:
        raise NotYours("post_not_held", post=by.post_id)
    if not is_readable(by.staff, posts, case, now):
        raise Http404
    if not may(post, doing, case, now):
        raise NotYours("role_may_not", doing=str(doing))


def posts_held(staff_id: int, now: datetime) -> list[Post]:
    """The posts of a member of staff by the organisation's present state: asked again whatever was read before."""
    return [a.post for a in standing(fresh=True).by_staff.get(staff_id, ()) if is_in_force(a, now)]


def is_readable(staff_id: int, posts: Sequence[Post], case: Case, at: datetime) -> bool:
    """`readable_cases` for one row that is loaded already."""
    return _reads(posts, case) and not _hidden(staff_id, [case], at)


def _reads(posts: Sequence[Post], case: Case) -> bool:
    """Whether one of the posts opens the case: `readable_cases` for one row, in memory where it can be."""
    able = [post for post in posts if post.role in rules.ROLES[Doing.READ]]

    def opens(unit: Unit) -> bool:
        if case.is_accused_unknown:
            return any(p.unit_id == unit.pk for p in able)
        path = unit.path or [unit.pk]
        return any(p.unit_id == unit.pk or (p.role in rules.SEES_BELOW and p.unit_id in path) for p in able)

    if opens(case.unit):
        return True
    units = standing().units
    return any(opens(units[pk]) for pk in case.involvements.values_list("unit_id", flat=True) if pk in units)


_HIDDEN = """SELECT case_id FROM cases_accused WHERE case_id = ANY(%s) AND (staff_id = %s OR unit_id = ANY(%s))
    UNION ALL SELECT case_id FROM cases_stepped_aside WHERE case_id = ANY(%s) AND staff_id = %s"""


def _hidden(staff_id: int, cases: Sequence[Case], at: datetime) -> set[UUID]:
    """`hidden_from` for rows that are loaded, but for what `_reads` says of the levels above."""
    if not cases:
        return set()
    ids = [case.pk for case in cases]
    with prepared() as cursor:
        cursor.execute(_HIDDEN, [ids, staff_id, list(_member_units(staff_id, at)), ids, staff_id])
        kept = {row[0] for row in cursor.fetchall()}
    return kept | {case.pk for case in cases if case.is_conduct and case.erased_at is not None}


def shown_to(staff: Staff, case_ids: list[Any], now: datetime) -> set[Any]:
    """Which of these cases a member of staff may see: for notices and digests, which must leak nothing."""
    reader = reader_for(staff, now)
    return set(readable_cases(reader).filter(pk__in=case_ids).values_list("pk", flat=True))
