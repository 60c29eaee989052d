"""The plans that ship, to be adapted. Read and checked once a process. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType

from answerable.core.sentences import N_, Said
from answerable.incidents.plans.reading import read_plan
from answerable.incidents.plans.schema import PlanFile

FOLDER = files("answerable.incidents.plans") / "shipped"
#: In the order in which they are offered.
CODES = (
    "flood",
    "fire",
    "work-accident",
    "road-accident",
    "public-health",
    "utility-outage",
    "school",
    "crowd-safety",
)


class NoSuchPlan(Said):
    """There is no shipped plan of this code."""

    sentences = {"unknown_plan": N_("There is no shipped plan “%(name)s”. There are: %(known)s.")}


@lru_cache(maxsize=len(CODES))
def shipped_text(code: str) -> str:
    """The file of a shipped plan as it is; NoSuchPlan where there is none."""
    if code not in CODES:
        raise NoSuchPlan("unknown_plan", name=code, known=", ".join(CODES))
    return (FOLDER / f"{code}.yaml").read_text(encoding="utf-8")


@lru_cache(maxsize=len(CODES))
def shipped_plan(code: str) -> PlanFile:
    """A shipped plan; NoSuchPlan where there is none."""
    return read_plan(shipped_text(code))


def shipped_plans() -> Mapping[str, PlanFile]:
    """Every shipped plan by its code, in the order in which they are offered."""
    return MappingProxyType({code: shipped_plan(code) for code in CODES})
