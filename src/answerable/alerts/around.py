"""What an alarm follows in the organisation: who heads a unit, and the level above it."""

from __future__ import annotations

from answerable.orgs.models import Unit
from answerable.orgs.queries import head_of, level_above


def context_of(unit: Unit) -> dict[str, int]:
    """Posts that a ladder may follow for something that rests with a unit; what is missing is left out."""
    head, above = head_of(unit), level_above(unit).post
    found = {
        "owner_post": head.pk if head else None,
        "leader_post": head.pk if head else None,
        "above_post": above.pk if above and (head is None or above.pk != head.pk) else None,
    }
    return {name: pk for name, pk in found.items() if pk is not None}
