"""What the forms choose from: bodies, kinds, subjects, places, units. Loaded where a page shows it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings

from answerable.alerts.channels import email, sms
from answerable.cases.pack_types import Kind, Pack
from answerable.cases.packs import load_pack
from answerable.cases.portal.draft import Draft
from answerable.cases.portal.flow import Setting, is_conduct
from answerable.cases.portal.place_map import Point, Sketch, sketch
from answerable.orgs.models import Authority, Place, Subject, Unit
from answerable.orgs.queries import serving_authorities

#: A subject of this code stands for accusations; it is offered to those who said that theirs is one.
CONDUCT_SUBJECT = "conduct"
#: (number, what it is for) by country; 112 works in most others (ITU-T E.161.1).
EMERGENCY = {"CN": ("110", "119", "120"), "IN": ("112",), "US": ("911",), "GB": ("999",)}


@dataclass(frozen=True)
class Node:
    """A row of a tree: how deep under the level shown, and whether something lies below it."""

    row: Any
    depth: int
    has_below: bool

    @property
    def id(self) -> int:
        return int(self.row.pk)

    @property
    def name(self) -> str:
        return str(self.row.name)


class Tree:
    """Subjects, places or units of one authority, in the order the office gave them."""

    def __init__(self, rows: Iterable[Any]) -> None:
        self.rows = {row.pk: row for row in rows}
        self.below: dict[int | None, list[int]] = {}
        for row in self.rows.values():
            parent = row.parent_id if row.parent_id in self.rows else None
            self.below.setdefault(parent, []).append(row.pk)

    def __bool__(self) -> bool:
        return bool(self.rows)

    def top(self) -> list[Node]:
        """The first level at which there is something to choose: a lone root is passed over."""
        level, depth = self.below.get(None, []), 0
        while len(level) == 1 and self.below.get(level[0]):
            level, depth = self.below[level[0]], depth + 1
        return [Node(self.rows[pk], 0, bool(self.below.get(pk))) for pk in level]

    def under(self, root: int) -> list[Node]:
        """Everything below `root`, each after its parent."""
        found: list[Node] = []

        def walk(pk: int, depth: int) -> None:
            for child in self.below.get(pk, []):
                found.append(Node(self.rows[child], depth, bool(self.below.get(child))))
                walk(child, depth + 1)

        walk(root, 0)
        return found

    def everything(self) -> list[Node]:
        return [
            node
            for pk in self.below.get(None, [])
            for node in [Node(self.rows[pk], 0, bool(self.below.get(pk))), *_deeper(self.under(pk))]
        ]

    def full_name(self, pk: int) -> str:
        """The names from the first level down: "Roads › Street lamps"."""
        names, row = [], self.rows.get(pk)
        while row is not None:
            names.append(str(row.name))
            row = self.rows.get(row.parent_id)
        return " › ".join(reversed(names))

    def search(self, words: str) -> list[Node]:
        """Rows in whose name or hint, in any language, every word occurs; leaves first."""
        wanted = words.casefold().split()
        if not wanted:
            return []
        hits = [node for node in self.everything() if all(word in _words_of(node.row) for word in wanted)]
        return sorted(hits, key=lambda node: node.has_below)


def _deeper(nodes: list[Node]) -> list[Node]:
    return [Node(node.row, node.depth + 1, node.has_below) for node in nodes]


def _words_of(row: Any) -> str:
    parts = (row.name_zh, row.name_en, getattr(row, "hint_zh", ""), getattr(row, "hint_en", ""))
    return " ".join(parts).casefold()


class Office:
    """One authority as the portal offers it; each tree is one statement, and only where a page needs it."""

    def __init__(self, authority: Authority, bodies: list[Authority], *, conduct: bool) -> None:
        self.authority = authority
        self.bodies = bodies
        self.conduct = conduct

    @cached_property
    def pack(self) -> Pack:
        return load_pack(self.authority.pack)

    @property
    def plain_kinds(self) -> list[Kind]:
        """The kinds a person chooses from; accusations have their own question."""
        return [kind for kind in self.pack.kinds if not kind.about_conduct]

    @property
    def kinds_to_ask(self) -> list[Kind]:
        return self.plain_kinds if len(self.plain_kinds) > 1 else []

    @property
    def conduct_kind(self) -> Kind | None:
        return next((kind for kind in self.pack.kinds if kind.about_conduct), None)

    @cached_property
    def subjects(self) -> Tree:
        rows = Subject.objects.filter(authority=self.authority, closed_on=None).order_by("pk")
        tree = Tree(rows)
        if self.conduct:
            return tree
        apart = {row.pk for row in tree.rows.values() if row.code == CONDUCT_SUBJECT}
        kept = [row for row in tree.rows.values() if not apart & {row.pk, *row.path}]
        # An office that has no other subject keeps it: nobody is left without a choice.
        return Tree(kept) if kept else tree

    @cached_property
    def places(self) -> Tree:
        return Tree(Place.objects.filter(authority=self.authority, closed_on=None).order_by("pk"))

    def sketch(self, under: int) -> Sketch | None:
        """The places listed under one (0: the first level) where they lie; None where too few have points."""
        nodes = self.places.under(under) if under in self.places.rows else self.places.top()
        return sketch(
            [
                Point(node.id, node.name, float(node.row.latitude), float(node.row.longitude))
                for node in nodes
                if node.row.latitude is not None and node.row.longitude is not None
            ]
        )

    @cached_property
    def units(self) -> Tree:
        """Units of this body and of those above it that work here: any of them may be accused."""
        bodies, body = [self.authority.pk], self.authority.above
        while body is not None and not body.is_outside and body.pk not in bodies:
            bodies.append(body.pk)
            body = body.above
        rows = Unit.objects.filter(authority__in=bodies, closed_on=None)
        return Tree(sorted(rows, key=lambda unit: (bodies.index(unit.authority_id), len(unit.path), unit.pk)))

    @property
    def channel_kinds(self) -> list[str]:
        """The ways that truly work here; a demo shows all of them."""
        kinds = []
        if email.is_configured() or settings.DEMO:
            kinds.append("email")
        if sms.is_configured() or settings.DEMO:
            kinds.append("sms")
        return [*kinds, "post"]

    @property
    def emergency(self) -> tuple[str, ...]:
        return EMERGENCY.get(self.authority.country or "CN", ("112",))

    @cached_property
    def setting(self) -> Setting:
        return Setting(bodies=len(self.bodies), kinds=len(self.kinds_to_ask))


def office_for(draft: Draft) -> Office | None:
    """The body that the person chose, or the only one; None while the installation has none."""
    bodies = list(serving_authorities().select_related("above"))
    if not bodies:
        return None
    chosen = draft.get("body")
    authority = next((body for body in bodies if body.pk == chosen), bodies[0])
    return Office(authority, bodies, conduct=is_conduct(draft.answers))
