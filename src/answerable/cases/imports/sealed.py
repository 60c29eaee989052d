"""What lies in an import: sealed under a key of its own, which is destroyed with it."""

from __future__ import annotations

import json
from typing import Any

from answerable.cases.imports.models import Import
from answerable.cases.imports.planning import Plan, plan_file
from answerable.cases.imports.pulling import plan_rows
from answerable.orgs.sheets.faults import SheetFault
from answerable.parties import vault
from answerable.parties.keyfile import KeyFileError
from answerable.parties.models import DataKey
from answerable.parties.steps import data_key, file_key

#: What says that it cannot be opened: its key is gone, or the one above it.
LOST = (KeyFileError, vault.CannotOpen, DataKey.DoesNotExist)


def is_lost(error: Exception) -> bool:
    """Whether what lies in the row will not open again by waiting, nor by putting a key file back: its own key is gone,
    or does not fit."""
    if isinstance(error, KeyFileError):
        return error.code == "damaged"
    return isinstance(error, DataKey.DoesNotExist | vault.CannotOpen)


def _bound(row: Import, column: str) -> bytes:
    return vault.bind("imports_import", column, row.pk)


def keep_content(row: Import, content: bytes) -> None:
    """Put in what came; the caller saves the row."""
    row.content = vault.seal(file_key(row.pk), content, _bound(row, "content"))


def keep_rows(row: Import, rows: list[dict[str, Any]]) -> None:
    keep_content(row, json.dumps(rows, ensure_ascii=False).encode())


def content_of(row: Import) -> bytes:
    """Raises LOST where its key is gone."""
    return vault.open_(data_key(row.pk), bytes(row.content or b""), _bound(row, "content"))


def plan_of(row: Import, now: Any) -> Plan:
    """What it would do as the organisation stands now."""
    content = content_of(row)
    if row.kind == Import.Kind.FILE:
        return plan_file(content, row.filename, row.authority, source=row.source, now=now)
    assert row.subject is not None
    return plan_rows(json.loads(content), row.source, row.authority, row.subject, now=now)


def keep_faults(row: Import, faults: list[SheetFault]) -> None:
    """The faults go in, the content goes: what is put right comes as another file."""
    said = [[one.code, one.sheet, one.row, one.column, dict(one.facts)] for one in faults]
    row.said = vault.seal_json(
        file_key(row.pk), json.loads(json.dumps(said, default=str)), _bound(row, "said")
    )
    row.content = None


def keep_result(row: Import, result: list[tuple[str, str]]) -> None:
    """Each matter by the other system's name and ours goes in, the content goes."""
    row.said = vault.seal_json(file_key(row.pk), [list(one) for one in result], _bound(row, "said"))
    row.content = None


def _said(row: Import) -> list[Any]:
    if row.said is None:
        return []
    found: list[Any] = vault.open_json(data_key(row.pk), bytes(row.said), _bound(row, "said"))
    return found


def faults_of(row: Import) -> list[SheetFault]:
    return [SheetFault(*one) for one in _said(row)]


def result_of(row: Import) -> list[list[str]]:
    """Pairs of the other system's name for a matter and our code."""
    return _said(row)


def destroy(row: Import) -> None:
    """All that was in it is gone with its key; the caller saves the row."""
    DataKey.objects.filter(owner=row.pk).delete()
    row.content = row.said = None
