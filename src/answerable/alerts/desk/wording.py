"""How an alarm stands, whose turn it is and what comes next, as sentences. In the active language."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from answerable.alerts.alarm_words import moment, zone_of
from answerable.alerts.models import Alert, Asked, Delivery, EscalationRule
from answerable.alerts.models.contacts import Way
from answerable.alerts.refusals import CannotCall
from answerable.alerts.rule_checks import LONGEST_S, MOST_ROUNDS, MOST_STEPS, SHORTEST_REPEAT_S, RuleFault
from answerable.alerts.rules import Ladder
from answerable.alerts.steps import KEPT, is_past
from answerable.orgs.standing import standing

MOST_NAMES = 4


def names(staff_ids: Iterable[int]) -> str:
    """A few names, and how many more."""
    people = standing().staff
    all_names = [people[pk].name for pk in dict.fromkeys(staff_ids) if pk in people]
    shown = _(", ").join(all_names[:MOST_NAMES])
    more = len(all_names) - MOST_NAMES
    if more <= 0:
        return shown
    return ngettext("%(names)s and %(more)s more", "%(names)s and %(more)s more", more) % {
        "names": shown,
        "more": more,
    }


def stands(alert: Alert, asked: Iterable[Asked]) -> str:
    """Whose turn it is: the first sentence of an alarm. `asked`: its rows of the present step."""
    zone = zone_of(alert)
    state = Alert.State(alert.state)
    if state is Alert.State.RESOLVED:
        return _("Over since %(at)s.") % {"at": moment(alert.ended_at, zone)}
    if state is Alert.State.ACKNOWLEDGED and alert.answered_by is not None:
        return _("%(name)s has it since %(at)s.") % {
            "name": alert.answered_by.name,
            "at": moment(alert.answered_at, zone),
        }
    if is_past(alert):
        return _("Nobody answered until %(at)s.") % {"at": moment(alert.ended_at, zone)}
    if state is Alert.State.UNANSWERED:
        return _("Nobody answered until %(at)s. It can still be taken.") % {
            "at": moment(alert.ended_at, zone)
        }
    waits = [row.staff_id for row in asked if not row.is_told_only and not row.answer]
    if not waits:
        return _("Nobody has it, and nobody is being asked right now.")
    return _("Nobody has it yet. Asked now: %(names)s.") % {"names": names(waits)}


def comes_next(alert: Alert) -> str:
    """What happens when nobody says anything, and when; "" where nothing does."""
    if alert.next_at is None:
        return ""
    ladder, at = Ladder.from_record(alert.ladder), moment(alert.next_at, zone_of(alert))
    if alert.step + 1 < len(ladder.after_s):
        return _("Otherwise step %(step)s of %(of)s is taken on %(at)s.") % {
            "step": alert.step + 2,
            "of": len(ladder.after_s),
            "at": at,
        }
    if ladder.rounds and alert.round + 1 >= ladder.rounds:
        return _("Otherwise it is given up on %(at)s.") % {"at": at}
    return _("Otherwise it begins again on %(at)s.") % {"at": at}


def way(kind: str) -> str:
    return str(Way(kind).label) if kind in Way.values else kind


def sent(row: Delivery, zone: str) -> str:
    """One way to somebody and what came of it."""
    facts = {"way": way(row.kind), "at": moment(row.ended_at or row.next_try_at, zone)}
    if row.state == Delivery.State.SENT and row.kind == "landline":
        return _("%(way)s: reached %(at)s") % facts
    if row.state == Delivery.State.SENT and row.may_be_duplicate:
        return _("%(way)s: sent %(at)s, perhaps twice") % facts
    if row.state == Delivery.State.SENT:
        return _("%(way)s: sent %(at)s") % facts
    if row.state == Delivery.State.FAILED and row.kind == "landline":
        return _("%(way)s: not reached %(at)s") % facts
    if row.state == Delivery.State.FAILED:
        return _("%(way)s: could not be sent") % facts
    if row.state == Delivery.State.UNKNOWN:
        return _("%(way)s: not known whether it arrived") % facts
    if row.state == Delivery.State.DROPPED:
        return _("%(way)s: not needed any more") % facts
    if row.state == Delivery.State.SENDING:
        return _("%(way)s: being sent") % facts
    if row.kind == "landline":
        return _("%(way)s: waits for somebody to call, from %(at)s") % facts
    return _("%(way)s: waits for %(at)s") % facts


def digested(row: Asked, zone: str) -> str:
    """What is not urgent stands in the day's digest."""
    if row.digested_at is None:
        return _("in the next daily digest")
    return _("in the daily digest of %(at)s") % {"at": moment(row.digested_at, zone)}


