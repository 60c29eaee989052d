"""Whoever renews a sign-in can be that person: an administrator does so for their own bodies alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from answerable.core import clock
from answerable.orgs.access import staff_of, visitor_for
from answerable.orgs.models import Appointment, Hold, Post, Role, Staff
from answerable.orgs.services.files import preview_import
from answerable.orgs.sheets.reading import read_file

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)


@pytest.fixture
def admin(cast, settings) -> Client:
    """The town's administrator; the county has one of its own."""
    Post.objects.create(
        unit=cast.county_root, code="admin", role=Role.ADMINISTRATOR, name_zh="管", name_en="Admin"
    )
    settings.DEMO = True
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(cast.administrator)
    return browser


def served(cast, unit, staff, *, since: timedelta, until: timedelta | None) -> None:
    now = clock.now()
    post = Post.objects.create(
        unit=unit, code=f"p{Post.objects.count()}", role=Role.CLERK, name_zh="职", name_en="Post"
    )
    Appointment.objects.create(
        post=post,
        staff=staff,
        hold=Hold.DEPUTY,
        from_at=now + since,
        until_at=None if until is None else now + until,
    )


def looked_after(cast) -> set[str]:
    return set(staff_of(visitor_for(cast.administrator, clock.now())).values_list("username", flat=True))


@pytest.mark.parametrize("what", ["code", "factor", "close"])
@pytest.mark.parametrize("until", [-5 * DAY, None], ids=["once", "also now"])
def test_a_head_of_another_body_is_not_taken_over(cast, admin, what, until):
    served(cast, cast.roads, cast.county_leader, since=-9 * DAY, until=until)
    head = cast.county_leader
    head.set_password("a long enough password")
    head.save()
    Authenticator.objects.create(user=head, type=Authenticator.Type.TOTP, data={})
    answer = admin.post(f"/desk/organisation/people/{head.pk}/{what}", {"why": "They asked me by telephone"})
    assert answer.status_code == 404
    head.refresh_from_db()
    assert head.check_password("a long enough password")
    assert head.is_active
    assert Authenticator.objects.filter(user=head).exists()


def test_ones_own_people_are_renewed(cast, admin):
    address = f"/desk/organisation/people/{cast.clerk.pk}/code"
    assert admin.post(address, {"why": "They stood before me"}).status_code == 200
    cast.clerk.refresh_from_db()
    assert not cast.clerk.has_usable_password()


def test_whoever_is_yet_to_serve_elsewhere_is_left_alone(cast, admin):
    served(cast, cast.county_root, cast.clerk, since=DAY, until=None)
    assert cast.clerk.username not in looked_after(cast)


def test_whoever_holds_nothing_belongs_to_where_they_served_last(cast, admin):
    _new, came, went = (
        Staff.objects.create(username=name, name_zh="人", name_en=name) for name in ("new", "came", "went")
    )
    served(cast, cast.county_root, came, since=-9 * DAY, until=-8 * DAY)
    served(cast, cast.roads, came, since=-8 * DAY, until=-DAY)
    served(cast, cast.roads, went, since=-9 * DAY, until=-8 * DAY)
    served(cast, cast.county_root, went, since=-8 * DAY, until=-DAY)
    assert {"new", "came"} <= looked_after(cast)
    assert "went" not in looked_after(cast)


@pytest.mark.parametrize(
    ("who", "refused"), [("county_reviewer", True), ("went", True), ("new", False), ("clerk", False)]
)
def test_a_file_gives_a_post_to_nobody_whom_the_page_would_not(cast, who, refused):
    """A reviewer of the county who were made a member of the office that is complained about would read nothing of it."""
    names = {one: getattr(cast, one).username for one in ("county_reviewer", "clerk")} | {
        "new": "new",
        "went": "went",
    }
    for name in ("new", "went"):
        Staff.objects.create(username=name, name_en=name)
    served(cast, cast.county_root, Staff.objects.get(username="went"), since=-8 * DAY, until=-DAY)
    line = f"town,roads,handler,{names[who]},deputy,2026-01-01"
    read = read_file(f"authority,unit,post,username,hold,from_at\r\n{line}".encode(), "appointments.csv")
    plan = preview_import(read, bodies={"town"})
    assert [fault.code for fault in plan.faults] == (["not_yours"] if refused else [])


def test_whoever_serves_here_too_can_be_given_another_post_here(cast, admin):
    served(cast, cast.roads, cast.county_leader, since=-DAY, until=None)
    page = admin.get(f"/desk/organisation/post/{cast.post(cast.handler).pk}").content.decode()
    assert f"({cast.county_leader.username})" in page
