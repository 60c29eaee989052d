"""What goes along with a letter to a body outside: the person's files as far as a human has cleared them (rule 2)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

from django.db.models import Prefetch

from answerable.cases.models import Attachment, Case

Check = Attachment.Check
#: As many bytes of files as a small machine holds at once; what is beyond is taken out one by one.
BUNDLE_BYTES = 60 << 20


@dataclass(frozen=True)
class Enclosure:
    """One file under its number. It goes without its name, which may be that of whoever sent it (rule 6)."""

    number: int
    row: Attachment
    fits: bool

    @property
    def form(self) -> str:
        """What kind of file it is, by the end of its name: JPG, PDF."""
        end = PurePath(self.row.name).suffix[1:]
        return end.upper() if end.isascii() and end.isalnum() and len(end) <= 5 else ""

    @property
    def name(self) -> str:
        """The name under which it goes out."""
        return f"{self.number:02d}.{self.form.lower()}" if self.form else f"{self.number:02d}"


@dataclass(frozen=True)
class Enclosures:
    """What goes along, and how many of the person's files do not: not looked at yet, or looked at and not to be shown."""

    files: tuple[Enclosure, ...]
    held: int
    refused: int

    @property
    def too_large(self) -> list[Enclosure]:
        return [file for file in self.files if not file.fits]


def enclosures_of(case: Case) -> Enclosures:
    """Of each file that the person gave, the newest redacted copy; without one the file itself, if it was cleared."""
    copies = Attachment.objects.filter(check_state=Check.CLEARED).exclude(sealed=None).defer("sealed")
    rows = Attachment.objects.filter(case=case, redacts=None, from_person=True).defer("sealed")
    rows = rows.prefetch_related(Prefetch("redacted_copies", queryset=copies.order_by("at", "pk")))
    found: list[Enclosure] = []
    left = {Check.HELD: 0, Check.REFUSED: 0}
    room = BUNDLE_BYTES
    for row in rows.order_by("at", "pk"):
        redacted = list(row.redacted_copies.all())
        if not redacted and row.check_state != Check.CLEARED:
            if row.check_state in left:
                left[Check(row.check_state)] += 1
            continue
        file = redacted[-1] if redacted else row
        fits = file.size <= room
        room -= file.size if fits else 0
        found.append(Enclosure(len(found) + 1, file, fits))
    return Enclosures(tuple(found), left[Check.HELD], left[Check.REFUSED])
