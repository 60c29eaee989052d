"""What happened to the keys of apps that hand in by Open311, in words; and which of it an auditor checks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from answerable.open311.models import Open311Key

WORDS: dict[str, Any] = {
    "open311.key_issued": _("An app that hands in by Open311 got a key"),
    "open311.key_revoked": _("The key of an app that hands in by Open311 was revoked"),
}


def overseen(body_ids: Iterable[int]) -> Iterator[UUID]:
    """The keys that these bodies gave out."""
    bodies = list(body_ids)
    if bodies:
        yield from Open311Key.objects.filter(authority__in=bodies).values_list("pk", flat=True)
