"""Every act of an incident is said in words in its timeline; none reads only "Recorded"."""

from __future__ import annotations

from answerable.incidents.act_kinds import IncidentAct
from answerable.incidents.timeline import WORDS


def test_every_act_has_its_words():
    missing = [str(kind) for kind in IncidentAct if kind not in WORDS]
    assert missing == []
