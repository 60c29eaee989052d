"""Whose data each column of alerts is, and what for (rights: the column register).

What is told to whom.
"""

from __future__ import annotations

from answerable.core.register import NOBODY, OFFICE, PERSON, Register

COLUMNS: Register = {
    "Notice": {
        "id": (NOBODY, "to name the row"),
        "post_id": (OFFICE, "which post is told"),
        "matter": (OFFICE, "about which case"),
        "code": (OFFICE, "what happened"),
        "facts": (OFFICE, "code of the case, dates, names of units"),
        "is_urgent": (OFFICE, "whether it waits for the digest"),
        "key": (NOBODY, "to tell once"),
        "at": (OFFICE, "when"),
        "seen_at": (OFFICE, "that the post knows"),
        "mailed_at": (OFFICE, "that it went out"),
    },
    "Delivery": {
        "id": (NOBODY, "to name the row"),
        "matter": (PERSON, "whose file shows that it went out"),
        "channel_id": (PERSON, "where to, sealed elsewhere"),
        "post_id": (OFFICE, "to which post, where it is one"),
        "kind": (PERSON, "by which way"),
        "purpose": (PERSON, "why: that there is news, never what"),
        "language": (PERSON, "in which language"),
        "facts": (
            PERSON,
            "the address of the follow page; a new secret sealed under the channel's key until it is sent",
        ),
        "key": (NOBODY, "to send once"),
        "state": (NOBODY, "whether it went out"),
        "queued_at": (NOBODY, "since when it waits"),
        "next_try_at": (NOBODY, "when to try"),
        "claimed_at": (NOBODY, "to find what a dead worker held"),
        "ended_at": (NOBODY, "when it was settled"),
        "tries": (NOBODY, "to give up in the end"),
        "outcome": (NOBODY, "what the gateway said, without address"),
        "may_be_duplicate": (PERSON, "to tell them honestly"),
    },
    "Attempt": {
        "id": (NOBODY, "to name the row"),
        "delivery_id": (NOBODY, "of which message"),
        "number": (NOBODY, "which try"),
        "began_at": (NOBODY, "when"),
        "ended_at": (NOBODY, "when"),
        "outcome": (NOBODY, "sent, failed or unknown"),
        "detail": (NOBODY, "what the gateway said, without address"),
    },
}
