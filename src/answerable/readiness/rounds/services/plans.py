"""Plans of rounds: made, changed, stopped; a place that was split or merged. Each one durable transaction and one act."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from answerable.duty.models import StandbyItem
from answerable.orgs.kept_out import sorts_people_by
from answerable.orgs.models import Authority, Place, Post, Unit
from answerable.readiness.rounds import access, late, rhythm, steps
from answerable.readiness.rounds.act_kinds import RoundAct
from answerable.readiness.rounds.models import PlaceChange, Round, RoundPlan, RoundTemplate, Target
from answerable.readiness.rounds.rhythm import Rhythm
from answerable.readiness.rounds.rules import CannotRound
from answerable.readiness.rounds.services.templates import version_in_use
from answerable.readiness.rounds.template.reading import kept_template
from answerable.record.actors import Actor

MOST_HOURS = 24 * 31


@dataclass(frozen=True)
class PlanDraft:
    """What a form says of a plan. Places or things, by what the template looks at; neither for a review from the desk."""

    template_id: int
    unit_id: int
    post_id: int
    rhythm: Rhythm
    starts_on: date
    name_zh: str = ""
    name_en: str = ""
    mend_post_id: int | None = None
    faster: Rhythm | None = None
    open_hours: int = 24
    ends_on: date | None = None
    place_ids: tuple[int, ...] = ()
    item_ids: tuple[int, ...] = ()


@transaction.atomic(durable=True)
def make_plan(draft: PlanDraft, *, by: Actor, now: datetime) -> RoundPlan:
    """Begin a plan; its first rounds come with the worker's next turn. Raises CannotRound, CannotKeepRhythm."""
    template = RoundTemplate.objects.select_related("authority").get(pk=draft.template_id)
    unit = _unit(draft, template.authority)
    access.require_leader_of(by, unit, now)
    fields = _fields(draft, template, unit)
    plan = RoundPlan(authority=template.authority, template=template, look_at=now, **fields)
    plan.save(force_insert=True)
    _set_targets(plan, draft, by=by, now=now)
    _act(plan, RoundAct.PLAN_MADE, by=by, now=now)
    return plan


@transaction.atomic(durable=True)
def change_plan(*, plan_id: int, draft: PlanDraft, by: Actor, now: datetime, seen_version: int) -> RoundPlan:
    """What is due or late stays; what was only ahead is put on the list anew, by the new rhythm."""
    plan = _lock_open(plan_id, seen_version)
    access.require_leader_of(by, plan.unit, now)
    unit = _unit(draft, plan.authority)
    access.require_leader_of(by, unit, now)
    fields = _fields(draft, plan.template, unit)
    steps.changed(plan, **fields, look_at=now)
    _set_targets(plan, draft, by=by, now=now)
    ahead = Round.objects.filter(plan=plan, state=Round.State.DUE, due_at__gt=now)
    ahead.update(state=Round.State.DROPPED)
    Target.objects.filter(plan=plan, ended_at=None).update(made_until=now)
    _act(plan, RoundAct.PLAN_CHANGED, by=by, now=now)
    return plan


@transaction.atomic(durable=True)
def stop_plan(
    *, plan_id: int, why: str, by: Actor, now: datetime, seen_version: int | None = None
) -> RoundPlan:
    """No more rounds; what was found stays open until it is mended."""
    plan = _lock_open(plan_id, seen_version)
    access.require_leader_of(by, plan.unit, now)
    why = steps.cleaned(why, most=300)
    if not why:
        raise CannotRound("say_what")
    _take_off(plan, Round.objects.filter(plan=plan), by=by, now=now)
    Target.objects.filter(plan=plan, ended_at=None).update(ended_at=now)
    steps.changed(plan, stopped_at=now, look_at=None)
    _act(plan, RoundAct.PLAN_STOPPED, by=by, now=now, why=why)
    late.end_where_done(plan, by=by, now=now)
    return plan


