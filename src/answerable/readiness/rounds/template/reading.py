"""A template's file becomes a template, or every fault in it is named with its line and field. Pure."""

from __future__ import annotations

from functools import lru_cache

from answerable.incidents.plans.faults import Fault, PlanFaults
from answerable.incidents.plans.reading import read_part
from answerable.readiness.rounds.template.checks import meaning
from answerable.readiness.rounds.template.schema import RoundFile


def read_template(source: str | bytes) -> RoundFile:
    """The template in `source`; PlanFaults with all that is wrong."""
    return read_part(source, RoundFile, meaning)


def faults_in(source: str | bytes) -> list[Fault]:
    """Everything wrong in `source`; empty where it is a template."""
    try:
        read_template(source)
    except PlanFaults as found:
        return found.faults
    return []


@lru_cache(maxsize=256)
def kept_template(text: str) -> RoundFile:
    """The same, read once a process: every round that ran on a version asks for it. PlanFaults are found anew."""
    return read_template(text)
