"""What happened to due reports, in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from answerable.readiness.reports.act_kinds import DueReportAct as R

WORDS: dict[str, Any] = {
    R.ADDED: _("A kind of report was set up"),
    R.CHANGED: _("A kind of report was changed"),
    R.STOPPED: _("A kind of report is asked for no more"),
    R.OPENED: _("Reports were put on the list"),
    R.DROPPED: _("A report is owed no more"),
    R.EXPORTED: _("A table of reports was taken out"),
    R.DRAFTED: _("A report was kept as a draft"),
    R.SUBMITTED: _("A report was sent"),
    R.CORRECTED: _("A report was corrected"),
    R.TAKEN: _("A report was acknowledged"),
    R.SENT_BACK: _("A report was sent back"),
    R.LATE: _("A report was late; the leader was told"),
}