@transaction.atomic(durable=True)
def move_place(*, place_id: int, into: Sequence[int], by: Actor, now: datetime) -> int:
    """A place was split or merged: every plan that looked at it looks at `into` from now on, and its history is theirs.

    Returns how many plans changed. Raises CannotRound("not_split"), NotTheirs where the actor does not lead all of
    their units.
    """
    place = Place.objects.select_related("authority").filter(pk=place_id).first()
    others = list(Place.objects.filter(pk__in=into, closed_on=None).exclude(pk=place_id).order_by("pk"))
    if place is None or not others or any(one.authority_id != place.authority_id for one in others):
        raise CannotRound("not_split")
    access.require_leader_in(by, place.authority_id, now)
    _require_no_dwelling(others)
    rows = RoundPlan.objects.filter(targets__place=place, targets__ended_at=None, stopped_at=None)
    plans = list(rows.order_by("pk").values_list("pk", flat=True).distinct())
    for plan_id in plans:
        plan = steps.lock_plan(plan_id)
        # Nobody takes a place off another unit's rounds.
        access.require_leader_of(by, plan.unit, now)
        old = Target.objects.filter(plan=plan, place=place, ended_at=None).first()
        if old is None:
            continue  # somebody moved it in this moment
        _take_off(plan, Round.objects.filter(target=old), by=by, now=now)
        old.ended_at = now
        old.save(update_fields=["ended_at"])
        there = set(Target.objects.filter(plan=plan, ended_at=None).values_list("place", flat=True))
        # Not a day is lost: what was not looked at yet of the old place is due at the new ones.
        Target.objects.bulk_create(
            Target(plan=plan, place=one, position=old.position, made_until=_made_before(old, now))
            for one in others
            if one.pk not in there
        )
        steps.changed(plan, look_at=now)
        _act(plan, RoundAct.PLACE_MOVED, by=by, now=now, place=place.pk, into=[one.pk for one in others])
        late.end_where_done(plan, by=by, now=now)
    PlaceChange.objects.bulk_create(
        (
            PlaceChange(authority=place.authority, place=place, into=one, at=now, by_id=by.staff)
            for one in others
        ),
        ignore_conflicts=True,
    )
    return len(plans)


def _made_before(old: Target, now: datetime) -> datetime:
    """Up to when the old place's rounds were done: from there on the new ones have theirs."""
    open_ = (
        Round.objects.filter(target=old, state=Round.State.DROPPED, due_at__gt=now).order_by("due_at").first()
    )
    return now if open_ is not None else old.made_until


# ---------------------------------------------------------------- inside the transaction


def _lock_open(plan_id: int, seen_version: int | None) -> RoundPlan:
    plan = steps.lock_plan(plan_id, seen_version)
    if plan.stopped_at is not None:
        raise CannotRound("plan_stopped")
    return plan


def _unit(draft: PlanDraft, authority: Authority) -> Unit:
    unit = Unit.objects.filter(pk=draft.unit_id, authority=authority, closed_on=None).first()
    if unit is None:
        raise CannotRound("unit_unknown")
    return unit


def _fields(draft: PlanDraft, template: RoundTemplate, unit: Unit) -> dict[str, Any]:
    if template.retired_at is not None:
        raise CannotRound("template_retired")
    version = version_in_use(template)
    if version is None:
        raise CannotRound("template_unused")
    file = kept_template(version.text)
    name_zh, name_en = steps.cleaned(draft.name_zh, most=200), steps.cleaned(draft.name_en, most=200)
    if not (name_zh or name_en):
        raise CannotRound("name_missing")
    if draft.ends_on is not None and draft.ends_on < draft.starts_on:
        raise CannotRound("days_wrong")
    if not 1 <= draft.open_hours <= MOST_HOURS:
        raise CannotRound("hours_range")
    wrong = rhythm.contradictions(
        draft.rhythm, draft.faster, open_hours=draft.open_hours, is_of_matters=file.looks_at == "matters"
    )
    for one in wrong:
        raise one
    return {
        "name_zh": name_zh,
        "name_en": name_en,
        "unit": unit,
        "post": _post(draft.post_id, template.authority_id),
        "mend_post": _post(draft.mend_post_id, template.authority_id) if draft.mend_post_id else None,
        "rhythm": draft.rhythm.as_json(),
        "faster": draft.faster.as_json() if draft.faster is not None else None,
        "open_hours": draft.open_hours,
        "starts_on": draft.starts_on,
        "ends_on": draft.ends_on,
    }


