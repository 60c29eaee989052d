"""What the worker does for figures, at once."""

from __future__ import annotations

from answerable.core import clock
from answerable.figures import counting
from answerable.record import reactions


def count() -> None:
    """React to every act, then count what it concerns."""
    while reactions.dispatch(clock.now()):
        pass
    assert not reactions.backlog(), "a reaction failed; its act is not counted yet"
    while counting.count_due():
        pass
