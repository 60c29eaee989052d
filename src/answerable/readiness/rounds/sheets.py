"""Rounds and findings as a workbook: what was looked at and what came of it; nobody is in it but who did the work."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import IO, Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from answerable.core.text import spreadsheet_safe
from answerable.core.workbooks import begin_streamed, new_book
from answerable.readiness.rounds import wording
from answerable.readiness.rounds.models import Answer, Finding, Round, RoundPlan
from answerable.readiness.rounds.template.reading import kept_template

#: More is no sheet that anybody reads; narrow the list.
MOST_ROWS = 100_000


def findings_file(rows: Iterable[Finding], *, zone: str, today: date) -> IO[bytes]:
    """One row a finding."""
    heads = [
        _("What is wrong"),
        _("Where"),
        _("Unit"),
        _("How grave"),
        _("It becomes"),
        _("State"),
        _("Found"),
        _("To be mended by"),
        _("At first by"),
        _("Times postponed"),
        _("Post"),
        _("Mended"),
        _("What was done"),
        _("To be looked at by"),
        _("Checked"),
        _("Times found here"),
        _("Sent back"),
        _("What was seen"),
    ]
    here = ZoneInfo(zone)
    cells = (
        [
            one.name,
            wording.finding_thing(one),
            one.unit.name,
            one.get_severity_display(),
            one.get_becomes_display(),
            wording.finding_state(one, today)[1],
            _local(one.found_at, here),
            one.due_on,
            one.first_day,
            one.postponed,
            one.post.name,
            _local(one.mended_at, here),
            one.mended_with,
            one.check_on,
            _local(one.checked_at, here),
            one.times,
            one.sent_back,
            one.note,
        ]
        for one in rows.iterator(chunk_size=500)  # type: ignore[attr-defined]
    )
    return _book(_("Findings"), heads, cells)


def plan_file(plan: RoundPlan, rounds: Sequence[Round], *, zone: str, now: datetime) -> IO[bytes]:
    """One row a round, a column a question: of the newest version among them."""
    newest = max((one.template_version for one in rounds), key=lambda one: one.number, default=None)
    file = kept_template(newest.text) if newest is not None else None
    questions = [one for one in file.questions if one.kind != "photograph"] if file is not None else []
    tongue = wording.language()
    heads = [_("Where"), _("Due"), _("Done"), _("State"), _("By"), _("Findings")]
    heads += [one.ask.in_language(tongue) for one in questions]
    answers: dict[Any, dict[str, Answer]] = {}
    for answer in Answer.objects.filter(round__in=rounds):
        answers.setdefault(answer.round_id, {})[answer.question] = answer
    here = ZoneInfo(zone)
    cells = (
        [
            wording.round_thing(one),
            _local(one.due_at, here),
            _local(one.happened_at or one.done_at, here),
            wording.round_state(one, now)[1],
            one.done_by.name if one.done_by is not None else "",
            one.findings_count,
            *(_cell(question, answers.get(one.pk, {}).get(question.code)) for question in questions),
        ]
        for one in rounds
    )
    return _book(plan.name, heads, cells)


def _cell(question: Any, answer: Answer | None) -> Any:
    if answer is None:
        return ""
    if answer.number is not None:
        return float(answer.number)
    return wording.answer_text(question, answer)


def _local(at: datetime | None, zone: ZoneInfo) -> datetime | None:
    return at.astimezone(zone).replace(tzinfo=None, microsecond=0) if at else None


def _book(title: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> IO[bytes]:
    """Written row by row into a temporary file, open at its beginning; it is gone when closed."""
    book = new_book(is_streamed=True)
    plain = "".join(" " if sign in "\\/*?:[]" else sign for sign in title)
    sheet = book.create_sheet(plain[:31] or "list")
    begin_streamed(sheet, [spreadsheet_safe(one) for one in heads])
    for number, row in enumerate(rows):
        if number >= MOST_ROWS:
            sheet.append([_("More rows exist; narrow the list.")])
            break
        sheet.append([spreadsheet_safe(one) for one in row])
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    book.save(file)
    file.seek(0)
    return file
