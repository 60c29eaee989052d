"""What a run draws by chance: the same at each run.

Salts, codes, tokens and identifiers of the process that runs a test come from a stream that begins anew with each
test's name. A test that fails once in a thousand draws stops nobody who changed something else; CHANCE=real draws as
an office does, and CHANCE=<any other word> begins other streams, to look for such tests.

Random numbers of other processes, of PostgreSQL and of OpenSSL stay what they are.
"""

from __future__ import annotations

import os
import random
import threading

_WORD = os.environ.get("CHANCE", "")
_real = os.urandom
_lock = threading.Lock()
_stream = random.Random()


def _drawn(size: int) -> bytes:
    with _lock:
        return _stream.randbytes(size)


def _draw_from(source: object) -> None:
    os.urandom = source  # type: ignore[assignment]
    random._urandom = source  # type: ignore[attr-defined]  # what `secrets` draws from


def begin(name: str) -> None:
    """Everything drawn from here on follows from `name`."""
    if _WORD == "real":
        return
    with _lock:
        _stream.seed(f"{_WORD} {name}")
    random.seed(f"{_WORD} {name}")
    _draw_from(_drawn)


def end() -> None:
    """Draw as any program does."""
    _draw_from(_real)


# Two processes that draw the same would be a fault of theirs.
os.register_at_fork(after_in_child=end)
