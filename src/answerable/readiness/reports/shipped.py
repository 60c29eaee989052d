"""Reports that ship with the product: an office adopts them for its units and changes what it likes. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

from answerable.readiness.reports.fields import Adds, Choice, Field, Words
from answerable.readiness.reports.rules import Rhythm


@dataclass(frozen=True)
class Shipped:
    """A kind without the units that owe it."""

    code: str
    name: Words
    purpose: Words
    fields: tuple[Field, ...]
    rhythm: Rhythm
    cut: time | None = None
    due: time | None = None
    weekday: int | None = None
    month_day: int | None = None
    after: str = ""
    hours_after: int | None = None
    follows_periods: bool = False
    remind_min: int = 60


def _number(
    code: str, zh: str, en: str, source: str = "", adds: Adds = "sum", *, required: bool = True
) -> Field:
    return Field(code=code, label=Words(zh=zh, en=en), source=source, adds=adds, required=required)


def _text(code: str, zh: str, en: str, source: str = "", *, required: bool = False) -> Field:
    return Field(
        code=code, type="text", label=Words(zh=zh, en=en), source=source, adds="no", required=required
    )


def _choice(code: str, zh: str, en: str, *answers: tuple[str, str]) -> Field:
    return Field(
        code=code,
        type="choice",
        label=Words(zh=zh, en=en),
        adds="no",
        required=True,
        choices=tuple(
            Choice(code=f"c{number}", label=Words(zh=one, en=other))
            for number, (one, other) in enumerate(answers, 1)
        ),
    )


SHIPPED = (
    Shipped(
        "daily-duty",
        Words(zh="每日值班报告", en="Daily duty report"),
        Words(
            zh="前一日八时至当日八时：谁在岗、发生了什么、留下了什么。",
            en="From eight to eight: which posts were there, what happened, what is left to do.",
        ),
        (
            _text("posts", "值班岗位", "Posts on duty", "on_duty_posts"),
            _number("incidents", "接报突发事件（起）", "Incidents called in", "incidents_called_in"),
            _number("responses", "启动响应（次）", "Responses begun", "responses_begun"),
            _number("alarms", "警报（次）", "Alarms", "alarms_raised"),
            _number("standby", "备勤装备故障（件）", "Standby out of order", "standby_out_of_order", "last"),
            _text("happened", "主要情况", "What happened"),
            _text("left", "待办事项", "What is left to do"),
        ),
        Rhythm.DAILY,
        cut=time(8),
        due=time(8, 30),
        remind_min=30,
    ),
    Shipped(
        "weekly-work",
        Words(zh="每周工作报告", en="Weekly work report"),
        Words(
            zh="一周的受理、答复和在办，做了什么、下周做什么。",
            en="A week's matters received, answered and open; what was done and what comes next.",
        ),
        (
            _number("received", "收到事项（件）", "Matters received", "cases_received"),
            _number("answered", "答复事项（件）", "Matters answered", "cases_answered"),
            _number("open", "在办事项（件）", "Matters open", "cases_open", "last"),
            _number("late", "其中逾期（件）", "Of these late", "cases_late", "last"),
            _text("done", "本周完成的工作", "Work done this week", required=True),
            _text("next", "下周安排", "Plans for next week"),
            _text("needs", "需要上级协调的问题", "What needs the level above"),
        ),
        Rhythm.WEEKLY,
        cut=time(15),
        due=time(17),
        weekday=4,
        remind_min=120,
    ),
    Shipped(
        "flood-safety",
        Words(zh="汛期安全报告", en="Flood-season safety report"),
        Words(
            zh="平时每周一次；防汛备战期按要求加密为每日。只报设施、隐患和力量。",
            en="Weekly; daily while a readiness period asks for it. About works, defects and helpers.",
        ),
        (
            _choice(
                "dykes",
                "堤坝、闸门、排涝泵",
                "Dykes, sluices and pumps",
                ("正常", "in order"),
                ("有隐患，已处置", "defects, dealt with"),
                ("有隐患，未处置", "defects, not dealt with"),
            ),
            _number("rounds", "巡查（次）", "Rounds done", "rounds_done", required=False),
            _number("defects", "未消除隐患（处）", "Defects open", "findings_open", "last", required=False),
            _number("helpers", "可调人员（人）", "Helpers ready", adds="last"),
            _number("pumps", "可用水泵（台）", "Pumps ready", adds="last"),
            _number("standby", "备勤装备故障（件）", "Standby out of order", "standby_out_of_order", "last"),
            _text("notes", "需要说明的情况", "What should be known"),
        ),
        Rhythm.WEEKLY,
        cut=time(16),
        due=time(17),
        weekday=0,
        follows_periods=True,
        remind_min=60,
    ),
    Shipped(
        "after-event",
        Words(zh="事后情况报告", en="After-event report"),
        Words(
            zh="响应结束后，属地各单位报告损失、恢复和遗留问题。",
            en="After a response ends: the units of the place report damage, repairs and what is left.",
        ),
        (
            _number("homes", "受损房屋（户）", "Homes damaged"),
            _number("roads", "受损道路（处）", "Roads damaged"),
            _choice(
                "supply",
                "水电供应",
                "Water and power",
                ("已全部恢复", "back everywhere"),
                ("部分恢复", "back in part"),
                ("未恢复", "not back"),
            ),
            _text("repairs", "已做的恢复工作", "Repairs made", required=True),
            _text("left", "遗留问题和需要的支持", "What is left, and what help is needed"),
        ),
        Rhythm.AFTER_EVENT,
        after="end",
        hours_after=24,
        remind_min=120,
    ),
)
BY_CODE = {one.code: one for one in SHIPPED}
