"""Incidents in the demo town: a flood of last week from the first call to the stand-down, with its log, and a water
failure that is under way. Through the services, at the hours at which it would have been."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from answerable.incidents import planned
from answerable.incidents.models import Incident, Report, Strand, Task
from answerable.incidents.reports import services as reports
from answerable.incidents.services import calls, entries, sent_out, tasks
from answerable.incidents.services.activation import Decision, activate
from answerable.incidents.services.standing_down import stand_down
from answerable.ops.demo.settle import Settled
from answerable.orgs.models import Post, Staff
from answerable.record.actors import Actor, ActorKind

#: What a report says, by content code; more kinds of report than any plan has are not sent.
REPORTED = {
    "source": "渡口水位站、值班室现场核实",
    "time": "接报后核实，渡口村",
    "place": "渡口村沿河小路、3 号闸门",
    "casualties": "无伤亡，转移 43 人",
    "cause": "上游持续降雨",
    "measures": "转移、加固闸门、封路",
    "trend": "水位按小时观测，趋势向好",
    "needs": "暂无",
    "contact": "镇值班室 000-5550 0100",
    "loss": "待核",
    "assessment": "待复盘",
}
MOST_REPORTS = 20
FLOOD_AGO = timedelta(days=5)
WATER_AGO = timedelta(minutes=50)
#: Where a plan asks what was seen, and for each task of the demo without one.
SEEN = "现场已查看，按要求完成。 / Looked at on the spot, done as asked."

#: Minutes after the call, kind, words.
FLOOD_LOG: tuple[tuple[int, str, str], ...] = (
    (12, "call", "渡口水位站电话：水位 4.1 米，超警戒 0.6 米，每小时涨 8 厘米。"),
    (20, "decision", "先转移渡口村低洼处 43 人到镇中学，再加固 3 号闸门。"),
    (55, "entry", "43 人全部到达镇中学，热水、被褥已送到。"),
    (140, "entry", "3 号闸门沙袋加固完毕，渗水停止。"),
    (260, "call", "水位站：水位 3.3 米，已退至警戒以下，继续回落。"),
)


def live(settled: Settled, now: datetime) -> None:
    """One that is over, one that is open."""
    _flood(settled, now - FLOOD_AGO)
    _water(settled, now - WATER_AGO)


def _actor(post: Post) -> Actor:
    staff: Staff = post.appointments.select_related("staff").order_by("pk")[0].staff
    return Actor(ActorKind.STAFF, staff_id=staff.pk, post_id=post.pk, unit_id=post.unit_id)


class _Told:
    """An incident's story, told minute by minute by one post."""

    def __init__(self, incident: Incident, by: Actor, began: datetime) -> None:
        self.incident, self.by, self.began = incident, by, began

    def at(self, minutes: int, service: Callable[..., Any], **more: Any) -> Any:
        now = self.began + timedelta(minutes=minutes)
        return service(incident_id=self.incident.pk, by=self.by, now=now, **more)


def _call(settled: Settled, began: datetime, by: Actor, **told: Any) -> Incident:
    town = settled.posts["mayor"].unit.authority
    return calls.report_incident(calls.Told(authority=town, **told), by=by, now=began).incident


def _begun(story: _Told, minutes: int, **decided: Any) -> None:
    incident, at = story.incident, story.began + timedelta(minutes=minutes)
    plans = planned.versions_in_use(incident.authority_id, incident.hazard)
    decision = Decision(
        hazard=incident.hazard,
        expected_until=at + timedelta(hours=8),
        plan_version_id=plans[0].pk if plans else None,
        **decided,
    )
    activate(incident_id=incident.pk, decision=decision, by=story.by, now=at)
    story.incident.refresh_from_db()


