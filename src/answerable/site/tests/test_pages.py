"""The site's own pages: what they say, what they set, whom they let in."""

from __future__ import annotations

import re

import pytest
from django.db import OperationalError, connection
from django.urls import reverse

from answerable.orgs.models import Authority, Responsibility, Role, Unit
from answerable.site import navigation
from answerable.site.promises import PROMISES
from answerable.ui import shell
from answerable.ui.parts import NavEntry, Who

LANGUAGES = ["zh-hans", "en"]


@pytest.fixture(autouse=True)
def _one_factor(settings):
    """The second factor has its own tests; the demo may skip it."""
    settings.DEMO = True


@pytest.fixture(params=LANGUAGES)
def language(request, client):
    client.cookies["django_language"] = request.param
    return request.param


@pytest.mark.parametrize("name", ["site:home", "site:rights", "site:channels"])
def test_the_portals_pages_stand_in_an_empty_office(client, db, language, name):
    response = client.get(reverse(name))
    assert response.status_code == 200
    assert f'<html lang="{language}"' in response.content.decode()


def test_the_twelve_rules_are_promised_in_order(client, db, language):
    page = client.get(reverse("site:rights")).content.decode()
    assert [number for number, _promise, _meaning in PROMISES] == list(range(1, 13))
    assert [int(n) for n in re.findall(r'id="rule-(\d+)"', page)] == list(range(1, 13))


@pytest.mark.parametrize("name", ["site:home", "site:rights", "site:channels"])
def test_every_public_page_has_a_way_out_and_says_what_it_stores(client, db, language, name):
    page = client.get(reverse(name)).content.decode()
    assert "data-leave" in page
    assert 'href="/rights#stores"' in page


def test_only_what_an_office_publishes_is_shown(client, cast, language):
    Authority.objects.filter(pk=cast.town.pk).update(
        phone="0571-1", hours_zh="工作日", hours_en="Working days"
    )
    Unit.objects.filter(pk=cast.water.pk).update(phone="0571-2")
    page = client.get(reverse("site:channels")).content.decode()
    assert "0571-1" in page
    assert "0571-2" in page
    assert ("水利站" if language == "zh-hans" else "Water office") in page
    assert ("规划建设办" if language == "zh-hans" else "Roads office") not in page  # it publishes nothing


def test_leaving_ends_the_session_and_leaves_no_cookie(client, cast):
    client.force_login(cast.clerk)
    client.get(reverse("site:home"))
    client.cookies["theme"] = "dark"
    response = client.post(reverse("site:leave"))
    assert response.status_code == 303
    assert {name for name, cookie in client.cookies.items() if cookie.value} == set()
    assert client.get(reverse("site:desk")).status_code == 302


def test_one_can_leave_while_the_database_is_away(client, cast):
    client.force_login(cast.clerk)
    client.cookies["form"] = client.cookies["case"] = "a-key"

    def away(*_args):
        raise OperationalError("gone")

    with connection.execute_wrapper(away):
        response = client.post(reverse("site:leave"))
    assert response.status_code == 303
    assert {name for name, cookie in client.cookies.items() if cookie.value} == set()


def test_the_page_after_leaving_says_nothing_about_us(client, cast, settings):
    settings.LEAVE_TO = "https://weather.example/"
    response = client.get(reverse("site:leave"))
    page = response.content.decode()
    assert response["Referrer-Policy"] == "no-referrer"
    assert 'content="0; url=https://weather.example/"' in page
    for word in ("某镇", "诉求", "反映", "rights", "matter"):
        assert word not in page
    settings.LEAVE_TO = ""
    assert "http-equiv" not in client.get(reverse("site:leave")).content.decode()


def test_colours_are_remembered_and_forgotten(client):
    response = client.post(reverse("site:theme"), {"theme": "dark", "next": "/rights"})
    assert (response.status_code, response["Location"]) == (303, "/rights")
    assert client.cookies["theme"].value == "dark"
    client.post(reverse("site:theme"), {"theme": "auto"})
    assert client.cookies["theme"].value == ""


@pytest.mark.parametrize(
    "to", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", ""]
)
def test_no_form_of_ours_leads_elsewhere(client, to):
    assert client.post(reverse("site:theme"), {"theme": "dark", "next": to})["Location"] == "/"


@pytest.mark.parametrize("name", ["site:desk", "site:keys"])
def test_the_desk_is_for_staff(client, db, cast, name):
    assert client.get(reverse(name)).status_code == 302
    client.force_login(cast.clerk)
    assert client.get(reverse(name)).status_code == 200


