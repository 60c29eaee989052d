"""What `answerable check` asks of alarms: would somebody hear them, and did those on duty answer?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from django.utils.translation import gettext as _

from answerable.alerts import engine, readiness
from answerable.alerts.models import EscalationRule
from answerable.alerts.way_checks import check_mailbox, check_ways
from answerable.core import clock
from answerable.core.checks import Fault
from answerable.orgs.checks import listed, working_authorities

__all__ = [
    "check_engine",
    "check_mailbox",
    "check_reachable",
    "check_roll_calls",
    "check_rules",
    "check_ways",
]


def check_reachable() -> Iterator[Fault]:
    """Whoever stands in a ladder or is on duty has a way that works."""
    now = clock.now()
    said = {
        readiness.NO_WAY: (
            _("%(body)s: no way to reach these is known, though they would be asked by an alarm: %(names)s."),
            _("Have them enter a telephone or another way under “How I am reached”."),
        ),
        readiness.FAILING: (
            _("%(body)s: messages to these fail: %(names)s."),
            _("Ask them to put it right or to take it away under “How I am reached”."),
        ),
        readiness.STALE: (
            _("%(body)s: nothing has shown for 90 days that these can be reached: %(names)s."),
            _("Call the roll, or have them verify it again."),
        ),
    }
    for body in working_authorities():
        people: dict[str, dict[int, str]] = defaultdict(dict)
        for lack in readiness.lacks(readiness.people_of(body, now), now):
            people[lack.code][lack.staff.pk] = lack.staff.name
        for code, (sentence, remedy) in said.items():
            if people[code]:
                names = {"body": body.name, "names": listed(people[code].values())}
                yield Fault(f"alarm_{code}", sentence % names, remedy)


def check_roll_calls() -> Iterator[Fault]:
    """Everyone on duty answered the last call of each line."""
    for missed in readiness.missed_calls(working_authorities()):
        line = missed.call.line.name
        if missed.missing:
            yield Fault(
                "roll_call_missed",
                _("%(line)s: at the last roll call these did not answer in time: %(names)s.")
                % {"line": line, "names": listed(one.name for one in missed.missing)},
                _("Reach them by another way, see why, and call the roll again."),
            )
        else:
            yield Fault(
                "roll_call_nobody",
                _("%(line)s: at the last roll call nobody was on duty.") % {"line": line},
                _("Put somebody on duty."),
            )


def check_rules() -> Iterator[Fault]:
    """Every rule in use has a step."""
    for rule in EscalationRule.objects.filter(retired_at=None, steps=None).select_related("authority"):
        yield Fault(
            "rule_without_step",
            _("%(body)s: the escalation rule “%(rule)s” has no step.")
            % {"body": rule.authority.name, "rule": rule.name},
            _("Give it a step, or retire it."),
        )


def check_engine() -> Iterator[Fault]:
    """Nothing that is due waits."""
    if engine.is_stalled(clock.now()):
        yield Fault(
            "alarms_stalled",
            _("An alarm, or a message of one, has been due for more than 30 seconds."),
            _("See that the worker runs (answerable worker) and what its log says."),
        )
