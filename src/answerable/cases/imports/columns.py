"""Whose data each column of this room is, and what for (rights: the column register)."""

from __future__ import annotations

from answerable.core.register import NOBODY, OFFICE, PERSON, STAFF, Register

COLUMNS: Register = {
    "Imported": {
        "digest": (NOBODY, "to know a matter of another system again; tells nothing of it"),
        "case_id": (OFFICE, "which matter it became"),
        "at": (OFFICE, "when it was taken over"),
        "taken_by_id": (OFFICE, "which import counts it"),
    },
    "Import": {
        "id": (NOBODY, "to name the row"),
        "authority_id": (OFFICE, "for which body"),
        "kind": (OFFICE, "from a file or from a server"),
        "source": (OFFICE, "which other system"),
        "filename": (OFFICE, "how the file was called"),
        "sha256": (OFFICE, "to say which file it was"),
        "jurisdiction": (OFFICE, "which office of that server"),
        "subject_id": (OFFICE, "for services without a subject here"),
        "since": (OFFICE, "received there since this day"),
        "state": (OFFICE, "how far it is"),
        "content": (PERSON, "the rows until they are taken over or left, sealed"),
        "said": (PERSON, "faults by row, or what each became, until their time is over, sealed"),
        "found": (OFFICE, "how many come from which kind of matter and place"),
        "done": (OFFICE, "how far it is"),
        "tries": (OFFICE, "how often it was begun since it last came on"),
        "again_at": (OFFICE, "when it is tried again"),
        "failed": (OFFICE, "why it is tried no more"),
        "begun_at": (OFFICE, "when it was begun"),
        "begun_by_id": (STAFF, "under which post"),
        "read_at": (OFFICE, "when it was read"),
        "ended_at": (OFFICE, "when it ended"),
    },
}
