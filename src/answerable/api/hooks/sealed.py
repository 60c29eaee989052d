"""A hook's address and secrets lie sealed: whoever copies the database can neither read nor sign with them."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from answerable.api.models import Hook
from answerable.parties import keys, vault


class Inside(NamedTuple):
    url: str
    secret: str
    old: str

    def live(self, old_until: datetime | None, now: datetime) -> list[str]:
        """The secrets that sign now, the newest first."""
        is_old_live = bool(self.old) and old_until is not None and old_until > now
        return [self.secret, self.old] if is_old_live else [self.secret]


def seal(hook: Hook, inside: Inside) -> None:
    """Put them into the row (not saved). It has its id already."""
    hook.sealed = vault.seal_json(_key(), inside._asdict(), _bound(hook))


def unseal(hook: Hook) -> Inside:
    """Raises CannotOpen, KeyFileError; a LookupError where the hook was ended."""
    if hook.sealed is None:
        raise LookupError("this webhook was ended")
    return Inside(**vault.open_json(_key(), bytes(hook.sealed), _bound(hook)))


def _key() -> bytes:
    return keys.derived("webhooks of other systems")


def _bound(hook: Hook) -> bytes:
    return vault.bind(Hook._meta.db_table, "sealed", hook.pk)
