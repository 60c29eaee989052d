"""Reports due in the demo town: some weeks of them, most in time, some nil, late or missing, one sent back and one
corrected. Through the services, at the hours at which it would have been."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db.models import F

from answerable.incidents.access import LOOK_ON
from answerable.ops.demo.settle import Settled
from answerable.orgs.models import Post
from answerable.orgs.queries import holders_of
from answerable.orgs.standing import standing
from answerable.readiness.reports import fields, making, watching
from answerable.readiness.reports.models import DueReport, Kind
from answerable.readiness.reports.rules import State
from answerable.readiness.reports.services import kinds, reporting
from answerable.readiness.reports.shipped import BY_CODE
from answerable.readiness.reports.views.kinds import draft_of
from answerable.record.actors import Actor, ActorKind

DAYS, WEEKS = 10, 4
#: In a small town the daily one has so many days, the others a week.
BRIEF = {"daily-duty": 2}
#: Which kinds, by whom, since when.
ASKED: tuple[tuple[str, tuple[str, ...], int], ...] = (
    ("daily-duty", ("general", "v-jiekou", "v-qiaotou", "v-dukou"), DAYS),
    ("weekly-work", ("general", "petitions", "social", "planning", "farming"), 7 * WEEKS),
    ("flood-safety", ("farming", "v-dukou", "v-hetang", "v-dongyan", "v-bailuzhou"), 7 * WEEKS),
    ("after-event", ("farming", "v-jiekou", "v-dukou"), 7 * WEEKS),
)
#: What becomes of one after the other.
LOT: Sequence[str] = ("in_time", "in_time", "nil", "in_time", "late", "in_time", "nil", "in_time", "missing")
READ_AFTER = timedelta(days=2)

NUMBERS = {"helpers": 12, "pumps": 2, "rounds": 3, "defects": 0, "homes": 4, "roads": 1}
WORDS: Mapping[str, Sequence[str]] = {
    "happened": ("无异常。 / Nothing unusual.", "夜间巡查河堤一次，水位正常。 / The dyke was walked once at night; the gauge is normal."),
    "left": ("排涝泵 2 号机待检修。 / Pump 2 waits for repair.", ""),
    "done": (
        "办结路灯、排水、欠薪等事项，走访两个村的工地。 / Lamps, drains and wages were settled; two sites were looked at.",
        "协调自来水抢修，回访已答复事项。 / The water main was seen to; answers were followed up.",
    ),
    "next": ("继续办理在办事项，检查 3 号闸门。 / Open matters go on; sluice 3 is looked at.",),
    "needs": ("", "3 号闸门更换需县水利局支持。 / A new sluice 3 needs the county's water bureau."),
    "notes": ("", "河堤草已割，便于巡查。 / The dyke has been mown, so that it can be walked."),
    "repairs": ("沿河小路清淤完毕，闸门复检合格。 / The path is cleared of mud, the sluice has been checked.",),
}  # fmt: skip


def set_up(settled: Settled, now: datetime, *, brief: bool = False) -> None:
    """What is asked of whom; before the acts of the incidents are reacted to. `brief`: a few days of it, for tests."""
    mayor = settled.posts["mayor"]
    town = mayor.unit.authority
    for code, units, whole in ASKED:
        days = min(whole, BRIEF.get(code, 8)) if brief else whole
        draft = draft_of(BY_CODE[code], town)
        owing = [(settled.units[unit].pk, False) for unit in units]
        kind = kinds.add_kind(
            body=town,
            draft=kinds.KindDraft(**(vars(draft) | {"owing": owing})),
            by=_actor(mayor, now),
            now=now - timedelta(days=days),
        )
        # As if the worker had run since then: what was owed is opened by one turn.
        Kind.objects.filter(pk=kind.pk).update(planned_until=kind.begins_on - timedelta(days=1))


def live(now: datetime) -> None:
    """After the reactions: reports are opened, sent or not, acknowledged."""
    making.make_due(now)
    DueReport.objects.update(opened_at=F("until_at") - timedelta(days=2))
    DueReport.objects.filter(incident__isnull=False).update(opened_at=F("until_at"))
    rows = DueReport.objects.select_related("unit__authority", "kind__authority", "to_unit")
    number = 0
    for report in rows.filter(until_at__lte=now).order_by("kind_id", "unit_id", "until_at"):
        lot, number = LOT[number % len(LOT)], number + 1
        if report.due_at > now or (report.incident_id is None and lot == "missing"):
            continue
        _send(report, lot, number)
    watching.watch(now)
    _read(now)


def _actor(post: Post, at: datetime) -> Actor:
    staff = holders_of(post.pk, at)[0]
    return Actor(ActorKind.STAFF, staff_id=staff.pk, post_id=post.pk, unit_id=post.unit_id)


def _reporter(report: DueReport, number: int, at: datetime) -> Actor | None:
    """Somebody of the unit who reports: one or another."""
    posts = [
        post
        for post in standing().posts_in.get(report.unit_id, ())
        if post.role not in LOOK_ON and post.closed_on is None and holders_of(post.pk, at)
    ]
    return _actor(posts[number % min(2, len(posts))], at) if posts else None


def _send(report: DueReport, lot: str, number: int) -> None:
    minutes = 70 if lot == "late" else -6 - number % 12
    at = max(report.due_at + timedelta(minutes=minutes), report.until_at)
    by = _reporter(report, number, at)
    if by is None:
        return
    counted = reporting.counted_for(report)
    asked = fields.read(report.fields)
    happened = any(counted.get(one.code) for one in asked if one.adds == "sum" and one.type == "number")
    reporting.submit_report(
        report_id=report.pk,
        key=uuid4(),
        given=_given(asked, counted, number),
        whys={},
        shown=counted,
        by=by,
        seen_version=report.version,
        now=at,
        is_nil=lot == "nil" and not happened,
    )


def _given(asked: Sequence[fields.Field], counted: Mapping[str, Any], number: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field in asked:
        words = WORDS.get(field.code, ("",))
        if field.code in counted:
            found[field.code] = counted[field.code]
        elif field.type == "number":
            found[field.code] = NUMBERS.get(field.code, 0)
        elif field.type == "choice":
            found[field.code] = field.choices[0 if number % 5 else 1].code
        else:
            found[field.code] = words[number % len(words)]
    return found


def _read(now: datetime) -> None:
    """The level above has read what is older; of the newest one is sent back, and one was corrected."""
    sent = (
        DueReport.objects.filter(state=State.SENT).select_related("to_unit").order_by("-until_at", "unit_id")
    )
    rows = list(sent)
    for place, report in enumerate(rows):
        head = next(
            (post for post in standing().posts_in.get(report.to_unit_id or 0, ()) if post.is_head), None
        )
        if head is None:
            continue
        base: dict[str, Any] = {
            "report_id": report.pk,
            "by": _actor(head, now),
            "seen_version": report.version,
        }
        if place == 1:
            reporting.send_back(
                **base, why="请补充水泵检修情况。 / What about the pump?", now=now - timedelta(hours=1)
            )
        elif report.until_at < now - READ_AFTER:
            reporting.acknowledge_report(**base, now=report.due_at + timedelta(hours=3))
    if rows:
        _correct(rows[0], now)


def _correct(report: DueReport, now: datetime) -> None:
    report.refresh_from_db()
    by, newest = _reporter(report, 0, now), report.versions.order_by("-number").first()
    if by is None or newest is None or newest.is_nil:
        return
    counted = reporting.counted_for(report)
    given = {code: one.get("value") for code, one in newest.answers.items()} | counted
    reporting.submit_report(
        report_id=report.pk,
        key=uuid4(),
        given=given | {"left": "2 号泵已修好。 / Pump 2 has been mended."},
        whys={},
        shown=counted,
        by=by,
        seen_version=report.version,
        now=now - timedelta(minutes=20),
        why="水泵当天修好了。 / The pump was mended the same day.",
    )
