"""For how long the record is kept."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from answerable.core.keeping import Kept

KEPT = (
    Kept(
        "record.act",
        _("The record: which act, when, by which post"),
        _(
            "For ever. What was said in an act, and its salt, are destroyed with the matter; what stays proves nothing about anybody."
        ),
        _("So that nobody can say afterwards that it was otherwise."),
        ("record.Act", "record.Opening", "record.Matter"),
    ),
)
