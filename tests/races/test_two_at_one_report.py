"""Due reports: a form that is sent twice at once, two who send one report, two workers that open what is owed.

Seen to fail with `select_for_update` taken out of `reports.steps.lock_report` and `reports.making.lock_kind`.
"""

from __future__ import annotations

from functools import partial
from uuid import uuid4

import pytest

from answerable.core.refusals import Changed
from answerable.readiness.reports import making
from answerable.readiness.reports.models import DueReport, Version
from answerable.readiness.reports.tests.scenes import asked, at, by_unit, opened, send
from tests.cast import MONDAY
from tests.races.test_two_at_one_case import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def test_a_form_that_is_sent_twice_at_once_is_one_version(cast):
    for report in opened(cast)[cast.roads.pk]:
        key, hours = uuid4(), (report.until_at - MONDAY).total_seconds() / 3600 + 0.5
        sending = partial(send, cast, report, hours, key=key, seen_version=1)
        results = at_once(sending, sending, sending)
        assert {one.pk for one in results} == {Version.objects.get(report=report).pk}, results


def test_two_who_send_one_report_and_one_of_them_is_told(cast):
    for report in opened(cast)[cast.roads.pk]:
        hours = (report.until_at - MONDAY).total_seconds() / 3600 + 0.5
        sending = partial(send, cast, report, hours, seen_version=1)
        results = at_once(sending, sending)
        assert sorted(type(one).__name__ for one in results) == [Changed.__name__, "Version"], results


def test_workers_open_each_report_once(cast):
    kind = asked(cast)
    for days in range(4):
        turn = partial(making.plan_kind, kind_id=kind.pk, now=at(24 * days))
        results = at_once(turn, turn, turn)
        assert not [one for one in results if isinstance(one, Exception)], results
    rows = by_unit(kind)[cast.roads.pk]
    assert len(rows) == len({one.until_at for one in rows}) == 6
    assert DueReport.objects.count() == 12
