"""What was found before at the same place or thing: through splits and mergers of places, by the same question."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from answerable.readiness.rounds.models import Finding, PlaceChange, Round, RoundPlan


def places_before(place_id: int) -> set[int]:
    """The place and every place that became it, however many steps ago."""
    found, ahead = {place_id}, {place_id}
    while ahead:
        rows = PlaceChange.objects.filter(into__in=ahead).values_list("place", flat=True)
        ahead = set(rows) - found
        found |= ahead
    return found


def places_after(place_id: int) -> set[int]:
    """The place and every place that it became, however many steps on."""
    found, ahead = {place_id}, {place_id}
    while ahead:
        rows = PlaceChange.objects.filter(place__in=ahead).values_list("into", flat=True)
        ahead = set(rows) - found
        found |= ahead
    return found


def findings_at(round_: Round) -> QuerySet[Finding]:
    """Every finding by the same template where this round looks: the place, the thing, or the unit's own desk."""
    rows = Finding.objects.filter(plan__template=round_.plan.template_id)
    return rows.filter(**where(round_.plan, round_.place_id, round_.item_id))


def where(plan: RoundPlan, place_id: int | None, item_id: int | None) -> dict[str, object]:
    if place_id is not None:
        return {"place__in": places_before(place_id)}
    if item_id is not None:
        return {"item": item_id}
    return {"place": None, "item": None, "unit": plan.unit_id}


def chain(finding: Finding) -> list[Finding]:
    """The finding and every time before that the same was found there, the newest first."""
    found, one = [finding], finding
    while one.earlier_id is not None and len(found) < 50:
        one = Finding.objects.select_related("round", "post", "mended_by", "checked_by").get(
            pk=one.earlier_id
        )
        found.append(one)
    return found


def repeated(rows: Iterable[Finding]) -> list[Finding]:
    """Those that were found before."""
    return [one for one in rows if one.times > 1 or one.seen_again or one.sent_back]
