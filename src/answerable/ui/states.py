"""The words, shapes and colours of a state. Shapes differ in outline, so that colour carries nothing alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import pgettext_lazy


@dataclass(frozen=True)
class Look:
    """`word` is translatable; `shape` a name of ui.icons.SOLID; `tone` ok, soon, late, info or quiet."""

    word: Any
    shape: str
    tone: str


LOOKS: dict[str, Look] = {
    # clocks
    "ontime": Look(pgettext_lazy("state", "on time"), "circle", "ok"),
    "soon": Look(pgettext_lazy("state", "due soon"), "diamond", "soon"),
    "late": Look(pgettext_lazy("state", "late"), "triangle", "late"),
    "paused": Look(pgettext_lazy("state", "paused"), "bars", "quiet"),
    "met": Look(pgettext_lazy("state", "done in time"), "tick", "ok"),
    "met_late": Look(pgettext_lazy("state", "done late"), "tick", "late"),
    # cases
    "registered": Look(pgettext_lazy("state", "registered"), "ring", "info"),
    "accepted": Look(pgettext_lazy("state", "being handled"), "half", "info"),
    "waiting": Look(pgettext_lazy("state", "waiting for the person"), "bars", "quiet"),
    "decided": Look(pgettext_lazy("state", "decided"), "square", "ok"),
    "review": Look(pgettext_lazy("state", "under review"), "diamond", "info"),
    "rereview": Look(pgettext_lazy("state", "under re-review"), "diamond", "info"),
    "passed_on": Look(pgettext_lazy("state", "passed on"), "arrow", "quiet"),
    "withdrawn": Look(pgettext_lazy("state", "withdrawn"), "dash", "quiet"),
    "closed": Look(pgettext_lazy("state", "closed"), "tick", "quiet"),
    "urgent": Look(pgettext_lazy("state", "urgent: danger"), "octagon", "late"),
    "supervised": Look(pgettext_lazy("state", "the level above is watching"), "arrow", "soon"),
    "not_solved": Look(pgettext_lazy("state", "not solved, says the person"), "dash", "soon"),
    "solved": Look(pgettext_lazy("state", "solved, says the person"), "tick", "ok"),
    # alarms
    "open": Look(pgettext_lazy("state", "nobody has it yet"), "octagon", "late"),
    "acknowledged": Look(pgettext_lazy("state", "somebody has it"), "half", "info"),
    "unanswered": Look(pgettext_lazy("state", "nobody answered"), "triangle", "late"),
    "resolved": Look(pgettext_lazy("state", "over"), "tick", "quiet"),
    # files, deliveries
    "held": Look(pgettext_lazy("state", "held until checked"), "bars", "soon"),
    "cleared": Look(pgettext_lazy("state", "checked"), "tick", "ok"),
    "refused": Look(pgettext_lazy("state", "not shown"), "dash", "quiet"),
    "blurred": Look(pgettext_lazy("state", "destroyed; blurred copy"), "dash", "quiet"),
    "sent": Look(pgettext_lazy("state", "sent"), "arrow", "info"),
    "delivered": Look(pgettext_lazy("state", "delivered"), "tick", "ok"),
    "failed": Look(pgettext_lazy("state", "not delivered"), "triangle", "late"),
    "unknown": Look(pgettext_lazy("state", "outcome unknown"), "ring", "soon"),
    # tasks
    "begun": Look(pgettext_lazy("state", "begun"), "half", "info"),
    "left_out": Look(pgettext_lazy("state", "not needed"), "dash", "quiet"),
    # anything
    "ok": Look(pgettext_lazy("state", "in order"), "circle", "ok"),
    "fault": Look(pgettext_lazy("state", "needs attention"), "triangle", "late"),
    "draft": Look(pgettext_lazy("state", "draft"), "ring", "quiet"),
}

UNKNOWN = Look("", "ring", "quiet")


def look_of(name: object) -> Look:
    """The look of a state; an enum member is taken by its value. Unknown names get a neutral ring."""
    return LOOKS.get(str(getattr(name, "value", name)), UNKNOWN)
