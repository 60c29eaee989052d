"""One report as PDF: what was reported, what the system counted, and the versions before."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from answerable.core.names import in_language
from answerable.readiness.reports import fields, wording
from answerable.readiness.reports.models import DueReport, Version
from answerable.ui.print import review as sheet
from answerable.ui.print.data import Body
from answerable.ui.print.words import Lang


def pdf_of(report: DueReport, *, now: datetime) -> bytes:
    """PDF bytes in the active language; marked as a preview where nothing was sent."""
    lang: Lang = "zh-hans" if (get_language() or "").startswith("zh") else "en"
    body, zone = report.kind.authority, report.kind.authority.zone
    versions = list(report.versions.select_related("post__unit").order_by("-number"))
    data = sheet.ReviewSheet(
        body=Body(
            name=body.name,
            unit=report.unit.name,
            contact=tuple(one for one in (in_language(body.address_zh, body.address_en), body.phone) if one),
        ),
        title=report.kind.name,
        number=report.unit.name,
        subject=wording.span_text(report),
        facts=_facts(report, now),
        texts=_texts(report, versions[0]) if versions else [],
        tables=[_numbers(report, versions[0]), *([_earlier(versions)] if len(versions) > 1 else [])]
        if versions
        else [],
        signed=_signed(versions[0]) if versions else "",
        made_at=now.astimezone(ZoneInfo(zone)),
        preview=not versions,
    )
    return sheet.review_sheet(data, lang)


def _facts(report: DueReport, now: datetime) -> list[tuple[str, str]]:
    rows = [
        (_("It stands"), str(wording.word_of(report, now)[1])),
        (_("Due at the latest"), wording.at_text(report.due_at)),
        (_("To"), report.to_unit.name if report.to_unit is not None else ""),
    ]
    if report.first_at is not None:
        rows.insert(1, (_("First sent"), wording.at_text(report.first_at)))
    return [row for row in rows if row[1]]


def _texts(report: DueReport, version: Version) -> list[tuple[str, str]]:
    found = []
    for field in fields.read(report.fields):
        if field.type == "text" and (text := version.answers.get(field.code, {}).get("value")):
            found.append((wording.label_of(field), str(text)))
    return [(_("Nothing to report"), "—"), *found] if version.is_nil else found


def _numbers(report: DueReport, version: Version) -> sheet.Table:
    rows = []
    for field in fields.read(report.fields):
        if field.type == "text":
            continue
        one = version.answers.get(field.code, {})
        counted = one.get("computed")
        rows.append(
            (
                wording.label_of(field),
                wording.value_text(field, one.get("value")),
                "" if counted is None else str(counted),
                one.get("why", ""),
            )
        )
    return sheet.Table(
        title=_("Figures"),
        heads=(_("What"), _("Reported"), _("Counted by the system"), _("Why it is another number")),
        rows=rows,
        nothing=_("There were none."),
        shares=(4, 2, 2, 4),
    )


def _earlier(versions: list[Version]) -> sheet.Table:
    return sheet.Table(
        title=_("Versions"),
        heads=(_("Why it was corrected"), _("Version"), _("Sent")),
        rows=[(one.why or "—", str(one.number), wording.at_text(one.at)) for one in versions],
    )


def _signed(version: Version) -> str:
    post = f"{version.post.unit.name} {version.post.name}" if version.post is not None else ""
    return _("%(post)s, %(at)s") % {"post": post, "at": wording.at_text(version.at)}
