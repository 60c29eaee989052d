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
