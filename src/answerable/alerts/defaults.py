"""The ladders that a body begins with, one for each thing that raises an alarm. Pure.

Everything urgent goes to whoever is on duty or has it, and the leader and the level above are told at the same time.
"""

from __future__ import annotations

from answerable.alerts.rule_checks import RuleDraft, StepDraft
from answerable.core.sentences import N_

OWNER, LEADER, ABOVE, ON_DUTY = (
    {"follows": "owner"},
    {"follows": "leader"},
    {"follows": "above"},
    {"follows": "on_duty"},
)
HOUR, DAY = 3600, 86_400


def _told(target: dict[str, str]) -> dict[str, object]:
    return {**target, "told": True}


DEFAULTS: tuple[RuleDraft, ...] = (
    RuleDraft(
        "danger",
        "有人处于危险",
        "Somebody is in danger",
        repeat_after_s=600,
        steps=(
            StepDraft(0, (OWNER, ON_DUTY, _told(LEADER), _told(ABOVE))),
            StepDraft(300, (LEADER,)),
            StepDraft(600, (ABOVE,)),
        ),
    ),
    RuleDraft(
        "late",
        "超期事项",
        "A case is late",
        repeat_after_s=DAY,
        rounds=3,
        steps=(StepDraft(0, (ABOVE, _told(LEADER))), StepDraft(DAY, (ABOVE, LEADER))),
    ),
    RuleDraft(
        "uncovered",
        "无人值班",
        "Nobody is on duty",
        repeat_after_s=HOUR,
        steps=(StepDraft(0, (LEADER, ON_DUTY)), StepDraft(900, (ABOVE,))),
    ),
    RuleDraft(
        "unsigned_hand_over",
        "交接班未签字",
        "A hand-over is not signed",
        repeat_after_s=1800,
        steps=(StepDraft(0, (ON_DUTY, _told(LEADER))), StepDraft(600, (LEADER,)), StepDraft(1200, (ABOVE,))),
    ),
    RuleDraft(
        "roll_call",
        "值班点名",
        "Roll call of those on duty",
        mode="all",
        rounds=1,
        steps=(StepDraft(0, (ON_DUTY,)),),
    ),
    RuleDraft(
        "incident_reported",
        "突发事件来电",
        "A first call about an incident",
        repeat_after_s=600,
        steps=(StepDraft(0, (ON_DUTY, _told(LEADER))), StepDraft(300, (LEADER,)), StepDraft(300, (ABOVE,))),
    ),
    RuleDraft(
        "incident_activated",
        "启动响应",
        "A response is activated, raised, lowered or lifted",
        repeat_after_s=900,
        rounds=4,
        steps=(StepDraft(0, (LEADER, _told(ABOVE))), StepDraft(600, (ABOVE, LEADER))),
    ),
    RuleDraft(
        "report_due",
        "报告快到时限",
        "A report is due soon",
        repeat_after_s=600,
        rounds=1,
        steps=(StepDraft(0, (OWNER, ON_DUTY)),),
    ),
    RuleDraft(
        "report_late",
        "报告逾期",
        "A report is late",
        repeat_after_s=900,
        steps=(
            StepDraft(0, (OWNER, ON_DUTY, _told(LEADER))),
            StepDraft(300, (LEADER,)),
            StepDraft(900, (ABOVE,)),
        ),
    ),
    RuleDraft(
        "report_in",
        "收到下级报告",
        "A report has come in",
        repeat_after_s=900,
        steps=(StepDraft(0, (ON_DUTY, OWNER)), StepDraft(600, (OWNER, LEADER))),
    ),
    RuleDraft(
        "report_unsent",
        "报告没有送出",
        "A report did not get out",
        repeat_after_s=600,
        steps=(StepDraft(0, (OWNER, ON_DUTY)), StepDraft(300, (LEADER,))),
    ),
    RuleDraft(
        "warning_stands",
        "响应已解除，警报未解除",
        "A public warning stands after the end of the response",
        repeat_after_s=1800,
        steps=(StepDraft(0, (OWNER, ON_DUTY)), StepDraft(900, (LEADER,))),
    ),
    RuleDraft(
        "lesson_late",
        "整改措施逾期",
        "A lesson is late",
        repeat_after_s=7 * DAY,
        rounds=4,
        steps=(StepDraft(0, (LEADER,)), StepDraft(7 * DAY, (ABOVE, LEADER))),
    ),
    RuleDraft(
        "unit_report_late",
        "单位报告逾期",
        "A unit's report is late",
        repeat_after_s=DAY,
        rounds=2,
        steps=(StepDraft(0, (LEADER,)), StepDraft(4 * HOUR, (ABOVE, _told(LEADER)))),
    ),
    RuleDraft(
        "round_late",
        "巡查逾期",
        "A round is late",
        repeat_after_s=DAY,
        rounds=2,
        steps=(StepDraft(0, (LEADER,)), StepDraft(DAY, (ABOVE, LEADER))),
    ),
    RuleDraft(
        "finding_late",
        "巡查发现的问题逾期未整改",
        "A finding of a round is not mended in time",
        repeat_after_s=3 * DAY,
        rounds=4,
        steps=(StepDraft(0, (LEADER,)), StepDraft(3 * DAY, (ABOVE, LEADER))),
    ),
    RuleDraft(
        "finding_unchecked",
        "整改后无人复查",
        "A finding that was mended is not looked at",
        repeat_after_s=3 * DAY,
        rounds=2,
        steps=(StepDraft(0, (LEADER,)), StepDraft(3 * DAY, (ABOVE, LEADER))),
    ),
    RuleDraft(
        "period_begun",
        "备勤时期开始",
        "A readiness period has begun",
        repeat_after_s=DAY,
        rounds=1,
        steps=(StepDraft(0, (LEADER,)),),
    ),
    RuleDraft(
        "period_missing",
        "备勤时期的要求未落实",
        "A readiness period lacks something",
        repeat_after_s=DAY,
        rounds=2,
        steps=(StepDraft(0, (LEADER,)), StepDraft(DAY, (LEADER, _told(ABOVE)))),
    ),
    RuleDraft(
        "manual",
        "人工发起的警报",
        "An alarm raised by hand",
        repeat_after_s=600,
        steps=(
            StepDraft(0, (ON_DUTY, OWNER, _told(LEADER))),
            StepDraft(300, (LEADER,)),
            StepDraft(600, (ABOVE,)),
        ),
    ),
)

