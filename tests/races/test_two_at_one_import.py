"""Two workers at one import at the same instant: one sees it through, the other goes on to something else.

Seen to fail with the lock taken out of `carrying._see_through`: then both register, and each matter is still there once
by its submission and its digest.
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
from tests.races.test_two_at_one_case import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
ROWS = 12


def rows() -> list[list[str]]:
    return [[f"A-{n}", "2026-02-02", "lamps", f"路灯坏了 {n}", "", "", "", ""] for n in range(ROWS)]


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
