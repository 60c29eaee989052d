"""Reports and warnings: two who send one report, two who warn at once, a watch that comes by while one is sent.

Seen to fail with `select_for_update` taken out of `incidents.steps.lock_incident` and `reports.steps.lock_report`.
"""

from __future__ import annotations

from functools import partial

import pytest

from answerable.core.refusals import Changed, Refusal
from answerable.incidents.models import Incident, PublicWarning, Report
from answerable.incidents.reports import services as reports
from answerable.incidents.reports.services import Out
from answerable.incidents.reports.tests.test_services import FIRST
from answerable.incidents.tests.scenes import activated, at
from answerable.incidents.warnings import services as warnings
from answerable.incidents.warnings.tests.test_rules import DRAFT
from answerable.record.queries import acts_of
from tests.races.test_two_at_one_case import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
ROUNDS = 4


def another(scene, number):
    """The same incident once more, under another name."""
    row = Incident.objects.get(pk=scene.incident.pk)
    row.pk, row.code = None, f"2026-1{number:02}"
    row.id = Incident._meta.get_field("id").get_default()
    row.save(force_insert=True)
    return row


def test_two_send_one_report(cast):
    scene = activated(cast)
    for n in range(ROUNDS):
        incident = another(scene, n)
        reports.open_reports(incident_id=incident.pk, now=at(0))
        row = Report.objects.get(incident=incident, duty="phone_above")
        send = partial(
            reports.send_report,
            report_id=row.pk,
            text=FIRST,
            out=Out("phone", "duty officer"),
            by=scene.mayor,
            seen_version=row.version,
            now=at(20),
        )
        late = partial(reports.look_after, report_id=row.pk, now=at(31))
        results = at_once(send, send, late)
        refused = [one for one in results if isinstance(one, Refusal)]
        assert [one.code for one in refused] == ["over"], results
        kinds = [act.kind for act in acts_of(incident.pk)]
        assert kinds.count("incident.report_sent") == 1


def test_two_open_what_is_owed(cast):
    scene = activated(cast)
    for n in range(ROUNDS):
        incident = another(scene, n)
        opening = partial(reports.open_reports, incident_id=incident.pk, now=at(0))
        results = at_once(opening, opening, opening)
        assert sorted(len(one) for one in results) == [0, 0, 3], results


def test_two_warn_at_once(cast):
    scene = activated(cast)
    for n in range(ROUNDS):
        incident = another(scene, n)
        send = partial(
            warnings.send_warning, incident_id=incident.pk, draft=DRAFT, by=scene.mayor, seen="", now=at(20)
        )
        results = at_once(send, send)
        assert sorted(type(one) for one in results if not isinstance(one, PublicWarning)) == [Changed], (
            results
        )
        assert PublicWarning.objects.filter(incident=incident).count() == 1
