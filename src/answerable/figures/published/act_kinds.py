"""The acts of publishing figures. Each says which edition it is about, and the digest of what went out. Pure."""

from __future__ import annotations

from enum import StrEnum


class PublishedAct(StrEnum):
    ASKED = "figures.asked"
    PREPARED = "figures.prepared"
    NOT_PREPARED = "figures.not_prepared"
    RELEASED = "figures.released"
    HELD_BACK = "figures.held_back"
    SETTINGS_CHANGED = "figures.settings_changed"
    REPORT_DRAFTED = "figures.report_drafted"
    REPORT_CHANGED = "figures.report_changed"
    REPORT_APPROVED = "figures.report_approved"
    REPORT_PUBLISHED = "figures.report_published"
