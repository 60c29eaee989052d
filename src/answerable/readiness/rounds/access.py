"""The only door to rounds: 404 for other units', 403 for a role.

The staff of a unit see its rounds and findings; leaders, auditors and administrators those of the units below too. Who
holds a round's post, or is its deputy at that time, does it; who holds a finding's post mends it; somebody else checks.
Leaders plan. Administrators and auditors look on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404

from answerable.core.sentences import N_, Said, sentence
from answerable.incidents.access import LOOK_ON, Reader, entered_by, leads_unit
from answerable.orgs.models import Authority, Post, Role, Staff, Unit
from answerable.orgs.queries import posts_of, subtree
from answerable.orgs.standing import standing
from answerable.readiness.rounds.models import Finding, Round, RoundPlan, RoundTemplate
from answerable.readiness.rounds.rules import NotTheirs
from answerable.record.actors import Actor, ActorKind

SEES_BELOW = frozenset({Role.LEADER, Role.AUDITOR, Role.ADMINISTRATOR})


class Forbidden(Said):
    """Sentences of what a role may not do here."""

    sentences = {
        "does_not": N_("Whoever holds the round's post, or is its deputy now, does this round."),
        "leads_not": N_("Whoever leads this unit, or one above it, does that."),
        "works_not": N_("Only somebody who works in this body writes its templates."),
        "mends_not": N_("Whoever holds the finding's post, or leads the unit, says that it is mended."),
        "checks_not": N_("Whoever does these rounds, or leads the unit, looks whether it is mended."),
        "looks_on": N_("Administrators and auditors look on."),
    }


@dataclass(frozen=True)
class RoundReader(Reader):
    """A member of staff with the posts they hold right now, and what of the rounds that opens to them."""

    @cached_property
    def unit_ids(self) -> list[int]:
        own = {post.unit_id for post in self.posts}
        tops = {post.unit_id for post in self.posts if post.role in SEES_BELOW}
        return sorted({*own, *(subtree(tops) if tops else ())})

    @cached_property
    def post_ids(self) -> frozenset[int]:
        """The posts under which they do something."""
        return frozenset(post.pk for post in self.working)

    @cached_property
    def led_unit_ids(self) -> list[int]:
        """The units that they lead, with those below."""
        tops = {post.unit_id for post in self.working if post.role == Role.LEADER}
        return sorted(subtree(tops)) if tops else []

    @property
    def leads_any(self) -> bool:
        return bool(self.led_unit_ids)

    def leads_of(self, unit: Unit) -> bool:
        return leads_unit(self.working, unit)

    def does(self, round_: Round) -> bool:
        return round_.post_id in self.post_ids

    def may_type_in(self, round_: Round) -> bool:
        """Whether they may type in the paper form of whoever went."""
        return self.does(round_) or self.leads_of(round_.unit)

    def may_mend(self, finding: Finding) -> bool:
        return finding.post_id in self.post_ids or self.leads_of(finding.unit)

    def may_check(self, finding: Finding) -> bool:
        return finding.mended_by_id != self.staff.pk and self.looks_after(finding)

    def looks_after(self, finding: Finding) -> bool:
        """Whether they do the rounds of it, or lead."""
        return finding.plan.post_id in self.post_ids or self.leads_of(finding.unit)

    def acting(self, prefer: Iterable[int] = (), unit: Unit | None = None) -> Actor:
        """As whom an act is recorded: one of `prefer`, else a post that leads the unit, else their own first."""
        wanted = list(prefer)
        order = sorted(
            self.working or self.posts,
            key=lambda post: (
                post.pk not in wanted,
                unit is not None and not leads_unit([post], unit),
                post.pk in self._stands_in,
                post.pk,
            ),
        )
        post = order[0]
        return Actor(
            ActorKind.STAFF,
            staff_id=self.staff.pk,
            post_id=post.pk,
            unit_id=post.unit_id,
            stands_in=post.pk in self._stands_in,
        )


def round_reader(staff: Staff, now: datetime) -> RoundReader:
    return RoundReader(staff, tuple(posts_of(staff, now)), now)


rounds_view = entered_by(round_reader)


# ---------------------------------------------------------------- rows


def rounds_for(reader: RoundReader) -> QuerySet[Round]:
    rows = Round.objects.filter(Q(unit__in=reader.unit_ids) | Q(post__in=reader.post_ids))
    return rows.select_related(
        "plan__template", "template_version", "place", "item", "unit", "post", "authority", "done_by"
    )


def round_for(reader: RoundReader, round_id: UUID) -> Round:
    """A round that they may read; 404 for others."""
    found = rounds_for(reader).filter(pk=round_id).first()
    if found is None:
        raise Http404
    return found


def round_to_do(reader: RoundReader, round_id: UUID) -> Round:
    """A round that they may do or type in; 403 with a sentence."""
    found = round_for(reader, round_id)
    if not reader.may_type_in(found):
        raise PermissionDenied(sentence(Forbidden("does_not")))
    return found


def findings_for(reader: RoundReader) -> QuerySet[Finding]:
    rows = Finding.objects.filter(
        Q(unit__in=reader.unit_ids) | Q(post__in=reader.post_ids) | Q(plan__post__in=reader.post_ids)
    )
    return rows.select_related(
        "plan__template", "place", "item", "unit", "post", "authority", "mended_by", "checked_by"
    )


def finding_for(reader: RoundReader, finding_id: UUID) -> Finding:
    found = findings_for(reader).filter(pk=finding_id).first()
    if found is None:
        raise Http404
    return found


def plans_for(reader: RoundReader) -> QuerySet[RoundPlan]:
    rows = RoundPlan.objects.filter(Q(unit__in=reader.unit_ids) | Q(post__in=reader.post_ids))
    return rows.select_related("authority", "unit", "template", "post__unit", "mend_post__unit")


def plan_for(reader: RoundReader, plan_id: int) -> RoundPlan:
    found = plans_for(reader).filter(pk=plan_id).first()
    if found is None:
        raise Http404
    return found


def plan_to_change(reader: RoundReader, plan_id: int) -> RoundPlan:
    """A plan of a unit that they lead; 403 with a sentence."""
    found = plan_for(reader, plan_id)
    require_leads(reader, found.unit)
    return found


def require_leads(reader: RoundReader, unit: Unit) -> None:
    if not reader.leads_of(unit):
        raise PermissionDenied(sentence(Forbidden("leads_not")))


def require_planner(reader: RoundReader) -> None:
    """403 with a sentence for whoever leads nothing."""
    if not reader.leads_any:
        raise PermissionDenied(sentence(Forbidden("leads_not")))


def templates_for(reader: RoundReader) -> QuerySet[RoundTemplate]:
    return RoundTemplate.objects.filter(authority__in=reader.body_ids).select_related("authority")


def template_for(reader: RoundReader, template_id: int) -> RoundTemplate:
    found = templates_for(reader).filter(pk=template_id).first()
    if found is None:
        raise Http404
    return found


def works_in(reader: RoundReader, authority_id: int) -> bool:
    return any(post.unit.authority_id == authority_id for post in reader.working)


def leads_in(reader: RoundReader, authority_id: int) -> bool:
    return any(post.role == Role.LEADER and post.unit.authority_id == authority_id for post in reader.working)


def template_to_write(reader: RoundReader, template_id: int) -> RoundTemplate:
    found = template_for(reader, template_id)
    if not works_in(reader, found.authority_id):
        raise PermissionDenied(sentence(Forbidden("works_not")))
    return found


def template_to_use(reader: RoundReader, template_id: int) -> RoundTemplate:
    """A template of a body in which they lead; 403 with a sentence."""
    found = template_for(reader, template_id)
    if not leads_in(reader, found.authority_id):
        raise PermissionDenied(sentence(Forbidden("leads_not")))
    return found


def working_bodies(reader: RoundReader) -> list[Authority]:
    """The bodies in which they do something, and whose templates they write."""
    return [standing().authorities[pk] for pk in sorted({post.unit.authority_id for post in reader.working})]


# ---------------------------------------------------------------- again, under the lock


def _working(by: Actor, at: datetime) -> tuple[Post, ...]:
    staff = standing(fresh=True).staff.get(by.staff_id or 0)
    if staff is None or not staff.is_active:
        return ()
    return tuple(post for post in posts_of(staff, at) if post.role not in LOOK_ON)


def require_worker(by: Actor, authority_id: int, now: datetime) -> None:
    """Raises NotTheirs unless the actor works in the body."""
    if by.kind is not ActorKind.SYSTEM and not any(
        post.unit.authority_id == authority_id for post in _working(by, now)
    ):
        raise NotTheirs("works_not")


def require_leader_in(by: Actor, authority_id: int, now: datetime) -> None:
    """Raises NotTheirs unless the actor leads a unit of the body."""
    if by.kind is not ActorKind.SYSTEM and not any(
        post.role == Role.LEADER and post.unit.authority_id == authority_id for post in _working(by, now)
    ):
        raise NotTheirs("leads_not")


def require_leader_of(by: Actor, unit: Unit, now: datetime) -> None:
    """Raises NotTheirs unless the actor leads the unit or one above it."""
    if by.kind is not ActorKind.SYSTEM and not leads_unit(_working(by, now), unit):
        raise NotTheirs("leads_not")


def post_to_do(by: Actor, round_: Round, at: datetime, now: datetime) -> int:
    """The post under which the actor did a round at an instant: its own, else one that leads. Raises NotTheirs.

    Whoever was deputy when the round was done, and is no longer as it arrives, did it all the same.
    """
    mine = {post.pk: post for post in (*_working(by, now), *_working(by, at))}
    if round_.post_id in mine:
        return round_.post_id
    leading = [pk for pk, post in mine.items() if leads_unit([post], round_.unit)]
    if not leading:
        raise NotTheirs("does_not")
    return min(leading)


def require_mender(by: Actor, finding: Finding, now: datetime) -> None:
    working = _working(by, now)
    if not any(post.pk == finding.post_id for post in working) and not leads_unit(working, finding.unit):
        raise NotTheirs("mends_not")


def require_looker(by: Actor, finding: Finding, now: datetime) -> None:
    """Raises NotTheirs unless the actor does the finding's rounds or leads its unit."""
    working = _working(by, now)
    if not any(post.pk == finding.plan.post_id for post in working) and not leads_unit(working, finding.unit):
        raise NotTheirs("checks_not")
