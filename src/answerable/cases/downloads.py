"""The whole file of one's own case, to take along: a PDF to read, JSON for other programs, the files themselves.

The identity is not in it: it is kept apart, and a file that is passed on or lost must not tell who it was. Nor is
a decision that was not read yet: taking the file along must not begin the person's days behind their back.
"""

from __future__ import annotations

import base64
import io
import json
import zipfile
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext

from answerable.cases import files, letters
from answerable.cases.deadline_moves import time_left
from answerable.cases.deadline_wording import why_this_date
from answerable.cases.derivations import Derivation
from answerable.cases.desk.wording import step_words
from answerable.cases.models import Deadline
from answerable.cases.person import wording
from answerable.cases.person.casepage import PersonPage
from answerable.cases.person.decided import DecisionShown
from answerable.cases.rules import CannotAct
from answerable.core.sentences import sentence
from answerable.core.text import safe_filename
from answerable.record.bundle import proofs_of, verifier
from answerable.record.models import Opening
from answerable.ui.flow import in_a_row
from answerable.ui.print import data as sheets
from answerable.ui.print.render import case_file
from answerable.ui.print.words import Lang

#: Of the files of a case, as many bytes as a small machine holds at once; the rest can be had one by one.
FILES_BYTES = 60 << 20
FORMAT = "answerable/case-file/v1"


def person_zip(page: PersonPage) -> bytes:
    """ZIP bytes with a guide, file.pdf, file.json, letters/, files/ and record/, in the reader's language. Each is of the
    office's local time: a ZIP knows no zone, and whoever opens it looks at the day."""
    out, made_at = io.BytesIO(), page.now.astimezone(ZoneInfo(page.case.authority.zone)).timetuple()[:6]
    with zipfile.ZipFile(out, "w") as archive:

        def put(name: str, content: str | bytes, how: int = zipfile.ZIP_DEFLATED) -> None:
            archive.writestr(zipfile.ZipInfo(name, made_at), content, how)

        put(gettext("Read this first") + ".txt", guide())
        put("file.pdf", case_file(printed(page), language_of(page)))
        put("file.json", json.dumps(as_json(page), ensure_ascii=False, indent=1))
        for decision in reversed(page.decisions):
            if decision.is_read:
                name = safe_filename(f"{decision.number} {decision.title}.pdf")
                put(f"letters/{name}", letters.letter_of(decision.row))
        for name, content in record_files(page).items():
            put(f"record/{name}", content)
        room = FILES_BYTES
        for file in page.files:
            if file.can_open and file.row.size <= room:
                room -= file.row.size
                name = safe_filename(f"{file.number:02d} {file.row.name}")
                try:
                    put(f"files/{name}", files.content(file.row), zipfile.ZIP_STORED)
                except CannotAct as refusal:
                    put(f"files/{name}.txt", sentence(refusal))
    return out.getvalue()


def guide() -> str:
    """What lies in the ZIP, for whoever opens it without having read the page."""
    return (
        gettext(
            "Everything about your matter, as of the day on which you took it along.\n"
            "\n"
            "file.pdf    the whole file, to read and to print: begin here.\n"
            "letters     the decisions that you have opened, as they were signed.\n"
            "files       pictures and papers that were looked at, where there are any.\n"
            "file.json   the same as file.pdf, for other programs. You need not open it.\n"
            "record      what proves each step without asking the office. README.txt in it says how.\n"
            "\n"
            "Your name and how you are reached are not in it. What the matter is about is: keep it where nobody else "
            "reads it."
        )
        + "\n"
    )


def record_files(page: PersonPage) -> dict[str, bytes]:
    """What proves the steps: receipts of all, openings of those that concern the person, and how to check them."""
    acts = {act.seq: act for act in page.acts}
    proofs = proofs_of(page.case.pk, lambda seq: seq in acts and page.may_open(acts[seq]))
    return {"README.txt": readme().encode()} | proofs | verifier()


