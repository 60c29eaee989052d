"""What happened to published figures and annual reports, in words; and which of it an auditor checks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from answerable.figures.published.act_kinds import PublishedAct as A
from answerable.figures.published.models import Edition, Report

WORDS: dict[str, Any] = {
    A.ASKED: _("Somebody asked for figures to be counted"),
    A.PREPARED: _("Figures were prepared for publishing"),
    A.NOT_PREPARED: _("Figures could not be prepared for publishing"),
    A.RELEASED: _("Figures were published"),
    A.HELD_BACK: _("Figures were held back"),
    A.SETTINGS_CHANGED: _("When and under which licence figures are published was changed"),
    A.REPORT_DRAFTED: _("An annual report was drafted"),
    A.REPORT_CHANGED: _("An annual report was changed"),
    A.REPORT_APPROVED: _("An annual report was approved"),
    A.REPORT_PUBLISHED: _("An annual report was published"),
}


def overseen(body_ids: Iterable[int]) -> Iterator[UUID]:
    """What was to be published of these bodies, a few dozen in years."""
    bodies = list(body_ids)
    for model in (Edition, Report) if bodies else ():
        yield from model.objects.filter(authority__in=bodies).values_list("pk", flat=True)
