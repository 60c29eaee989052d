"""The guided tour's words, from content/tour.toml, as the site shows them."""

from __future__ import annotations

from answerable.ops.demo.content import Text, TourStep, Town, load_town
from answerable.ops.demo.settle import PASSWORD
from answerable.site.tour import Receipt, SignIn, Step, Tour, Words


def tour() -> Tour:
    """Every step with who opens it, and the receipt of the story they follow. Raises StopIteration for a sign-in
    that nobody has."""
    town = load_town()
    steps = tuple(Step(s.side, s.page, _words(s.title), _words(s.text), _sign_in(town, s)) for s in town.tour)
    return Tour(steps, Receipt(town.tour_code, town.tour_secret))


def _sign_in(town: Town, step: TourStep) -> SignIn | None:
    if not step.sign_in:
        return None
    person = next(p for p in town.staff if p.sign_in == step.sign_in)
    post = next(p for p in town.posts if p.code == person.appointments[0].post)
    return SignIn(step.sign_in, PASSWORD, _words(person.name), _words(post.name))


def _words(text: Text) -> Words:
    return Words(text.zh, text.en)
