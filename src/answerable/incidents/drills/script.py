"""The script file of a drill, `answerable-drill/1`: YAML, bilingual. Pure.

format: answerable-drill/1
names: {zh: …, en: …}
hazard: flood
kind: table_top
pace: 10
call:
  what: {zh: …, en: …}
  place: {zh: …, en: …}
events:
  - after_min: 5
    text: {zh: …, en: …}
    expect: {zh: …, en: …}
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Annotated, Literal

from pydantic import Field

from answerable.core.sentences import N_, Said
from answerable.incidents.drills.rules import FASTEST, LATEST_MIN, MOST_EVENTS, Event
from answerable.incidents.plans.parts import LISTED, DrillKind, Names, Part, Text
from answerable.incidents.plans.reading import read_part
from answerable.incidents.plans.rights import refused_in
from answerable.incidents.plans.schema import Hazard

FOLDER = files("answerable.incidents.drills") / "shipped"
#: In the order in which they are offered.
CODES = ("flood", "fire")


class NoSuchScript(Said):
    """There is no shipped script of this code."""

    sentences = {"unknown_script": N_("There is no shipped script “%(name)s”. There are: %(known)s.")}


class Expect(Text):
    """What those who practise are expected to do; at most 300 characters."""

    zh: Annotated[str, Field(min_length=1, max_length=300)]
    en: Annotated[str, Field(min_length=1, max_length=300)]


class ScriptCall(Part):
    """The first call: what is said, and where it is supposed to be."""

    what: Text
    place: Names


class ScriptEvent(Part):
    """What is told `after_min` minutes of the drill's time after the first call, and what is expected then."""

    after_min: Annotated[int, Field(ge=0, le=LATEST_MIN)]
    text: Text
    expect: Expect | None = None

    @property
    def event(self) -> Event:
        expect = self.expect
        return Event(
            self.after_min * 60,
            self.text.zh,
            self.text.en,
            expect.zh if expect else "",
            expect.en if expect else "",
        )


class DrillScript(Part):
    format: Literal["answerable-drill/1"]
    names: Names
    hazard: Hazard
    kind: DrillKind = "table_top"
    pace: Annotated[int, Field(ge=1, le=FASTEST)] = 1
    call: ScriptCall
    events: Annotated[tuple[ScriptEvent, ...], LISTED, Field(min_length=1, max_length=MOST_EVENTS)]


def read_script(source: str | bytes) -> DrillScript:
    """The script in `source`; PlanFaults with all that is wrong, by line and field."""
    return read_part(source, DrillScript, refused_in)


@lru_cache(maxsize=len(CODES))
def shipped_script(code: str) -> DrillScript:
    """A shipped script; NoSuchScript where there is none."""
    if code not in CODES:
        raise NoSuchScript("unknown_script", name=code, known=", ".join(CODES))
    return read_script((FOLDER / f"{code}.yaml").read_text(encoding="utf-8"))


def shipped_scripts() -> Mapping[str, DrillScript]:
    """Every shipped script by its code."""
    return {code: shipped_script(code) for code in CODES}
