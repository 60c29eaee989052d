"""Leaves of the public log, seen by an auditor: what each one is, and what was recorded where they may read it.

Whose matter an act belongs to is said only to those who may see that matter (rights, rule 5): to everybody else
the leaf is an act that is accounted for, and no more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from answerable.cases.access import Reader, readable_cases
from answerable.cases.act_kinds import ActKind
from answerable.cases.models import Case
from answerable.record import receipts
from answerable.record.matters import matter_of
from answerable.record.merkle import leaf_hash
from answerable.record.models import Act
from answerable.record.receipts import Kind
from answerable.record.storage import entries


@dataclass(frozen=True)
class LeafShown:
    """A leaf, accounted for. `act` names an act that the reader may open; `salt` proves a dummy to be one."""

    index: int
    digest: str
    kind: Kind
    act: int | None = None
    salt: str = ""

    @property
    def number(self) -> int:
        return self.index + 1


def leaves(reader: Reader, epoch: int, indexes: Sequence[int]) -> list[LeafShown]:
    """What stands at these places. UNKNOWN is a finding: nobody can account for that leaf."""
    found = {index: receipts.leaf_at(epoch, index) for index in indexes}
    acts = Act.objects.in_bulk([leaf.act for leaf in found.values() if leaf and leaf.act])
    open_to = _open_to(reader, {act.matter_id for act in acts.values()})
    erased = dict(
        Act.objects.filter(
            matter_id__in={act.matter_id for act in acts.values()}, kind=ActKind.ERASED
        ).values_list("matter_id", "seq")
    )
    shown = []
    for index, leaf in found.items():
        if leaf is None:
            continue
        act = acts.get(leaf.act) if leaf.act else None
        kind = leaf.kind
        if kind is Kind.ERASED and (act is None or act.seq >= erased.get(act.matter_id, 0)):
            kind = Kind.UNKNOWN  # an opening that is gone without an erasure that says so
        may_open = kind is Kind.ACT and act is not None and act.matter_id in open_to
        shown.append(
            LeafShown(
                index=index,
                digest=_digest(epoch, index),
                kind=kind,
                act=act.pk if act and may_open else None,
                salt=leaf.opening.salt.hex() if kind is Kind.DUMMY and leaf.opening else "",
            )
        )
    return shown


def _digest(epoch: int, index: int) -> str:
    return leaf_hash(entries(epoch, index, index + 1)[0].entry).hex()


def _open_to(reader: Reader, matters: set[UUID]) -> set[UUID]:
    """Of these matters, those that the reader may see: their units' cases, and their units' own acts."""
    mine = set(readable_cases(reader).filter(pk__in=matters).values_list("pk", flat=True))
    bodies = {post.unit.authority_id for post in reader.posts}
    own = {matter_of("authority", pk) for pk in bodies} | {matter_of("unit", pk) for pk in reader.unit_ids}
    return mine | (matters & own)


def require_open(reader: Reader, acts: Sequence[Act]) -> dict[UUID, Case]:
    """The cases among the matters of these acts. Raises PermissionError where one is not the reader's to see."""
    matters = {act.matter_id for act in acts}
    if matters - _open_to(reader, matters):
        raise PermissionError("an act of a matter that is not the reader's to see")
    return {case.pk: case for case in Case.objects.filter(pk__in=matters)}
