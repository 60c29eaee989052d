"""An objection to a handing over is for a matter that is still to be handled."""

from __future__ import annotations

import pytest

from answerable.cases import rules
from answerable.cases.act_kinds import ActKind


@pytest.mark.parametrize(
    "kind", [ActKind.TRANSFER_OBJECTED, ActKind.OBJECTION_AGREED, ActKind.OBJECTION_DECLINED]
)
@pytest.mark.parametrize("state", ["withdrawn", "passed_on", "closed", "decided"])
def test_about_what_is_over_nobody_objects_to_a_transfer(kind, state):
    with pytest.raises(rules.CannotAct) as refused:
        rules.require_state(kind, state)
    assert refused.value.code == "state_forbids"
