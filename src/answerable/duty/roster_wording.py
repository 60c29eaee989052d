"""The sentences of rosters: refusals, broken rules, conflicts, how far the solver is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from answerable.core.refusals import Refusal
from answerable.core.sentences import Said, sentence
from answerable.duty.roster_steps import CannotRoster
from answerable.duty.solver.hard import Broken
from answerable.orgs.models import Staff
from answerable.ui.templatetags.ui import day_text

KINDS = {
    "all": gettext_lazy("all duties"),
    "holidays": gettext_lazy("public holidays"),
    "weekends": gettext_lazy("weekends"),
    "nights": gettext_lazy("nights"),
}
STAGES = {
    "cover": gettext_lazy("Looking for a roster that keeps every rule"),
    "change": gettext_lazy("Changing as little as possible"),
    "even": gettext_lazy("Sharing it out evenly"),
    "wishes": gettext_lazy("Granting wishes"),
}


def refusal_text(refusal: Refusal) -> str:
    """The sentence of any refusal of this room."""
    if isinstance(refusal, Said):
        return sentence(refusal)
    if isinstance(refusal, CannotRoster):
        return cannot_roster(refusal)
    if refusal.code == "changed_since_shown":
        return _("Somebody changed it meanwhile. Here it is as it stands now; nothing was overwritten.")
    return _("None of your posts may do this here. Leaders of the line's unit and above it may.")


def cannot_roster(refusal: CannotRoster) -> str:
    """What is wrong, and what to do next."""
    if refusal.code == "rule":
        name = str(Staff.objects.filter(pk=refusal.facts["person"]).first() or "")
        why = refusal.facts.get("why")
        return rule_text(
            refusal.facts["rule"],
            name=name,
            on=day_text(refusal.facts["on"]),
            why=sentence(why) if why is not None else "",
        )
    texts = {
        "ends_first": _("It would end before it begins. Choose a later last day."),
        "too_long": _("A roster covers %(days)s days at most. Make several."),
        "draft_there": _(
            "There is a draft for some of these days already. Go on with that one, or drop it first."
        ),
        "no_shifts": _(
            "No shift begins in these days any more. Choose days to come, or look at the line's patterns."
        ),
        "dropped": _("This draft was dropped. Begin a new one."),
        "published": _("This roster is published. Begin a draft for the same days to change it."),
        "unknown_cell": _("There is no such shift in this roster any more. Look at it again."),
        "begun": _("This duty has begun; it is not exchanged any more."),
        "unknown_person": _("Only people of this line's pool can be chosen. Add them to it first."),
        "nothing_to_undo": _("There is nothing left to undo."),
        "nothing_found": _("The run has found nothing that could be taken."),
        "run_there": _("The solver is at work on this draft already. Stop it first."),
        "has_gaps": _("There are gaps: %(count)s places are not filled. A gap is never published."),
        "cannot_stand": _(
            "%(count)s of those put in cannot stand there. Put somebody else in; the list says why."
        ),
        "breaks_rules": _(
            "Rules about rest or numbers are broken. Mend them, or write down why it must be so."
        ),
        "on_two_lines": _("Somebody was put on another line at the same moment. Look at it again."),
        "not_yours": _("Only whoever stands a duty can give it away."),
        "with_yourself": _("Choose two different people."),
        "swap_there": _("This duty is offered already. Take that back first."),
        "not_asked": _("This was not offered to you."),
        "swap_over": _("This swap is over: taken back, decided or lapsed."),
        "gone": _("This duty was changed meanwhile. Look at it again."),
        "far_day": _("Type a day of this century."),
        "day_over": _("That day is over. Choose one to come."),
        "bad_weight": _("A wish weighs from 1 to 5."),
    }
    return texts[refusal.code] % refusal.facts


def rule_text(code: str, *, name: str, on: str = "", other: str = "", why: str = "") -> str:
    """A broken rule about one person as a sentence; the day stands in front where it is given."""
    if code == "may_not" and why:
        text = why
    else:
        text = {
            "may_not": _("%(name)s may not stand in this role then."),
            "away": _("%(name)s is away."),
            "elsewhere": _("%(name)s is on duty elsewhere then."),
            "overlap": _("%(name)s stands another shift at that time."),
            "twice": _("%(name)s stands in two roles of one shift."),
            "rest": _("%(name)s would have too little rest."),
            "rest_elsewhere": _(
                "%(name)s would have too little rest between this and a duty on another line or outside this roster."
            ),
            "row": _("%(name)s would be on duty too many days in a row."),
            "week": _("%(name)s would have too many duties in that week."),
            "month": _("%(name)s would have too many duties in that month."),
            "apart": _("%(name)s and %(other)s are never put together."),
        }[code] % {"name": name, "other": other}
    return _("%(day)s: %(text)s") % {"day": on, "text": text} if on else text


def broken_text(one: Broken, *, names: Mapping[int, str], on: str, role: str, why: str = "") -> str:
    """What is wrong with a cell, with its day."""
    if one.code == "gap":
        return ngettext(
            "%(day)s, %(role)s: one person is missing.",
            "%(day)s, %(role)s: %(count)s people are missing.",
            one.missing,
        ) % {"day": on, "role": role, "count": one.missing}
    if one.code == "too_many":
        return _("%(day)s, %(role)s: more people than are needed.") % {"day": on, "role": role}
    is_elsewhere = one.code == "rest" and one.other is None
    return rule_text(
        "rest_elsewhere" if is_elsewhere else one.code,
        name=names.get(one.person or 0, "?"),
        other=names.get(one.other or 0, "?"),
        on=on,
        why=why,
    )


def turns_text(hundredths: int) -> str:
    """A number of turns with at most two decimals: 3, 0.5, 2.33."""
    return f"{hundredths / 100:.2f}".rstrip("0").rstrip(".")


def spread_text(kind: Mapping[str, Any], *, is_even: bool) -> str:
    """How evenly a kind is shared in a group, with the bound, to be checked by counting."""
    facts = {
        "turns": counted_turns(kind["turns"]),
        "least": kind["least"],
        "most": kind["most"],
        "spread": turns_text(kind["spread"]),
        "bound": turns_text(kind["bound"]),
    }
    if is_even and kind["spread"] <= kind["bound"]:
        return _("%(turns)s: %(least)s to %(most)s each. Among these people it cannot be more even.") % facts
    if kind["spread"] <= kind["bound"]:
        return (
            _(
                "%(turns)s: %(least)s to %(most)s each, a spread of %(spread)s with part time and earlier "
                "rosters counted in. Among these people it cannot be more even."
            )
            % facts
        )
    return (
        _(
            "%(turns)s: %(least)s to %(most)s each, a spread of %(spread)s. By counting alone %(bound)s might be "
            "reached."
        )
        % facts
    )


def counted_turns(count: int) -> str:
    """ "1 turn", "31 turns"."""
    return ngettext("%(count)s turn", "%(count)s turns", count) % {"count": count}


def joined(names: list[str]) -> str:
    """Names in a row, with the language's own comma."""
    return pgettext("between names in a list", ", ").join(names)
