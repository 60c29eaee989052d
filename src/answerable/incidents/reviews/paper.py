"""The review as PDF: one sheet to sign, to read out, and to file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from answerable.core.names import in_language
from answerable.incidents.models import Incident, Lesson, Review
from answerable.incidents.reviews import rules, wording
from answerable.incidents.reviews.measuring import figures_of
from answerable.incidents.reviews.moments import moments_of
from answerable.incidents.reviews.rules import Figures, Measured
from answerable.incidents.wording import hazard_text, moment_text, where_text
from answerable.ui.print import review as sheet
from answerable.ui.print.data import Body
from answerable.ui.print.words import Lang
from answerable.ui.templatetags.ui import day_text


def pdf_of(review: Review, *, now: datetime) -> bytes:
    """PDF bytes in the active language; marked where it is a drill or is not signed."""
    lang: Lang = "zh-hans" if (get_language() or "").startswith("zh") else "en"
    incident = review.incident
    body, zone = incident.authority, incident.authority.zone
    figures = figures_of(review, now=now)
    data = sheet.ReviewSheet(
        body=Body(
            name=body.name,
            unit=incident.unit.name,
            contact=tuple(one for one in (in_language(body.address_zh, body.address_en), body.phone) if one),
        ),
        title=_("Review of a drill") if incident.is_drill else _("Review of a response"),
        number=incident.code,
        subject=incident.called,
        facts=facts_of(incident, figures),
        texts=[
            (_("What went well"), review.well or "—"),
            (_("What did not"), review.badly or "—"),
        ],
        tables=[*_tables(figures), _lessons(review), _course(incident)],
        signed=_("Signed on %(at)s") % {"at": moment_text(review.signed_at, zone)}
        if review.signed_at
        else "",
        mark=_("EXERCISE – nothing has happened") if incident.is_drill else "",
        made_at=now.astimezone(ZoneInfo(zone)),
        preview=review.signed_at is None,
    )
    return sheet.review_sheet(data, lang)


def facts_of(incident: Incident, figures: Figures) -> list[tuple[str, str]]:
    """What the response was, in a few lines; empty ones are left out."""
    zone = incident.authority.zone
    version = incident.plan_version
    plan = (
        _("%(plan)s, version %(number)s") % {"plan": version.plan.name, "number": version.number}
        if version is not None
        else _("without a plan")
    )
    found = [
        (_("Danger"), hazard_text(incident.hazard)),
        (_("Place"), where_text(incident)),
        (_("Plan"), plan),
        (_("First call"), moment_text(incident.reported_at, zone)),
        (_("Until the response began"), wording.minutes(figures.to_activation_min)),
        (_("How long it lasted"), wording.minutes(figures.lasted_min)),
        (_("Time"), wording.pace_text(figures.pace)),
    ]
    return [fact for fact in found if fact[1]]


def _tables(figures: Figures) -> list[sheet.Table]:
    parts: list[tuple[str, Sequence[Measured]]] = [
        (_("Tasks"), figures.tasks),
        (_("Roles, until somebody had them"), figures.roles),
        (_("Reports"), figures.reports),
    ]
    heads = (_("What"), _("Target"), _("Took"), _("Outcome"))
    found = [
        sheet.Table(
            title=title,
            heads=heads,
            rows=[
                (
                    wording.name_of(row),
                    wording.minutes(row.target_min),
                    wording.minutes(row.actual_min),
                    wording.outcome(row),
                )
                for row in rows
            ],
            note=wording.tally(rules.tally(rows)) if rows else "",
            nothing=_("There were none."),
        )
        for title, rows in parts
    ]
    if figures.events:
        found.append(
            sheet.Table(
                title=_("Events of the drill"),
                heads=(_("What"), _("Took"), _("Outcome")),
                rows=[
                    (wording.name_of(row), wording.minutes(row.actual_min), wording.outcome(row))
                    for row in figures.events
                ],
                note=wording.events(figures),
            )
        )
    return found


def _lessons(review: Review) -> sheet.Table:
    rows = review.lessons.select_related("post__unit")
    return sheet.Table(
        title=_("Lessons"),
        heads=(_("What is to be done"), _("By which post"), _("Until"), _("State")),
        rows=[
            (one.what, f"{one.post.unit.name} {one.post.name}", day_text(one.due_on), _state(one))
            for one in rows
        ],
        nothing=_("None were set."),
    )


def _state(lesson: Lesson) -> str:
    if lesson.done_at is None:
        return pgettext("a lesson", "open")
    if lesson.plan_version is not None:
        return _("done, in version %(number)s of the plan") % {"number": lesson.plan_version}
    return _("done")


def _course(incident: Incident) -> sheet.Table:
    return sheet.Table(
        title=_("Course"),
        heads=(_("What"), _("Minute")),
        rows=[(one.what, str(one.minute)) for one in moments_of(incident)],
    )
