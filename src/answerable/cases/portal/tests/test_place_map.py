"""Where it is, chosen on a sketch: the click means the nearest place, and loses nothing that was typed."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from answerable.cases.portal.place_map import WIDTH, Point, clicked, sketch, svg
from answerable.cases.portal.tests.walk import answers, walk
from answerable.orgs.models import Place

NORTH = Point(1, "北村", 40.10, 102.30)
SOUTH = Point(2, "South <Village> & mill", 40.00, 102.35)
EAST = Point(3, "东村", 40.02, 102.50)

degrees = st.tuples(st.floats(-80, 80), st.floats(-179, 179))


def test_north_is_up_and_east_is_right():
    drawn = sketch([SOUTH, NORTH, EAST])
    pins = {pin.id: pin for pin in drawn.pins}
    assert pins[1].y < pins[3].y < pins[2].y
    assert pins[1].x < pins[2].x < pins[3].x


def test_the_scale_is_the_same_both_ways():
    drawn = sketch([NORTH, SOUTH])
    north, south = sorted(drawn.pins, key=lambda pin: pin.y)
    # 0.1 degree of latitude is 11.1 km; 0.05 degree of longitude at 40 degrees north is 4.3 km.
    assert (south.y - north.y) * drawn.km_per_pixel == pytest.approx(11.13, abs=0.02)
    assert (south.x - north.x) * drawn.km_per_pixel == pytest.approx(4.26, abs=0.02)


def test_places_at_one_point_or_alone_give_no_sketch():
    assert sketch([NORTH]) is None
    assert sketch([NORTH, Point(9, "same spot", 40.10, 102.30)]) is None


@settings(deadline=None)
@given(st.lists(degrees, min_size=2, max_size=12, unique=True))
def test_every_pin_lies_inside_and_is_found_by_a_click_on_it(points):
    drawn = sketch([Point(n, str(n), north, east) for n, (north, east) in enumerate(points)])
    if drawn is None:
        return
    for pin in drawn.pins:
        assert 0 <= pin.x <= WIDTH
        assert 0 <= pin.y <= drawn.height
        found = clicked(drawn.pins, round(pin.x), round(pin.y))
        met = next(other for other in drawn.pins if other.id == found)
        assert abs(met.x - pin.x) < 1.5
        assert abs(met.y - pin.y) < 1.5


def test_the_enter_key_is_no_click():
    assert clicked(sketch([NORTH, SOUTH]).pins, 0, 0) is None


def test_names_are_escaped_and_none_is_missing():
    drawn = svg(sketch([NORTH, SOUTH, EAST]), "N")
    words = [node.text for node in ET.fromstring(drawn).iter("{http://www.w3.org/2000/svg}text")]
    assert {"北村", "South <Village> & mill", "东村", "N"} <= set(words)


@pytest.fixture
def on_map(cast):
    far = Place.objects.create(authority=cast.town, code="far", name_zh="远村", name_en="Far")
    for place, north in ((cast.village, "40.1"), (far, "40.2")):
        place.latitude, place.longitude = Decimal(north), Decimal("102.1")
        place.save(update_fields=["latitude", "longitude"])
    return far


@pytest.mark.django_db
def test_a_click_chooses_in_the_list_keeps_the_words_and_answers_nothing_yet(client, cast, on_map):
    walk(client, answers(cast), until="place")
    page = client.get("/new/place")
    address = page.context["form"].map_url
    picture = client.get(address)
    assert picture["Content-Type"].startswith("image/svg+xml")
    assert "远村" in picture.content.decode() or "Far" in picture.content.decode()
    top = min(page.context["form"].sketch.pins, key=lambda pin: pin.y)
    sent = {"in_words": "老桥边", "map.x": round(top.x) + 4, "map.y": round(top.y) + 4}
    again = client.post("/new/place", sent)
    assert again.status_code == 200
    form = again.context["form"]
    assert form["place"].value() == str(on_map.pk)
    assert form["in_words"].value() == "老桥边"
    assert not form.errors
    assert client.get("/new/privacy").status_code == 303


@pytest.mark.django_db
@pytest.mark.parametrize("pixels", [("0", "0"), ("", ""), ("-5", "9"), ("9" * 5000, "1"), ("x", "y")])
def test_nonsense_for_pixels_breaks_nothing(client, cast, on_map, pixels):
    walk(client, answers(cast), until="place")
    sent = {"place": cast.village.pk, "in_words": "", "map.x": pixels[0], "map.y": pixels[1]}
    assert client.post("/new/place", sent).status_code in (200, 303)


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/new/map/0/0/en.svg", "/new/map/{body}/0/xx.svg"])
def test_unknown_bodies_and_languages_are_not_found(client, cast, on_map, address):
    assert client.get(address.format(body=cast.town.pk)).status_code == 404
