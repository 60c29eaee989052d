"""Everything that is printed, from its data to PDF bytes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from answerable.ui.print import engine, qr, words
from answerable.ui.print.data import (
    Body,
    CaseFileData,
    Decision,
    Entry,
    LetterData,
    Letterhead,
    ListData,
    PlainLetterData,
    ReceiptData,
    Remedy,
    SheetData,
    Step,
)
from answerable.ui.print.engine import CannotPrint
from answerable.ui.print.words import Lang, day, moment, plain_day, said, size

__all__ = [
    "CannotPrint",
    "case_file",
    "decision_letter",
    "list_print",
    "notice_sheet",
    "plain_letter",
    "receipt",
    "render",
]

MAX_ROWS = 1000  # of a printed list: about 40 pages, 3 s and 200 MB; an export holds the rest
GROUP = 4  # characters of a code read out in one breath


def render(
    template: str,
    data: Mapping[str, Any],
    *,
    lang: Lang,
    made_at: datetime,
    figures: Mapping[str, str] | None = None,
) -> bytes:
    """PDF/A-2b and PDF/UA-1 bytes of a template in `templates/`. See `engine.typeset`."""
    return engine.typeset(template, data, lang=lang, made_at=made_at, figures=figures)


def receipt(data: ReceiptData, lang: Lang) -> bytes:
    """The receipt with a slip to cut off that bears the secret and neither code, body nor person.

    The slip lies at the foot of the last sheet; every sheet leaves that strip free on both its sides.
    Raises ValueError if `follow_url` holds the secret: a QR code is read by whoever sees the paper.
    """
    if data.secret and _bare(data.secret) in _bare(data.follow_url):
        raise ValueError("The address on a receipt must not hold the secret.")
    rights = ("write", "answer", "closed", "seen", "safe")
    content = {
        "title": said("receipt", lang),
        "body": _body(data.body),
        "code": grouped(data.code),
        "secret": _two_lines(grouped(data.secret)) if data.secret else [],
        "registered_at": moment(data.registered_at, lang),
        "made_at": moment(data.made_at, lang),
        "follow_url": data.follow_url,
        "answering": _answering(data, lang),
        "who_sees_you": data.who_sees_you,
        "steps": _steps(data.steps, lang),
        "how_to_raise": data.how_to_raise or said("receipt_raise_text", lang),
        "rights": data.rights or [said(f"receipt_right_{right}", lang) for right in rights],
        "notes": data.notes,
    }
    figures = {"follow": qr.svg(data.follow_url)}
    return render("receipt", content, lang=lang, made_at=data.made_at, figures=figures)


def decision_letter(data: LetterData, lang: Lang) -> bytes:
    """A decision as a letter. QR codes of the record are printed only when given."""
    figures = {}
    if data.record_small:
        figures["record_small"] = qr.svg(data.record_small)
    if data.record_full:
        figures["record_full"] = qr.svg(data.record_full, robustness="l")
    parts = {
        "claim": data.claim,
        "facts": data.facts,
        "opinion": data.opinion,
        "legal_basis": data.legal_basis,
        "outcome": data.outcome,
        "remedies": _remedies(data.remedies, lang),
        "in_one_sentence": data.in_one_sentence,
    }
    return _letter(data.head, data.title or said("letter_decision", lang), parts, lang, figures)


def plain_letter(data: PlainLetterData, lang: Lang) -> bytes:
    """A letter of a few paragraphs, with what happens next and remedies where given."""
    parts = {
        "paragraphs": data.paragraphs,
        "steps": _steps(data.steps, lang),
        "remedies": _remedies(data.remedies, lang),
        "subject": data.subject,
        "confirm_receipt": data.confirm_receipt,
    }
    return _letter(data.head, said(f"letter_{data.kind.value}", lang), parts, lang, {})


def case_file(data: CaseFileData, lang: Lang) -> bytes:
    """The whole file of one case: status, deadlines explained, decisions, messages, every act, every look."""
    content = {
        "title": _joined(said("file", lang), grouped(data.code)),
        "body": _body(data.body),
        "made_at": moment(data.made_at, lang),
        "made_for": data.made_for,
        "status": data.status,
        "subject": data.subject,
        "asked": data.asked,
        "facts": data.facts,
        "clocks": [
            asdict(clock) | {"by": day(clock.by, lang), "state": clock.state.value} for clock in data.clocks
        ],
        "decisions": [_decision(decision, lang) for decision in data.decisions],
        "messages": [asdict(message) | {"at": moment(message.at, lang)} for message in data.messages],
        "timeline": [_entry(entry, lang) for entry in data.timeline],
        "looks": [asdict(look) | {"at": moment(look.at, lang)} for look in data.looks],
        "attachments": [asdict(file) | {"size": size(file.size)} for file in data.attachments],
        "notes": data.notes,
    }
    return render("case_file", content, lang=lang, made_at=data.made_at)


def list_print(data: ListData, lang: Lang) -> bytes:
    """A work list as a table on A4 landscape, heads repeated on every page.

    At most `MAX_ROWS` rows are printed; the page says so where there are more.

    Raises ValueError if a row has another number of cells than there are columns.
    """
    width = len(data.columns)
    if not width or any(len(row) != width for row in data.rows):
        raise ValueError(f"Each row of a printed list needs as many cells as there are columns ({width}).")
    when = moment(data.made_at, lang)
    content = {
        "title": data.title,
        "body": _body(data.body),
        "columns": [asdict(column) for column in data.columns],
        "rows": data.rows[:MAX_ROWS],
        "filters": data.filters,
        "count": data.total or said("list_count", lang, count=str(len(data.rows))),
        "cut": said("list_cut", lang, printed=str(MAX_ROWS), count=str(len(data.rows)))
        if len(data.rows) > MAX_ROWS
        else "",
        "printed": said("printed_by", lang, when=when, post=data.made_by)
        if data.made_by
        else said("printed", lang, when=when),
    }
    return render("list", content, lang=lang, made_at=data.made_at)


def notice_sheet(data: SheetData, lang: Lang) -> bytes:
    """The public log's head for the notice board: every phrase in both languages, `lang` first.

    Raises `qr.TooMuchForQr` if the checkpoint does not fit into a QR code.
    """
    order: tuple[Lang, Lang] = (lang, "en" if lang == "zh-hans" else "zh-hans")

    def both(key: str, **values: str) -> list[str]:
        return [said(key, one, **values) for one in order]

    facts = [
        (both("sheet_log"), [data.origin], True),
        (both("sheet_size"), [_thousands(data.size)], True),
        (both("sheet_root"), [" ".join(_groups(data.root))], True),
        (both("sheet_time"), [moment(data.published_at, one) for one in order], False),
    ]
    if data.stamped_at:
        facts.append((both("sheet_stamp"), [moment(data.stamped_at, one) for one in order], False))
    if data.witnesses:
        facts.append((both("sheet_witnesses"), list(data.witnesses), False))
    facts.append((both("sheet_key"), [data.key], True))
    checks = [
        both("sheet_check_now", address=data.address),
        both("sheet_check_monitor", address=data.address),
        both("sheet_check_later", size=_thousands(data.size)),
    ]
    content = {
        "title": both("sheet")[0],
        "other_title": both("sheet")[1],
        "body": _body(data.body),
        "lead": both("sheet_lead"),
        "facts": [{"names": names, "values": values, "exact": exact} for names, values, exact in facts],
        "qr": both("sheet_qr"),
        "qr_alt": said("sheet_qr_alt", lang),
        "check": both("sheet_check"),
        "checks": checks,
    }
    figures = {"checkpoint": qr.svg(data.checkpoint, robustness="l" if len(data.checkpoint) > 600 else "m")}
    return render("sheet", content, lang=lang, made_at=data.made_at, figures=figures)


def _thousands(number: int) -> str:
    return f"{number:,}".replace(",", "\u00a0")


def _groups(text: str) -> list[str]:
    return [text[at : at + GROUP] for at in range(0, len(text), GROUP)]


def grouped(code: str) -> str:
    """A code in groups that can be read out: `K7QF 9M2T X`. One that already has separators keeps them."""
    if not code.isalnum():
        return code
    return " ".join(code[i : i + GROUP] for i in range(0, len(code), GROUP))


def _letter(
    head: Letterhead, title: str, parts: Mapping[str, Any], lang: Lang, figures: Mapping[str, str]
) -> bytes:
    nothing: dict[str, Any] = dict.fromkeys(("claim", "facts", "opinion", "outcome"), "")
    nothing |= dict.fromkeys(("in_one_sentence", "subject"), "")
    nothing |= dict.fromkeys(("legal_basis", "remedies", "steps", "paragraphs"), ())
    content = nothing | {
        "title": title,
        "head": _head(head, lang),
        "made_at": moment(head.made_at, lang),
        "preview": head.preview,
        "confirm_receipt": False,
        **parts,
    }
    return render("letter", content, lang=lang, made_at=head.made_at, figures=figures)


def _head(head: Letterhead, lang: Lang) -> dict[str, Any]:
    code = grouped(head.case_code or head.number)
    return {
        "body": _body(head.body),
        "number": head.number,
        "addressee": head.addressee or [said("letter_to_person", lang, code=code)],
        "salutation": head.salutation,
        "signature_post": head.signature_post,
        "signature_name": head.signature_name,
        "signed_on": plain_day(head.signed_on, lang),
        "enclosures": head.enclosures,
        "copies_to": head.copies_to,
    }


def _body(body: Body) -> dict[str, Any]:
    return asdict(body)


def _steps(steps: Iterable[Step], lang: Lang) -> list[dict[str, str]]:
    return [{"what": s.what, "by": _day_or(s.by, lang), "why": s.why} for s in steps]


def _remedies(remedies: Iterable[Remedy], lang: Lang) -> list[dict[str, str]]:
    return [asdict(r) | {"until": day(r.until, lang) if r.until else ""} for r in remedies]


def _decision(decision: Decision, lang: Lang) -> dict[str, Any]:
    ways = []
    for way in decision.remedies:
        parts = [
            way.what,
            way.body,
            said("until", lang, day=day(way.until, lang)) if way.until else "",
            way.why,
        ]
        ways.append(" · ".join(part for part in parts if part))
    return asdict(decision) | {"decided_on": plain_day(decision.decided_on, lang), "remedies": ways}


def _entry(entry: Entry, lang: Lang) -> dict[str, str]:
    claimed = ""
    if entry.claimed_at:
        when = moment(entry.claimed_at, lang)
        claimed = (
            said("file_claimed_by", lang, when=when, who=entry.claimed_by)
            if entry.claimed_by
            else said("file_claimed", lang, when=when)
        )
    return {
        "recorded_at": moment(entry.recorded_at, lang),
        "claimed": claimed,
        "who": entry.who,
        "what": entry.what,
        "note": entry.note,
    }


def _answering(data: ReceiptData, lang: Lang) -> str:
    if data.answering_unit and data.answering_post:
        return said("receipt_answers_unit", lang, unit=data.answering_unit, post=data.answering_post)
    return data.answering_post or data.answering_unit


def _day_or(on: date | None, lang: Lang) -> str:
    return day(on, lang) if on else words.said("no_day", lang)


def _joined(name: str, value: str) -> str:
    return f"{name} {value}"


def _two_lines(secret: str) -> list[str]:
    """A secret on one line, or on two where it is long."""
    groups = secret.split(" ")
    if len(groups) <= GROUP:
        return [secret]
    half = (len(groups) + 1) // 2
    return [" ".join(groups[:half]), " ".join(groups[half:])]


def _bare(value: str) -> str:
    return "".join(c for c in value.casefold() if c.isalnum())
