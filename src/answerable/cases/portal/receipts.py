"""The receipt: what the page shows and what is printed. Never what the matter is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language, gettext

from answerable.cases.deadline_wording import due_words, why_this_date
from answerable.cases.derivations import Derivation
from answerable.cases.in_log import in_log
from answerable.cases.models import Case, Deadline
from answerable.cases.naming import named
from answerable.cases.pack_types import Pack
from answerable.cases.packs import load_pack
from answerable.cases.portal.draft import Shown
from answerable.core.names import in_language
from answerable.orgs.queries import calendar_of
from answerable.ui.flow import in_a_row
from answerable.ui.print.data import Body, ReceiptData, Step
from answerable.ui.print.words import Lang


@dataclass(frozen=True)
class ReceiptClock:
    """One thing that happens next: what, the date as a sentence, and why that date, a sentence each."""

    step: str
    title: str
    sentence: str
    why: list[str]
    last_day: date
    late_from: datetime


@dataclass(frozen=True)
class Receipt:
    """A registered case as its receipt tells it, in the reader's language."""

    case: Case
    code: str
    secret: str | None
    pack: Pack
    clocks: list[ReceiptClock]
    steps: tuple[Step, ...]
    rights: list[str]
    notes: list[str]
    who_sees: str
    follow_url: str

    @property
    def kept_with(self) -> str:
        """Where the matter is now, as a sentence."""
        places = {"unit": self.case.unit.name, "post": self.case.leader_post.name}
        if self.case.authority_id != self.case.unit.authority_id:
            return (
                gettext(
                    "Your matter is registered here and passed on, because of whom it is about. It now lies with "
                    "the unit “%(unit)s”; its post “%(post)s” answers for it."
                )
                % places
            )
        return (
            gettext("Your matter now lies with the unit “%(unit)s”. The post “%(post)s” answers for it.")
            % places
        )


def receipt_of(shown: Shown, now: datetime) -> Receipt:
    """Load the case behind a receipt. Raises Case.DoesNotExist."""
    case = named(Case.objects.get(pk=shown.case_id))
    rows = Deadline.objects.filter(case=case, is_office=True, met_seq=None, voided_seq=None)
    return receipt_for(case, list(rows.order_by("late_from", "pk")), shown, now)


def receipt_for(case: Case, rows: list[Deadline], shown: Shown, now: datetime) -> Receipt:
    """The receipt of a case with its open clocks, the next one first."""
    pack, language = load_pack(case.pack), get_language() or case.language
    calendar = calendar_of(case.authority)
    clocks, steps = [], []
    for row in rows:
        derivation = Derivation.from_record(row.derivation)
        title = pack.step_title(row.step).in_language(language)
        why = why_this_date(derivation, pack, language)
        clocks.append(
            ReceiptClock(
                row.step,
                title,
                due_words(derivation, now, calendar),
                why,
                derivation.last_day,
                derivation.late_from,
            )
        )
        steps.append(Step(what=title, by=derivation.last_day, why=in_a_row(why)))
    return Receipt(
        case=case,
        code=shown.code,
        secret=shown.secret,
        pack=pack,
        clocks=clocks,
        steps=tuple(steps),
        rights=[
            notice.text.in_language(language)
            for notice in pack.rights_notice
            if (case.is_conduct and not case.is_nature_open) or notice.code != "accused"
        ],
        notes=_notes(pack),
        who_sees=who_sees(case.privacy),
        follow_url=follow_url(),
    )


def _notes(pack: Pack) -> list[str]:
    if not pack.is_secondary:
        return []
    return [
        gettext("Some of these limits come from a secondary source and were not checked against the text.")
    ]


def who_sees(privacy: str) -> str:
    """Who can see who the person is, as a sentence."""
    return {
        "anonymous": gettext("Nobody: no name is stored."),
        "confidential": gettext(
            "Your name is sealed. Whoever opens it has to give a reason, and you see at once which post looked."
        ),
        "open": gettext(
            "Those who work on the matter, where it helps. You see at once which post looked at your name."
        ),
    }[privacy]


def follow_url() -> str:
    """Where a matter is followed; never holds a code or a secret."""
    base = str(getattr(settings, "BASE_URL", ""))
    for name in ("person:enter", "person:start"):
        try:
            return base + reverse(name)
        except NoReverseMatch:
            continue
    return f"{base}/case/"


def printed(receipt: Receipt, now: datetime) -> ReceiptData:
    """The same for paper."""
    case, language = receipt.case, get_language() or "en"
    zone = ZoneInfo(case.authority.zone)
    authority = case.authority
    contact = (
        in_language(authority.address_zh, authority.address_en),
        authority.phone,
        in_language(authority.hours_zh, authority.hours_en),
    )
    return ReceiptData(
        body=Body(name=authority.name_in(language), contact=tuple(line for line in contact if line)),
        code=receipt.code,
        secret=receipt.secret,
        registered_at=case.registered_at.astimezone(zone),
        made_at=now.astimezone(zone),
        follow_url=receipt.follow_url,
        answering_post=case.leader_post.name,
        answering_unit=case.unit.name,
        who_sees_you=receipt.who_sees,
        steps=receipt.steps,
        notes=tuple(receipt.notes),
        in_log=in_log(case.pk, 1, authority.zone),
    )


def print_language() -> Lang:
    return "zh-hans" if (get_language() or "").startswith("zh") else "en"
