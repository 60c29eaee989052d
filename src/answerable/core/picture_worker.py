"""The helper process that decodes pictures: no network use, no settings, no database, bounded work.

Started by path with `python -I` and an empty environment by `images`. Reads one JSON line and the
picture from standard input, answers with one JSON line and the new picture. If it is killed, crashes or
runs out of memory or time, one picture is refused and nothing else happens.
"""

from __future__ import annotations

import contextlib
import json
import resource
import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))


def main() -> int:
    """Answer one request; 0 also where the picture is refused."""
    job = json.loads(sys.stdin.buffer.readline())
    _bound(memory=int(job["memory"]), cpu_s=int(job["cpu_s"]))
    try:
        # Imported under the limits: a decoder's own initialisation is bounded as well.
        from answerable.core import pixels

        data = sys.stdin.buffer.read()
        if job["do"] == "redact":
            boxes = [pixels.Box(*box) for box in job["boxes"]]
            strokes = [
                pixels.Stroke(tuple((x, y) for x, y in points), radius) for points, radius in job["strokes"]
            ]
            kept = pixels.redacted(data, boxes, strokes)
        elif job["do"] == "propose":
            return _answer(_proposed(data))
        else:
            kept = pixels.written_anew(data)
    except MemoryError:
        return _answer({"refused": "too_heavy", "facts": {}})
    except pixels.CannotReadPicture as refusal:
        return _answer({"refused": refusal.code, "facts": refusal.facts})
    head = {
        "type": kept.media_type,
        "width": kept.width,
        "height": kept.height,
        "changes": kept.changes,
        "covered": kept.covered,
    }
    return _answer(head, kept.data)


def _proposed(data: bytes) -> dict[str, object]:
    from answerable.core import detecting, pixels

    if not detecting.is_here():
        return {"boxes": None}
    boxes = detecting.proposed(pixels.opened(data))
    return {"boxes": [[box.x, box.y, box.width, box.height] for box in boxes]}


def _bound(*, memory: int, cpu_s: int) -> None:
    bounds = {
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_CPU: cpu_s,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: 64,
    }
    for what, bound in bounds.items():
        # Some systems (macOS) do not bound the address space; the others still hold there.
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(what, (bound, bound))


def _answer(head: dict[str, object], data: bytes = b"") -> int:
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + data)
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
