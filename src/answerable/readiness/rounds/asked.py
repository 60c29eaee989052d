"""What readiness periods ask of rounds: the one place where rounds ask.

Open matters are never asked for: a period neither selects nor speeds up what people brought (rights, rule 11).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from answerable.orgs.models import Place
from answerable.readiness.rounds.rhythm import Asking, Rhythm


def asking_between(
    authority_id: int,
    place: Place | None,
    topic: str | None,
    *,
    normal: Rhythm,
    faster: Rhythm | None,
    from_on: date,
    until_on: date,
    zone: str,
) -> Mapping[date, Asking]:
    """The days on which a period asks for more than the normal rhythm, and what holds then."""
    return {}
