"""Matters that are not cases: an authority's or a unit's own, for acts about it as a whole. Pure."""

from __future__ import annotations

from uuid import UUID, uuid5

# Made once, at random; every id below follows from it, so that nobody has to store them.
_OURS = UUID("6f0f7f0e-5f5b-4c37-9d0c-6d2f4f2d9a61")


def matter_of(kind: str, owner: int) -> UUID:
    """The id under which acts about an owner as a whole are recorded; the same for the same owner, always.

    `kind` is "authority" or "unit".
    """
    return uuid5(_OURS, f"{kind}/{owner}")
