"""Rounds in the demo town: plans of several kinds, two weeks of them done, some missed, findings in each state.

Through the services, at the hours at which it would have been.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from answerable.duty.models import StandbyItem
from answerable.ops.demo.settle import Settled
from answerable.orgs.models import Post, Staff
from answerable.readiness.rounds import making
from answerable.readiness.rounds.models import Finding, Round, RoundPlan
from answerable.readiness.rounds.rhythm import Rhythm
from answerable.readiness.rounds.rules import Given
from answerable.readiness.rounds.services.doing import do_round
from answerable.readiness.rounds.services.findings import check_finding, mend_finding
from answerable.readiness.rounds.services.plans import PlanDraft, make_plan
from answerable.readiness.rounds.services.templates import adopt_template, put_to_use
from answerable.readiness.rounds.template.catalogue import shipped_template, shipped_text
from answerable.readiness.rounds.template.schema import Question
from answerable.record.actors import Actor, ActorKind

DAYS = 14
WEEKLY = Rhythm("week", weekdays=(0,))


@dataclass(frozen=True)
class Planned:
    """A plan by its template: unit, who goes, who mends, how often; places or what stands by."""

    template: str
    unit: str
    post: str
    mend: str
    rhythm: Rhythm
    places: tuple[str, ...] = ()
    faster: Rhythm | None = None
    open_hours: int = 24


PLANS = (
    Planned(
        "dams",
        "farming",
        "farming-water",
        "farming-head",
        Rhythm("week", weekdays=(0, 3)),
        ("dongyan-gate", "dongyan-canal", "shangping-reservoir", "liuwan-pump"),
        faster=Rhythm("day"),
    ),
    Planned(
        "fire-exits",
        "social",
        "social-civil",
        "social-head",
        Rhythm("days", n=4),
        ("market", "hospital", "service-hall"),
    ),
    Planned(
        "schools",
        "social",
        "social-schools",
        "social-head",
        WEEKLY,
        ("central-school", "qiaotou-school"),
        open_hours=72,
    ),
    Planned(
        "roads",
        "planning",
        "planning-roads",
        "planning-head",
        Rhythm("days", n=3),
        ("duxin-road", "shangping-road", "qiaotou-bridge"),
    ),
    Planned("building-sites", "planning", "planning-building", "planning-head", WEEKLY, ("xiaping-estate",)),
    Planned("vehicles", "general", "general-1", "general-head", WEEKLY),
    Planned("open-matters", "petitions", "petitions-head", "petitions-head", WEEKLY),
)


@dataclass(frozen=True)
class Wrong:
    """On the first round at a place from a day on, something is wrong; then mended, then looked at."""

    template: str
    place: str
    ago: int
    question: str
    value: str
    note: str
    mended: str = ""
    check: str = ""  # "", "yes" or why not
    more: Mapping[str, str] = field(default_factory=dict)
    #: So many days after it was found it is mended.
    after: int = 3

    @property
    def lasts(self) -> int:
        """So many days it is seen by whoever goes there."""
        return self.after + 1 if self.mended else 99


WRONG = (
    Wrong("fire-exits", "market", 13, "clear", "no", "东侧楼梯堆着泡沫箱", "已清走，并在墙上划了线", "yes"),
    Wrong("fire-exits", "market", 5, "clear", "no", "东侧楼梯又堆了箱子"),
    Wrong("fire-exits", "hospital", 9, "lights", "2", "二楼两盏应急灯不亮", "换了两盏灯", "yes"),
    Wrong(
        "dams",
        "dongyan-gate",
        12,
        "gate",
        "no",
        "左侧螺杆锈死，只能开一半",
        "螺杆已除锈上油",
        "还差十厘米关不到底",
    ),
    Wrong("dams", "dongyan-canal", 8, "ditches", "no", "第三个涵管被树枝堵住", "已清淤", after=7),
    Wrong("schools", "qiaotou-school", 12, "stairs", "no", "二楼转角灯不亮"),
    Wrong("roads", "shangping-road", 10, "covers", "no", "三号弯外侧井盖松动", "换了新井盖", "yes"),
    Wrong(
        "roads",
        "duxin-road",
        6,
        "holes",
        "3",
        "粮站门口三处坑洞",
        more={"becomes": "case", "subject": "roads"},
    ),
)


def live(settled: Settled, now: datetime, *, brief: bool = False) -> None:
    """Make the plans as of two weeks ago (`brief`: of three days), and let the days go by up to now."""
    zone = ZoneInfo(settled.posts["mayor"].unit.authority.zone)
    days = 3 if brief else DAYS
    began = _at(now, days + 1, 9, zone)
    plans = {planned.template: _plan(settled, planned, began) for planned in PLANS}
    for ago in range(days, -1, -1):
        morning = _at(now, ago, 8, zone)
        for plan in plans.values():
            RoundPlan.objects.filter(pk=plan.pk).update(look_at=morning)
        making.make_due(min(morning, now))
        making.watch_late(min(morning, now))
        afternoon = _at(now, ago, 15, zone)
        if ago and afternoon < now:
            _do_day(settled, plans, ago, afternoon)
            _settle_day(settled, ago, afternoon + timedelta(hours=1))


def _at(now: datetime, ago: int, hour: int, zone: ZoneInfo) -> datetime:
    day = now.astimezone(zone).date() - timedelta(days=ago)
    return datetime.combine(day, time(hour), zone)


def _actor(post: Post) -> Actor:
    staff: Staff = post.appointments.select_related("staff").order_by("pk")[0].staff
    return Actor(ActorKind.STAFF, staff_id=staff.pk, post_id=post.pk, unit_id=post.unit_id)


def _plan(settled: Settled, planned: Planned, at: datetime) -> RoundPlan:
    mayor = settled.posts["mayor"]
    by = _actor(mayor)
    town = mayor.unit.authority
    # Adapted as an office would: its own subject, under which wages are asked for.
    text = shipped_text(planned.template).replace("subject: wages", "subject: work-wages")
    draft = adopt_template(authority=town, text=text, by=by, now=at)
    put_to_use(template_id=draft.template_id, by=by, seen=draft.version, now=at)
    file = shipped_template(planned.template)
    items = StandbyItem.objects.filter(unit__authority=town, is_vehicle=True, closed_on=None).order_by("pk")[
        :3
    ]
    return make_plan(
        PlanDraft(
            template_id=draft.template_id,
            unit_id=settled.units[planned.unit].pk,
            post_id=settled.posts[planned.post].pk,
            mend_post_id=settled.posts[planned.mend].pk,
            rhythm=planned.rhythm,
            faster=planned.faster,
            open_hours=planned.open_hours,
            starts_on=at.date(),
            name_zh=file.names.zh,
            name_en=file.names.en,
            place_ids=tuple(settled.places[code].pk for code in planned.places),
            item_ids=tuple(one.pk for one in items) if file.looks_at == "item" else (),
        ),
        by=by,
        now=at,
    )


def _do_day(settled: Settled, plans: Mapping[str, RoundPlan], ago: int, at: datetime) -> None:
    """Whoever has the post does what is due today; of the schools one is forgotten."""
    places = {row.pk: code for code, row in settled.places.items()}
    for planned in PLANS:
        plan = plans[planned.template]
        due = Round.objects.filter(
            plan=plan, state=Round.State.DUE, opens_at__lte=at, due_at__lt=at + timedelta(days=1)
        )
        for one in due.order_by("due_at", "pk"):
            place = places.get(one.place_id or 0, "")
            if planned.template == "schools" and place == "central-school" and ago < 8:
                continue
            answers = _answers(planned.template, place, ago)
            do_round(round_id=one.pk, answers=answers, by=_actor(settled.posts[planned.post]), now=at)


def _answers(template: str, place: str, ago: int) -> dict[str, Given]:
    found = {one.code: Given(_good(one)) for one in shipped_template(template).questions if one.is_needed}
    for wrong in WRONG:
        is_then = wrong.ago - wrong.lasts < ago <= wrong.ago
        if (wrong.template, wrong.place) == (template, place) and is_then:
            found[wrong.question] = Given(wrong.value, wrong.note, **wrong.more)
    return found


def _good(question: Question) -> str:
    """An answer that finds nothing."""
    if question.kind == "yes_no":
        return "no" if question.wrong == "yes" else "yes"
    if question.kind == "choice":
        return next(one.code for one in question.choices if not one.wrong)
    least, most = question.least, question.most
    if least is not None and most is not None:
        return f"{(least + most) / 2:g}"
    return f"{least * 1.4:g}" if least is not None else f"{most or 0:g}"


def _settle_day(settled: Settled, ago: int, at: datetime) -> None:
    """Some days after it was found a repair is said to be done; the day after somebody else has looked."""
    for wrong in WRONG:
        if not wrong.mended:
            continue
        rows = Finding.objects.filter(question=wrong.question, place=settled.places[wrong.place])
        found = rows.filter(found_at__lt=at - timedelta(days=wrong.ago - wrong.lasts - ago))
        one = found.exclude(state=Finding.State.CLOSED).order_by("found_at").first()
        if one is None:
            continue
        mender = _actor(one.post)
        if one.state == Finding.State.OPEN and not one.sent_back and ago <= wrong.ago - wrong.after:
            mend_finding(finding_id=one.pk, what=wrong.mended, by=mender, now=at)
        elif one.state == Finding.State.MENDED and wrong.check and ago < wrong.ago - wrong.after:
            planned = next(plan for plan in PLANS if plan.template == wrong.template)
            check_finding(
                finding_id=one.pk,
                is_mended=wrong.check == "yes",
                note="" if wrong.check == "yes" else wrong.check,
                by=_actor(settled.posts[planned.post]),
                now=at,
            )
