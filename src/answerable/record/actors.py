"""Who acts: a post's holder, the person, the system, or another system with a key."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ActorKind(StrEnum):
    STAFF = "staff"
    PERSON = "person"
    SYSTEM = "system"
    CLIENT = "client"


@dataclass(frozen=True)
class Actor:
    """Plain ids only: the record knows no room above it."""

    kind: ActorKind
    staff_id: int | None = None
    post_id: int | None = None
    unit_id: int | None = None
    client: str = ""

    @staticmethod
    def person() -> Actor:
        return Actor(ActorKind.PERSON)

    @staticmethod
    def system() -> Actor:
        return Actor(ActorKind.SYSTEM)
