"""A case's unit, posts, subject and place as rows: from the organisation as it stands, not joined to every case."""

from __future__ import annotations

from collections.abc import Iterable

from answerable.cases.models import Case
from answerable.orgs.standing import standing


def name_all(cases: Iterable[Case]) -> None:
    """Set the foreign keys of cases that lead to the organisation. Expects their ids to be loaded."""
    found = standing()
    for case in cases:
        found.fill(
            case,
            authority=found.authorities,
            unit=found.units,
            leader_post=found.posts,
            handler_post=found.posts,
            charge_post=found.posts,
            subject=found.subjects,
            place=found.places,
        )


def named(case: Case) -> Case:
    """The same case, as `name_all` leaves it."""
    name_all([case])
    return case
