"""The guided tour's words, from content/tour.toml, as the site shows them."""

from __future__ import annotations

from answerable.ops.demo.content import Text, load_town
from answerable.ops.demo.stories import load_stories
from answerable.site.tour import Step, Tour, Words


def tour() -> Tour:
    """Every step, and the claim of the story they follow. Raises StopIteration where that story is gone."""
    town = load_town()
    story = next(story for story in load_stories() if story.id == town.tour_story)
    steps = tuple(Step(s.side, s.page, _words(s.title), _words(s.text)) for s in town.tour)
    return Tour(steps, story.claim)


def _words(text: Text) -> Words:
    return Words(text.zh, text.en)
