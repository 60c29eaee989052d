"""What can happen to a key of another system and to its webhooks; recorded under the key's own id. Pure."""

from __future__ import annotations

from enum import StrEnum


class ApiAct(StrEnum):
    KEY_ISSUED = "api.key_issued"
    KEY_ROTATED = "api.key_rotated"
    KEY_REVOKED = "api.key_revoked"
    HOOK_MADE = "api.hook_made"
    HOOK_ROTATED = "api.hook_rotated"
    HOOK_TESTED = "api.hook_tested"
    HOOK_SENT_AGAIN = "api.hook_sent_again"
    HOOK_STOPPED = "api.hook_stopped"
    HOOK_RESUMED = "api.hook_resumed"
    HOOK_ENDED = "api.hook_ended"
