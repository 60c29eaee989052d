"""What happened to plans, incidents and drills, in words without places."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from answerable.incidents.act_kinds import DrillAct, PlanAct
from answerable.incidents.act_kinds import IncidentAct as A
from answerable.incidents.timeline import WORDS as SAID

#: Where an incident's own page names who or what.
WITHOUT_PLACES: dict[str, Any] = {
    A.CALLED_AGAIN: _("Called in again"),
    A.ACTIVATED: _("The response begins"),
    A.RAISED: _("The level of the response was raised"),
    A.LOWERED: _("The level of the response was lowered"),
    A.ROLE_GIVEN: _("A role was given to a post"),
    A.ROLE_ACKNOWLEDGED: _("A role was acknowledged"),
    A.COMMAND_TAKEN: _("Somebody took the command"),
    A.TRACK_OPENED: _("A track was opened"),
    A.TRACK_CLOSED: _("A track was closed"),
    A.TRACK_REOPENED: _("A track was opened again"),
    A.TASK_SET: _("A task was set"),
    A.TASK_BEGUN: _("A task was begun"),
    A.TASK_DONE: _("A task was done"),
    A.TASK_LEFT_OUT: _("A task was not needed"),
    A.TASK_REOPENED: _("A task was opened again"),
    A.TASK_MOVED: _("A task got another time"),
    A.TASK_GIVEN: _("A task was given to another role"),
    A.SENT_OUT: _("Somebody or something was sent out"),
    A.CAME_BACK: _("What was sent out came back"),
    A.REQUISITIONED: _("Something was taken for the response"),
    A.RETURNED: _("What was taken was returned or paid for"),
    A.ASKED: _("An answer was promised"),
    A.ANSWERED: _("What was promised was answered"),
    A.REPORT_OPENED: _("A report of the incident is owed"),
    A.REPORT_DRAFTED: _("A report of the incident was drafted"),
    A.REPORT_SENT: _("A report of the incident was sent"),
    A.REPORT_LATE: _("A report of the incident was late"),
    A.REPORT_WAIVED: _("A report of the incident was not required"),
    PlanAct.MADE: _("A plan of emergencies was taken over as a draft"),
    PlanAct.DRAFTED: _("A draft of a plan of emergencies was saved"),
    PlanAct.APPROVED: _("A version of a plan of emergencies was approved"),
    PlanAct.DROPPED: _("A draft of a plan of emergencies was dropped"),
    PlanAct.RETIRED: _("A plan of emergencies was retired"),
    DrillAct.PLANNED: _("A drill was planned"),
    DrillAct.CHANGED: _("A planned drill was changed"),
    DrillAct.BEGUN: _("A drill began"),
    DrillAct.STOPPED: _("A drill was stopped"),
}
WORDS: dict[str, Any] = SAID | WITHOUT_PLACES
