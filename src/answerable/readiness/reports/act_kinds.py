"""What is recorded about reports that are due. Pure."""

from __future__ import annotations

from enum import StrEnum


class DueReportAct(StrEnum):
    """Of a kind of report, under the kind's own matter."""

    ADDED = "due_report.kind_added"
    CHANGED = "due_report.kind_changed"
    STOPPED = "due_report.kind_stopped"
    OPENED = "due_report.opened"
    DROPPED = "due_report.dropped"
    EXPORTED = "due_report.table_exported"
    #: Of one report that is due, under its own id.
    DRAFTED = "due_report.drafted"
    SUBMITTED = "due_report.submitted"
    CORRECTED = "due_report.corrected"
    TAKEN = "due_report.acknowledged"
    SENT_BACK = "due_report.sent_back"
    LATE = "due_report.late"
