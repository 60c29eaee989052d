"""Tables for the attack: random ones, and what a press that only crosses out small cells would publish of them."""

from __future__ import annotations

from hypothesis import strategies as st

from answerable.figures.published.attacking import Release
from answerable.figures.published.suppression import ROOT, Family, Group, Row, Shown, Table, show

COUNT = Family("answered", name="answered")
DATE = Family("answered", ("kept", "missed"), "date")
WORD = Family("answered", ("solved", "unsolved", "silent"), "word", is_personal=True)
FAMILIES = (COUNT, DATE, WORD)


@st.composite
def trees(draw, most=7):
    """Rows of any shape, parents first."""
    number = draw(st.integers(2, most))
    return tuple(Row(at, draw(st.sampled_from([ROOT, *range(1, at)]))) for at in range(1, number + 1))


@st.composite
def tables(draw, rows=None):
    """Mostly small numbers: these are what has to be hidden."""
    rows = draw(trees()) if rows is None else rows
    own = {}
    for row in rows:
        answered = draw(st.one_of(st.integers(0, 9), st.integers(0, 60)))
        missed = draw(st.integers(0, answered))
        solved = draw(st.integers(0, answered))
        unsolved = draw(st.integers(0, answered - solved))
        own[row.id] = {
            "answered": answered,
            "kept": answered - missed,
            "missed": missed,
            "solved": solved,
            "unsolved": unsolved,
            "silent": answered - solved - unsolved,
        }
    return Table(rows, own)


def shown_of(table, families=FAMILIES):
    alone = show(table, families[0])
    return [alone, *(show(table, family, alone=alone) for family in families[1:])]


def release(table, period="2026-03"):
    return Release(period, table, shown_of(table))


def crossed_out(table, families=FAMILIES):
    """What a press publishes that crosses out small cells and nothing more: every margin gives them away."""
    out = []
    for family in families:
        sums = table.sums(family.measures)
        if not family.may_show(sums[ROOT]):
            out.append(Shown(family))
            continue
        groups = [
            Group(parent, (child,), sums[child])
            for parent, children in table.children().items()
            for child in children
            if family.may_show(sums[child])
        ]
        out.append(Shown(family, sums[ROOT], tuple(groups)))
    return out
