"""Two workers at one import at the same instant: one sees it through, the other goes on to something else.

Seen to fail with the lock taken out of `carrying._see_through`: then both register, and each matter is still there once
by its submission and its digest; and that of the same rows in two imports with the lock taken out of `take_over`.
"""

from __future__ import annotations

from functools import partial

import pytest

from answerable.cases.imports import carrying, deciding
from answerable.cases.imports.models import Import, Imported
from answerable.cases.imports.tests.test_cases_file import book
from answerable.cases.models import Case
from answerable.core import clock
from answerable.record.models import Act
from answerable.record.queries import shown
from tests.races.test_two_at_one_case import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
ROWS = 12


def rows() -> list[list[str]]:
    return [[f"A-{n}", "2026-02-02", "lamps", f"路灯坏了 {n}", "", "", "", ""] for n in range(ROWS)]


@pytest.mark.parametrize("workers", [1, 2])
def test_the_same_rows_in_two_imports_are_counted_once(cast, workers):
    """Two administrators bring the same file, and both say yes: each matter is registered and counted once, whether one
    worker carries one import after the other or two carry both at the same instant."""
    by = cast.actor(cast.administrator)
    for name in ("old.xlsx", "again.xlsx"):
        deciding.begin_file(
            authority=cast.town, source="old", name=name, content=book(*rows()), by=by, now=clock.now()
        )
    carrying.turn(clock.now)
    for row in Import.objects.filter(state="ready"):
        deciding.confirm_import(import_id=row.pk, by=by, now=clock.now())
    see = [
        partial(carrying._see_through, pk, clock.now, bool)
        for pk in Import.objects.values_list("pk", flat=True)
    ]
    at_once(*see) if workers == 2 else [one() for one in see]
    assert set(Import.objects.values_list("state", flat=True)) == {"done"}
    assert sum(Import.objects.values_list("done", flat=True)) == ROWS
    assert (Case.objects.count(), Imported.objects.count()) == (ROWS, ROWS)
    counts = [int(shown(act).body["count"]) for act in Act.objects.filter(kind="cases.imported")]
    assert sum(counts) == ROWS


def test_two_workers_at_one_import(cast):
    by = cast.actor(cast.administrator)
    begun = deciding.begin_file(
        authority=cast.town, source="old", name="old.xlsx", content=book(*rows()), by=by, now=clock.now()
    )
    work = partial(carrying.turn, clock.now)
    assert sorted(at_once(work, work)) == [0, 1]
    assert Import.objects.get().state == "ready"
    deciding.confirm_import(import_id=begun.pk, by=by, now=clock.now())
    assert sorted(at_once(work, work)) == [0, 1]
    row = Import.objects.get()
    assert (row.state, row.done) == ("done", ROWS)
    assert (Case.objects.count(), Imported.objects.count()) == (ROWS, ROWS)
    assert Act.objects.filter(kind="cases.imported").count() == 1
