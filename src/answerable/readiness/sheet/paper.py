"""The sheet for the wall: with what each carries for the office, or who answers for what alone for the public."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from answerable.core.names import in_language
from answerable.orgs.models import Authority
from answerable.orgs.queries import local_today
from answerable.readiness.sheet.reading import Leader, by_leader, by_place
from answerable.ui.print import review as sheet
from answerable.ui.print.data import Body
from answerable.ui.print.words import Lang
from answerable.ui.templatetags.ui import day_text


def pdf_of(body: Authority, view: str, *, now: datetime, for_public: bool) -> bytes:
    """PDF bytes in the active language. For the public neither numbers nor anybody's name stand on it."""
    lang: Lang = "zh-hans" if (get_language() or "").startswith("zh") else "en"
    contact = (
        in_language(body.address_zh, body.address_en),
        in_language(body.hours_zh, body.hours_en),
        body.phone,
    )
    data = sheet.ReviewSheet(
        body=Body(name=body.name, unit="", contact=tuple(one for one in contact if one)),
        title=pgettext("navigation", "Responsibility sheet"),
        number="",
        subject=_("by place") if view == "place" else _("leader by leader"),
        facts=[(_("As it stands on"), day_text(local_today(body, now)))],
        texts=[],
        tables=_places(body, now, for_public) if view == "place" else [_leaders(body, now, for_public)],
        signed="",
        made_at=now.astimezone(ZoneInfo(body.zone)),
    )
    return sheet.review_sheet(data, lang)


def _places(body: Authority, now: datetime, for_public: bool) -> list[sheet.Table]:
    heads: tuple[str, ...] = (_("Subject"), _("Unit"), _("Post that answers"))
    shares: tuple[float, ...] = (4, 3, 3)
    if not for_public:
        heads, shares = (*heads, _("Holder")), (*shares, 2)
    tables = []
    for group in by_place(body, now):
        rows = []
        for line in group.lines:
            post = line.post.name if line.post is not None else _("nobody answers")
            row = (line.subjects, line.unit, post)
            rows.append(row if for_public else (*row, line.holders or "—"))
        tables.append(sheet.Table(title=group.name, heads=heads, rows=rows, shares=shares))
    return tables


def _leaders(body: Authority, now: datetime, for_public: bool) -> sheet.Table:
    heads: tuple[str, ...] = (_("Post that answers"), _("Answers for"))
    shares: tuple[float, ...] = (4, 6)
    if not for_public:
        carried = (pgettext("responsibility sheet", "Open"), pgettext("responsibility sheet", "Late"))
        heads, shares = (*heads, *carried, _("Longest open, days")), (*shares, 1, 1, 2)
    return sheet.Table(
        title=_("Leader by leader"),
        heads=heads,
        rows=[_leader(one, for_public) for one in by_leader(body, now) if one.answers_for or not for_public],
        note="" if for_public else note(),
        nothing=_("The map is empty"),
        shares=shares,
    )


def _leader(one: Leader, for_public: bool) -> tuple[str, ...]:
    who = f"{one.post.unit.name} · {one.post.name}"
    answers_for = _("; ").join(one.answers_for)
    if for_public:
        return who, answers_for
    longest = "—" if one.carries.longest_days is None else str(one.carries.longest_days)
    holder = one.holders or _("nobody holds this post")
    return f"{who} · {holder}", answers_for, str(one.carries.open), str(one.carries.late), longest


def note() -> str:
    """What the numbers are, beside them."""
    return _(
        "Open: not ended. Late: its date has passed. Longest: calendar days since the oldest unanswered matter was "
        "first received, never paused. Matters about somebody's conduct are not counted. In the order of the "
        "organisation: it ranks nobody."
    )