def answered(row: Asked, zone: str) -> str:
    """What somebody who was asked (or told) said."""
    at = moment(row.answered_at, zone)
    if row.way == KEPT:
        return _("is asked no more")
    if row.answer == Asked.Answer.HAVE_IT:
        return _("said “I have it” on %(at)s") % {"at": at}
    if row.answer == Asked.Answer.PASSED:
        return _("passed it to the next on %(at)s") % {"at": at}
    if row.is_unreachable:
        return _("cannot be reached: no way to reach them is known")
    return _("is told") if row.is_told_only else _("no answer yet")


def rule_fault(fault: RuleFault) -> str:
    """What is wrong with a rule, and what to do."""
    facts = {
        "step": fault.step,
        "most": MOST_STEPS,
        "rounds": MOST_ROUNDS,
        "days": LONGEST_S // 86_400,
        "seconds": SHORTEST_REPEAT_S,
    }
    return _RULE_FAULTS[fault.code]() % facts


_RULE_FAULTS = {
    "no_name": lambda: _("Give the rule a name, in one of the two languages at least."),
    "no_step": lambda: _("The rule has no step: nobody would be asked. Add one."),
    "too_many_steps": lambda: _("That are more than %(most)s steps. Put some of them together."),
    "no_target": lambda: _("Step %(step)s asks nobody. Add whom it asks, or take the step away."),
    "delay": lambda: _("Step %(step)s: type after how many minutes it comes, up to %(days)s days."),
    "same_instant": lambda: _(
        "Step %(step)s comes at the same instant as the one before it. Give it a delay, or put both into one step."
    ),
    "twice": lambda: _("Step %(step)s names the same one twice. Take one away."),
    "foreign": lambda: _("Step %(step)s names somebody of another body. Take it away."),
    "repeat": lambda: _(
        "Type after how many minutes it begins again: from %(seconds)s seconds to %(days)s days."
    ),
    "rounds": lambda: _("It is climbed from 0 (until somebody has it) to %(rounds)s times."),
    "never_asked": lambda: _(
        "Every step only tells; nobody would be asked, so nobody could have it. Let one step ask."
    ),
}


def cannot_call(refusal: CannotCall) -> str:
    return {
        "nobody_on_duty": lambda: _("Nobody is on duty there now, so there is nobody to call."),
        "called_already": lambda: _("A roll call of this line is under way. Wait until it is over."),
        "minutes": lambda: _("Between 1 and 240 minutes to answer, and at most a day by chance."),
        "days": lambda: _("Choose one day of the week at least."),
    }[refusal.code]()


def length(seconds: int) -> str:
    """How long, in the largest unit that says it whole: minutes, hours, days."""
    if seconds and seconds % 86_400 == 0:
        return ngettext("%(n)s day", "%(n)s days", seconds // 86_400) % {"n": seconds // 86_400}
    if seconds and seconds % 3600 == 0:
        return ngettext("%(n)s hour", "%(n)s hours", seconds // 3600) % {"n": seconds // 3600}
    if seconds % 60 == 0:
        return ngettext("%(n)s minute", "%(n)s minutes", seconds // 60) % {"n": seconds // 60}
    return ngettext("%(n)s second", "%(n)s seconds", seconds) % {"n": seconds}


def later(seconds: int) -> str:
    """When a step comes, from the one before it."""
    return _("%(length)s later") % {"length": length(seconds)} if seconds else _("At once")


def rule_summary(rule: EscalationRule) -> str:
    """How a rule goes on, in one sentence."""
    facts = {"length": length(rule.repeat_after_s), "rounds": rule.rounds}
    if rule.rounds == 0:
        return _("Begins again %(length)s after the last step, until somebody has it.") % facts
    if rule.rounds == 1:
        return _("Climbed once; given up %(length)s after the last step.") % facts
    return _("Climbed %(rounds)s times, %(length)s apart; then given up.") % facts