def readme() -> str:
    """How to check and keep what lies beside it, in the reader's language."""
    return (
        gettext(
            "What lies here proves the steps of your matter, without asking the office.\n"
            "\n"
            "act-N.tlog-proof   proves that step N was recorded, and where. It holds no content: show it to anybody.\n"
            "act-N.promise      stands in its place while the public log had not published the step yet.\n"
            "act-N.opening      what was recorded of step N. With the proof it proves that too. Keep it for yourself.\n"
            "act-N-stamped.*    the same proof under a head of the log that an authority outside has time-stamped (.tsr).\n"
            "policy             the log's key. Compare it with what the notice board, a newspaper or a neighbouring "
            "town has.\n"
            "verify.html        open it in a browser; it needs no network. Choose a proof, its opening, and policy.\n"
            "\n"
            "Or, with the program:\n"
            "    answerable verify --policy policy act-1.tlog-proof\n"
            "\n"
            "It does not prove that what was recorded is true, nor who you are. Steps without an opening are the "
            "office's own work on the matter, or a decision that you have not opened yet. Keep all of it in two "
            "places: it stays good after an erasure too."
        )
        + "\n"
    )


def language_of(page: PersonPage) -> Lang:
    return "zh-hans" if page.language.startswith("zh") else "en"


def printed(page: PersonPage) -> sheets.CaseFileData:
    """The case as it is printed for its person."""
    case, zone = page.case, ZoneInfo(page.case.authority.zone)
    return sheets.CaseFileData(
        body=sheets.Body(name=case.authority.name, unit=case.unit.name),
        code=case.code,
        made_at=page.now.astimezone(zone),
        made_for=gettext("the person"),
        status=page.sentence,
        subject=str(case.subject),
        asked="\n\n".join(filter(None, [page.text.claim, page.text.wants])),
        facts=tuple((term, text) for term, text in page.facts if text),
        clocks=tuple(_clock(page, row) for row in _deadlines(page)),
        decisions=tuple(_decision(d, zone) for d in reversed(page.decisions) if d.is_read),
        messages=tuple(
            sheets.Message(
                at=line.at.astimezone(zone),
                who=line.who,
                text="\n".join(filter(None, [line.said, line.text])),
                from_person=line.from_person,
            )
            for line in reversed(page.lines)
        ),
        timeline=tuple(
            sheets.Entry(recorded_at=e.at.astimezone(zone), who=e.who, what=e.what, note=e.body)
            for e in reversed(page.timeline())
        ),
        attachments=tuple(
            sheets.Attachment(
                name=f.row.name,
                size=f.row.size,
                sha256=bytes(f.row.sha256).hex(),
                note=str(f.row.get_check_state_display()),
            )
            for f in page.files
        ),
        looks=tuple(
            sheets.Look(at=look.at.astimezone(zone), post=look.who, why=look.words) for look in page.looks
        ),
        notes=tuple(_notes(page)),
    )


def _notes(page: PersonPage) -> list[str]:
    notes = list(page.notes)
    if page.unread is not None:
        notes.append(
            gettext("A decision waits on your page. It is not in here: your days begin when you read it.")
        )
    if any(not file.can_open for file in page.files):
        notes.append(
            gettext("Files that nobody has looked at yet, or that may not be passed on, are not in here.")
        )
    return notes


def _deadlines(page: PersonPage) -> list[Deadline]:
    rows = Deadline.objects.filter(case=page.case, voided_seq=None).select_related("unit")
    return list(rows.order_by("started_at", "pk"))


def _clock(page: PersonPage, row: Deadline) -> sheets.Clock:
    derivation = Derivation.from_record(row.derivation)
    return sheets.Clock(
        what=row.unit.name if row.is_supervising else step_words(page.case, row.step),
        by=derivation.last_day,
        state=_state(page, row),
        why=in_a_row(why_this_date(derivation, page.pack, page.language)),
    )


def _state(page: PersonPage, row: Deadline) -> sheets.ClockState:
    if row.met_at is not None:
        return sheets.ClockState.MET if row.met_at < row.late_from else sheets.ClockState.MET_LATE
    if row.paused_at is not None:
        return sheets.ClockState.PAUSED
    is_late = row.is_office and time_left(row.late_from, page.now, page.calendar).late
    return sheets.ClockState.LATE if is_late else sheets.ClockState.RUNNING


