"""A plan on paper: the whole of it, the call tree on one page, and role cards to cut out.

Each bears its version and a code that leads to the current one: paper in a drawer grows old.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from answerable.ui.print import qr
from answerable.ui.print.data import Body
from answerable.ui.print.render import render
from answerable.ui.print.words import Lang, moment, said


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading with a paragraph, or with rows under heads."""

    title: str
    text: str = ""
    heads: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One who is called: what for, who holds it, and the numbers; `then`: who is called where nobody answers."""

    name: str
    holder: str
    phone: str = ""
    then: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    title: str
    calls: tuple[Call, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What somebody holds in their hand: the role, who has it, and their actions in the order they are due."""

    name: str
    task: str
    facts: tuple[tuple[str, str], ...]
    actions: tuple[tuple[str, str, str], ...]  # minutes and levels, what, how one sees that it is done


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPaper:
    """`version`: such as "Version 3, approved on …"; `address`: where the current one is."""

    body: Body
    title: str
    version: str
    address: str
    address_words: str
    made_at: datetime
    note: str = ""
    sections: tuple[Section, ...] = ()
    groups: tuple[Group, ...] = ()
    then_words: str = ""
    cards: tuple[Card, ...] = ()


def plan_paper(data: PlanPaper, lang: Lang) -> bytes:
    """PDF bytes of the whole plan."""
    return _render("plan", data, lang)


def call_tree(data: PlanPaper, lang: Lang) -> bytes:
    """PDF bytes of the call tree, on one page: what does not fit is set smaller."""
    return _render("call_tree", data, lang)


def role_cards(data: PlanPaper, lang: Lang) -> bytes:
    """PDF bytes of a card for each role."""
    return _render("role_cards", data, lang)


def _render(template: str, data: PlanPaper, lang: Lang) -> bytes:
    content = {
        "title": data.title,
        "body": {"name": data.body.name, "unit": data.body.unit, "contact": list(data.body.contact)},
        "version": data.version,
        "address": data.address,
        "address_words": data.address_words,
        "note": data.note,
        "sections": [asdict(one) for one in data.sections],
        "groups": [asdict(one) for one in data.groups],
        "then_words": data.then_words,
        "calls": sum(len(one.calls) for one in data.groups),
        "cards": [asdict(one) for one in data.cards],
        "printed": said("printed", lang, when=moment(data.made_at, lang)),
    }
    figures = {"address": qr.svg(data.address)}
    return render(template, content, lang=lang, made_at=data.made_at, figures=figures)
