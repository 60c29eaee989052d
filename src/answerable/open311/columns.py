"""Whose data each column of this room is, and what for (rights: the column register)."""

from __future__ import annotations

from answerable.core.register import Register

COLUMNS: Register = {}
