"""What happens because of an act: its case has to be counted anew. One row appended; `counting` takes it later."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from answerable.cases.act_kinds import ActKind as A
from answerable.core.statements import create
from answerable.figures.models import Due
from answerable.record.queries import ActShown
from answerable.record.reactions import on

#: Acts on a case that change no figure: looks, notes, files, deliveries, and what other files say of this one.
SILENT = frozenset(
    {
        *(A.NOTED, A.REMINDED, A.LINKED, A.JOINED, A.MERGED, A.SPLIT, A.DIVIDED, A.ASSIGNED),
        *(A.RATED, A.ATTACHMENT_ADDED, A.ATTACHMENT_CHECKED, A.ERASURE_ASKED, A.IDENTITY_LOOKED),
        *(A.CHANNEL_CHANGED, A.CHANNEL_DROPPED, A.RECEIPT_REISSUED, A.PROGRESS_TOLD, A.MESSAGE_DELIVERED),
        *(A.MESSAGE_UNDELIVERED, A.LETTER_DELIVERED, A.ARCHIVED, A.ARCHIVE_TAKEN, A.RECORD_OPENED),
        *(A.EXPORT_MADE, A.CODES_RESERVED, A.CODES_GIVEN_BACK, A.WITHDRAWAL_TOLD, A.WITHDRAWAL_DENIED),
    }
)
HEARD = tuple(kind for kind in A if kind not in SILENT)


@on(*HEARD)
def count_again(matter: UUID, act: ActShown, now: datetime) -> None:
    """Twice is as good as once: what is counted is the case as it stands, not the act."""
    create(Due(case_id=matter))
