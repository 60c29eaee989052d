"""Which cases were erased, in a file outside the database: it outlives a restore (rights, rule 9).

One line a case, `<case id> <when>`, only ever added to. The worker adds within a minute of an erasure, and each
backup adds and leaves a copy beside itself. No person is in it: an id that leads nowhere any more.
"""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from uuid import UUID

from answerable.core import disk
from answerable.ops.backup_file import BackupError
from answerable.ops.terminal import gettext as _

NAME = "tombstones"
Tombstones = dict[UUID, datetime]


def read(path: Path) -> Tombstones:
    """What the file says; empty where there is none. A last line that was cut short does not count.

    Raises BackupError for any other line that says nothing: what was erased must not be forgotten.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    found: Tombstones = {}
    for line in text.split("\n")[:-1]:
        try:
            case_id, erased_at = line.split(" ")
            found[UUID(case_id)] = datetime.fromisoformat(erased_at)
        except ValueError:
            raise BackupError(
                _("%(file)s is damaged at the line %(line)s. It tells which cases were erased: put back a copy of it "
                  "(one lies beside each backup).") % {"file": path, "line": repr(line[:60])}
            ) from None  # fmt: skip
    return found


def add(path: Path, known: Tombstones) -> int:
    """Append what the file lacks, on the disk when this returns; how many that were. Raises BackupError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with disk.folder_locked(path.parent):
        missing = {case_id: at for case_id, at in known.items() if case_id not in read(path)}
        if not missing:
            return 0
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(handle, "r+b") as file:
            content = file.read()
            file.truncate(content.rfind(b"\n") + 1)  # a line cut short by a crash is written again
            file.seek(0, os.SEEK_END)
            file.write("".join(f"{pk} {at.isoformat()}\n" for pk, at in missing.items()).encode())
            file.flush()
            os.fsync(file.fileno())
    return len(missing)


def in_database() -> Tombstones:
    """Those of the database."""
    from answerable.parties.models import Tombstone

    return dict(Tombstone.objects.values_list("case_id", "erased_at"))


def keep(folder: Path) -> int:
    """Bring the data folder's file up to date with the database; how many were new."""
    return add(folder / NAME, in_database())