def _decision(decision: DecisionShown, zone: ZoneInfo) -> sheets.Decision:
    row = decision.row
    texts = dict(row.parts)
    others = [p.text for p in decision.parts if p.text not in {texts.get(code) for code in letters.PARTS}]
    sent_at = row.sent_at or row.drafted_at
    gone = gettext("A review revoked this decision. It no longer stands.") if decision.is_revoked else ""
    return sheets.Decision(
        decided_on=sent_at.astimezone(zone).date(),
        post=row.post.name,
        title=decision.title,
        unit=row.post.unit.name,
        number=row.number,
        claim=texts.get("claim", ""),
        facts=texts.get("facts", ""),
        opinion="\n\n".join(filter(None, [texts.get("opinion", ""), *others])),
        legal_basis=tuple(filter(None, texts.get("basis", "").splitlines())),
        outcome="\n".join(filter(None, [decision.outcome, gone, *decision.solved])),
    )


def as_json(page: PersonPage) -> dict[str, Any]:
    """The same for programs, with the opening of each act that concerns the person: what proves its leaf."""
    case = page.case
    return {
        "format": FORMAT,
        "made_at": _iso(page.now),
        "code": case.code,
        "state": case.state,
        "stage": case.stage,
        "procedure": case.pack,
        "subject": case.subject.code,
        "place": case.place.code if case.place else None,
        "received_at": _iso(case.received_at),
        "registered_at": _iso(case.registered_at),
        "answers": {"unit": case.unit.name, "post": case.leader_post.name},
        "claim": page.text.claim,
        "wants": page.text.wants,
        "place_text": page.text.place_text,
        "office_says_solved": case.office_solved,
        "person_says_solved": case.person_solved,
        "rating": case.rating,
        "deadlines": [
            {
                "step": row.step,
                "title": step_words(case, row.step),
                "unit": row.unit.name,
                "supervises": row.is_supervising,
                "whose": "office" if row.is_office else "person",
                "late_from": _iso(row.late_from),
                "met_at": _iso(row.met_at),
                "derivation": row.derivation,
            }
            for row in _deadlines(page)
        ],
        "decisions": [
            {
                "stage": d.row.stage,
                "outcome": d.row.outcome,
                "office_says_solved": d.row.office_solved,
                "parts": d.row.parts,
                "sent_at": _iso(d.row.sent_at),
                "delivered_at": _iso(d.row.delivered_at),
                "delivered_how": d.row.delivered_how,
            }
            for d in reversed(page.decisions)
            if d.is_read
        ],
        "messages": [
            {
                "at": _iso(m.at),
                "from": "person" if m.from_person else "office",
                "kind": m.kind,
                "text": m.body,
            }
            | ({"about": wording.line_words(m, page.names)} if m.code else {})
            for m in page.messages
        ],
        "files": [
            {
                "name": f.row.name,
                "size": f.row.size,
                "sha256": bytes(f.row.sha256).hex(),
                "state": f.row.check_state,
            }
            for f in page.files
        ],
        "looks": [
            {"at": _iso(look.at), "post": look.who, "what": look.said, "why": look.text}
            for look in page.looks
        ],
        "acts": _acts(page),
    }


def _acts(page: PersonPage) -> list[dict[str, Any]]:
    """Every act's place in the chain and its leaf; salt and bytes of those that concern the person, without those
    that hold a reason of the office's own.

    A decision that was not read yet stays closed: its opening holds the outcome.
    """
    openings = {o.act_id: o for o in Opening.objects.filter(act__matter_id=page.case.pk)}
    found = []
    for act in page.acts:
        entry: dict[str, Any] = {"seq": act.seq, "kind": act.kind, "at": _iso(act.at), "leaf": act.leaf}
        opening = openings.get(act.id)
        if opening is not None and page.may_open(act):
            entry["salt"] = base64.b64encode(bytes(opening.salt)).decode()
            entry["record"] = base64.b64encode(bytes(opening.body)).decode()
        found.append(entry)
    return found


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None
