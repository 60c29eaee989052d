"""What a monitor saw last, in one small file that is replaced in one step. No Django, no clock."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from answerable.core import disk
from answerable.record.encoding import from_base64, to_base64
from answerable.record.growing import edge_of
from answerable.record.invalid import Invalid
from answerable.record.merkle import EMPTY_ROOT
from answerable.record.notes import VerifierKey
from answerable.record.tiles import HASH, partial_width
from answerable.record.watch.asking import CannotLook

NAME = "seen.json"
EVIDENCE = "evidence"
Edge = Mapping[tuple[int, int], bytes]


@dataclass(frozen=True)
class Seen:
    """A head that was rebuilt from its entries, and what its tree grows from.

    `prefix` is where its epoch lies below the log's address; `keys` sign now, `retired` did.
    """

    origin: str
    keys: tuple[VerifierKey, ...]
    retired: tuple[VerifierKey, ...] = ()
    prefix: str = ""
    size: int = 0
    root: bytes = EMPTY_ROOT
    note: bytes = b""
    edge: Edge = field(default_factory=dict)
    grown_at: int = 0  # by the monitor's clock
    whole_at: int = 0  # when it was last made again from its first entry; 0: nobody knows

    def to_json(self) -> str:
        fields = {
            "v": 1,
            "origin": self.origin,
            "keys": list(map(str, self.keys)),
            "retired": list(map(str, self.retired)),
            "prefix": self.prefix,
            "size": self.size,
            "root": to_base64(self.root),
            "note": self.note.decode(),
            "edge": {f"{level}/{index}": to_base64(tile) for (level, index), tile in self.edge.items()},
            "grown_at": self.grown_at,
            "whole_at": self.whole_at,
        }
        return json.dumps(fields, ensure_ascii=False, indent=1) + "\n"


def load(folder: Path) -> Seen | None:
    """What was saved; None where nothing was. Raises CannotLook (state_damaged)."""
    path = folder / NAME
    try:
        return _read(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, Invalid):
        raise CannotLook("state_damaged", path=str(path)) from None


def save(folder: Path, seen: Seen) -> None:
    """Replace the file, on the disk when this returns. Raises CannotLook (state_unwritable)."""
    path = folder / NAME
    try:
        if path.exists():
            disk.write_over(path, seen.to_json())
        else:
            disk.write_new(path, seen.to_json())
    except OSError as error:
        raise _unwritable(path, error) from error


def keep_evidence(folder: Path, name: str, files: Mapping[str, bytes]) -> Path:
    """Write what proves it into a folder of its own, once for the same files. Raises CannotLook."""
    digest = hashlib.sha256(b"".join(files[file] for file in sorted(files))).hexdigest()[:12]
    place = folder / EVIDENCE / f"{name}-{digest}"
    try:
        place.mkdir(parents=True, exist_ok=True)
        for file, content in files.items():
            (place / file).write_bytes(content)
    except OSError as error:
        raise _unwritable(place, error) from error
    return place


def _read(fields: dict[str, object]) -> Seen:
    edge = {}
    for place, tile in dict(fields["edge"]).items():  # type: ignore[call-overload]
        level, index = place.split("/")
        edge[int(level), int(index)] = _bytes(tile)
    seen = Seen(
        origin=_text(fields["origin"]),
        keys=_keys(fields["keys"]),
        retired=_keys(fields["retired"]),
        prefix=_text(fields["prefix"]),
        size=int(fields["size"]),  # type: ignore[call-overload]
        root=_bytes(fields["root"]),
        note=_text(fields["note"]).encode(),
        edge=edge,
        grown_at=int(fields["grown_at"]),  # type: ignore[call-overload]
        whole_at=int(fields.get("whole_at", 0)),  # type: ignore[call-overload]
    )
    wanted = {(level, index): partial_width(level, seen.size) * HASH for level, index in edge_of(seen.size)}
    if fields["v"] != 1 or {place: len(tile) for place, tile in edge.items()} != wanted:
        raise ValueError("edge")
    return seen


def _keys(value: object) -> tuple[VerifierKey, ...]:
    if not isinstance(value, list):
        raise TypeError(value)
    return tuple(VerifierKey.parse(_text(text)) for text in value)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _bytes(value: object) -> bytes:
    data = from_base64(_text(value))
    if data is None:
        raise ValueError(value)
    return data


def _unwritable(path: Path, error: OSError) -> CannotLook:
    return CannotLook("state_unwritable", path=str(path), reason=error.strerror or str(error))
