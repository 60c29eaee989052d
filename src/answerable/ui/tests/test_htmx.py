"""One view, two answers."""

from __future__ import annotations

import pytest
from django.template import engines
from django.template.loader import get_template
from django.test import RequestFactory
from django_htmx.middleware import HtmxDetails

from answerable.ui.htmx import go, page_or_part, render_block


def request(**headers: str):
    made = RequestFactory().get("/", headers=headers)
    made.htmx = HtmxDetails(made)
    return made


@pytest.fixture
def templates(settings, tmp_path):
    (tmp_path / "outer.html").write_text("<html>{% block main %}outer{% endblock %}</html>")
    (tmp_path / "page.html").write_text(
        '{% extends "outer.html" %}{% block main %}<h1>t</h1>'
        "{% block form %}<form>{{ name }}</form>{% endblock %}{% endblock %}"
    )
    (tmp_path / "child.html").write_text(
        '{% extends "page.html" %}{% block form %}[{{ block.super }}]{% endblock %}'
    )
    engine = engines["django"].engine
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [str(tmp_path)]}]
    assert engine is not engines["django"].engine
    return get_template


def test_without_htmx_the_whole_page(templates):
    response = page_or_part(request(), "page.html", "form", {"name": "<x>"})
    assert response.content == b"<html><h1>t</h1><form>&lt;x&gt;</form></html>"
    assert response["Vary"] == "HX-Request"


def test_with_htmx_the_part_alone(templates):
    response = page_or_part(request(hx_request="true"), "page.html", "form", {"name": "<x>"}, status=422)
    assert response.content == b"<form>&lt;x&gt;</form>"
    assert response.status_code == 422


def test_a_part_keeps_what_it_inherits(templates):
    assert render_block("child.html", "form", {"name": "a"}, request()) == "[<form>a</form>]"


def test_a_part_that_is_not_there_is_a_programmers_error(templates):
    with pytest.raises(LookupError, match="nowhere"):
        render_block("page.html", "nowhere", {}, request())


def test_a_page_restored_from_history_is_whole(templates):
    made = request(hx_request="true", hx_history_restore_request="true")
    assert page_or_part(made, "page.html", "form", {}).content.startswith(b"<html>")


def test_after_a_write_a_reload_sends_nothing_again():
    response = go(request(), "/next")
    assert (response.status_code, response["Location"]) == (303, "/next")


def test_after_a_write_htmx_is_led_on():
    response = go(request(hx_request="true"), "/next")
    assert (response.status_code, response["HX-Redirect"]) == (200, "/next")
