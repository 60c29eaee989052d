"""What happened to keys and callbacks of other systems, in words; and which of it an auditor checks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from answerable.api.act_kinds import ApiAct as A
from answerable.api.models import ApiClient

WORDS: dict[str, Any] = {
    A.KEY_ISSUED: _("Another system got a key"),
    A.KEY_ROTATED: _("The key of another system was renewed"),
    A.KEY_REVOKED: _("The key of another system was revoked"),
    A.HOOK_MADE: _("Another system is told of events from now on"),
    A.HOOK_ROTATED: _("The secret of a callback was renewed"),
    A.HOOK_TESTED: _("A callback was tried out"),
    A.HOOK_SENT_AGAIN: _("A message to another system was sent again"),
    A.HOOK_STOPPED: _("Another system did not answer and is told no more for now"),
    A.HOOK_RESUMED: _("Another system is told of events again"),
    A.HOOK_ENDED: _("Another system is told of events no more"),
    # Written by earlier versions, when apps of Open311 had keys of their own.
    "open311.key_issued": _("An app that hands in by Open311 got a key"),
    "open311.key_revoked": _("The key of an app that hands in by Open311 was revoked"),
}


def overseen(body_ids: Iterable[int]) -> Iterator[UUID]:
    """The systems that these bodies let in."""
    bodies = list(body_ids)
    if bodies:
        yield from ApiClient.objects.filter(authority__in=bodies).values_list("pk", flat=True)
