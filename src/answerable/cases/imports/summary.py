"""What would come in, counted: from which kinds of matter and places of the other system to which of ours. Pure."""

from __future__ import annotations

from collections import Counter
from typing import Any

from answerable.cases.imports.planning import Plan

#: Kinds and places that are named; the rest is counted together.
MOST = 200


def summary(plan: Plan) -> dict[str, Any]:
    """Counts alone, fit to be kept: nothing of a single matter is in it."""
    planned = plan.planned
    subjects = Counter((one.subject, one.told.subject.pk) for one in planned)
    places = Counter(one.told.place.pk for one in planned if one.told.place)
    received = sorted(one.told.received_at for one in planned if one.told.received_at)
    return {
        "planned": len(planned),
        "known": plan.known,
        "closed": plan.closed,
        "unreadable": plan.unreadable,
        "unmapped": sorted(plan.unmapped)[:MOST],
        "subjects": [[theirs, ours, count] for (theirs, ours), count in subjects.most_common(MOST)],
        "places": [[ours, count] for ours, count in places.most_common(MOST)],
        "in_words": sum(1 for one in planned if not one.told.place and one.told.place_text),
        "nowhere": sum(1 for one in planned if not one.told.place and not one.told.place_text),
        "named": sum(1 for one in planned if one.told.identities),
        "reached": sum(1 for one in planned if one.told.channel),
        "first": received[0].isoformat() if received else "",
        "last": received[-1].isoformat() if received else "",
    }
