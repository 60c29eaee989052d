"""What rooms above offer on the page of a case, as links; they register here, for this room may not import them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from answerable.cases.models import Case
from answerable.orgs.models import Staff


@dataclass(frozen=True)
class Link:
    label: str
    url: str


#: Given a case and who reads it, what may be offered; None for nothing.
Offer = Callable[[Case, Staff], Link | None]
_OFFERS: list[Offer] = []


def offers(offer: Offer) -> Offer:
    """Register what a room above offers. It says nothing of the case but what the reader sees anyway."""
    if offer not in _OFFERS:
        _OFFERS.append(offer)
    return offer


def offered(case: Case, staff: Staff) -> list[Link]:
    return [link for offer in _OFFERS if (link := offer(case, staff)) is not None]
