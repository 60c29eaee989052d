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
    #: Whether the member of staff acts for the post's holder: as deputy, acting, or during leave.
    stands_in: bool = False

    @property
    def post(self) -> int:
        """The post of a member of staff. Raises ValueError for everyone else."""
        if self.post_id is None:
            raise ValueError(f"{self.kind} acts under no post")
        return self.post_id

    @property
    def staff(self) -> int:
        """The member of staff. Raises ValueError for everyone else."""
        if self.staff_id is None:
            raise ValueError(f"{self.kind} is no member of staff")
        return self.staff_id

    @staticmethod
    def person() -> Actor:
        return Actor(ActorKind.PERSON)

    @staticmethod
    def system() -> Actor:
        return Actor(ActorKind.SYSTEM)
