"""What is wrong in a plan file: where, and which stable code. `wording.py` makes the sentence. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from answerable.core.refusals import Refusal

#: A step into a file: the name of a field, or a place in a list, from 0.
Path = tuple[str | int, ...]

#: More are not shown: a file with so many was never a plan.
MOST_FAULTS = 100


@dataclass(frozen=True)
class Fault:
    """`line` counts from 1 (0: the whole file); `field` names it as the file does: `actions[3] (evacuate).needs[1]`."""

    line: int
    field: str
    code: str
    params: tuple[tuple[str, str], ...] = ()

    @property
    def facts(self) -> dict[str, str]:
        return dict(self.params)


class PlanFaults(Refusal):
    """A file that is no plan; nothing was changed. `faults` are all that were found, in the order of the lines."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = sorted(set(faults), key=lambda one: (one.line, one.field, one.code))[:MOST_FAULTS]
        super().__init__("plan_faults", count=len(self.faults))

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.faults,)


def fault(line: int, field: str, code: str, **params: object) -> Fault:
    return Fault(line, field, code, tuple((key, str(value)) for key, value in params.items()))


def named(path: Path, data: Any) -> str:
    """A path as a reader finds it: list places from 1, with the code of what stands there."""
    words = ""
    for step in path:
        if isinstance(step, int):
            words += f"[{step + 1}]"
            data = data[step] if isinstance(data, list) and step < len(data) else None
            code = data.get("code") if isinstance(data, Mapping) else None
            words += f" ({code[:40]})" if isinstance(code, str) and code else ""
        else:
            words += f".{step}" if words else step
            data = data.get(step) if isinstance(data, Mapping) else None
    return words
