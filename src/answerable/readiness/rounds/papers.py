"""Rounds on paper: the form to take along for those without a telephone, and the round that was done, as PDF."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from answerable.core.names import in_language
from answerable.orgs.models import Authority
from answerable.orgs.queries import local_today
from answerable.readiness.rounds import queries, wording
from answerable.readiness.rounds.models import Finding, Round
from answerable.readiness.rounds.template.schema import Question, RoundFile
from answerable.ui.print import review as sheet
from answerable.ui.print.data import Body
from answerable.ui.print.rounds import Asked, FormPaper, round_form
from answerable.ui.print.words import Lang, moment
from answerable.ui.templatetags.ui import day_text


def form_of(one: Round, file: RoundFile, *, address: str, now: datetime) -> bytes:
    """The form of a round that is to be done; its code leads to the round's page, where it is typed in."""
    return _form(
        file,
        body=one.authority,
        unit=one.unit.name,
        where=wording.round_thing(one),
        facts=[
            (_("To be done by"), _at(one.due_at, one.authority)),
            *_facts(file, one.template_version.number),
        ],
        address=address,
        now=now,
    )


def empty_form(file: RoundFile, *, body: Authority, number: int, now: datetime) -> bytes:
    """The form of a template's version, for any place."""
    facts = _facts(file, number)
    return _form(file, body=body, unit="", where="", facts=facts, address="", now=now)


def _facts(file: RoundFile, number: int) -> list[tuple[str, str]]:
    minutes = ngettext("%(n)s minute", "%(n)s minutes", file.minutes) % {"n": file.minutes}
    return [(pgettext("how long", "about"), minutes), (_("Version"), str(number))]


def _form(
    file: RoundFile,
    *,
    body: Authority,
    unit: str,
    where: str,
    facts: list[tuple[str, str]],
    address: str,
    now: datetime,
) -> bytes:
    tongue = wording.language()
    data = FormPaper(
        body=Body(name=body.name, unit=unit, contact=()),
        title=file.names.in_language(tongue),
        where=where,
        facts=facts,
        heed=file.heed.in_language(tongue) if file.heed else "",
        questions=[_asked(one) for one in file.questions],
        address=address,
        words={
            "where": _("Where"),
            "seen": _("What is seen of it"),
            "done_at": _("Day and time"),
            "post": _("Post"),
            "code": _("Leads to the page of this round, where it is typed in."),
            "rule": _(
                "Look at the place or thing, never at persons; write nobody's name. Typed in afterwards under Rounds."
            ),
        },
        made_at=now.astimezone(ZoneInfo(body.zone)),
    )
    return round_form(data, _lang())


def _asked(one: Question) -> Asked:
    tongue = wording.language()
    ask = one.ask.in_language(tongue)
    hint = one.hint.in_language(tongue) if one.hint else wording.limits_text(one)
    if one.kind == "yes_no":
        return Asked(ask=ask, hint=hint, boxes=[_("yes"), _("no")])
    if one.kind == "measure":
        unit = one.unit.in_language(tongue) if one.unit else ""
        return Asked(ask=ask, hint=hint, blank="short", unit=unit)
    if one.kind == "choice":
        boxes = [choice.names.in_language(tongue) for choice in one.choices]
        return Asked(ask=ask, hint=hint, boxes=boxes)
    if one.kind == "photograph":
        return Asked(ask=ask, hint=hint, boxes=[_("photograph taken; nobody is in it")], seen=False)
    return Asked(ask=ask, hint=hint, blank="long", seen=False)


# ---------------------------------------------------------------- done


def done_of(one: Round, file: RoundFile, *, now: datetime) -> bytes:
    """What was answered and found in a round; the post that did it, and nobody's name."""
    body = one.authority
    state = str(wording.round_state(one, now)[1])
    facts = [
        (_("State"), state),
        (_("Due"), _at(one.due_at, body)),
        (_("Done"), _at(one.happened_at or one.done_at, body)),
        (_("Post"), str(one.done_post or one.post)),
    ]
    if one.on_paper:
        facts.append((_("How it came"), _("typed in from the paper form")))
    data = sheet.ReviewSheet(
        body=Body(name=body.name, unit=one.unit.name, contact=_contact(body)),
        title=one.plan.name,
        number=wording.round_thing(one),
        subject=file.names.in_language(wording.language()),
        facts=[fact for fact in facts if fact[1]],
        texts=[],
        tables=[_answers(one, file), _findings(one, now)],
        signed="",
        made_at=now.astimezone(ZoneInfo(body.zone)),
    )
    return sheet.review_sheet(data, _lang())


def _answers(one: Round, file: RoundFile) -> sheet.Table:
    answers, tongue = queries.answers_of(one.pk), wording.language()
    rows = []
    for question in file.questions:
        if question.kind == "photograph":
            continue
        answer = answers.get(question.code)
        said = wording.answer_text(question, answer)
        marked = f"{said}  ▲ {_('finding')}" if answer is not None and answer.is_finding else said
        note = answer.note if answer is not None else ""
        rows.append((question.ask.in_language(tongue), marked, note or "—"))
    heads = (_("Question"), _("Answer"), pgettext("in a round", "Seen"))
    return sheet.Table(
        title=pgettext("a round", "What was looked at"), heads=heads, rows=rows, shares=(4, 2, 3)
    )


def _findings(one: Round, now: datetime) -> sheet.Table:
    found = Finding.objects.filter(round=one).select_related("place", "item", "unit", "post").order_by("pk")
    today = local_today(one.authority, now)
    return sheet.Table(
        title=_("Found anew in this round"),
        heads=(_("What is wrong"), _("How grave"), _("Post"), _("To be mended by"), _("State")),
        rows=[
            (
                row.name,
                row.get_severity_display(),
                row.post.name,
                day_text(row.due_on),
                str(wording.finding_state(row, today)[1]),
            )
            for row in found
        ],
        nothing=_("Nothing new was found."),
        shares=(4, 1.8, 2.6, 3.2, 2.2),
    )


def _contact(body: Authority) -> tuple[str, ...]:
    said = (in_language(body.address_zh, body.address_en), body.phone)
    return tuple(one for one in said if one)


def _at(at: datetime | None, body: Authority) -> str:
    return moment(at.astimezone(ZoneInfo(body.zone)), _lang()) if at is not None else ""


def _lang() -> Lang:
    return "zh-hans" if wording.language().startswith("zh") else "en"
