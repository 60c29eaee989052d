"""A plan as its page shows it: readiness with its points, roles, actions by track, limits in words."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from answerable.duty.models import LineRole
from answerable.incidents.models import Plan, PlanVersion
from answerable.incidents.planned import file_of
from answerable.incidents.plans import lint_wording, linting
from answerable.incidents.plans.lint import POINTS, Area, Finding, Readiness
from answerable.incidents.plans.parts import ABOVE
from answerable.incidents.plans.schema import PlanFile, Report
from answerable.orgs.models import Authority
from answerable.orgs.standing import standing

GROUPS = ("leading", "office", "member")


@dataclass(frozen=True)
class Scored:
    """One area of the readiness: what it has left of how much, and why the rest is gone.

    `more`: what is missing too, when the area had no points left to lose.
    """

    name: str
    left: int
    points: int
    findings: list[dict[str, Any]]
    more: list[dict[str, Any]]

    @property
    def more_words(self) -> str:
        words = ngettext(
            "%(count)s more finding; this area has no points left",
            "%(count)s more findings; this area has no points left",
            len(self.more),
        )
        return words % {"count": len(self.more)}


def readiness_of(plan: Plan, version: PlanVersion, now: datetime, drilled_on: date | None) -> Readiness:
    return linting.readiness_of(file_of(version), plan.authority, now, drilled_on=drilled_on)


def scored(found: Readiness) -> list[Scored]:
    return [
        Scored(
            lint_wording.area_words(area),
            found.left(area),
            POINTS[area],
            [_finding(one) for one in found.findings if one.area is area and one.points],
            [_finding(one) for one in found.findings if one.area is area and not one.points],
        )
        for area in Area
    ]


def _finding(one: Finding) -> dict[str, Any]:
    points = ngettext("%(count)s point", "%(count)s points", one.points) % {"count": one.points}
    return {"what": linting.said(one), "remedy": lint_wording.remedy(one), "points": points}


def lang() -> str:
    return get_language() or "en"


def duty_names(body: Authority) -> dict[str, str]:
    """What the roles of its open duty lines are called, by the reference that a plan uses."""
    rows = LineRole.objects.filter(line__authority=body, line__closed_on=None).select_related("line")
    return {f"{row.line.code}/{row.code}": f"{row.name} ({row.line.name})" for row in rows}


class Refs:
    """What the references of a plan are called in its body."""

    def __init__(self, body: Authority) -> None:
        self._posts = {
            f"{post.unit.code}/{post.code}": f"{post.name} ({post.unit.name})"
            for post in standing().posts.values()
            if post.unit.authority_id == body.pk
        }
        self._duties = duty_names(body)
        self._body = body

    def duty(self, ref: str) -> str:
        return self._duties.get(ref, ref)

    def post(self, ref: str) -> str:
        return self._posts.get(ref, ref)

    def recipient(self, file: PlanFile, report: Report) -> str:
        kind, _colon, code = report.recipient.partition(":")
        if kind == "contact":
            return file.contact(code).names.in_language(lang())
        if kind == "post":
            return self.post(code)
        if report.recipient == ABOVE:
            return self._body.above.name if self._body.above else _("the body above")
        return next((one.name for one in standing().authorities.values() if one.code == code), code)


def roles(file: PlanFile, refs: Refs) -> list[dict[str, Any]]:
    """In the order of the groups, as the file has them within each."""
    order = sorted(file.roles, key=lambda role: GROUPS.index(role.group))
    return [
        {
            "name": role.names.in_language(lang()),
            "task": role.task.in_language(lang()),
            "group": group_text(role.group),
            "post": refs.post(role.post) if role.post else "",
            "duty": refs.duty(role.duty) if role.duty else "",
            "deputies": [refs.post(one) for one in role.deputies],
            "backs": file.role(role.backs).names.in_language(lang()) if role.backs else "",
            "ask": role.ask,
            "is_commander": role.is_commander,
        }
        for role in order
    ]


def group_text(group: str) -> str:
    words = {"leading": _("leading group"), "office": _("office"), "member": _("member")}
    return words[group]


def tracks(file: PlanFile) -> list[dict[str, Any]]:
    names = {role.code: role.names.in_language(lang()) for role in file.roles}
    steps = {action.code: action.names.in_language(lang()) for action in file.actions}
    return [
        {
            "name": track.names.in_language(lang()),
            "actions": [
                {
                    "name": steps[one.code],
                    "check": one.check.in_language(lang()) if one.check else "",
                    "levels": roman(one.levels),
                    "role": names.get(one.role or "", ""),
                    "minutes": one.target_min,
                    "needs": [steps[need] for need in one.needs],
                }
                for one in file.actions
                if one.track == track.code
            ],
        }
        for track in file.tracks
    ]


ROMAN = ("I", "II", "III", "IV")


def roman(levels: Iterable[int]) -> str:
    return ", ".join(ROMAN[level - 1] for level in sorted(levels))


def scales(file: PlanFile) -> list[dict[str, Any]]:
    heads = (
        (_("Grade of the event"), file.scales.event),
        (_("Warning level"), file.scales.warning),
        (_("Response level"), file.scales.response),
    )
    return [{"head": head, "steps": [_step(one) for one in steps]} for head, steps in heads]


def _step(step: Any) -> dict[str, Any]:
    said = [
        (_("Measures"), getattr(step, "measures", None)),
        (_("Raised when"), getattr(step, "raise_when", None)),
        (_("Lowered when"), getattr(step, "lower_when", None)),
        (_("Lifted when"), getattr(step, "lift_when", None)),
    ]
    return {
        "name": step.names.in_language(lang()),
        "criteria": step.criteria.in_language(lang()),
        "more": [(head, text.in_language(lang())) for head, text in said if text is not None],
    }


def reports(file: PlanFile, refs: Refs) -> list[dict[str, Any]]:
    return [
        {
            "name": one.names.in_language(lang()),
            "to": refs.recipient(file, one),
            "limit": limit_text(one),
            "source": one.source,
        }
        for one in file.reports
    ]


def limit_text(report: Report) -> str:
    if report.kind == "follow_up":
        text = _("every %(minutes)s min") % {"minutes": report.every_min}
        if report.follow_days:
            text += ", " + _("for %(days)s days") % {"days": report.follow_days}
        return text
    if report.kind == "final":
        return _("within %(minutes)s min of the stand-down") % {"minutes": report.within_min}
    return _("within %(minutes)s min of the first call") % {"minutes": report.within_min}


@dataclass(frozen=True)
class Row:
    """A line of both texts side by side; `kind`: same, changed, gone, new, or skipped."""

    kind: str
    left: str = ""
    right: str = ""
    left_number: int = 0
    right_number: int = 0


#: Lines around a change that are shown with it.
AROUND = 2


def side_by_side(before: str, after: str) -> Iterator[Row]:
    """Only what differs, with a little around it."""
    a, b = before.splitlines(), after.splitlines()
    matcher = difflib.SequenceMatcher(None, a, b, autojunk=False)
    first = True
    for group in matcher.get_grouped_opcodes(AROUND):
        if not first:
            yield Row("skipped")
        first = False
        for tag, a0, a1, b0, b1 in group:
            if tag == "equal":
                for at in range(a1 - a0):
                    yield Row("same", a[a0 + at], b[b0 + at], a0 + at + 1, b0 + at + 1)
                continue
            for at in range(max(a1 - a0, b1 - b0)):
                has_a, has_b = a0 + at < a1, b0 + at < b1
                yield Row(
                    "changed" if has_a and has_b else "gone" if has_a else "new",
                    a[a0 + at] if has_a else "",
                    b[b0 + at] if has_b else "",
                    a0 + at + 1 if has_a else 0,
                    b0 + at + 1 if has_b else 0,
                )
