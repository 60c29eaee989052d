"""Files as they arrive: read with a bound, inspected by content, pictures written anew (core.uploads)."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext

from answerable.cases.portal.draft import KeptFile
from answerable.core import uploads
from answerable.core.text import safe_filename


def accept(upload: UploadedFile) -> tuple[KeptFile, bytes]:
    """The file as it is kept, and its bytes. Raises Said (CannotTake, CannotReadPicture) with a sentence."""
    scanner = getattr(settings, "ANSWERABLE_CLAMD_SOCKET", None)
    found = uploads.receive(upload.name or "", upload, scanner=scanner)  # type: ignore[arg-type]
    kept = KeptFile(
        ref=secrets.token_hex(8),
        name=found.name,
        media_type=found.media_type,
        size=len(found.data),
        sha256=found.sha256.hex(),
        virus_state=str(found.scan.state.value),
        cautions=sorted(found.cautions),
    )
    return kept, found.data


def cautions_of(file: KeptFile) -> list[str]:
    """What the person should know about a file that was taken."""
    return [gettext(uploads.CAUTIONS[code]) for code in file.cautions if code in uploads.CAUTIONS]


def shown_name(upload: UploadedFile) -> str:
    """The file's name, fit to be shown."""
    return safe_filename(upload.name or "")
