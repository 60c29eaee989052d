"""The annual report: drafted in one click, written, approved, published. Each step is an act about the report."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import translation

from answerable.core.refusals import Changed
from answerable.core.text import clean
from answerable.figures.published import front, paper, preparing, rules, services
from answerable.figures.published.access import WRITES, require_for_body
from answerable.figures.published.act_kinds import PublishedAct
from answerable.figures.published.models import Report
from answerable.figures.published.report_contents import contents_of
from answerable.figures.published.rules import CannotPublish
from answerable.figures.published.services import LEADS
from answerable.orgs.models import Authority
from answerable.record.actors import Actor
from answerable.record.append import append

MAKING = (Report.State.DRAFT, Report.State.APPROVED)


@transaction.atomic(durable=True)
def draft_report(*, body: Authority, year: int, by: Actor, now: datetime) -> Report:
    """Draft the report of a year from its published figures; where one is public, the next version of it.

    Raises CannotPublish, NotTheirs.
    """
    services.lock(body, now)
    require_for_body(by, body, WRITES, "writes_report")
    edition = preparing.newest(body, str(year))
    if edition is None:
        raise CannotPublish("no_year", year=year)
    earlier = Report.objects.filter(authority=body, year=year).order_by("-number").first()
    if earlier is not None and earlier.state in MAKING:
        raise CannotPublish("report_exists")
    texts = dict(earlier.texts) if earlier is not None else {}
    for section in contents_of(body.pack).texts:
        if section.begins == "sentence" and section.code not in texts:
            texts[section.code] = _sentence(edition.content)
    report = Report.objects.create(
        authority=body,
        year=year,
        number=(earlier.number if earlier else 0) + 1,
        edition=edition,
        pack=body.pack,
        texts=texts,
        drafted_at=now,
        drafted_by_id=by.staff,
    )
    _act(report, PublishedAct.REPORT_DRAFTED, by=by, now=now, new_matter=True)
    return report


def _sentence(content: dict[str, object]) -> dict[str, str]:
    found = {}
    for lang, key in (("zh-hans", "zh"), ("en", "en")):
        with translation.override(lang):
            found[key] = front.sentence(content)
    return found


@transaction.atomic(durable=True)
def write_section(
    *, report_id: UUID, section: str, zh: str, en: str, by: Actor, seen_version: int, now: datetime
) -> Report:
    """Write one text. An approved report becomes a draft again: what is approved is what is published."""
    report = _lock(report_id, seen_version)
    require_for_body(by, report.authority, WRITES, "writes_report")
    if report.state not in MAKING:
        raise CannotPublish("not_draft")
    wanted = contents_of(report.pack).section(section)
    if wanted is None or wanted.kind != "text":
        raise CannotPublish("not_draft")
    if max(len(zh), len(en)) > rules.LONGEST_TEXT:
        raise CannotPublish("text_too_long", most=rules.LONGEST_TEXT)
    report.texts = report.texts | {section: {"zh": clean(zh).text, "en": clean(en).text}}
    report.state = Report.State.DRAFT
    report.approved_at = report.approved_by = report.approved_post = None
    _saved(report)
    _act(report, PublishedAct.REPORT_CHANGED, by=by, now=now)
    return report


@transaction.atomic(durable=True)
def approve_report(*, report_id: UUID, by: Actor, seen_version: int, now: datetime) -> Report:
    """The leader of the body approves what is written. Raises CannotPublish where a text is missing."""
    report = _lock(report_id, seen_version)
    require_for_body(by, report.authority, LEADS, "leads_body")
    if report.state != Report.State.DRAFT:
        raise CannotPublish("not_draft")
    contents = contents_of(report.pack)
    missing = rules.missing_texts(report.texts, [one.code for one in contents.texts])
    if missing:
        section = contents.section(missing[0])
        assert section is not None
        title = section.title.in_language(translation.get_language() or "en")
        raise CannotPublish("text_missing", section=title)
    report.state, report.approved_at = Report.State.APPROVED, now
    report.approved_by_id, report.approved_post_id = by.staff, by.post
    _saved(report)
    _act(report, PublishedAct.REPORT_APPROVED, by=by, now=now)
    return report


@transaction.atomic(durable=True)
def publish_report(*, report_id: UUID, by: Actor, seen_version: int, now: datetime) -> Report:
    """Publish the approved report, as pages and as paper; an earlier version stays at its own address."""
    report = _lock(report_id, seen_version)
    require_for_body(by, report.authority, LEADS, "leads_body")
    if report.state != Report.State.APPROVED:
        raise CannotPublish("not_approved")
    earlier = Report.objects.filter(
        authority=report.authority, year=report.year, state=Report.State.PUBLISHED
    )
    earlier.update(state=Report.State.REPLACED)
    report.state, report.published_at = Report.State.PUBLISHED, now
    report.pdf_zh, report.pdf_en = paper.pdf_of(report, "zh-hans", now), paper.pdf_of(report, "en", now)
    _saved(report)
    _act(report, PublishedAct.REPORT_PUBLISHED, by=by, now=now)
    return report


def _lock(report_id: UUID, seen_version: int) -> Report:
    rows = Report.objects.select_for_update(of=("self",)).select_related("authority", "edition")
    report = rows.get(pk=report_id)
    if report.version != seen_version:
        raise Changed(version=report.version)
    return report


def _saved(report: Report) -> None:
    report.version += 1
    report.save()


def _act(report: Report, kind: PublishedAct, *, by: Actor, now: datetime, new_matter: bool = False) -> None:
    body = {
        "authority": report.authority_id,
        "year": report.year,
        "number": report.number,
        "edition": str(report.edition_id),
        "texts_sha256": services.digest(report.texts),
    }
    append(kind, matter=report.pk, by=by, at=now, body=body, new_matter=new_matter)
