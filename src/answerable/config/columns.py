"""Whose data each column of the packages we use is, and what for (rights: the column register)."""

from __future__ import annotations

from answerable.core.register import NOBODY, STAFF, Register

#: By "app.Model", as these have no room of their own.
COLUMNS: Register = {
    "auth.Permission": {
        "id": (NOBODY, "to name the row"),
        "name": (NOBODY, "of the framework; unused, roles come from posts"),
        "content_type_id": (NOBODY, "of the framework; unused"),
        "codename": (NOBODY, "of the framework; unused"),
    },
    "auth.Group": {
        "id": (NOBODY, "to name the row"),
        "name": (NOBODY, "of the framework; unused, roles come from posts"),
    },
    "auth.Group_permissions": {
        "id": (NOBODY, "to name the row"),
        "group_id": (NOBODY, "of the framework; unused"),
        "permission_id": (NOBODY, "of the framework; unused"),
    },
    "contenttypes.ContentType": {
        "id": (NOBODY, "to name the row"),
        "app_label": (NOBODY, "of the framework"),
        "model": (NOBODY, "of the framework"),
    },
    "sessions.Session": {
        "session_key": (STAFF, "the sign-in of a member of staff in one browser"),
        "session_data": (STAFF, "who is signed in, and how; nothing of a person"),
        "expire_date": (STAFF, "when the sign-in ends"),
    },
    "account.EmailAddress": {
        "id": (NOBODY, "to name the row"),
        "user_id": (STAFF, "whose"),
        "email": (STAFF, "to reset a password"),
        "verified": (STAFF, "that it is theirs"),
        "primary": (STAFF, "which one to use"),
    },
    "account.EmailConfirmation": {
        "id": (NOBODY, "to name the row"),
        "email_address_id": (STAFF, "which address"),
        "created": (STAFF, "when"),
        "sent": (STAFF, "when"),
        "key": (STAFF, "to prove that it is theirs"),
    },
    "mfa.Authenticator": {
        "id": (NOBODY, "to name the row"),
        "user_id": (STAFF, "whose"),
        "type": (STAFF, "passkey, one-time codes or recovery codes"),
        "data": (STAFF, "what proves the second factor"),
        "created_at": (STAFF, "since when"),
        "last_used_at": (STAFF, "to notice a use that was not theirs"),
    },
}
