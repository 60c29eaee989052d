"""Where the hazard lies among the office's places: the sketch of the portal, with the hazard as a ring. No map service."""

from __future__ import annotations

import math

from answerable.cases.portal import place_map
from answerable.cases.portal.place_map import Point
from answerable.incidents.models import Incident
from answerable.orgs.models import Place

#: Places nearest to the hazard that stand beside it.
NEAREST = 12
RING = "#a01616"


def point_of(incident: Incident) -> tuple[float, float] | None:
    """The hazard's own point, else its place's."""
    for row in (incident, incident.place):
        if row is not None and row.latitude is not None and row.longitude is not None:
            return float(row.latitude), float(row.longitude)
    return None


def drawn(incident: Incident, here: str, north: str) -> str:
    """The sketch as SVG; "" where there is nothing to draw. `here`: the words at the hazard."""
    at = point_of(incident)
    if at is None:
        return ""
    places = Place.objects.filter(authority=incident.authority_id, closed_on=None)
    places = places.exclude(latitude=None).exclude(longitude=None)
    points = [Point(p.pk, p.name, float(p.latitude or 0), float(p.longitude or 0)) for p in places]
    points.sort(key=lambda one: math.hypot(one.latitude - at[0], one.longitude - at[1]))
    own = Point(0, here, *at)
    found = place_map.sketch([own, *(one for one in points[:NEAREST] if not _same(one, own))])
    if found is None:
        return ""
    pin = next(one for one in found.pins if one.id == 0)
    ring = (
        f'<circle cx="{pin.x:.1f}" cy="{pin.y:.1f}" r="11" fill="none" stroke="{RING}" stroke-width="3"/>'
        f'<circle cx="{pin.x:.1f}" cy="{pin.y:.1f}" r="5" fill="{RING}"/></svg>'
    )
    return place_map.svg(found, north).removesuffix("</svg>") + ring


def _same(one: Point, other: Point) -> bool:
    return math.hypot(one.latitude - other.latitude, one.longitude - other.longitude) < 0.0001
