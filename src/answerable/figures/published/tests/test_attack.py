"""Small numbers cannot be worked out of anything published, and the attack that says so is a good one."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from answerable.figures.published import laying, rules
from answerable.figures.published.attacking import Cell, Release, attack, bounds_of, system_of
from answerable.figures.published.measures import TableName
from answerable.figures.published.rules import CannotPublish
from answerable.figures.published.suppression import LEAST, ROOT, Row, Table, show
from answerable.figures.published.tests import attacks
from answerable.figures.published.tests.attacks import COUNT, DATE, WORD, crossed_out, release, shown_of
from answerable.figures.published.yearly import show_year, year_table

QUICK = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
FEW = settings(max_examples=6, suppress_health_check=[HealthCheck.too_slow])


def table(*numbers, rows=None):
    """A flat table of one count."""
    rows = rows or tuple(Row(at) for at in range(1, len(numbers) + 1))
    return Table(rows, {row.id: {"answered": n} for row, n in zip(rows, numbers, strict=True)})


# ---------------------------------------------------------------- the attack is a good one


@settings(max_examples=15)
@given(
    st.lists(st.integers(0, 4), min_size=3, max_size=3), st.lists(st.integers(0, 4), min_size=3, max_size=3)
)
def test_the_attack_finds_exactly_what_trying_everything_finds(kept, missed):
    """Three rows, two parts: every table that says the same is written down, and the bounds are read off."""
    own = {
        row: {"answered": k + m, "kept": k, "missed": m}
        for row, k, m in zip((1, 2, 3), kept, missed, strict=True)
    }
    whole = Table(tuple(map(Row, own)), own)
    out = crossed_out(whole, (COUNT, DATE))
    total = out[1].total
    if total is None:
        return  # nothing is said of the whole, so nothing bounds a row
    cells = [Cell("p", row, part) for row in own for part in ("kept", "missed")]
    seen = {cell: set() for cell in cells}
    for guess in product(*(range(total[cell.measure] + 1) for cell in cells[:4])):
        held = dict(zip(cells, guess, strict=False))
        for part in ("kept", "missed"):
            held[Cell("p", 3, part)] = total[part] - held[Cell("p", 1, part)] - held[Cell("p", 2, part)]
        if min(held.values()) >= 0 and _says_the_same(held, out):
            for cell in cells:
                seen[cell].add(held[cell])
    bounds = bounds_of(system_of([Release("p", whole, out)]), [(cell,) for cell in cells])
    assert [(min(seen[cell]), max(seen[cell])) for cell in cells] == bounds


def _says_the_same(held, out):
    for shown in out:
        if shown.total is None:
            continue
        for members, counts in [((1, 2, 3), shown.total), *((g.members, g.counts) for g in shown.groups)]:
            for measure in shown.family.measures:
                parts = ("kept", "missed") if measure == "answered" else (measure,)
                if sum(held[Cell("p", row, part)] for row in members for part in parts) != counts[measure]:
                    return False
    return True


def test_a_cell_that_is_only_crossed_out_follows_from_the_margin():
    small = table(3, 20, 30)
    found = attack(system_of([Release("p", small, crossed_out(small, (COUNT,)))]))
    assert [(one.what[0].row, one.least, one.most) for one in found] == [(1, 3, 3)]


def test_a_part_that_is_only_crossed_out_follows_from_the_other_part():
    own = {1: {"answered": 20, "kept": 17, "missed": 3}, 2: {"answered": 30, "kept": 20, "missed": 10}}
    both = Table((Row(1), Row(2)), own)
    assert attack(system_of([Release("p", both, crossed_out(both, (COUNT, DATE)))]))
    assert not attack(system_of([release(both)]))


# ---------------------------------------------------------------- nothing follows


@QUICK
@given(attacks.tables())
def test_no_small_number_follows_from_a_month(any_table):
    assert attack(system_of([release(any_table)])) == []


@QUICK
@given(attacks.tables())
def test_no_number_from_one_to_four_is_shown(any_table):
    for shown in shown_of(any_table):
        for counts in [shown.total or {}, *(group.counts for group in shown.groups)]:
            assert not any(0 < number < LEAST for number in counts.values())


def test_without_laying_together_the_attack_finds_small_numbers(monkeypatch):
    """The test fails when the rows are not laid together: so it can fail."""
    monkeypatch.setattr(attacks, "show", show)
    monkeypatch.setattr(
        "answerable.figures.published.suppression.laid_together",
        lambda groups, sums, family: [g for g in groups if family.may_show(sums[g[0]])],
    )
    small = table(3, 20, 30)
    assert attack(system_of([Release("p", small, [show(small, COUNT)])]))


@FEW
@given(st.data())
def test_no_small_number_follows_from_a_year_and_its_months(data):
    rows = data.draw(attacks.trees(most=5))
    months = [release(data.draw(attacks.tables(rows)), f"2026-{number:02}") for number in (1, 2, 3)]
    whole = year_table(months, months[-1].table)
    shown = show_year("2026", whole, (COUNT, DATE), _only(months, 2))
    plain = show_year("2026", whole, (COUNT, DATE), _only(months, 2), share=lambda _left: lambda: True)
    for said in (shown, plain):
        year = (Release("2026", whole, said), [one.period for one in months])
        assert attack(system_of(_only(months, 2), [year])) == []


def test_a_year_without_time_says_what_adds_up_from_its_months_and_no_more():
    """Row 2 stands alone in one month only; where rows moved in the tree there is the sum of all."""
    months = _only([release(table(20, 20, 30), "2026-01"), release(table(30, 3, 30), "2026-02")], 1)
    whole = year_table(months, months[-1].table)
    (shown,) = show_year("2026", whole, (COUNT,), months, share=lambda _left: lambda: True)
    assert [(group.members, group.counts["answered"]) for group in shown.groups] == [((1, 2), 73), ((3,), 60)]
    rows = (Row(1), Row(2), Row(3, 1), Row(4, 1))
    moved = Table(rows, {1: {}, 2: {"answered": 3}, 3: {"answered": 30}, 4: {"answered": 30}})
    months = _only([months[1], release(moved, "2026-03")], 1)
    (shown,) = show_year(
        "2026", year_table(months, moved), (COUNT,), months, share=lambda _left: lambda: True
    )
    assert (shown.total, shown.groups) == ({"answered": 126}, ())


def _only(months, families):
    return [Release(one.period, one.table, one.shown[:families]) for one in months]


def test_a_year_that_is_laid_out_by_itself_gives_a_month_away():
    """Row 1 is small in January alone: its year less eleven months would be that number."""
    months = [release(table(3, 20, 30), "2026-01")]
    months += [release(table(20, 20, 30), f"2026-{number:02}") for number in range(2, 13)]
    months = _only(months, 1)
    whole = year_table(months, months[-1].table)
    naive = (Release("2026", whole, [show(whole, COUNT)]), [one.period for one in months])
    assert attack(system_of(months, [naive]))
    shown = show_year("2026", whole, (COUNT,), months)
    assert shown[0].total == {"answered": 823}
    assert not attack(system_of(months, [(Release("2026", whole, shown), naive[1])]))


def test_a_unit_and_its_parent_do_not_give_each_other_away():
    rows = (Row(1), Row(2, 1), Row(3, 1), Row(4))
    inner = Table(rows, {1: {"answered": 2}, 2: {"answered": 20}, 3: {"answered": 30}, 4: {"answered": 40}})
    assert attack(system_of([Release("p", inner, crossed_out(inner, (COUNT,)))]))
    shown = show(inner, COUNT)
    assert not attack(system_of([Release("p", inner, [shown])]))
    assert [(g.parent, g.members) for g in shown.groups] == [
        (ROOT, (1,)),
        (ROOT, (4,)),
        (1, (-1, 2)),
        (1, (3,)),
    ]


def test_where_everybody_said_the_same_it_is_not_said_of_them():
    own = {
        1: {"answered": 8, "solved": 0, "unsolved": 8, "silent": 0},
        2: {"answered": 40, "solved": 15, "unsolved": 15, "silent": 10},
    }
    word = show(Table((Row(1), Row(2)), own), WORD)
    assert word.total is not None
    assert word.groups == ()


# ---------------------------------------------------------------- editions


def test_an_old_edition_is_laid_beside_a_new_one_too():
    """Ten, twenty, eleven: the third says by one what was added to the first. Wherever in the tree the row stands."""
    moved = content(21, 30)
    moved["tables"][0]["families"][0]["lines"][0]["parent"] = "r1"
    for new in (content(21, 30), moved):
        with pytest.raises(CannotPublish) as refused:
            rules.require_apart(content(20, 30), new, is_last=False)
        assert refused.value.code == "differs_by_few"
    rules.require_apart(content(20, 30), content(20, 30), is_last=False)


@QUICK
@given(st.data())
def test_a_later_edition_shows_no_row_apart_that_the_earlier_one_laid_together(data):
    rows = data.draw(attacks.trees())
    old, new = (data.draw(attacks.tables(rows)) for _ in range(2))
    before = shown_of(old)
    after = show(new, COUNT, before=before[0])
    if after.total is None:
        return
    assert before[0].total is not None
    cells = [frozenset(group.members) for group in before[0].groups]
    for group in after.groups:
        inside = [cell for cell in cells if cell <= set(group.members)]
        assert frozenset().union(*inside) == set(group.members)


def content(*numbers):
    lines = [
        {"parent": "", "rows": [f"r{n}"], "counts": {"answered": count}} for n, count in enumerate(numbers)
    ]
    family = {"family": "answered", "total": {"answered": sum(numbers)}, "lines": lines}
    return {"tables": [{"table": "unit", "rows": [], "families": [family]}]}


@pytest.mark.parametrize(
    ("new", "code"),
    [
        ((20, 30), "same_as_before"),
        ((21, 30), "differs_by_few"),
        ((25, 26), "differs_by_few"),
        ((26, 30), ""),
    ],
)
def test_two_editions_differ_nowhere_by_a_few(new, code):
    if not code:
        rules.require_apart(content(20, 30), content(*new))
        return
    with pytest.raises(CannotPublish) as refused:
        rules.require_apart(content(20, 30), content(*new))
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("was", "now", "is_made"),
    [
        (6, 6, True),
        (6, 7, False),
        (6, 11, True),
        (5, None, False),
        (None, 8, False),
        (None, 9, True),
        (0, None, False),
    ],
)
def test_two_editions_of_a_year_give_no_single_accusation_away(was, now, is_made):
    old, new = (
        content(20, 30) | {"conduct": {"received": was}},
        content(26, 30) | {"conduct": {"received": now}},
    )
    if is_made:
        rules.require_apart(old, new)
        return
    with pytest.raises(CannotPublish) as refused:
        rules.require_apart(old, new)
    assert refused.value.code == "differs_by_few"


def test_the_gate_refuses_what_gives_a_small_number_away():
    small = table(3, 20, 30)
    everything = {TableName.UNIT: small}
    with pytest.raises(CannotPublish) as refused:
        laying.require_tight("p", everything, {TableName.UNIT: crossed_out(small, (COUNT,))})
    assert refused.value.code == "gives_away"
    laying.require_tight("p", everything, {TableName.UNIT: [show(small, COUNT)]})
