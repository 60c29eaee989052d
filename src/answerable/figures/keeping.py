"""For how long it is kept what figures are counted from."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from answerable.core.keeping import Kept

KEPT = (
    Kept(
        "figures.fact",
        _("What figures are counted from: dates, posts, subjects, both words, of each matter"),
        _("As long as the matter's own row, also after its erasure: no words, no names, no files are in it."),
        _("So that what was promised and kept can be counted over years. It leaves only summed up."),
        ("figures.Fact", "figures.Turn"),
    ),
)
