"""What other public pages say of warnings: one calm line each, leading to the page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from answerable.incidents.warnings import queries, wording

#: More are read on the page itself.
MOST = 3


@dataclass(frozen=True)
class Line:
    headline: str
    url: str
    is_exercise: bool


def warning_lines(now: datetime) -> list[Line]:
    """The warnings in force, in the active language. The mark of an exercise is said by whoever shows the line."""
    return [
        Line(wording.plain_headline(row), reverse("warnings:one", args=[row.identifier]), row.is_exercise)
        for row in queries.in_force(now)[:MOST]
    ]
