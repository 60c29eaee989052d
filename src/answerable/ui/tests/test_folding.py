"""Folding changes what a template costs, never what it says."""

from __future__ import annotations

import pytest
from django.template import Context, Engine
from django.template.base import TextNode
from django.urls import set_script_prefix
from django.utils import translation

from answerable.ui.folding import Folded, fold

LIBRARIES = {
    "i18n": "django.templatetags.i18n",
    "static": "django.templatetags.static",
    "ui": "answerable.ui.templatetags.ui",
}
HEAD = "{% load i18n static ui %}"
PARTS = {
    "words": '<p title="{% translate "Keyboard" %}">{% translate "Sign out" %}</p>',
    "a sentence": "{% blocktranslate trimmed %}Sign out{% endblocktranslate %}",
    "a file": '{% static "ui/base.css" %}',
    "an address": '{% url "site:keys" %}',
    "an icon": '{% icon "clock" %}{% icon "clock" label=_("Keyboard") %}{% state "urgent" %}',
    "a choice": '{% if on %}{% translate "Sign out" %}{% else %}{% translate "Keyboard" %}{% endif %}',
    "a loop": '{% for one in many %}{% icon "tick" %}{{ one }}{% translate "Sign out" %}{% endfor %}',
    "a word kept for later": '{% translate "Keyboard" as word %}{{ word }}{{ word }}',
    "an address kept for later": '{% url "site:keys" as keys %}{% if keys %}{{ keys }}{% endif %}',
    "what the page gives": "{% translate given %}{% icon shape %}{{ given }}",
    "a block around": '{% disclosure _("Keyboard") %}{% translate "Sign out" %}{% enddisclosure %}',
    "another language inside": '{% language "en" %}{% translate "Sign out" %}{% endlanguage %}',
    "no escaping": "{% autoescape off %}{% translate given %}{% translate 'Sign out' %}{% endautoescape %}",
}
GIVEN = {"on": True, "many": ["a", "b"], "given": "<Keyboard>", "shape": "clock"}


def compiled(text: str):
    return Engine(libraries=LIBRARIES).from_string(HEAD + text)


@pytest.mark.parametrize("text", PARTS.values(), ids=PARTS)
def test_a_folded_template_says_the_same_in_each_language_each_time(text):
    plain, folded = compiled(text), compiled(text)
    fold(folded.nodelist)
    for language in ("zh-hans", "en", "zh-hans", "en"):
        with translation.override(language):
            assert folded.render(Context(GIVEN)) == plain.render(Context(GIVEN))


def test_a_site_below_a_prefix_has_its_own_addresses():
    folded = compiled('{% url "site:keys" %}')
    fold(folded.nodelist)
    try:
        said = []
        for prefix in ("/", "/town/", "/"):
            set_script_prefix(prefix)
            said.append(folded.render(Context()))
    finally:
        set_script_prefix("/")
    assert said[1] == "/town" + said[0]
    assert said[2] == said[0]


def test_a_run_becomes_one_node_and_what_differs_stays_apart():
    folded = compiled(PARTS["words"] + "{{ given }}" + PARTS["a file"])
    fold(folded.nodelist)
    kinds = [type(node).__name__ for node in folded.nodelist]
    assert kinds == ["LoadNode", "Folded", "VariableNode", "Folded"]
    assert isinstance(folded.nodelist[1], TextNode)  # `extends` may follow it


def test_the_sites_templates_are_folded_when_they_are_loaded():
    from django.template.loader import get_template

    found = get_template("ui/desk.html").template
    assert found.nodelist.get_nodes_by_type(Folded)
