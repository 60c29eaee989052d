"""A text in versions: one draft at most, one in use, the others kept as they were.

For rooms whose rows have number, state, text, sha256, note, made_at, made_by and version, which counts the savings of
a draft. Everything here expects to be inside the transaction that locked what the text belongs to.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db.models import Max, Model

DRAFT, IN_USE, REPLACED = "draft", "in_use", "replaced"
NOTE = 300

V = TypeVar("V", bound=Model)


def digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


@dataclass(frozen=True)
class Versions(Generic[V]):
    """The versions of one text: `rows` is the manager of its rows, `refuse` makes the room's refusal of a code."""

    rows: Any
    refuse: Callable[[str], Exception]

    def begin(self, text: str, *, by: int, now: datetime, note: str = "") -> V:
        """A new draft, under the next number."""
        newest = self.rows.aggregate(newest=Max("number"))["newest"] or 0
        facts = {"sha256": digest(text), "note": note[:NOTE], "made_at": now, "made_by_id": by}
        made: V = self.rows.create(number=newest + 1, text=text, **facts)
        return made

    def draft(self) -> Any:
        """The draft, locked; None where there is none."""
        return self.rows.select_for_update().filter(state=DRAFT).first()

    def draft_seen(self, seen: int) -> Any:
        """The draft as it was shown. Raises the refusals no_draft and changed."""
        draft = self.draft()
        if draft is None:
            raise self.refuse("no_draft")
        if draft.version != seen:
            raise self.refuse("changed")
        return draft

    def save(self, text: str, *, by: int, seen: int, now: datetime, note: str = "") -> V:
        """Keep a text as the draft; `seen` is 0 where none was shown. Raises the refusal changed."""
        draft = self.draft()
        if (draft.version if draft else 0) != seen:
            raise self.refuse("changed")
        if draft is None:
            return self.begin(text, by=by, now=now, note=note)
        draft.text, draft.sha256, draft.note = text, digest(text), note[:NOTE]
        draft.made_at, draft.made_by_id, draft.version = now, by, draft.version + 1
        draft.save()
        kept: V = draft
        return kept

    def before(self, draft: Any) -> Any:
        """What is in use now, and the draft would replace; None at first. Raises the refusal same."""
        found = self.rows.filter(state=IN_USE).first()
        if found is not None and bytes(found.sha256) == bytes(draft.sha256):
            raise self.refuse("same")
        return found

    def put_to_use(self, draft: Any, before: Any, **who: Any) -> None:
        """The draft takes the place of what was in use; `who` are the room's columns of who said so, and when."""
        if before is not None:
            before.state = REPLACED
            before.save(update_fields=["state"])
        draft.state = IN_USE
        for name, value in who.items():
            setattr(draft, name, value)
        draft.save()
