"""A warning as a notice for the wall."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.translation import gettext as _

from answerable.incidents.models import PublicWarning
from answerable.incidents.warnings import composing
from answerable.incidents.warnings.shown import In, Shown, shown
from answerable.ui.print import situation
from answerable.ui.print.data import Body
from answerable.ui.print.words import Lang


def pdf_of(row: PublicWarning, now: datetime) -> bytes:
    """PDF bytes; the reader's language first."""
    seen = shown(row, now)
    with translation.override(_django(seen.first)):
        address_words = _("Kept current here. Scan it with a telephone, or type the address.")
    data = situation.WarningNotice(
        body=Body(name=seen.first.body, contact=(seen.phone,) if seen.phone else ()),
        words=(_words(seen, seen.first), _words(seen, seen.other)),
        address=composing.address_of(row.identifier),
        address_words=address_words,
        made_at=row.sent_at.astimezone(ZoneInfo(row.incident.authority.zone)),
    )
    return _printed(data)


@lru_cache(maxsize=64)
def _printed(data: situation.WarningNotice) -> bytes:
    """The same sheet is set once, however many ask for it while a warning is in force."""
    return situation.warning_notice(data)


def _django(said: In) -> Lang:
    return "zh-hans" if said.lang.startswith("zh") else "en"


def _words(seen: Shown, said: In) -> situation.NoticeWords:
    with translation.override(_django(said)):
        rows = [
            (_("Warning level"), said.level),
            (_("What happened"), said.description),
            (_("What to do"), said.instruction),
            (_("Where"), said.area),
            (_("Until when"), said.until if seen.is_warning else ""),
            (_("Who to call"), seen.phone),
            (_("Sent"), f"{said.sent}, {said.body}"),
        ]
        mark = _("EXERCISE – nothing has happened") if seen.is_exercise else ""
    return situation.NoticeWords(
        lang=_django(said),
        headline=said.headline,
        rows=tuple((head, text) for head, text in rows if text),
        mark=mark,
    )
