"""Whoever is led on from what could not be done loses none of their words on the way."""

from __future__ import annotations

import html

from django.contrib.messages.storage.fallback import FallbackStorage
from django.test import RequestFactory
from django.utils import translation

from answerable.ui.leading import lead_on

WHY = "Somebody settled it already."
WORDS = "The pump was <mended> at noon."


def led(typed: dict[str, str]):
    request = RequestFactory().post("/desk/duty/mark", typed)
    request.session = {}
    request._messages = FallbackStorage(request)
    with translation.override("en"):
        return lead_on(request, "/desk/duty/log", WHY), [str(one) for one in request._messages]


def test_words_come_back_with_the_reason_and_the_way_on():
    answer, said = led({"words": WORDS, "seen_version": "1"})
    page = html.unescape(answer.content.decode())
    assert answer.status_code == 409
    assert said == []
    assert WHY in page
    assert f'<p class="quote">{WORDS}</p>' in page
    assert 'href="/desk/duty/log"' in page


def test_without_words_it_is_said_on_the_next_page():
    answer, said = led({"words": "", "seen_version": "1"})
    assert (answer.status_code, answer["Location"], said) == (303, "/desk/duty/log", [WHY])
