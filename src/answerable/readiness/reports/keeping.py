"""For how long it is kept what units reported, and who did."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from answerable.core.keeping import Kept

KEPT = (
    Kept(
        "due_reports.report",
        _("Reports that units owed, each version, and who sent or took it"),
        _("Kept, as the office's own papers are; nobody who brings a matter is in them."),
        _("So that it can be read later who reported what, and when."),
        ("due_reports.DueReport", "due_reports.Version"),
    ),
)