def _post(post_id: int, authority_id: int) -> Post:
    post = Post.objects.filter(pk=post_id, unit__authority=authority_id, closed_on=None).first()
    if post is None:
        raise CannotRound("post_closed")
    return post


def _take_off(plan: RoundPlan, rounds: QuerySet[Round], *, by: Actor, now: datetime) -> None:
    """Of these rounds, what is ahead is dropped. What is overdue was missed: changing a plan is no way to undo that."""
    due = rounds.filter(state=Round.State.DUE)
    missed = [str(pk) for pk in due.filter(due_at__lt=now).order_by("pk").values_list("pk", flat=True)]
    if missed:
        due.filter(pk__in=missed).update(state=Round.State.MISSED)
        steps.act(RoundAct.MISSED, plan.matter, by=by, now=now, body={"rounds": missed})
    due.update(state=Round.State.DROPPED)


def _set_targets(plan: RoundPlan, draft: PlanDraft, *, by: Actor, now: datetime) -> None:
    """What is no longer looked at ends; what is new begins now."""
    version = version_in_use(plan.template)
    assert version is not None
    wanted = _wanted(plan.authority_id, kept_template(version.text).looks_at, draft)
    there = {(one.place_id, one.item_id): one for one in Target.objects.filter(plan=plan, ended_at=None)}
    gone: list[int] = []
    for key, target in there.items():
        if key not in wanted:
            target.ended_at = now
            target.save(update_fields=["ended_at"])
            gone.append(target.pk)
    _take_off(plan, Round.objects.filter(target__in=gone), by=by, now=now)
    for position, (place_id, item_id) in enumerate(wanted, 1):
        kept = there.get((place_id, item_id))
        if kept is None:
            Target.objects.create(
                plan=plan, place_id=place_id, item_id=item_id, position=position, made_until=now
            )
        elif kept.position != position:
            kept.position = position
            kept.save(update_fields=["position"])


def _wanted(authority_id: int, looks_at: str, draft: PlanDraft) -> list[tuple[int | None, int | None]]:
    """(place, item) of each target, in the order in which they were chosen."""
    if looks_at == "place":
        places = {one.pk: one for one in Place.objects.filter(pk__in=draft.place_ids, authority=authority_id)}
        chosen = [pk for pk in dict.fromkeys(draft.place_ids) if pk in places]
        if draft.item_ids or not chosen:
            raise CannotRound("no_targets")
        closed = next((places[pk] for pk in chosen if places[pk].closed_on is not None), None)
        if closed is not None:
            raise CannotRound("place_closed", place=closed.name)
        _require_no_dwelling(places.values())
        return [(pk, None) for pk in chosen]
    if looks_at == "item":
        items = StandbyItem.objects.filter(
            pk__in=draft.item_ids, unit__authority=authority_id, closed_on=None
        )
        known = set(items.values_list("pk", flat=True))
        found: list[tuple[int | None, int | None]] = [
            (None, pk) for pk in dict.fromkeys(draft.item_ids) if pk in known
        ]
        if draft.place_ids or not found:
            raise CannotRound("no_targets")
        return found
    if draft.place_ids or draft.item_ids:
        raise CannotRound("wrong_targets", what=str(len(draft.place_ids) + len(draft.item_ids)))
    return [(None, None)]


def _require_no_dwelling(places: Any) -> None:
    """Raises CannotRound for a place that is named like one (rights, rule 11)."""
    for place in places:
        for name in (place.name_zh, place.name_en):
            if sorts_people_by(name, is_place=True):
                raise CannotRound("place_dwelling", place=name)


def _act(plan: RoundPlan, kind: RoundAct, *, by: Actor, now: datetime, why: str = "", **more: Any) -> None:
    targets = Target.objects.filter(plan=plan, ended_at=None).order_by("position", "pk")
    body = {
        "plan": plan.pk,
        "template": plan.template_id,
        "unit": plan.unit_id,
        "post": plan.post_id,
        "rhythm": plan.rhythm,
        "faster": plan.faster,
        "targets": [[one.place_id, one.item_id] for one in targets],
    }
    steps.act(kind, plan.matter, by=by, now=now, body=body | more, why=why)