#: What each kind of alarm is for, as the page of rules says it.
PURPOSES = {
    "danger": N_("A person says at intake that someone's life or health is in danger."),
    "late": N_("A case is late and was lifted to the level above."),
    "uncovered": N_("A role of a duty line has nobody, and there is still time."),
    "unsigned_hand_over": N_("A shift is over and both have not signed."),
    "roll_call": N_("Those on duty are asked whether they are there."),
    "incident_reported": N_(
        "A danger was called in, and nobody has activated a response or dismissed it yet."
    ),
    "incident_activated": N_("A response begins, changes its level or ends."),
    "report_due": N_("A report about an incident is due soon, and not yet sent."),
    "report_late": N_("A report about an incident was not sent in time."),
    "report_in": N_("A body below, or an office of this one, reports an incident to yours."),
    "report_unsent": N_("A report by message to another body was not delivered, or nobody knows."),
    "warning_stands": N_("A response was lifted, and its public warning is still in force."),
    "lesson_late": N_("What a review asks for was not done by its day."),
    "unit_report_late": N_("A unit has not sent a report that it owes by the calendar or after an event."),
    "round_late": N_("A round was not done by its time."),
    "finding_late": N_("What a round found was not mended by its day."),
    "finding_unchecked": N_("What a round found was mended, and nobody else has looked by the day for it."),
    "period_begun": N_("A readiness period begins: its leader says that they have it, the units are told."),
    "period_missing": N_(
        "A readiness period begins in two days or runs, and something it demands is missing."
    ),
    "manual": N_("Somebody raises an alarm from the desk; and whatever has no rule of its own."),
}
