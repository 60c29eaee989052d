"""What an archived case holds: the file and letters as PDF/A, its acts, files that may be kept, and all proofs.

The identity is not in it: it is sealed apart, and an archive is read by others than those who handled the case.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone, translation

from answerable.cases import files, letters
from answerable.cases.downloads import as_json, printed
from answerable.cases.models import Attachment, Case, Decision, Note
from answerable.cases.person.casepage import PersonPage
from answerable.cases.rules import CannotAct
from answerable.core.text import safe_filename
from answerable.record.bundle import proofs_of, verifier
from answerable.record.models import Opening
from answerable.record.queries import acts_of
from answerable.ui.print.render import case_file

FORMAT = "answerable/archive/v1"


def payload_of(case: Case, now: datetime) -> dict[str, bytes]:
    """The files of the package by their paths."""
    language = letters.language_of(case)
    with translation.override(language), timezone.override(ZoneInfo(case.authority.zone)):
        page = PersonPage(case, now)
        found = {
            "file.pdf": case_file(printed(page), language),
            "case.json": _json(as_json(page) | {"format": FORMAT, "notes": _notes(case)}),
            "acts.json": _json(_acts(case)),
        }
    for decision in Decision.objects.filter(case=case, sent_at__isnull=False).order_by("pk"):
        found[f"letters/{decision.pk}-{decision.stage}.pdf"] = letters.letter_of(decision)
    found |= _attachments(case)
    proofs = proofs_of(case.pk, lambda _seq: True) | verifier()
    return found | {f"record/{name}": content for name, content in proofs.items()}


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


def _notes(case: Case) -> list[dict[str, str]]:
    rows = Note.objects.filter(case=case).order_by("act_seq")
    return [{"act": str(note.act_seq), "text": note.body} for note in rows]


def _acts(case: Case) -> list[dict[str, Any]]:
    """Every act as it was recorded; its verbatim bytes are in its opening file."""
    records = {
        opening.act_id: json.loads(bytes(opening.body))
        for opening in Opening.objects.filter(act__matter_id=case.pk)
    }
    return [
        {"seq": act.seq, "kind": act.kind, "leaf": act.leaf, "record": records.get(act.id)}
        for act in acts_of(case.pk)
    ]


def _attachments(case: Case) -> dict[str, bytes]:
    """Files that a human has cleared; of those that may not be shown, their redacted copies alone (rule 2)."""
    found: dict[str, bytes] = {}
    rows = Attachment.objects.filter(case=case, check_state=Attachment.Check.CLEARED).exclude(sealed=None)
    for number, row in enumerate(rows.order_by("at", "pk"), 1):
        name = safe_filename(f"{number:02d} {row.name}").replace("%", "_")
        try:
            found[f"files/{name}"] = files.content(row)
        except CannotAct as refusal:
            found[f"files/{name}.txt"] = f"{refusal}\n".encode()
    return found
