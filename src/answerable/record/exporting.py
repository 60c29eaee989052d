"""The log as plain files, for rsync or any web server: only what is new is written, and the checkpoint last.

`DIR/` is the first epoch, `DIR/2/` the second, as under `/record/`. A reader meets whole files only, and never a
checkpoint whose tiles are not there. A file that is there already is not looked at again unless that is asked for.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from answerable.core import disk
from answerable.record import anchoring, checkpoints, files, notes, storage
from answerable.record.invalid import Invalid
from answerable.record.tiles import ENTRIES, WIDTH, TileRef, new_tiles


@dataclass
class Exported:
    size: int = 0
    written: int = 0


def export(folder: Path, *, is_whole: bool = False) -> Exported:
    """Bring the folder up to the newest published checkpoint of every epoch. Raises OSError.

    `is_whole`: look at every file that is there already, and write again what is damaged or gone.
    """
    folder.mkdir(parents=True, exist_ok=True)
    done = Exported()
    with disk.folder_locked(folder):
        for epoch in files.epochs():
            place = folder if epoch.number == 1 else folder / str(epoch.number)
            _export_epoch(epoch, place, done, is_whole=is_whole)
        for name in (files.POLICY, files.VKEY, files.PROMISE_VKEY):
            file = files.read(name)
            if file is not None:
                done.written += _write(folder / name, file.content)
    return done


def _export_epoch(epoch: files.Epoch, folder: Path, done: Exported, *, is_whole: bool) -> None:
    newest = storage.newest(epoch.number, published=True)
    if newest is None:
        return
    before = _size_there(folder / files.CHECKPOINT, epoch.origin)
    # A folder may hold more of an ended epoch than a database that was put back: it is left as it is.
    if newest.size < before or (newest.size == before and not epoch.is_current and not is_whole):
        return
    done.size = newest.size
    for ref in new_tiles(0 if is_whole else before, newest.size):
        _export_tile(epoch, ref, newest.size, folder, done)
        if ref.level == 0:
            _export_tile(epoch, ref._replace(level=ENTRIES), newest.size, folder, done)
    for index in storage.key_changes(epoch.number):
        if note := storage.key_change(epoch.number, index):
            done.written += _write(folder / f"{files.KEY_CHANGE}{index}", note)
    for name in anchored_files(epoch.number):
        file = files.read(files.ANCHORS + name, epoch.number)
        if file is not None:
            done.written += _write(folder / files.ANCHORS / name, file.content)
    done.written += _write(folder / files.CHECKPOINT, newest.note)


def anchored_files(epoch: int) -> list[str]:
    """What lies under `anchors/`, the index last; nothing where nothing was ever stamped."""
    names = [f"{size}.{kind}" for size, _at in anchoring.anchors(epoch) for kind in ("checkpoint", "tsr")]
    return [*names, files.INDEX] if names else []


def _export_tile(epoch: files.Epoch, ref: TileRef, size: int, folder: Path, done: Exported) -> None:
    content = files.tile(epoch, ref, size)
    if content is None:
        raise FileNotFoundError(f"{ref.path} is not in the database")
    done.written += _write(folder / ref.path, content)
    if ref.width == WIDTH:
        # Partial tiles end with the full one (tlog-tiles: they may).
        shutil.rmtree(folder / f"{ref.path}.p", ignore_errors=True)


def _size_there(path: Path, origin: str) -> int:
    """The size of the checkpoint in the folder; 0 where there is none. Raises OSError for another log's folder."""
    try:
        there = checkpoints.parse_body(notes.parse(path.read_bytes()).text)
    except FileNotFoundError:
        return 0
    except Invalid:
        raise FileExistsError(f"{path} is no checkpoint") from None
    if there.origin != origin:
        raise FileExistsError(f"{path} is a checkpoint of {there.origin}")
    return there.size


def _write(path: Path, content: bytes) -> int:
    """Write a file whole or not at all, readable for everybody; 0 where it says the same already."""
    if path.is_file() and path.read_bytes() == content:
        return 0
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        os.replace(name, path)
    finally:
        Path(name).unlink(missing_ok=True)
    return 1
