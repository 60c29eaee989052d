"""What is wrong with a ladder before it is kept. Pure; `alarm_words.py` says each fault as a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

MOST_STEPS = 20
LONGEST_S = 604_800
SHORTEST_REPEAT_S = 10
MOST_ROUNDS = 100


@dataclass(frozen=True)
class StepDraft:
    """`targets`: as `ladders.target_of` writes them."""

    after_s: int
    targets: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class RuleDraft:
    """A rule as somebody wants it."""

    code: str
    name_zh: str = ""
    name_en: str = ""
    mode: str = "one"
    repeat_after_s: int = 600
    rounds: int = 0
    steps: tuple[StepDraft, ...] = ()


@dataclass(frozen=True)
class RuleFault:
    """`step`: as it is counted on the page, from 1; 0 where it is about the whole."""

    code: str
    step: int = 0


def faults(draft: RuleDraft) -> list[RuleFault]:
    """Everything that is wrong, in the order of the page."""
    return list(_faults(draft))


def _faults(draft: RuleDraft) -> Iterator[RuleFault]:
    if not draft.name_zh.strip() and not draft.name_en.strip():
        yield RuleFault("no_name")
    if not SHORTEST_REPEAT_S <= draft.repeat_after_s <= LONGEST_S:
        yield RuleFault("repeat")
    if not 0 <= draft.rounds <= MOST_ROUNDS:
        yield RuleFault("rounds")
    if not draft.steps:
        yield RuleFault("no_step")
    if len(draft.steps) > MOST_STEPS:
        yield RuleFault("too_many_steps")
    for number, step in enumerate(draft.steps, 1):
        yield from _step_faults(number, step)
    targets = [target for step in draft.steps for target in step.targets]
    if targets and all(target.get("told") for target in targets):
        yield RuleFault("never_asked")


def _step_faults(number: int, step: StepDraft) -> Iterator[RuleFault]:
    if not 0 <= step.after_s <= LONGEST_S:
        yield RuleFault("delay", number)
    elif number > 1 and step.after_s == 0:
        yield RuleFault("same_instant", number)
    if not step.targets:
        yield RuleFault("no_target", number)
    named = [
        tuple(sorted((k, v) for k, v in target.items() if k not in ("told", "line")))
        for target in step.targets
    ]
    if len(named) != len(set(named)):
        yield RuleFault("twice", number)
