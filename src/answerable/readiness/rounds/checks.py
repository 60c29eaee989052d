"""What `answerable check` asks of rounds: would tomorrow's be done, by somebody, at a place that is there?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from answerable.core import clock
from answerable.core.checks import Fault
from answerable.core.sentences import sentence
from answerable.orgs.queries import is_filled
from answerable.orgs.standing import standing
from answerable.readiness.rounds import rhythm, wording
from answerable.readiness.rounds.models import RoundPlan, RoundTemplate, Target, TemplateVersion
from answerable.readiness.rounds.rhythm import CannotKeepRhythm, rhythm_of
from answerable.readiness.rounds.template.reading import kept_template


def check_rounds() -> Iterator[Fault]:
    """Templates in use that nobody plans; plans whose post is unfilled, whose rhythm contradicts, whose place is gone."""
    yield from _templates()
    plans = list(
        RoundPlan.objects.filter(stopped_at=None).select_related("authority", "unit", "template", "post")
    )
    for found in faults_by_plan(plans, clock.now()).values():
        yield from found
    yield from _twice(plans)


def _templates() -> Iterator[Fault]:
    used = RoundPlan.objects.filter(stopped_at=None).values("template")
    rows = RoundTemplate.objects.filter(retired_at=None, versions__state="in_use").exclude(pk__in=used)
    for one in rows.select_related("authority").order_by("pk"):
        yield Fault(
            "round_template_without_plan",
            _("%(body)s: nobody plans rounds by the template “%(template)s”.")
            % {"body": one.authority.name, "template": one.name},
            _("Plan rounds by it, or retire it."),
        )


def faults_by_plan(plans: Sequence[RoundPlan], now: datetime) -> dict[int, list[Fault]]:
    """What is wrong with each plan; those with which all is well are left out."""
    versions = {
        one.template_id: one
        for one in TemplateVersion.objects.filter(template__in=[p.template_id for p in plans], state="in_use")
    }
    targets: dict[int, list[Target]] = defaultdict(list)
    rows = Target.objects.filter(plan__in=plans, ended_at=None).select_related("place", "item")
    for target in rows.order_by("position", "pk"):
        targets[target.plan_id].append(target)
    found = {
        plan.pk: [
            *_post(plan, now),
            *_template(plan, versions.get(plan.template_id)),
            *_rhythms(plan, versions.get(plan.template_id)),
            *_targets(plan, targets[plan.pk]),
        ]
        for plan in plans
    }
    return {pk: faults for pk, faults in found.items() if faults}


def _named(plan: RoundPlan) -> dict[str, str]:
    return {"unit": plan.unit.name, "plan": plan.name}


def _post(plan: RoundPlan, now: datetime) -> Iterator[Fault]:
    post = standing().posts.get(plan.post_id)
    if post is None or post.closed_on is not None or not is_filled(plan.post_id, now):
        yield Fault(
            "round_post_unfilled",
            _("%(unit)s: nobody holds the post that does the rounds “%(plan)s” (%(post)s).")
            % (_named(plan) | {"post": post.name if post is not None else ""}),
            _("Appoint somebody, or give the plan to another post."),
        )


def _template(plan: RoundPlan, version: TemplateVersion | None) -> Iterator[Fault]:
    if version is None:
        yield Fault(
            "round_plan_without_template",
            _("%(unit)s: the rounds “%(plan)s” have no template in use.") % _named(plan),
            _("Put a version of the template to use, or stop the plan."),
        )
        return
    codes = {
        one.finds.subject
        for one in kept_template(version.text).questions
        if one.finds is not None and one.finds.becomes == "case" and one.finds.subject
    }
    for code in sorted(codes):
        subject = standing().subject_codes.get((plan.authority_id, code))
        if subject is None or subject.closed_on is not None:
            yield Fault(
                "round_subject_unknown",
                _(
                    "%(unit)s: by the rounds “%(plan)s” a finding becomes a case about “%(subject)s”, which is no subject."
                )
                % (_named(plan) | {"subject": code}),
                _("Choose a subject in the template; until then such a finding becomes a repair."),
            )


def _rhythms(plan: RoundPlan, version: TemplateVersion | None) -> Iterator[Fault]:
    is_of_matters = version is not None and kept_template(version.text).looks_at == "matters"
    try:
        normal = rhythm_of(plan.rhythm)
        faster = rhythm_of(plan.faster) if plan.faster else None
        wrong: list[CannotKeepRhythm] = list(
            rhythm.contradictions(normal, faster, open_hours=plan.open_hours, is_of_matters=is_of_matters)
        )
    except CannotKeepRhythm as refusal:
        wrong = [refusal]
    for one in wrong:
        yield Fault(
            "round_rhythm_contradicts",
            _("%(unit)s: the rhythm of the rounds “%(plan)s” contradicts itself. %(why)s")
            % (_named(plan) | {"why": sentence(one)}),
            _("Change the plan."),
        )


def _targets(plan: RoundPlan, targets: Sequence[Target]) -> Iterator[Fault]:
    for target in targets:
        thing = target.place or target.item
        if thing is not None and thing.closed_on is not None:
            yield Fault(
                "round_place_closed",
                _("%(unit)s: the rounds “%(plan)s” look at %(place)s, which is closed.")
                % (_named(plan) | {"place": wording.target_text(target, plan.unit)}),
                _(
                    "Say by which places it was replaced (Rounds, Plans, A place was split or merged), or take it out."
                ),
            )
    if not targets:
        yield Fault(
            "round_nothing_to_look_at",
            _("%(unit)s: the rounds “%(plan)s” look at nothing.") % _named(plan),
            _("Choose places or things, or stop the plan."),
        )


def _twice(plans: Sequence[RoundPlan]) -> Iterator[Fault]:
    """Two plans that look at the same thing by the same questions: two rhythms that contradict."""
    by_pk = {plan.pk: plan for plan in plans}
    seen: dict[tuple[int, int | None, int | None], RoundPlan] = {}
    rows = Target.objects.filter(plan__in=plans, ended_at=None).select_related("place", "item")
    for target in rows.exclude(place=None, item=None).order_by("plan", "pk"):
        plan = by_pk[target.plan_id]
        key = (plan.template_id, target.place_id, target.item_id)
        first = seen.setdefault(key, plan)
        if first.pk != plan.pk:
            yield Fault(
                "round_planned_twice",
                _(
                    "%(place)s is looked at by two plans with the same questions: “%(first)s” and “%(second)s”."
                )
                % {
                    "place": wording.target_text(target, plan.unit),
                    "first": first.name,
                    "second": plan.name,
                },
                _("Take it out of one of them."),
            )
