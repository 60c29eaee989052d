"""For how long it is kept who let published figures out."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from answerable.core.keeping import Kept

KEPT = (
    Kept(
        "published.edition",
        _("Published figures and annual reports, and who released them"),
        _("Kept, as what was published is."),
        _("So that nobody can say afterwards that other figures were published."),
        ("published.Edition", "published.Report"),
    ),
    Kept(
        "published.layout",
        _("Who asked for a month to be counted again"),
        _("Until the figures are made; where they could not be, until somebody asks again."),
        _("So that whoever asked sees how far it is, and why it was not made."),
        ("published.Layout",),
    ),
)
