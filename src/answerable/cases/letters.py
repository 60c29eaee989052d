"""The decision as a letter: from a decision (sent, draft or only typed) to PDF bytes in the person's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from answerable.cases import rules, steps
from answerable.cases.answering import NOBODY
from answerable.cases.deadline_wording import why_this_date
from answerable.cases.derivations import Derivation
from answerable.cases.in_log import in_log
from answerable.cases.models import Case, Deadline, Decision
from answerable.cases.packs import Pack, load_pack
from answerable.cases.reviewing import review_above
from answerable.core.names import in_language
from answerable.orgs.calendars import WorkCalendar
from answerable.orgs.models import Authority, Post
from answerable.orgs.queries import calendar_of, holders_of
from answerable.ui.flow import in_a_row
from answerable.ui.print import data as sheets
from answerable.ui.print.render import decision_letter
from answerable.ui.print.words import Lang

TICK = timedelta(microseconds=1)
# The parts that a letter has places for; a pack may ask for fewer, or give them other titles.
PARTS = ("claim", "facts", "opinion", "basis")


def language_of(case: Case) -> Lang:
    """The language of the case's letters: the person's, where we can write it."""
    return "zh-hans" if case.language.lower().startswith("zh") else "en"


def letter_of(decision: Decision) -> bytes:
    """The letter of a sent decision. Made once and kept: a later template changes nothing that was sent.

    It is kept from when the public log has the decision, so that the copy that stays bears the proof; until then,
    seconds as a rule, each print bears the promise. Raises ValueError for a draft. After erasure the decision has no parts and the letter is gone.
    """
    if decision.sent_at is None:
        raise ValueError("A draft has no letter; preview it instead.")
    if decision.letter is not None:
        return bytes(decision.letter)
    case = Case.objects.select_related("unit__authority", "authority").get(pk=decision.case_id)
    proof = in_log(case.pk, decision.act_seq or 0, case.authority.zone)
    pdf = _typeset(
        case,
        stage=decision.stage,
        outcome=decision.outcome,
        parts=decision.parts,
        post=Post.objects.select_related("unit__authority").get(pk=decision.post_id),
        at=decision.sent_at,
        preview=False,
        decision=decision,
        proof=proof,
    )
    if proof is not None and proof.number is not None:
        _keep(decision, pdf)
    return pdf


def _keep(decision: Decision, pdf: bytes) -> None:
    """Under the case's lock: an erasure that went through while it was set must not find it there afterwards."""
    with transaction.atomic():
        if steps.lock_case(decision.case_id).erased_at is None:
            Decision.objects.filter(pk=decision.pk, letter=None).update(letter=pdf)


def preview_letter(case: Case, *, outcome: str, parts: Mapping[str, str], post: Post, now: datetime) -> bytes:
    """What the letter would look like; every page says that it was not sent."""
    return _typeset(
        case, stage=case.stage, outcome=outcome, parts=parts, post=post, at=now, preview=True, decision=None
    )


def _typeset(
    case: Case,
    *,
    stage: str,
    outcome: str,
    parts: Mapping[str, str],
    post: Post,
    at: datetime,
    preview: bool,
    decision: Decision | None,
    proof: sheets.InLog | None = None,
) -> bytes:
    language = language_of(case)
    pack = load_pack(case.pack)
    local = at.astimezone(ZoneInfo(case.authority.zone))
    with translation.override(language):
        data = sheets.LetterData(
            head=sheets.Letterhead(
                body=sheets.Body(
                    name=post.unit.authority.name_in(language),
                    unit=post.unit.name_in(language),
                    contact=_contact(post.unit.authority, language),
                ),
                number=(decision.number if decision else "") or case.code,
                case_code=case.code,
                signed_on=local.date(),
                signature_post=post.name_in(language),
                made_at=local,
                preview=preview,
            ),
            title=_title(pack, stage, language),
            claim=parts.get("claim", ""),
            facts=parts.get("facts", ""),
            opinion=_with_others(parts, pack, language),
            legal_basis=tuple(filter(None, parts.get("basis", "").splitlines())),
            outcome=next(
                (o.title.in_language(language) for o in pack.outcomes if o.code == outcome), outcome
            ),
            remedies=(_decided_anew(),)
            if rules.is_sent_back(stage, outcome)
            else remedies_of(case, pack, stage, language, decision, post=post, at=at),
            in_log=proof,
        )
        return decision_letter(data, language)


