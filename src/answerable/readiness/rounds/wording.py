"""Rounds in words: refusals, rhythms, answers, where a round or a finding stands. In the active language."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from answerable.core import sentences
from answerable.core.refusals import Refusal
from answerable.core.sentences import Said
from answerable.duty.models import StandbyItem
from answerable.incidents.plans.faults import PlanFaults
from answerable.incidents.wording import joined
from answerable.incidents.wording import refusal_words as of_incidents
from answerable.orgs.models import Place, Unit
from answerable.readiness.rounds import rhythm as rhythms
from answerable.readiness.rounds.access import Forbidden
from answerable.readiness.rounds.models import Answer, Finding, Round, Target
from answerable.readiness.rounds.queries import is_late
from answerable.readiness.rounds.rhythm import Rhythm
from answerable.readiness.rounds.rules import NotTheirs
from answerable.readiness.rounds.template.schema import Question
from answerable.readiness.rounds.template.wording import located
from answerable.ui.templatetags.ui import day_text


def language() -> str:
    return get_language() or "en"


def refusal_words(refusal: Refusal) -> str:
    """A refusal as a sentence; of a file that is no template, its first faults, one a line."""
    if isinstance(refusal, PlanFaults):
        return "\n".join(located(one) for one in refusal.faults[:8])
    if isinstance(refusal, NotTheirs):
        return sentences.sentence(Forbidden(refusal.code))
    if isinstance(refusal, Said) and refusal.code == "too_early":
        at = datetime.fromisoformat(str(refusal.facts["at"]))
        return sentences.translate(refusal.template) % {"at": moment_of(at)}
    return of_incidents(refusal)


def moment_of(at: datetime) -> str:
    local = timezone.localtime(at)
    return f"{day_text(local.date())} {local:%H:%M}"


def weekday_name(day: int) -> str:
    """Monday is 0."""
    return [
        _("Monday"),
        _("Tuesday"),
        _("Wednesday"),
        _("Thursday"),
        _("Friday"),
        _("Saturday"),
        _("Sunday"),
    ][day]


def rhythm_text(one: Rhythm) -> str:
    """How often, and until when in the day."""
    times = joined(f"{at:%H:%M}" for at in one.times)
    if one.every == rhythms.DAY:
        often = _("every day")
    elif one.every == rhythms.WEEK:
        often = _("every week: %(days)s") % {"days": joined(weekday_name(day) for day in one.weekdays)}
    elif one.every == rhythms.MONTH:
        often = _("every month: %(days)s") % {"days": joined(_month_day(day) for day in one.month_days)}
    else:
        often = ngettext("every %(n)s day", "every %(n)s days", one.n) % {"n": one.n}
    return _("%(often)s, by %(times)s") % {"often": often, "times": times}


def _month_day(day: int) -> str:
    return _("the last day") if day == rhythms.LAST else _("day %(day)s") % {"day": day}


def thing_text(place: Place | None, item: StandbyItem | None, unit: Unit) -> str:
    """What is looked at: a place, a thing, or a unit's own desk."""
    if place is not None:
        return place.name
    if item is not None:
        return item.name
    return _("%(unit)s, from the desk") % {"unit": unit.name}


def target_text(target: Target, unit: Unit) -> str:
    return thing_text(target.place, target.item, unit)


def round_thing(one: Round) -> str:
    return thing_text(one.place, one.item, one.unit)


def finding_thing(one: Finding) -> str:
    return thing_text(one.place, one.item, one.unit)


def round_state(one: Round, now: datetime) -> tuple[str, str]:
    """(name of ui.states, word)."""
    if one.state == Round.State.DONE:
        return ("met_late", _("done late")) if is_late(one, now) else ("met", _("done in time"))
    if one.state == Round.State.MISSED:
        return "fault", _("missed")
    if one.state == Round.State.DROPPED:
        return "left_out", _("no longer needed")
    if one.due_at < now:
        return "late", _("late")
    if one.opens_at > now:
        return "registered", _("not open yet")
    return "soon", _("to do")


def finding_state(one: Finding, today: Any) -> tuple[str, str]:
    if one.state == Finding.State.CLOSED:
        return "met", _("mended and checked")
    if one.state == Finding.State.MENDED:
        if one.check_on is not None and one.check_on < today:
            return "late", _("mended, the check is late")
        return "waiting", _("mended, to be checked")
    if one.due_on < today:
        return "late", _("late")
    return "begun", _("to be mended")


def severity_state(one: Finding) -> tuple[str, str]:
    looks = {"danger": "urgent", "serious": "fault", "minor": "registered"}
    return looks.get(one.severity, "registered"), one.get_severity_display()


def answer_text(question: Question | None, answer: Answer | None) -> str:
    """What was answered, with its unit or the words of the choice."""
    if answer is None or not answer.value:
        return "—"
    if question is None:
        return answer.value
    if question.kind == "yes_no":
        return _("yes") if answer.value == "yes" else _("no")
    if question.kind == "measure" and question.unit is not None:
        return f"{answer.value} {question.unit.in_language(language())}"
    if question.kind == "choice":
        choice = next((one for one in question.choices if one.code == answer.value), None)
        return choice.names.in_language(language()) if choice is not None else answer.value
    return answer.value


def limits_text(question: Question) -> str:
    """What is in order: from, to, or from–to."""
    unit = f" {question.unit.in_language(language())}" if question.unit is not None else ""
    least, most = question.least, question.most
    if least is not None and most is not None:
        if least == most:
            return _("in order: %(n)s") % {"n": f"{most:g}{unit}"}
        return _("in order: %(least)s to %(most)s") % {"least": f"{least:g}", "most": f"{most:g}{unit}"}
    if least is not None:
        return _("in order: at least %(n)s") % {"n": f"{least:g}{unit}"}
    if most is not None:
        return _("in order: at most %(n)s") % {"n": f"{most:g}{unit}"}
    return ""


def times_text(one: Finding) -> str:
    """How often it was found here, where that was more than once."""
    if one.times > 1:
        return _("found here for the %(n)s. time") % {"n": one.times}
    return ""
