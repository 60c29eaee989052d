"""An objection to a handing over is for a matter that is still to be handled."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from answerable.cases import rules
from answerable.cases.act_kinds import ActKind
from answerable.cases.services import handling, transfers
from answerable.orgs.models import Post, Unit
from tests.cast import MONDAY, accepted, make_cast


@pytest.mark.parametrize(
    "kind", [ActKind.TRANSFER_OBJECTED, ActKind.OBJECTION_AGREED, ActKind.OBJECTION_DECLINED]
)
@pytest.mark.parametrize("state", ["withdrawn", "passed_on", "closed", "decided"])
def test_about_what_is_over_nobody_objects_to_a_transfer(kind, state):
    with pytest.raises(rules.CannotAct) as refused:
        rules.require_state(kind, state)
    assert refused.value.code == "state_forbids"


@pytest.mark.django_db
def test_an_objection_comes_within_five_working_days():
    """Article 23: later, a matter would go to and fro while its own date runs."""
    cast = make_cast("cn-xinfang-2022")
    case = accepted(cast)
    handling.transfer_case(
        case_id=case.pk, to_unit=cast.water.pk, why="归水利站。", by=cast.actor(cast.clerk), seen_version=case.version,
        now=MONDAY + timedelta(hours=2),
    )  # fmt: skip
    case.refresh_from_db()
    objecting = {
        "case_id": case.pk,
        "why": "是路灯。",
        "by": cast.actor(cast.water_leader),
        "seen_version": case.version,
    }
    # Received on Monday: the next Monday is the last of five working days.
    with pytest.raises(rules.CannotAct) as refused:
        handling.object_to_transfer(**objecting, now=MONDAY + timedelta(days=8))
    assert refused.value.code == "objection_late"
    handling.object_to_transfer(**objecting, now=MONDAY + timedelta(days=7))


@pytest.mark.django_db
@pytest.mark.parametrize(("handed_on", "last"), [(1, 8), (8, 15)])
def test_whoever_it_is_handed_on_to_has_five_working_days_of_their_own(handed_on, last):
    """In time, they had what was left of the first one's days; after those, none at all."""
    cast = make_cast("cn-xinfang-2022")
    case = accepted(cast)
    ways, dates = ((cast.clerk, cast.water, 0), (cast.water_leader, cast.discipline, handed_on)), []
    for by, to, day in ways:
        case = handling.transfer_case(
            case_id=case.pk, to_unit=to.pk, why="不归我办。", by=cast.actor(by), seen_version=case.version,
            now=MONDAY + timedelta(days=day, hours=2),
        )  # fmt: skip
        rows = case.deadlines.filter(met_seq=None, voided_seq=None)
        dates.append(dict(rows.values_list("step", "late_from")))
        assert dates[-1].pop("object") > MONDAY + timedelta(days=day + 7)
    assert dates[0] == dates[1], "no other date moved"
    objecting = {"case_id": case.pk, "why": "也不归我办。", "by": cast.actor(cast.discipline_head)}
    with pytest.raises(rules.CannotAct) as refused:
        handling.object_to_transfer(
            **objecting, seen_version=case.version, now=MONDAY + timedelta(days=last + 1)
        )
    assert refused.value.code == "objection_late"
    handling.object_to_transfer(**objecting, seen_version=case.version, now=MONDAY + timedelta(days=last))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("how", ["handed over", "taken back"])
def test_nothing_goes_to_a_unit_that_was_closed(cast, how):
    case = accepted(cast)

    def doing(by):
        return {"case_id": case.pk, "why": "不归我办。", "by": cast.actor(by), "seen_version": case.version,
                "now": MONDAY + timedelta(hours=2)}  # fmt: skip

    closing = cast.water
    if how == "taken back":
        case, closing = handling.transfer_case(to_unit=cast.water.pk, **doing(cast.clerk)), cast.roads
        case = handling.object_to_transfer(**doing(cast.water_leader))
    Post.objects.filter(unit=closing).update(closed_on=MONDAY.date())
    Unit.objects.filter(pk=closing.pk).update(closed_on=MONDAY.date())
    if how == "taken back":
        going = partial(transfers.agree_objection, **doing(cast.mayor))
    else:
        going = partial(handling.transfer_case, to_unit=closing.pk, **doing(cast.clerk))
    with pytest.raises(rules.CannotAct) as refused:
        going()
    assert refused.value.code == "unit_closed"