def _title(pack: Pack, stage: str, language: str) -> str:
    """What a review's paper is called on top of it; empty for the first decision, whose title the letter has."""
    if stage == "handle":
        return ""
    paper = pack.paper(stage).in_language(language)
    return paper + "书" if language.startswith("zh") else paper[:1].upper() + paper[1:]


def _with_others(parts: Mapping[str, str], pack: Pack, language: str) -> str:
    """The opinion, and under it what else the pack demands, each part with its own title."""
    said = [parts.get("opinion", "")]
    titles = {part.code: part.title.in_language(language) for part in pack.decision_parts}
    # A part that a later edition of the pack has lost was signed all the same: it stands under its code.
    for code in [*titles, *(code for code in parts if code not in titles)]:
        if code not in (*PARTS, "outcome", "remedies") and parts.get(code, "").strip():
            said.append(f"{titles.get(code, code)}\n{parts[code]}")
    return "\n\n".join(filter(None, said))


def _contact(authority: Authority, language: str) -> tuple[str, ...]:
    lines = (
        in_language(authority.address_zh, authority.address_en, language),
        authority.phone,
        in_language(authority.hours_zh, authority.hours_en, language),
    )
    return tuple(line for line in lines if line)


def remedies_of(
    case: Case,
    pack: Pack,
    stage: str,
    language: str,
    decision: Decision | None,
    *,
    post: Post,
    at: datetime,
) -> tuple[sheets.Remedy, ...]:
    """Where the person can go from here: the next rung with its last day where that runs, then all other ways. `post`:
    that signs, or signed."""
    found = []
    above = pack.rung_above(stage)
    if above is not None:
        # The same body that the person's page names. A letter may be printed when a later rung has the case already.
        unit = case.unit if case.stage == stage else post.unit
        # Of what is only previewed, whoever is about to sign it does not review it either.
        signing = frozenset(staff.pk for staff in holders_of(post.pk, at)) if decision is None else NOBODY
        to = review_above(case, at, unit=unit, signing=signing)
        window = _window(case, decision, rules.WINDOWS.get(above.code, ""))
        calendar = calendar_of(case.authority)
        found.append(
            sheets.Remedy(
                what=above.title.in_language(language),
                body=to.unit.name_in(language) if to else "",
                until=_last_day(window, calendar),
                why=in_a_row(why_this_date(Derivation.from_record(window.derivation), pack, language))
                if window
                else _("Your time for it begins on the day on which this letter reaches you."),
                how=_(
                    "On the page of your matter, at the counter or by telephone, with your code and secret."
                ),
            )
        )
    words = pack.remedies.get(stage)
    if words is not None and words.in_language(language):
        found.append(sheets.Remedy(what=_("All ways open to you"), how=words.in_language(language)))
    return tuple(found)


def _decided_anew() -> sheets.Remedy:
    """What a review revoked is decided anew by the unit that decided first; that decision can be reviewed again."""
    return sheets.Remedy(
        what=_("A new decision"),
        how=_(
            "This review leaves nothing of the earlier decision. The matter goes back by itself, with a new time limit; the new decision can be reviewed again. Until when, and who answers for it, stands on the page of your matter."
        ),
    )


def _window(case: Case, decision: Decision | None, step: str) -> Deadline | None:
    if decision is None or decision.delivered_at is None:
        return None
    return (
        Deadline.objects.filter(case=case, step=step, is_office=False, voided_seq=None).order_by("pk").last()
    )


def _last_day(window: Deadline | None, calendar: WorkCalendar) -> date | None:
    return calendar.local_day(window.late_from - TICK) if window else None
