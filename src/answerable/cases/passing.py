"""Where a matter was passed on to, as its record says: the body, and how somebody reaches it."""

from __future__ import annotations

from collections.abc import Sequence

from answerable.cases.act_kinds import ActKind
from answerable.orgs.models import Authority
from answerable.orgs.standing import standing
from answerable.record.queries import ActShown


def passed_to(acts: Sequence[ActShown]) -> Authority | None:
    """The body that it was passed on to last."""
    last = next((act for act in reversed(acts) if act.kind == ActKind.PASSED_ON), None)
    return standing().authorities.get(int((last.body or {}).get("to") or 0)) if last is not None else None
