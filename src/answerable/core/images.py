"""Pictures that arrive: written anew without metadata, searched, or blurred, in a helper process of bounded work.

The decoders run apart (`picture_worker`): a booby-trapped picture can cost one helper, never the process
that answers people, and the helper has neither the database's address nor any key in its environment.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from answerable.core.pixels import Box, CannotReadPicture, Kept, Stroke

WORKER = Path(__file__).with_name("picture_worker.py")

__all__ = ["BOUNDS", "Bounds", "Box", "CannotReadPicture", "Kept", "Stroke", "propose", "redact", "reencode"]


@dataclass(frozen=True)
class Bounds:
    """What one picture may cost: address space in bytes, processor and wall-clock seconds."""

    memory: int = 1 << 30
    cpu_s: int = 20
    wall_s: float = 30.0


BOUNDS = Bounds()
# Two pictures at a time in one process: ten attachments of ten people must not fill the memory.
_turns = threading.BoundedSemaphore(2)


def reencode(data: bytes, bounds: Bounds = BOUNDS) -> Kept:
    """The picture's visible pixels as a new JPEG or PNG, upright, in sRGB, at most 5000 pixels long.

    Raises `CannotReadPicture` (damaged, too_many_pixels, several_pages, too_heavy). Takes about a fifth of
    a second for a telephone's picture, most of it starting the helper.
    """
    return _helped({"do": "reencode"}, data, bounds)


def redact(data: bytes, boxes: Sequence[Box], strokes: Sequence[Stroke], bounds: Bounds = BOUNDS) -> Kept:
    """A copy of a picture with the marked regions made unreadable. Raises `CannotReadPicture`."""
    job = {
        "do": "redact",
        "boxes": [[box.x, box.y, box.width, box.height] for box in boxes],
        "strokes": [[stroke.points, stroke.radius] for stroke in strokes],
    }
    return _helped(job, data, bounds)


def propose(data: bytes, bounds: Bounds = BOUNDS) -> list[Box] | None:
    """Where a face or a number plate may be, for a human who looks; None where the detector is not there or gave up.

    It overlooks many and finds some that are none. Nothing of it is kept (rights, rule 2).
    """
    try:
        told, _ = _asked({"do": "propose"}, data, bounds)
    except CannotReadPicture:
        return None
    return None if told["boxes"] is None else [Box(*box) for box in told["boxes"]]


def _helped(job: dict[str, Any], data: bytes, bounds: Bounds) -> Kept:
    told, picture = _asked(job, data, bounds)
    return Kept(picture, told["type"], told["width"], told["height"], tuple(told["changes"]), told["covered"])


def _asked(job: dict[str, Any], data: bytes, bounds: Bounds) -> tuple[dict[str, Any], bytes]:
    """What the helper says, and the picture it gives. Raises CannotReadPicture."""
    line = (
        json.dumps({**job, "memory": bounds.memory, "cpu_s": bounds.cpu_s}, allow_nan=False).encode() + b"\n"
    )
    with _turns:
        try:
            done = subprocess.run(
                [sys.executable, "-I", "-B", "-W", "ignore", str(WORKER)],
                input=line + data,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd="/",
                # Fewer arenas and threads: the bound counts address space, and each thread's arena takes 64 MB of it.
                env={"MALLOC_ARENA_MAX": "2", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
                timeout=bounds.wall_s,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise CannotReadPicture("too_heavy") from None
    head, newline, picture = done.stdout.partition(b"\n")
    if done.returncode != 0 or not newline:
        # Killed by a limit, or a decoder fell over: both are the picture's doing.
        raise CannotReadPicture("too_heavy" if done.returncode < 0 else "damaged")
    told = json.loads(head)
    if "refused" in told:
        raise CannotReadPicture(told["refused"], **told["facts"])
    return told, picture
