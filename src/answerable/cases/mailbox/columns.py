"""Whose data each column of this room is, and what for (rights: the column register)."""

from __future__ import annotations

from answerable.core.register import NOBODY, OFFICE, PERSON, STAFF, Register

COLUMNS: Register = {
    "Mailbox": {
        "id": (NOBODY, "to name the row"),
        "authority_id": (OFFICE, "for which body"),
        "unit_id": (OFFICE, "whose clerks look at what was not taken up"),
        "subject_id": (OFFICE, "what a new matter is taken for at first"),
        "address": (OFFICE, "the office's own address, published"),
        "host": (OFFICE, "which mail server"),
        "port": (OFFICE, "which mail server"),
        "security": (OFFICE, "how the line to it is kept secret"),
        "username": (OFFICE, "the office's name at that server"),
        "sealed": (OFFICE, "the office's password at that server"),
        "folder": (OFFICE, "where messages arrive"),
        "done_folder": (OFFICE, "where messages are put once they are taken"),
        "done_ours": (OFFICE, "whether that folder is ours alone"),
        "done_days": (OFFICE, "how long a message that was taken still lies at the mail server"),
        "cleared_on": (OFFICE, "when those whose time was over were deleted there last"),
        "sends_secret": (OFFICE, "whether the receipt by mail carries the secret"),
        "since": (OFFICE, "from which day on messages are taken"),
        "is_paused": (OFFICE, "whether it is looked at"),
        "state": (OFFICE, "whether it works"),
        "looked_at": (OFFICE, "when it was looked at last"),
        "worked_at": (OFFICE, "when it worked last"),
        "uid_validity": (NOBODY, "the server's numbering of messages"),
        "last_uid": (NOBODY, "up to which message it was taken"),
        "version": (NOBODY, "so that two changes do not overwrite each other"),
    },
    "Mail": {
        "id": (NOBODY, "to name the row"),
        "mailbox_id": (OFFICE, "out of which mailbox"),
        "digest": (NOBODY, "to take a message once; tells nothing of it"),
        "outcome": (OFFICE, "what became of it"),
        "reason": (OFFICE, "why it waits for somebody"),
        "sealed": (PERSON, "the words of a message that waits, until somebody decided or its time is over"),
        "arrived_at": (PERSON, "when the office received it: its limits run from there"),
        "taken_at": (OFFICE, "when it was taken out of the mailbox"),
        "settled_at": (OFFICE, "when somebody decided about it"),
        "settled_by_id": (STAFF, "under which post"),
        "case_id": (OFFICE, "which matter it became, so that its person sees who had read it"),
    },
}
