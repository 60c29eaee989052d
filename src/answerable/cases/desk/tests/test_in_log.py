"""How each act stands in the public log, beside it in the timeline: for whoever may see the matter, and nobody else."""

from __future__ import annotations

import re

import pytest

from answerable.record import files, publishing, starting
from answerable.record.policy import parse as parse_policy
from answerable.record.tests.conftest import own_log  # noqa: F401  (a fixture)
from answerable.record.verifying import PROVED, verify
from tests.cast import accepted

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("who", ["clerk", "auditor"])
def test_the_timeline_says_how_each_act_stands_in_the_public_log(cast, at_desk, now, own_log, who):  # noqa: F811
    case = accepted(cast, now)
    starting.ensure_started()
    browser = at_desk(getattr(cast, who))
    html = browser.get(f"/desk/case/{case.pk}").content.decode()
    assert "Recorded; not in the public log yet." in html
    assert browser.get(f"/desk/case/{case.pk}/receipt/1").status_code == 404
    publishing.publish_due()
    html = browser.get(f"/desk/case/{case.pk}").content.decode()
    assert re.search(r"Receipt: entry \d+ of the public log", html)
    policy = files.read("policy")
    given = browser.get(f"/desk/case/{case.pk}/receipt/1")
    assert policy is not None
    assert verify(given.content, policy=parse_policy(policy.content)).code == PROVED
    assert str(case.pk).encode() not in given.content
    assert browser.get(f"/desk/case/{case.pk}/receipt/99").status_code == 404
    assert at_desk(cast.water_leader).get(f"/desk/case/{case.pk}/receipt/1").status_code == 404
