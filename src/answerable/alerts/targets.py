"""Whom a step means, looked up when it is taken: who holds a post, heads a unit, is on duty.

Rooms above may keep somebody from a matter (rights, rule 5): the accused is neither asked nor told, through no post,
deputy or duty.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from answerable.duty import queries as duty
from answerable.orgs.queries import head_of, holders_of
from answerable.orgs.standing import standing

Pair = tuple[UUID, int]
#: Given (matter, staff) pairs, those whom the matter must be kept from at an instant.
Keeper = Callable[[Collection[Pair], datetime], set[Pair]]
_KEEPERS: list[Keeper] = []

#: Where the context of an alarm says which post a target that follows the matter means.
_FOLLOWED = {"owner": "owner_post", "leader": "leader_post", "above": "above_post"}


@dataclass(frozen=True)
class Person:
    """A member of staff whom a step means, and the post for which they are asked."""

    staff: int
    post: int | None = None


def keeps(keeper: Keeper) -> Keeper:
    """Register who must hear nothing of a room's matters."""
    if keeper not in _KEEPERS:
        _KEEPERS.append(keeper)
    return keeper


def kept_from(pairs: Collection[Pair], at: datetime) -> set[Pair]:
    """Which of these must not hear of the matter."""
    found: set[Pair] = set()
    for keeper in _KEEPERS if pairs else ():
        found |= keeper(pairs, at)
    return found


class Directory:
    """Whom targets mean at one instant. Duty is asked once a line and role, whoever asks again."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self._duty: dict[tuple[str, int, int | None], list[int]] = {}

    def meant(
        self,
        targets: Iterable[Mapping[str, Any]],
        *,
        authority_id: int,
        context: Mapping[str, Any],
        about: UUID | None,
    ) -> tuple[list[Person], list[Person]]:
        """Who is asked and who is only told, each once, in the order of the targets."""
        asked: dict[int, Person] = {}
        told: dict[int, Person] = {}
        for target in targets:
            into = told if target.get("told") else asked
            for person in self._people(target, authority_id, context):
                into.setdefault(person.staff, person)
        away = set(context.get("kept_out") or ())
        if about is not None:
            pairs = {(about, staff) for staff in (*asked, *told) if staff not in away}
            away |= {staff for _about, staff in kept_from(pairs, self.at)}
        return (
            [person for staff, person in asked.items() if staff not in away],
            [person for staff, person in told.items() if staff not in away and staff not in asked],
        )

    def _people(
        self, target: Mapping[str, Any], authority_id: int, context: Mapping[str, Any]
    ) -> list[Person]:
        if target.get("follows") == "on_duty":
            line = context.get("line")
            return self._on_duty("line", line, None) if line else self._on_duty("body", authority_id, None)
        if target.get("follows"):
            return self._of_post(context.get(_FOLLOWED.get(str(target["follows"]), "")))
        if target.get("post"):
            return self._of_post(target["post"])
        if target.get("unit"):
            unit = standing().units.get(target["unit"])
            head = head_of(unit) if unit is not None else None
            return self._of_post(head.pk if head else None)
        if target.get("line_role"):
            return self._on_duty("line", target.get("line"), target["line_role"])
        staff = standing().staff.get(target.get("staff") or 0)
        return [Person(staff.pk)] if staff is not None and staff.is_active else []

    def _of_post(self, posts: int | list[int] | None) -> list[Person]:
        """Everyone who may act for a post; what a matter follows may be several posts."""
        wanted = posts if isinstance(posts, list) else [posts] if posts else []
        return [Person(staff.pk, post) for post in wanted for staff in holders_of(post, self.at)]

    def _on_duty(self, what: str, id_: int | None, role: int | None) -> list[Person]:
        if not id_:
            return []
        key = (what, id_, role)
        if key not in self._duty:
            self._duty[key] = (
                [one.staff_id for one in duty.on_duty(id_, self.at, role)]
                if what == "line"
                else [one.staff_id for some in duty.who_is_on_duty(id_, self.at).values() for one in some]
            )
        people = standing().staff
        return [Person(pk) for pk in self._duty[key] if pk in people and people[pk].is_active]
