"""For how long it is kept what figures are counted from."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from answerable.core.keeping import Kept

ROWS = "figures.duty_row"

KEPT = (
    Kept(
        "figures.fact",
        _("What figures are counted from: dates, posts, subjects, both words, of each matter"),
        _("As long as the matter's own row, also after its erasure: no words, no names, no files are in it."),
        _("So that what was promised and kept can be counted over years. It leaves only summed up."),
        ("figures.Fact", "figures.Turn"),
    ),
    Kept(
        ROWS,
        _("The rows behind the figures of duty: days, gaps, roll calls, alarms; without anybody's name"),
        _("A year; of roll calls 90 days. The numbers of each month stay."),
        _("So that a number opens what it counts; longer than that nobody needs to know the hour."),
        ("figures.DutyRow",),
        run="keep duty figures",
    ),
)
