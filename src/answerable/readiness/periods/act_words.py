"""What happened to a readiness period, in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from answerable.readiness.periods.act_kinds import PeriodAct as A

WORDS: dict[str, Any] = {
    A.PLANNED: _("A readiness period was planned"),
    A.CHANGED: _("A readiness period was changed before it was announced"),
    A.PLACES_SET: _("A readiness period holds at other places"),
    A.DEMAND_SET: _("A readiness period asks for something more"),
    A.DEMAND_REMOVED: _("A readiness period asks for something no more"),
    A.ANNOUNCED: _("A readiness period was announced"),
    A.BEGUN: _("A readiness period began"),
    A.PROLONGED: _("A readiness period was prolonged"),
    A.ENDED: _("A readiness period ended"),
    A.CALLED_OFF: _("A readiness period was called off"),
    A.SURPRISE_CALLED: _("A readiness period called a roll by surprise"),
}
