"""The table of units and leaders: each number with the address of the list behind it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.html import escape, format_html, format_html_join, html_safe
from django.utils.translation import gettext as _

from answerable.figures.lists import Now
from answerable.figures.queries import Key, Sums, total
from answerable.figures.scope import Scope
from answerable.figures.tallies import Measure as M
from answerable.figures.wording import COLUMNS, days_text, percent
from answerable.orgs.standing import standing

NOTHING = ("0", "–")


@html_safe
@dataclass(frozen=True)
class Number:
    """A number as it is written, and the list that it opens ("" for none)."""

    text: str
    href: str = ""
    says: str = ""

    @property
    def is_nothing(self) -> bool:
        return self.text in NOTHING

    def __str__(self) -> str:
        """Not a template: a table has hundreds of them."""
        shown = format_html('<a href="{}">{}</a>', self.href, self.text) if self.href else escape(self.text)
        return format_html('{} <span class="row-sub">{}</span>', shown, self.says) if self.says else shown


@html_safe
@dataclass(frozen=True)
class Cell:
    """One or two numbers under a head of the table; `key` names its formula."""

    key: str
    head: str
    numbers: list[Number]

    @property
    def is_nothing(self) -> bool:
        return all(number.is_nothing for number in self.numbers)

    def __str__(self) -> str:
        return format_html_join(" / ", "{}", ((number,) for number in self.numbers))


@dataclass(frozen=True)
class Line:
    """One row: a unit, or a leader's post in it. `cells` are as many as the columns."""

    name: str
    depth: int
    is_post: bool
    cells: list[Cell] = field(default_factory=list)
    href: str = ""
    note: str = ""

    @property
    def is_nothing(self) -> bool:
        return all(cell.is_nothing for cell in self.cells)


def lines(scope: Scope, sums: Mapping[Key, Sums]) -> Iterator[Line]:
    """Units in the order of the organisation; under each, its leaders' posts where several answered for cases."""
    found, base = standing(), min((len(unit.path or [0]) for unit in scope.units), default=1)
    for unit in scope.units:
        own = {key: one for key, one in sums.items() if key[0] == unit.pk and not one.is_empty}
        if not own and unit.closed_on is not None:
            continue
        posts = sorted(own)
        one = found.posts.get(posts[0][1]) if len(posts) == 1 else None
        yield Line(
            name=unit.name,
            depth=len(unit.path or [0]) - base,
            is_post=False,
            cells=cells(scope, total(own), of=unit.pk),
            href=reverse("figures:home") + scope.address(unit=unit.pk),
            note=one.name if one is not None else "",
        )
        for key in posts if len(posts) > 1 else ():
            post = found.posts.get(key[1])
            yield Line(
                name=post.name if post is not None else "–",
                depth=len(unit.path or [0]) - base + 1,
                is_post=True,
                cells=cells(scope, own[key], of=unit.pk, post=key[1]),
            )


def folded(found: Iterable[Line]) -> tuple[list[Line], list[Line]]:
    """The lines that say something, or stand above one that does, and those that do not; each in its order."""
    shown: list[Line] = []
    without: list[Line] = []
    below = 0  # the depth of the line last shown: what is above it stays
    for line in reversed(list(found)):
        if line.is_nothing and line.depth >= below:
            without.append(line)
        else:
            shown.append(line)
            below = line.depth
    return shown[::-1], without[::-1]


def cells(scope: Scope, sums: Sums, *, of: int | None = None, post: int | None = None) -> list[Cell]:
    """The numbers of a row, column by column (`wording.COLUMNS`)."""
    address = reverse("figures:list")

    def number(n: int, name: str) -> Number:
        href = address + scope.address(list=name, of=of, post=post) if n else ""
        return Number(f"{n:,}", href)

    def half(measure: str) -> Number:
        days = sums.half_within(measure)
        if not sums[measure]:
            return Number("–")
        text = days_text(days) if days is not None else _("over 2 years")
        return Number(text, address + scope.address(list=measure, of=of, post=post))

    in_time = [Number("–")]
    if sums.with_date:
        share = _("%(part)s of %(all)s") % {"part": f"{sums[M.IN_TIME]:,}", "all": f"{sums.with_date:,}"}
        in_time = [Number(percent(sums.in_time_share), number(sums[M.IN_TIME], M.IN_TIME).href, share)]
    late = [number(sums[M.LATE], M.LATE)]
    if sums[M.LATE]:
        late.append(half(M.LATE))
    found: dict[str, list[Number]] = {
        "received": [number(sums[M.RECEIVED], M.RECEIVED)],
        "open": [number(sums.open, Now.OPEN)],
        "late_now": [number(sums.late_now, Now.LATE)],
        "answered": [number(sums[M.ANSWERED], M.ANSWERED)],
        "in_time": in_time,
        "late": late,
        "first": [half(M.FIRST_ANSWER)],
        "own": [half(M.ELAPSED)],
        "reviews": [number(sums[one], one) for one in (M.REVIEW_STOOD, M.REVIEW_CHANGED)],
        "office_says": [number(sums[M.OFFICE_SOLVED], M.OFFICE_SOLVED)],
        "person_says": [number(sums[one], one) for one in (M.PERSON_SOLVED, M.PERSON_UNSOLVED)],
    }
    return [Cell(key, str(COLUMNS[key][0]), numbers) for key, numbers in found.items()]
