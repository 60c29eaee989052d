"""The sheet of a body as pages and papers show it. In the active language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from answerable.orgs.models import Authority, Post
from answerable.orgs.queries import holders_of
from answerable.orgs.standing import Standing, standing
from answerable.readiness.sheet.allocation import Answered, Group, Rule, groups
from answerable.readiness.sheet.carried import Carried, carried_by_post


@dataclass(frozen=True)
class Line:
    """What a post answers for in a group of places; without a post nobody does."""

    subjects: str
    post: Post | None
    unit: str
    holders: str


@dataclass(frozen=True)
class Places:
    """Places with what is different there; `name` says everywhere where none is named."""

    name: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Leader:
    """A post that answers: for what, and what it carries."""

    post: Post
    holders: str
    answers_for: tuple[str, ...]
    carries: Carried


def groups_of(body: Authority) -> list[Group]:
    now = standing()
    subjects = {
        pk: tuple(one.path or [pk])
        for pk, one in now.subjects.items()
        if one.authority_id == body.pk and one.closed_on is None
    }
    places = {
        pk: tuple(one.path or [pk])
        for pk, one in now.places.items()
        if one.authority_id == body.pk and one.closed_on is None
    }
    rules = [
        Rule(one.subject_id, one.place_id, (one.unit_id, one.leader_post_id))
        for one in now.rules.get(body.pk, ())
    ]
    return groups(subjects, places, rules)


def by_place(body: Authority, at: datetime) -> list[Places]:
    """Who answers, place by place."""
    now = standing()
    return [
        Places(_place_names(group, now), tuple(_line(one, now, at) for one in group.lines))
        for group in groups_of(body)
        if group.lines
    ]


def _place_names(group: Group, now: Standing) -> str:
    if not group.places:
        return _("Everywhere, where nothing else is said below")
    return _(", ").join(now.places[pk].name for pk in group.places)


def _line(one: Answered, now: Standing, at: datetime) -> Line:
    subjects = _(", ").join(now.subjects[pk].name for pk in one.subjects)
    if one.answer is None:
        return Line(subjects, None, "", "")
    unit_id, post_id = one.answer
    return Line(subjects, now.posts[post_id], now.units[unit_id].name, _holders(post_id, at))


def _holders(post_id: int, at: datetime) -> str:
    """Who holds the post now; whoever stands in where nobody does."""
    found = holders_of(post_id, at)
    return str(found[0]) if found else ""


def by_leader(body: Authority, at: datetime) -> list[Leader]:
    """Every post that answers for something or carries a matter, in the order of the organisation (rights, rule 3)."""
    now = standing()
    carried = carried_by_post(body, at)
    answers: dict[int, list[str]] = {}
    for group in groups_of(body):
        where = "" if not group.places else _place_names(group, now)
        for one in group.lines:
            if one.answer is None:
                continue
            subjects = _(", ").join(now.subjects[pk].name for pk in one.subjects)
            said = (
                _("%(places)s: %(subjects)s") % {"places": where, "subjects": subjects} if where else subjects
            )
            answers.setdefault(one.answer[1], []).append(said)
    posts = [now.posts[pk] for pk in {*answers, *carried} if pk in now.posts]
    posts.sort(
        key=lambda post: (post.unit.authority_id != body.pk, post.unit.path, not post.is_head, post.pk)
    )
    nothing = Carried(0, 0, None, frozenset())
    return [
        Leader(post, _holders(post.pk, at), tuple(answers.get(post.pk, ())), carried.get(post.pk, nothing))
        for post in posts
    ]