def _flood(settled: Settled, began: datetime) -> None:
    mayor = _actor(settled.posts["mayor"])
    incident = _call(
        settled,
        began,
        _actor(settled.posts["general-clerk"]),
        hazard="flood",
        what="渡口村河水漫过小路，3 号闸门渗水。 / Water over the path at the ferry, sluice 3 leaks.",
        place=settled.places["dukou"],
        in_danger="低洼处约 40 人 / about 40 people on low ground",
    )
    story = _Told(incident, mayor, began)
    _begun(
        story,
        8,
        level=4,
        grounds="渡口水位 4.1 米，超警戒 0.6 米，上游仍在降雨。",
        measures="转移低洼处人员，加固 3 号闸门，封闭沿河小路。",
        event_grade=4,
    )
    for minutes, kind, text in FLOOD_LOG:
        story.at(minutes, entries.write_entry, kind=kind, text=text)
    boats = story.at(
        15, sent_out.send_out, kind="people", what="镇抢险队 / town team", count=12, where="渡口村 3 号闸门"
    )
    asked = story.at(60, sent_out.promise, what="什么时候可以回家？ / When can we go home?")
    story.at(280, sent_out.answer, promise_id=asked.pk, text="今天 18 点前，水退后逐户通知。")
    _reported(story, 360)
    _finished(story, 300)
    story.at(330, sent_out.bring_back, sent_id=boats.pk, said="12 人全部归队 / all 12 back")
    _lifted(story, 360)


def _finished(story: _Told, minutes: int) -> None:
    """Every task done with what was seen, every track closed."""
    for task in Task.objects.filter(incident=story.incident).order_by("position"):
        if task.state in (Task.State.OPEN, Task.State.BEGUN):
            story.at(minutes, tasks.finish_task, task_id=task.pk, result=SEEN)
    for strand in Strand.objects.filter(incident=story.incident):
        story.at(minutes + 5, tasks.close_track, code=strand.code, said="")


def _reported(story: _Told, until_min: int) -> None:
    """Each report that falls due until then, two minutes before its time."""
    until = story.began + timedelta(minutes=until_min)
    reports.open_reports(incident_id=story.incident.pk, now=story.began)
    for number in range(MOST_REPORTS):
        rows = Report.objects.filter(incident=story.incident, state=Report.State.DUE, due_at__lte=until)
        row = rows.order_by("due_at", "pk").first()
        if row is None or row.due_at is None:
            return
        is_first = row.kind == Report.Kind.FIRST_PHONE
        reports.send_report(
            report_id=row.pk,
            text={
                code: f"{words}（第 {number + 1} 次报告）"
                for code, words in REPORTED.items()
                if code in row.contents
            },
            out=reports.Out(
                way="phone" if is_first else "paper", taken_by="县应急局值班室" if is_first else ""
            ),
            by=story.by,
            seen_version=row.version,
            now=row.due_at - timedelta(minutes=2),
        )


def _lifted(story: _Told, minutes: int) -> None:
    story.at(
        minutes,
        stand_down,
        grounds="水位退至警戒以下，上游降雨停止，危险区经查无新险情。",
        measures="安置人员返回；河堤巡查每日两次，持续三天；损失登记到村。",
    )


def _water(settled: Settled, began: datetime) -> None:
    head = _actor(settled.posts["mayor"])
    incident = _call(
        settled,
        began,
        _actor(settled.posts["general-clerk"]),
        hazard="outage_water",
        what="街口村主管道破裂，约 200 户停水。 / The main at Jiekou has burst, about 200 homes are without water.",
        place=settled.places["jiekou"],
    )
    story = _Told(incident, head, began)
    _begun(
        story,
        6,
        level=4,
        grounds="主管道破裂，修复预计 6 小时。",
        measures="送水车两处供水；优先保障卫生院和养老院。",
    )
    story.at(10, sent_out.send_out, kind="vehicle", what="送水车 / water tanker", count=2, where="街口村")
    story.at(14, entries.write_entry, text="自来水公司抢修队到场，开挖中。")
    _reported(story, 45)
    for task in Task.objects.filter(incident=incident).order_by("due_at", "position")[:2]:
        story.at(20, tasks.finish_task, task_id=task.pk, result=SEEN)