def test_the_desk_says_who_one_is(client, cast):
    client.cookies["django_language"] = "en"
    client.force_login(cast.leader)
    page = client.get(reverse("site:desk")).content.decode()
    assert "Head of roads person" in page
    assert "Head of roads, Roads office" in page


def test_without_a_post_the_desk_says_so(client, cast):
    client.cookies["django_language"] = "en"
    cast.clerk.appointments.all().delete()
    client.force_login(cast.clerk)
    assert "You hold no post at present" in client.get(reverse("site:desk")).content.decode()


def entry(**more: object) -> NavEntry:
    return NavEntry(**({"key": "k", "label": "L", "route": "site:rights", "group": "G"} | more))


@pytest.fixture
def only(monkeypatch):
    def use(*entries: NavEntry) -> None:
        monkeypatch.setattr(shell, "_entries", {})
        shell.register(*entries)

    yield use
    shell.register()  # forgets what was kept of these


def seen(rf, path: str = "/", roles: frozenset[str] = frozenset()):
    groups = shell.navigation(rf.get(path), Who("", (), roles))
    return [item for _title, items in groups for item in items]


def test_an_entry_is_for_its_roles(rf, only):
    only(entry(roles=frozenset({Role.AUDITOR.value})))
    assert seen(rf) == []
    assert len(seen(rf, roles=frozenset({"auditor", "clerk"}))) == 1


@pytest.mark.parametrize("who", ["clerk", "leader", "county_reviewer", "auditor", "administrator"])
def test_nobody_is_led_to_a_page_that_refuses_them(client, cast, who):
    client.force_login(getattr(cast, who))
    start = client.get(reverse("site:desk")).content.decode()
    led_to = set(re.findall(r'href="(/desk/[^"#]*|/orgs/[^"#]*)"', start))
    led_to |= set(re.findall(r'role="search" action="(/[^"#]*)"', start))
    assert len(led_to) > 3
    assert {
        address: client.get(address.replace("&amp;", "&")).status_code for address in led_to
    } == dict.fromkeys(led_to, 200)


def test_whoever_sets_an_office_up_is_led_to_its_first_steps(client, cast):
    """After the sign-in and the second factor, the way there was the last of thirty links."""
    begun = 'class="button" href="/desk/organisation/first-steps"'
    client.force_login(cast.administrator)
    assert begun not in client.get(reverse("site:desk")).content.decode()
    Responsibility.objects.all().delete()
    assert begun in client.get(reverse("site:desk")).content.decode()
    client.force_login(cast.auditor)
    assert begun not in client.get(reverse("site:desk")).content.decode()


def test_a_room_that_is_not_built_is_not_shown(rf, only):
    only(entry(route="nowhere:home"), entry(key="two"))
    assert [item.url for item in seen(rf)] == ["/rights"]


def test_an_entry_that_is_registered_later_is_seen_in_what_was_kept(rf, only):
    clerk = Who("", (), frozenset())
    only(entry(label="First"))
    assert "Second" not in shell.navigation_html(rf.get("/rights"), clerk)
    shell.register(entry(key="two", label="Second", route="site:home"))
    assert "Second" in shell.navigation_html(rf.get("/rights"), clerk)
    assert shell.navigation_html(rf.get("/rights"), clerk) != shell.navigation_html(rf.get("/"), clerk)


def test_the_current_place_is_the_closest_one(rf, only):
    only(entry(), entry(key="late", query="list=late"), entry(key="home", route="site:home"))
    assert [item.is_current for item in seen(rf, "/rights?list=late&page=2")] == [False, True, False]
    assert [item.is_current for item in seen(rf, "/rights")] == [True, False, False]
    assert [item.is_current for item in seen(rf, "/")] == [False, False, True]
    assert [item.is_current for item in seen(rf, "/rights-of-way")] == [False, False, False]


def test_every_entry_has_its_own_key_and_an_icon_that_exists():
    from answerable.ui import icons

    keys = [one.key for one in navigation.DESK]
    assert len(keys) == len(set(keys))
    assert {one.icon for one in navigation.DESK} <= set(icons.LINE)


def test_the_style_pages_are_not_served_in_an_office(client, db, settings):
    assert client.get("/style/").status_code == 200
    settings.DEMO = False
    assert client.get("/style/").status_code == 404
