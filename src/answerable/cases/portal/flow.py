"""Which questions are asked, in which order, and which one comes next. Pure: no Django, no clock.

Answers are plain JSON by step, as the forms write them. Whether a later question is asked follows from earlier
answers alone, so that an answer changed on the way back opens or drops what depends on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Answers = Mapping[str, Mapping[str, Any]]

#: Every step in order; `check` is where everything is read back and sent.
STEPS = (
    "body",
    "who",
    "story",
    "danger",
    "help",
    "conduct",
    "about",
    "kind",
    "subject",
    "topic",
    "place",
    "spot",
    "privacy",
    "name",
    "channel",
    "reach",
    "files",
    "similar",
    "check",
)

#: What is asked anew when an answer changes.
DEPENDS: Mapping[str, tuple[str, ...]] = {
    "body": ("conduct", "about", "kind", "subject", "topic", "place", "spot", "similar"),
    "who": ("name",),
    "danger": ("help",),
    "conduct": ("about", "kind", "subject", "topic", "similar"),
    "subject": ("topic", "similar"),
    "topic": ("similar",),
    "place": ("spot", "similar"),
    "spot": ("similar",),
    "privacy": ("name",),
    "channel": ("reach",),
}


@dataclass(frozen=True)
class Setting:
    """What the office decides about the path: how many bodies and kinds there are to choose from."""

    bodies: int = 1
    kinds: int = 1
    has_places: bool = True


def is_conduct(answers: Answers) -> bool:
    """Whether the person said that it is about conduct. Not sure counts as yes (rights, rule 5)."""
    return answers.get("conduct", {}).get("conduct") in ("yes", "unsure")


def path(answers: Answers, setting: Setting) -> list[str]:
    """The steps that these answers lead through, `check` last."""

    def said(step: str, name: str = "") -> Any:
        return answers.get(step, {}).get(name or step)

    left_out = {
        "body": setting.bodies < 2,
        "help": said("danger") != "yes",
        "about": not is_conduct(answers),
        "kind": is_conduct(answers) or setting.kinds < 2,
        "topic": not said("subject", "more"),
        "spot": not said("place", "more"),
        "name": said("privacy") not in ("confidential", "open"),
        "reach": said("channel") in (None, "none"),
        # Found when the subject is known; never for an accusation, whose path is its own.
        "similar": not said("similar", "found") or is_conduct(answers),
    }
    return [step for step in STEPS if not left_out.get(step)]


def is_answered(step: str, answers: Answers) -> bool:
    return bool(answers.get(step, {}).get("done"))


def next_step(answers: Answers, setting: Setting) -> str:
    """The first step without an answer; `check` when everything is answered."""
    for step in path(answers, setting):
        if step == "check" or not is_answered(step, answers):
            return step
    return "check"


def may_visit(step: str, answers: Answers, setting: Setting) -> bool:
    """Whether the step is on the path and everything before it is answered."""
    steps = path(answers, setting)
    return step in steps and steps.index(step) <= steps.index(next_step(answers, setting))


def before(step: str, answers: Answers, setting: Setting) -> str | None:
    """The step before this one on the path; None at its beginning."""
    steps = path(answers, setting)
    at = steps.index(step) if step in steps else 0
    return steps[at - 1] if at else None


def place_of(step: str, answers: Answers, setting: Setting) -> tuple[int, int]:
    """(number from 1, how many in all) of a step, for "Question 3 of 12"."""
    steps = path(answers, setting)
    return steps.index(step) + 1, len(steps)


def answered(answers: Answers, step: str, value: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The answers with this one given; what depended on another answer is dropped."""
    given = {**value, "done": True}
    changed = {**answers, step: given}
    before_it = {key: item for key, item in answers.get(step, {}).items() if key != "done"}
    if step in answers and before_it != dict(value):
        for other in DEPENDS.get(step, ()):
            changed.pop(other, None)
    return {key: dict(item) for key, item in changed.items()}
