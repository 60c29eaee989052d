"""Rows done one by one in the background, so that one that cannot be done holds up no other."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from typing import TypeVar

from answerable.ui.errors import is_database_away

log = logging.getLogger(__name__)
#: So many are gone past in one turn; with more, the installation itself is broken.
FAILURES = 1000

K = TypeVar("K")


class SomeFailed(Exception):
    """What could be done was done; the log names each row that could not be. It is tried again next time."""


def each(what: str, find: Callable[[Collection[K]], Sequence[K]], do: Callable[[K], int]) -> int:
    """Do the rows that `find` gives, leaving out those it is told of; returns how much was done.

    A row that fails is named in the log and gone past, also where failing rows fill a whole batch. At the end
    SomeFailed says so, which makes the worker wait longer before its next turn.
    """
    done, failed = 0, set[K]()
    while len(failed) < FAILURES:
        before = len(failed)
        for row in find(failed):
            try:
                done += do(row)
            except Exception as error:
                if is_database_away(error):
                    raise
                log.exception("one row failed, the others go on", extra={"work": what, "row": str(row)})
                failed.add(row)
        if len(failed) == before:
            break
    if failed:
        raise SomeFailed(what)
    return done
