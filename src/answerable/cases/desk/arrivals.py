"""Files as they arrive at the desk, taken through the one door for uploads."""

from __future__ import annotations

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from answerable.cases import files
from answerable.core import uploads


def accept(sent: UploadedFile) -> files.Accepted:
    """A file that came in. Raises uploads.CannotTake and its kin, which are sentences."""
    taken = uploads.receive(sent.name or "", sent.read(), scanner=settings.ANSWERABLE_CLAMD_SOCKET or None)
    return files.Accepted(
        name=taken.name,
        media_type=taken.media_type,
        data=taken.data,
        sha256=taken.sha256,
        virus_state=str(getattr(taken.scan.state, "value", taken.scan.state)),
    )
