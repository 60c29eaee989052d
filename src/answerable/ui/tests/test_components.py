"""The component tags: what they write is what a screen reader, a keyboard and a person need."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone, translation

from answerable.ui import flash, icons, states
from answerable.ui.fields import RadioCards, TypedDateField
from answerable.ui.paging import Page, page_number, page_of
from answerable.ui.parts import Clock, FileRow, TimelineEntry


def render(source: str, language: str = "en", **context: object) -> str:
    with translation.override(language), timezone.override("Asia/Shanghai"):
        return Template("{% load i18n ui %}" + source).render(Context(context))


class Form(forms.Form):
    about = forms.ChoiceField(
        label="About", choices=[("no", "No"), ("yes", "Yes")], widget=RadioCards(hints={"yes": "Then so."})
    )
    words = forms.CharField(label="Words", help_text="Your own.", widget=forms.Textarea, max_length=10)
    name = forms.CharField(label="Name", required=False)


def test_a_field_ties_label_hint_error_and_control_together():
    html = render("{% field form.words %}", form=Form({"words": "x" * 11}))
    assert '<label class="label" for="id_words">Words</label>' in html
    assert 'aria-describedby="id_words-hint id_words-error id_words-count"' in html
    assert 'aria-invalid="true"' in html
    for part in ("hint", "error", "count"):
        assert f'id="id_words-{part}"' in html


def test_a_long_text_is_counted_but_never_cut():
    html = render("{% field form.words %}", form=Form())
    assert "maxlength" not in html
    assert 'data-count="10"' in html


def test_choices_are_a_fieldset_with_cards_and_hints():
    html = render("{% field form.about heading=True %}", form=Form())
    assert '<legend class="label"><h1>About</h1>' in html
    assert html.count('class="choice"') == 2
    assert '<span class="choice-hint">Then so.</span>' in html


def test_what_is_not_required_says_so():
    assert "(optional)" in render("{% field form.name %}", form=Form())
    assert "(optional)" not in render("{% field form.words %}", form=Form())


def test_the_summary_links_to_each_field_and_names_it():
    html = render("{% error_summary form %}", form=Form({"words": ""}))
    assert '<a href="#id_about_0">About – Please choose an answer.</a>' in html
    assert '<a href="#id_words">Words – Please fill this in.</a>' in html
    assert "autofocus" in html


def test_no_summary_without_errors():
    assert render("{% error_summary form %}", form=Form()).strip() == ""


def test_what_was_typed_is_escaped():
    html = render("{% field form.name %}{% error_summary form %}", form=Form({"name": '"><script>'}))
    assert "<script>" not in html


@pytest.mark.parametrize("name", sorted(states.LOOKS))
def test_every_state_has_word_shape_and_tone(name):
    look = states.LOOKS[name]
    html = render("{% state name %}", name=name)
    assert look.shape in icons.SOLID
    assert "<svg" in html
    with translation.override("en"):
        assert str(look.word) in html
    assert f"tone-{look.tone}" in html


def test_late_and_on_time_differ_without_colour():
    assert states.LOOKS["late"].shape != states.LOOKS["ontime"].shape
    assert states.LOOKS["soon"].shape not in (states.LOOKS["late"].shape, states.LOOKS["ontime"].shape)


def test_an_unknown_state_is_shown_as_it_is_called():
    assert "somewhere" in render('{% state "somewhere" %}')


def test_a_clock_is_a_sentence_with_its_why():
    html = render("{% deadline c %}", c=Clock("Due <soon>.", "soon", [("Rule", "60 days")]))
    assert "Due &lt;soon&gt;." in html
    assert "<details" in html
    assert "<dt>Rule</dt><dd>60 days</dd>" in html
    assert render("{% deadline c %}", c=None).strip() == ""


def test_days_are_written_as_the_language_writes_them():
    on = date(2026, 12, 3)
    assert "Thursday 3 December 2026" in render("{% day on %}", on=on)
    assert "2026年12月3日（星期四）" in render("{% day on %}", "zh-hans", on=on)


def test_an_instant_is_shown_in_the_offices_zone():
    html = render("{% moment at %}", at=datetime(2026, 3, 1, 20, 0, tzinfo=UTC))
    assert "2 March 2026 04:00" in html
    assert 'datetime="2026-03-02T04:00:00+08:00"' in html


def test_the_timeline_keeps_its_order_and_escapes_words():
    entries = [TimelineEntry(datetime(2026, 3, 1, tzinfo=UTC), what, body="<b>") for what in ("one", "two")]
    html = render("{% timeline entries %}", entries=entries)
    assert html.index("one") < html.index("two")
    assert "<b>" not in html


def test_a_held_file_cannot_be_opened():
    html = render("{% files rows %}", rows=[FileRow("a.jpg", 2_480_000, "", "held")])
    assert "<a " not in html
    assert "2.5 MB" in html


def test_pages_say_what_was_counted():
    request = RequestFactory().get("/?state=late&page=2")
    page = Page(list(range(50)), 2, 50, 1000, True, True)
    html = render("{% pages page %}", page=page, request=request)
    assert "51–100 of 1000+" in html
    assert 'rel="prev" href="?state=late"' in html
    assert 'rel="next" href="?state=late&amp;page=3"' in html


def test_a_column_sorts_one_way_then_the_other():
    source = '{% sort_head "due" "Due" %}'
    first = render(source, request=RequestFactory().get("/?page=4"))
    again = render(source, request=RequestFactory().get("/?sort=due"))
    assert 'href="?sort=due"' in first
    assert "aria-sort" not in first
    assert 'href="?sort=-due"' in again
    assert 'aria-sort="ascending"' in again


def test_pages_of_a_list_in_hand():
    page = page_of(list(range(120)), 3)
    assert (page.first, page.last, page.count, page.has_next, page.has_previous) == (
        101,
        120,
        "120",
        False,
        True,
    )


@pytest.mark.parametrize(
    ("said", "number"),
    [(None, 1), ("", 1), ("0", 1), ("-3", 1), ("x", 1), ("７", 1), ("3", 3), ("9" * 40, 10_000)],
)
def test_nonsense_means_the_first_page(said, number):
    assert page_number(said) == number


@pytest.mark.parametrize(
    "typed",
    [
        "2026-03-09",
        "2026/3/9",
        "2026.3.9",
        "20260309",
        "2026年3月9日",
        "２０２６－０３－０９",
        " 2026 - 3 - 9 ",
    ],
)
def test_a_day_may_be_typed_in_many_ways(typed):
    assert TypedDateField().clean(typed) == date(2026, 3, 9)


@pytest.mark.parametrize("typed", ["2026-02-30", "09.03.2026", "tomorrow", "2026", "0000-01-01", "20260231"])
def test_what_is_no_day_is_refused_with_an_example(typed):
    with pytest.raises(ValidationError) as refused:
        TypedDateField().clean(typed)
    assert "2026-03-09" in refused.value.messages[0]  # the example, in either language


@pytest.mark.parametrize("tags", ["undo:https://elsewhere", "undo:javascript:alert(1)", "other", ""])
def test_undo_leads_nowhere_but_to_us(tags):
    assert flash.undo_address(tags) == ""


def test_an_undo_is_a_post_with_its_token():
    html = render('{% undo "Done." "/undo/1" %}', csrf_token="abc")
    assert '<form method="post" action="/undo/1">' in html
    assert 'value="abc"' in html


def test_an_icon_without_a_label_is_hidden_from_screen_readers():
    assert 'aria-hidden="true"' in render('{% icon "clock" %}')
    assert 'aria-label="locked"' in render('{% icon "lock" "locked" %}')
    with pytest.raises(KeyError):
        render('{% icon "no-such" %}')
