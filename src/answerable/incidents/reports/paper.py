"""A report as PDF: what is printed, faxed or given to a messenger."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from answerable.core.names import in_language
from answerable.incidents.models import Report
from answerable.incidents.reports import wording
from answerable.ui.print import situation
from answerable.ui.print.data import Body
from answerable.ui.print.words import Lang


def pdf_of(row: Report, parts: Mapping[str, str], now: datetime) -> bytes:
    """PDF bytes in the active language; marked where it is an exercise or was not sent."""
    lang: Lang = "zh-hans" if (get_language() or "").startswith("zh") else "en"
    incident = row.incident
    body = incident.authority
    zone = ZoneInfo(body.zone)
    data = situation.SituationReport(
        body=Body(
            name=body.name,
            unit=incident.unit.name,
            contact=tuple(one for one in (in_language(body.address_zh, body.address_en), body.phone) if one),
        ),
        title=wording.title(row),
        number=incident.code,
        subject=wording.hazard(incident),
        addressee=wording.recipient(row),
        facts=tuple(_facts(row)),
        parts=tuple((wording.content(code), text) for code, text in parts.items()),
        signed_by=f"{row.sent_post.unit.name} {row.sent_post.name}" if row.sent_post else "",
        signed_on=(row.sent_at or now).astimezone(zone).date(),
        mark=_("EXERCISE – nothing has happened") if incident.is_drill else "",
        note=_("It says only what has changed since the report before.")
        if row.kind == Report.Kind.FOLLOW_UP
        else "",
        made_at=now.astimezone(zone),
        preview=row.state != Report.State.SENT,
    )
    return situation.situation_report(data, lang)


def _facts(row: Report) -> list[tuple[str, str]]:
    zone = row.incident.authority.zone
    found = []
    if row.due_at is not None:
        found.append((_("Due at the latest"), wording.at_text(row.due_at, zone)))
    if row.sent_at is not None:
        way = str(wording.WAYS.get(row.sent_way, row.sent_way))
        found.append((_("Sent"), f"{wording.at_text(row.sent_at, zone)} {way}"))
    if row.taken_by:
        found.append((_("Taken down by"), row.taken_by))
    if row.late_at is not None:
        found.append((_("In time"), _("no: late")))
    return found
