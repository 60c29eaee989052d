"""One unfinished form, as the pages know it: loaded from the cookie's token, kept after every answer."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from answerable.cases.services import drafts

VERSION = 1


@dataclass
class KeptFile:
    """A file that passed inspection; its bytes lie sealed under `ref`."""

    ref: str
    name: str
    media_type: str
    size: int
    sha256: str
    virus_state: str = ""
    cautions: list[str] = field(default_factory=list)


@dataclass
class Shown:
    """What the receipt page shows until the person leaves it: nothing that tells what the matter is about."""

    case_id: str
    code: str
    secret: str | None


@dataclass
class Draft:
    """Answers by step; `submission` is what a resend repeats, `files_token` what the files are sealed under."""

    token: str
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: list[KeptFile] = field(default_factory=list)
    submission: str = field(default_factory=lambda: secrets.token_hex(16))
    files_token: str = field(default_factory=drafts.new_token)
    return_code: str = ""
    receipt: Shown | None = None

    @property
    def is_saved(self) -> bool:
        """Whether the person holds a return code to it."""
        return bool(self.return_code)

    @property
    def mark(self) -> str:
        """What the pages of this form carry, so that a tab which still shows another one is known; "" before it is kept."""
        told = hashlib.sha256(f"answerable/form/v1\0{self.submission}".encode()).hexdigest()
        return told[:16] if self.token else ""

    def get(self, step: str, name: str = "", default: Any = None) -> Any:
        """One answer: `draft.get("conduct", "answer")`; the field is called like the step unless named."""
        return self.answers.get(step, {}).get(name or step, default)


def load(token: str, now: datetime) -> Draft | None:
    """The form under this token, or None where its time is over or it never was."""
    content = drafts.read(token, now)
    if content is None or content.get("v") != VERSION:
        return None
    receipt = content.get("receipt")
    return Draft(
        token=token,
        answers=content["answers"],
        files=[KeptFile(**file) for file in content["files"]],
        submission=content["submission"],
        files_token=content["files_token"],
        return_code=content["return_code"],
        receipt=Shown(**receipt) if receipt else None,
    )


def keep(draft: Draft, now: datetime) -> datetime:
    """Keep the form as it is now; gives the instant until which it is kept."""
    if draft.receipt is not None:
        expires_at = now + drafts.RECEIPT_FOR
    else:
        expires_at = now + (drafts.SAVED_FOR if draft.is_saved else drafts.LIVE_FOR)
    content = {key: value for key, value in asdict(draft).items() if key != "token"}
    drafts.keep(draft.token, {"v": VERSION, **content}, expires_at=expires_at)
    drafts.prolong_parts(draft.files_token, [file.ref for file in draft.files], expires_at=expires_at)
    return expires_at


def destroy(draft: Draft) -> None:
    """Destroy the form and its files for good."""
    drafts.drop(draft.token)
    _drop_files(draft)


def _drop_files(draft: Draft) -> None:
    for file in draft.files:
        drafts.drop_part(draft.files_token, file.ref)


def save(draft: Draft, now: datetime) -> datetime:
    """Move the form under a return code, once; gives the instant until which it opens the form.

    The browser's earlier token opens nothing any more. The code is sealed with the form, so that its page can be
    shown again while the form is open; nobody else can read it there.
    """
    if draft.is_saved:
        return keep(draft, now)
    old, draft.return_code = draft.token, drafts.new_return_code()
    draft.token = drafts.token_of(draft.return_code) or ""
    expires_at = keep(draft, now)
    drafts.drop(old)
    return expires_at


def finish(draft: Draft, shown: Shown, now: datetime) -> None:
    """Replace everything that was typed by the receipt that is being shown."""
    _drop_files(draft)
    draft.answers, draft.files, draft.receipt = {}, [], shown
    keep(draft, now)


def add_file(draft: Draft, file: KeptFile, data: bytes, now: datetime) -> None:
    """Keep one more file with the form (the caller keeps the form)."""
    expires_at = now + (drafts.SAVED_FOR if draft.is_saved else drafts.LIVE_FOR)
    drafts.keep_part(draft.files_token, file.ref, data, expires_at=expires_at)
    draft.files.append(file)


def remove_file(draft: Draft, ref: str) -> None:
    drafts.drop_part(draft.files_token, ref)
    draft.files = [file for file in draft.files if file.ref != ref]


def contents(draft: Draft) -> list[tuple[KeptFile, bytes]]:
    """Every file with its bytes; one that is gone (its time was over) is left out."""
    found = [(file, drafts.read_part(draft.files_token, file.ref)) for file in draft.files]
    return [(file, data) for file, data in found if data is not None]
