"""Matters answered together: who of the group got an answer, and why each of the others did not."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from uuid import UUID

from django.utils.translation import gettext as _

from answerable.cases import rules
from answerable.cases.models import Case
from answerable.cases.services.hearings import stands_before_decision


def waits(case: Case) -> bool:
    """Whether it can be decided: one that was withdrawn would hold up the answer to all the others."""
    return case.erased_at is None and case.state in rules.ALLOWED[rules.STAGES[case.stage].decided]


def why_no_decision(case: Case, lead: Case) -> str:
    """Why a decision on `lead` cannot go to this matter as well; empty where it can."""
    places = {"code": case.code}
    if case.erased_at is not None:
        return _("%(code)s gets nothing: it was erased.") % places
    if case.state == "withdrawn":
        return _("%(code)s gets no decision: its person has withdrawn it.") % places
    if (case.stage, case.pack) != (lead.stage, lead.pack):
        return _("%(code)s gets no decision with this one: it stands at another stage.") % places
    if waits(case) and stands_before_decision(case):
        return (
            _("%(code)s gets no decision: a hearing on it has to be held, and closed with its minutes.")
            % places
        )
    if not waits(case):
        return _("%(code)s gets no decision: it has one, or has ended.") % places
    return ""


def left_out(
    members: Iterable[Case], chosen: Collection[UUID], why: Callable[[Case], str] | None = None
) -> list[str]:
    """A sentence for each of the group that got nothing: what stood against it, or that it was not ticked."""
    return [_why(case, why) for case in members if case.pk not in chosen]


def _why(case: Case, why: Callable[[Case], str] | None) -> str:
    if case.erased_at is not None:
        return _("%(code)s gets nothing: it was erased.") % {"code": case.code}
    return (why(case) if why else "") or _("%(code)s gets nothing: it was not ticked.") % {"code": case.code}
