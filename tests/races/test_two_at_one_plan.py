"""Plans: two who save one draft, or approve it while it is saved, at the same instant.

Seen to fail with the row locks taken out of `services/plans.py`: both save, and the one who was first is
overwritten unseen.
"""

from __future__ import annotations

from functools import partial

import pytest

from answerable.incidents.models import PlanVersion
from answerable.incidents.plans.catalogue import shipped_text
from answerable.incidents.plans.rules import CannotPlan
from answerable.incidents.services.plans import adopt_plan, approve_draft, save_draft
from tests.cast import MONDAY
from tests.races.test_two_at_one_case import ROUNDS, at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
TEXT = shipped_text("school")


def test_two_save_what_both_have_seen(cast):
    by = cast.actor(cast.mayor)
    plan = adopt_plan(authority=cast.town, text=TEXT, by=by, now=MONDAY).plan
    for n in range(ROUNDS):
        seen = PlanVersion.objects.get(plan=plan, state=PlanVersion.State.DRAFT).version
        save = partial(save_draft, plan_id=plan.pk, by=by, seen=seen, now=MONDAY)
        results = at_once(
            partial(save, text=f"{TEXT}# one {n}\n"), partial(save, text=f"{TEXT}# other {n}\n")
        )
        refused = [one for one in results if isinstance(one, CannotPlan)]
        assert [one.code for one in refused] == ["changed"], results
        (kept,) = [one for one in results if isinstance(one, PlanVersion)]
        draft = PlanVersion.objects.get(pk=kept.pk)
        assert (draft.text, draft.version) == (kept.text, seen + 1)


def test_nobody_approves_what_they_have_not_seen(cast):
    by = cast.actor(cast.mayor)
    plan = adopt_plan(authority=cast.town, text=TEXT, by=by, now=MONDAY).plan
    seen = 1
    for n in range(ROUNDS):
        text = f"{TEXT}# {n}\n"
        results = at_once(
            partial(save_draft, plan_id=plan.pk, text=text, by=by, seen=seen, now=MONDAY),
            partial(approve_draft, plan_id=plan.pk, by=by, seen=seen, now=MONDAY),
        )
        saved, approved = results
        # One of them saw what the other had done, and did nothing.
        assert [isinstance(one, CannotPlan) for one in results].count(True) == 1, results
        in_use = PlanVersion.objects.filter(plan=plan, state=PlanVersion.State.IN_USE)
        if isinstance(approved, PlanVersion):
            assert in_use.get().text != text
            seen = save_draft(plan_id=plan.pk, text=text, by=by, seen=0, now=MONDAY).version
        else:
            assert saved.text == text
            seen = saved.version
        assert in_use.count() <= 1
