"""The duties to report of an incident that has no plan yet. Pure.

A first call at night starts the clock before anybody has chosen a plan. These are the house's own and mild: by
telephone within half an hour, in writing within one, as duty rules of counties commonly have it. A plan replaces them.
"""

from __future__ import annotations

from answerable.incidents.reports.rules import Duty, Kind

ABOVE = "authority:above"
SOURCE = "county duty rules commonly ask for it; not a statute"

FIRST_CONTENTS = ("source", "time", "place", "casualties", "cause", "measures", "contact")

DEFAULT_DUTIES: tuple[Duty, ...] = (
    Duty(
        code="first-phone",
        kind=Kind.FIRST_PHONE,
        name_zh="电话首报",
        name_en="First report by telephone",
        recipient=ABOVE,
        contents=("source", "time", "place", "casualties", "measures"),
        within_min=30,
        source=SOURCE,
    ),
    Duty(
        code="first-written",
        kind=Kind.FIRST_WRITTEN,
        name_zh="书面首报",
        name_en="First report in writing",
        recipient=ABOVE,
        contents=FIRST_CONTENTS,
        within_min=60,
        source=SOURCE,
    ),
    Duty(
        code="follow-up",
        kind=Kind.FOLLOW_UP,
        name_zh="续报",
        name_en="Follow-up report",
        recipient=ABOVE,
        contents=("casualties", "measures", "trend", "needs"),
        every_min=240,
        source=SOURCE,
    ),
    Duty(
        code="final",
        kind=Kind.FINAL,
        name_zh="终报",
        name_en="Final report",
        recipient=ABOVE,
        contents=("casualties", "cause", "measures", "loss", "assessment"),
        within_min=24 * 60,
        source=SOURCE,
    ),
)

#: So many days after the event changes in casualties are still reported (work accident reporting regulation, art. 13).
CASUALTY_DAYS = {"work_accident": 30, "explosion": 30, "building_collapse": 30, "road_accident": 7, "fire": 7}


def house_duties(hazard: str) -> tuple[Duty, ...]:
    """What an incident with this hazard owes as long as it has no plan."""
    days = CASUALTY_DAYS.get(hazard)
    if days is None:
        return DEFAULT_DUTIES
    casualties = Duty(
        code="casualties",
        kind=Kind.FOLLOW_UP,
        name_zh="伤亡变化补报",
        name_en="Change in casualties",
        recipient=ABOVE,
        contents=("casualties",),
        follow_days=days,
        source="work accident reporting regulation, art. 13",
        verified="secondary",
    )
    return (*DEFAULT_DUTIES[:-1], casualties, DEFAULT_DUTIES[-1])
