"""Fills the slots of both shells from the rooms: who is signed in, the office, the bell."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext

from answerable.core.names import in_language
from answerable.orgs import queries as orgs
from answerable.orgs.models import Authority, Unit
from answerable.orgs.present import present
from answerable.ui.parts import Office, Who


def who(request: HttpRequest) -> Who:
    """The signed-in member of staff with the posts held now; an empty name for everyone else."""
    found = present(request)
    if found is None:
        return Who(name="")
    posts = found.posts
    return Who(
        name=found.staff.name or found.staff.username,
        posts=tuple(
            gettext("%(post)s, %(unit)s") % {"post": post.name, "unit": post.unit.name} for post in posts
        ),
        roles=frozenset(post.role for post in posts),
    )


def office(request: HttpRequest) -> Office:
    """The first authority that takes grievances here; the installation's face."""
    first = next(iter(orgs.serving()), None)
    return _office(first) if first else Office()


def offices() -> list[Office]:
    """Every authority that takes grievances here, with the units that publish a way to reach them."""
    found = []
    for authority in orgs.serving_authorities():
        units = Unit.objects.filter(authority=authority, closed_on=None).order_by("path", "pk")
        rows = tuple(_office(unit) for unit in units if unit.phone or unit.address_zh or unit.address_en)
        found.append(_office(authority, rows))
    return found


def _office(row: Authority | Unit, units: tuple[Office, ...] = ()) -> Office:
    return Office(
        name=row.name,
        phone=row.phone,
        hours=in_language(row.hours_zh, row.hours_en),
        address=in_language(row.address_zh, row.address_en),
        web=getattr(row, "web", ""),
        units=units,
    )
