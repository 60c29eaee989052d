"""Which procedure packs there are. The room of cases knows; it says so here when the application starts."""

from __future__ import annotations

from collections.abc import Callable, Mapping

#: Gives the packs by code with a title for the reader. Empty until the cases room has filled it.
known: Callable[[], Mapping[str, str]] = dict
