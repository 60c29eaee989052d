"""Whose data each column of api is, and what for (rights: the column register).

Other systems that bring matters and read how they stand. Nothing here is about a person.
"""

from __future__ import annotations

from answerable.core.register import NOBODY, OFFICE, Register

COLUMNS: Register = {
    "ApiClient": {
        "id": (NOBODY, "to name the row"),
        "authority_id": (OFFICE, "for which body"),
        "unit_id": (OFFICE, "to narrow what it reads to one unit"),
        "post_id": (OFFICE, "which post answers for the key"),
        "name": (OFFICE, "which system"),
        "scopes": (OFFICE, "what the key may do"),
        "key_digest": (OFFICE, "to know its key without storing it"),
        "old_digest": (OFFICE, "to know its former key for a while"),
        "old_until": (OFFICE, "until when the former key works"),
        "issued_at": (OFFICE, "since when"),
        "expires_at": (OFFICE, "until when at the latest"),
        "revoked_at": (OFFICE, "until when"),
        "used_on": (OFFICE, "to find keys that nobody uses; a day, no address"),
        "exported_on": (OFFICE, "so that a day on which rows were taken out is an act, once"),
        "exported_act": (OFFICE, "which act that is, so that persons whose matters were among them see it"),
    },
    "HandedIn": {
        "case_id": (NOBODY, "which case"),
        "client_id": (OFFICE, "which system handed it in, so that it alone may ask how it stands"),
        "at": (OFFICE, "to list them in order"),
    },
    "Hook": {
        "id": (NOBODY, "to name the row"),
        "client_id": (OFFICE, "which system is told"),
        "host": (OFFICE, "to tell one hook from another on the page"),
        "sealed": (OFFICE, "where to, and what it is signed with; sealed"),
        "old_until": (OFFICE, "until when the former secret signs too"),
        "kinds": (OFFICE, "of what it is told"),
        "made_at": (OFFICE, "since when"),
        "failing_since": (OFFICE, "since when nothing arrives"),
        "stopped_at": (OFFICE, "since when nothing is sent"),
        "stopped_why": (OFFICE, "and why"),
        "ended_at": (OFFICE, "until when"),
    },
    "HookMessage": {
        "id": (NOBODY, "to name the row"),
        "hook_id": (OFFICE, "to which hook"),
        "name": (NOBODY, "its webhook-id, the same on every try"),
        "kind": (OFFICE, "what happened"),
        "matter": (NOBODY, "to keep the order of what happened to one matter"),
        "seq": (NOBODY, "that order"),
        "key": (NOBODY, "so that an act is told once"),
        "body": (OFFICE, "ids and states; no identity, no text"),
        "made_at": (OFFICE, "since when it waits"),
        "state": (OFFICE, "whether it arrived"),
        "tries": (NOBODY, "how often it was tried"),
        "next_try_at": (NOBODY, "when it is tried next"),
        "ended_at": (OFFICE, "when it arrived or was given up"),
    },
    "HookTry": {
        "id": (NOBODY, "to name the row"),
        "message_id": (NOBODY, "of which message"),
        "at": (OFFICE, "when"),
        "status": (OFFICE, "what the other side's server said, as a number"),
        "ms": (OFFICE, "how long it took"),
        "fault": (OFFICE, "why there was no answer"),
    },
}
