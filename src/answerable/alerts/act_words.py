"""What happened to an alarm, a rule, a roll call or somebody's way to be reached, in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from answerable.alerts.act_kinds import AlertAct
from answerable.alerts.contacts.act_kinds import ContactAct

WORDS: dict[str, Any] = {
    AlertAct.RAISED: _("An alarm was raised"),
    AlertAct.STEP_TAKEN: _("An alarm climbed a step"),
    AlertAct.ACKNOWLEDGED: _("Somebody said “I have it”"),
    AlertAct.PASSED: _("Somebody passed an alarm to the next"),
    AlertAct.NOTED: _("A line was written beside an alarm"),
    AlertAct.CALLED: _("Somebody was called by hand for an alarm"),
    AlertAct.RESOLVED: _("An alarm ended"),
    AlertAct.UNANSWERED: _("An alarm ended, and nobody had answered it"),
    AlertAct.MESSAGES_DROPPED: _("Messages to staff were dropped before they went out"),
    AlertAct.CLOCK_PUT_BACK: _("The server's clock was found put back"),
    AlertAct.RULE_KEPT: _("An escalation rule was changed"),
    AlertAct.RULE_RETIRED: _("An escalation rule was retired"),
    AlertAct.ROLL_CALLED: _("The roll was called"),
    AlertAct.ROLL_CALL_CLOSED: _("A roll call ended with its result"),
    AlertAct.ROLL_CALL_PLANNED: _("Roll calls were planned"),
    AlertAct.ROLL_CALL_UNPLANNED: _("A plan of roll calls ended"),
    ContactAct.ADDED: _("A way to be reached was added"),
    ContactAct.CHANGED: _("A way to be reached was changed"),
    ContactAct.REMOVED: _("A way to be reached was taken away"),
    ContactAct.CODE_SENT: _("A code was sent to prove a way to be reached"),
    ContactAct.CODE_WRONG: _("A wrong code was typed for a way to be reached"),
    ContactAct.VERIFIED: _("A way to be reached was proven"),
    ContactAct.CONFIRMED_BY_HAND: _("A way to be reached was confirmed by hand"),
    ContactAct.SHOWN: _("A staff member's address was opened"),
    ContactAct.TESTED: _("A way to be reached was tried out"),
    ContactAct.QUIET_HOURS: _("Quiet hours were set"),
    ContactAct.EXPIRED: _("A way to be reached ran out"),
}
