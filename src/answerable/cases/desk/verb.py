"""A verb of the case page: who may, when, its form, and the service that does it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from answerable.cases import rules
from answerable.cases.act_kinds import ActKind
from answerable.cases.desk import doings, forms
from answerable.cases.desk.casepage import CasePage
from answerable.cases.rules import Doing
from answerable.orgs.models import Post, Unit
from answerable.record.actors import Actor, ActorKind

When = Callable[[CasePage], bool]

FIRST, MORE, GROUP, GRAVE = "first", "more", "group", "grave"


@dataclass(frozen=True)
class Verb:
    """A verb of the case page. `place`: among the first buttons, or in a menu (more, group, grave).

    `run` gets the page, the actor, the version seen and the checked form. `done` says what was done, and may ask page
    and form for it; `left_out` who got nothing of it and why. `undo` gives the address parts of what takes it back. `by_sender`: the unit that gave the case away does it, or one above.
    """

    code: str
    label: Any
    button: Any
    doing: Doing
    form: type[forms.VerbForm]
    run: doings.Run
    when: When
    done: Any
    place: str = MORE
    intro: Any = ""
    key: str = ""
    has_canned: bool = False
    by_sender: bool = False
    undo: Callable[[CasePage], tuple[str, int] | None] = lambda page: None
    left_out: Callable[[CasePage, Any], list[str]] = lambda page, form: []

    def is_open(self, page: CasePage) -> bool:
        """Whether to show it: the state allows it, and a post of the reader may."""
        return self.when(page) and self.may(page)

    def done_words(self, page: CasePage, form: Any) -> str:
        """What is said when it is done: `done`, which may depend on the page as it was, and on what was chosen."""
        return str(self.done(page, form) if callable(self.done) else self.done)

    def may(self, page: CasePage) -> bool:
        if self.by_sender:
            return sender_post(page) is not None
        return page.can(self.doing)

    def actor(self, page: CasePage) -> Actor:
        """Who does it; raises NotYours where no post of the reader may."""
        post = sender_post(page) if self.by_sender else None
        if post is not None:
            return Actor(
                ActorKind.STAFF, staff_id=page.desk.reader.staff.pk, post_id=post.pk, unit_id=post.unit_id
            )
        return page.desk.reader.actor_on(self.doing, page.case)


def sender_post(page: CasePage) -> Post | None:
    """The reader's post that may answer an objection: in the unit that gave the case away, or above it. Nobody answers
    the objection of a unit that they serve in themselves, standing in for somebody above."""
    transfer = page.transfer
    if transfer is None or transfer.stands != "objected":
        return None
    if any(post.unit_id == page.case.unit_id for post in page.desk.reader.posts):
        return None
    sender = Unit.objects.filter(pk=transfer.from_unit).first()
    path = (sender.path or [sender.pk]) if sender else []
    able = rules.ROLES[Doing.ROUTE]
    return next((p for p in page.desk.reader.posts if p.unit_id in path and p.role in able), None)


def in_state(kind: ActKind) -> When:
    """Open while the case's state allows the act."""
    allowed = rules.ALLOWED[kind]
    return lambda page: page.case.state in allowed
