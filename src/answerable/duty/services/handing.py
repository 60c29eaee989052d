"""The log book and the hand-over: entries are never changed, both sign, each as themselves."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from answerable.core.sentences import N_, Said
from answerable.duty import access, queries, steps
from answerable.duty.act_kinds import DutyAct
from answerable.duty.eligibility import CannotStand
from answerable.duty.models import Assignment, HandOver, Line, LogEntry, Origin, Shift
from answerable.record.actors import Actor

LONGEST_TEXT = 4000
#: How long before a shift's end its hand-over may be signed, at the least.
SIGN_EARLY = timedelta(minutes=30)
#: How far back a call or an event may be said to have happened.
TOLD_BACK = timedelta(days=7)


class CannotHandOver(Said):
    """The log book does not take this, or the hand-over cannot be signed as asked."""

    sentences = {
        "nothing_said": N_("Write what happened."),
        "too_long": N_("At most %(most)s characters; this has %(has)s."),
        "not_nil": N_("There are entries in this shift already, so it cannot say “nothing to report”."),
        "nil_already": N_("This shift says “nothing to report” already."),
        "not_of_shift": N_("Whoever stands this shift, or leads the line, writes in its log."),
        "signed_off": N_("This shift has been handed over. Write it in the shift that is on now."),
        "not_begun": N_("This shift has not begun yet."),
        "ahead": N_("That lies in the future."),
        "far_back": N_("That was more than a week ago; write it as what it is now."),
        "struck_already": N_("It is struck out already."),
        "is_strike": N_("This line strikes another one out; it is not struck out itself."),
        "not_open": N_("Only an open item is settled."),
        "settled_already": N_("It is settled already."),
        "no_hand_over": N_("This line has no hand-over."),
        "no_entry": N_(
            "Nothing is written for this shift. Write an entry, or say that there was nothing to report."
        ),
        "too_early": N_("It is signed from %(at)s on, at the earliest."),
        "signed_already": N_("This is signed already."),
        "not_leaving": N_("Who leads this shift hands it over: %(names)s."),
        "not_relief": N_("Who leads the next shift takes over: %(names)s."),
        "no_relief": N_("No shift goes on from here, so nobody takes over."),
    }


@transaction.atomic(durable=True)
def write_entry(
    *,
    shift_id: int,
    kind: str,
    text: str,
    by: Actor,
    now: datetime,
    happened_at: datetime | None = None,
) -> LogEntry:
    """Write a line into the log book of a shift. "Nothing to report" is an entry of its own. Raises CannotHandOver."""
    shift, line = _lock(shift_id)
    _require_writer(shift, line, by, now)
    text = _text(text, may_be_empty=kind == LogEntry.Kind.NIL)
    if happened_at is not None and happened_at > now:
        raise CannotHandOver("ahead")
    if happened_at is not None and happened_at < now - TOLD_BACK:
        raise CannotHandOver("far_back")
    if kind == LogEntry.Kind.NIL:
        standing = _standing_entries(shift)
        if any(one.kind == LogEntry.Kind.NIL for one in standing):
            raise CannotHandOver("nil_already")
        if standing:
            raise CannotHandOver("not_nil")
    entry = LogEntry.objects.create(
        line=line, shift=shift, kind=kind, text=text, at=now, happened_at=happened_at, by_id=by.staff
    )
    _record(line, DutyAct.ENTRY_WRITTEN, entry, by, now)
    return entry


@transaction.atomic(durable=True)
def strike_entry(*, entry_id: UUID, why: str, by: Actor, now: datetime) -> LogEntry:
    """Strike an entry out by a later one that says why; both stay to be read. Raises CannotHandOver."""
    wrong = LogEntry.objects.get(pk=entry_id)
    line = steps.lock_line(wrong.line_id)
    shift = _shift_to_write_in(wrong, line, by, now)
    if wrong.strikes_id is not None:
        raise CannotHandOver("is_strike")
    if LogEntry.objects.filter(strikes=wrong).exists():
        raise CannotHandOver("struck_already")
    entry = LogEntry.objects.create(
        line=line,
        shift=shift,
        kind=LogEntry.Kind.ENTRY,
        text=_text(why),
        at=now,
        by_id=by.staff,
        strikes=wrong,
    )
    _record(line, DutyAct.ENTRY_STRUCK, entry, by, now)
    return entry


@transaction.atomic(durable=True)
def settle_item(*, entry_id: UUID, how: str, by: Actor, now: datetime) -> LogEntry:
    """An open item is settled, by whoever is on duty then; until that it is carried over from shift to shift."""
    found = LogEntry.objects.get(pk=entry_id)
    line = steps.lock_line(found.line_id)
    _shift_to_write_in(found, line, by, now)
    item = LogEntry.objects.select_for_update().get(pk=entry_id)
    if item.kind != LogEntry.Kind.OPEN_ITEM:
        raise CannotHandOver("not_open")
    if item.settled_at is not None:
        raise CannotHandOver("settled_already")
    if LogEntry.objects.filter(strikes=item).exists():
        raise CannotHandOver("struck_already")
    item.settled_at, item.settled_by_id, item.settled_with = now, by.staff, _text(how, most=500)
    item.save(update_fields=["settled_at", "settled_by", "settled_with"])
    body = {"entry": str(item.pk), "shift": item.shift_id, "digest": _digest(item.settled_with)}
    steps.act(line, DutyAct.ITEM_SETTLED, by=by, now=now, body=body)
    return item


@transaction.atomic(durable=True)
def sign_leaving(*, shift_id: int, by: Actor, now: datetime, summary: str = "") -> HandOver:
    """Who leads the shift hands it over. They stay on duty until the relief has signed too. Raises CannotHandOver."""
    shift, line = _lock(shift_id)
    _require_time(shift, line, now)
    row = _hand_over(shift)
    if row.left_at is not None:
        raise CannotHandOver("signed_already")
    _require_one_of(queries.leaving(shift), by, "not_leaving")
    if not _standing_entries(shift):
        raise CannotHandOver("no_entry")
    row.left_by_id, row.left_at, row.summary = by.staff, now, _text(summary, may_be_empty=True)
    row.version += 1
    row.save(update_fields=["left_by", "left_at", "summary", "version", "next_shift"])
    body = {"shift": shift.pk, "hand_over": row.pk, "digest": _digest(row.summary)}
    steps.act(line, DutyAct.LEFT, by=by, now=now, body=body)
    _relieve_early(shift, line, row, now)
    return row


@transaction.atomic(durable=True)
def sign_taking(*, shift_id: int, by: Actor, now: datetime) -> HandOver:
    """Who leads the next shift takes over, with what is open; whoever led the last one is free then."""
    shift, line = _lock(shift_id)
    _require_time(shift, line, now)
    row = _hand_over(shift)
    if row.next_shift is None:
        raise CannotHandOver("no_relief")
    if row.taken_at is not None:
        raise CannotHandOver("signed_already")
    _require_one_of(queries.relieving(row.next_shift), by, "not_relief")
    row.taken_by_id, row.taken_at = by.staff, now
    row.version += 1
    row.save(update_fields=["taken_by", "taken_at", "version", "next_shift"])
    open_items = [str(one.pk) for one in queries.open_items(line.pk)]
    body = {"shift": shift.pk, "hand_over": row.pk, "open": open_items}
    steps.act(line, DutyAct.TAKEN, by=by, now=now, body=body)
    _relieve_early(shift, line, row, now)
    return row


def _lock(shift_id: int) -> tuple[Shift, Line]:
    shift = Shift.objects.get(pk=shift_id)
    return shift, steps.lock_line(shift.line_id)


def _hand_over(shift: Shift) -> HandOver:
    """The shift's hand-over, made where there is none; to whichever shift goes on from it now."""
    row, _is_new = HandOver.objects.get_or_create(shift=shift)
    row.next_shift = queries.relief_of([shift]).get(shift.pk)
    return row


def _require_time(shift: Shift, line: Line, now: datetime) -> None:
    if not line.has_hand_over:
        raise CannotHandOver("no_hand_over")
    early = max(SIGN_EARLY, timedelta(minutes=line.relief_early_min))
    if now < shift.until_at - early:
        raise CannotHandOver("too_early", at=steps.local_text(shift.until_at - early, line.authority.zone))


def _require_one_of(rows: list[Assignment], by: Actor, code: str) -> None:
    if all(row.staff_id != by.staff_id for row in rows):
        raise CannotHandOver(code, names=", ".join(str(row.staff) for row in rows) or "—")


def _relieve_early(shift: Shift, line: Line, row: HandOver, now: datetime) -> None:
    """Both have signed before the shift's end: from now on the relief stands what is left of it, the other is free."""
    if row.left_at is None or row.taken_at is None or now >= shift.until_at:
        return
    assert row.left_by_id is not None
    assert row.taken_by_id is not None
    if row.left_by_id == row.taken_by_id:
        return
    for one in steps.lock_assignments(row.left_by_id, now, shift.until_at, shift=shift):
        try:
            with transaction.atomic():
                steps.cut(one, now, shift.until_at, now=now)
                steps.put(
                    shift,
                    one.role,
                    row.taken_by_id,
                    max(now, one.from_at),
                    shift.until_at,
                    origin=Origin.RELIEF,
                    now=now,
                    zone=line.authority.zone,
                )
        except CannotStand:
            # They are on another line until then: it changes hands at the shift's end, as rostered.
            continue


# ---------------------------------------------------------------- entries


def _require_writer(shift: Shift, line: Line, by: Actor, now: datetime) -> None:
    if now < shift.from_at - SIGN_EARLY:
        raise CannotHandOver("not_begun")
    signed = queries.hand_over_of(shift)
    if signed is not None and signed.left_at is not None:
        raise CannotHandOver("signed_off")
    if now >= shift.until_at + queries.LONGEST_STAY:
        raise CannotHandOver("signed_off")
    stands = Assignment.objects.filter(shift=shift, staff_id=by.staff, voided_at=None).exists()
    if not stands and by.staff not in [one.staff_id for one in queries.on_duty(line.pk, now)]:
        _require_leads(line, by)


def _require_leads(line: Line, by: Actor) -> None:
    try:
        access.require_leader(by, line)
    except access.NotYours:
        raise CannotHandOver("not_of_shift") from None


def _shift_to_write_in(entry: LogEntry, line: Line, by: Actor, now: datetime) -> Shift | None:
    """Where a later line about an entry belongs: the shift in which its writer is on duty; else the entry's own."""
    mine = [one for one in queries.on_duty(line.pk, now) if one.staff_id == by.staff_id]
    if mine:
        return Shift.objects.get(pk=mine[0].shift_id)
    if not Assignment.objects.filter(shift=entry.shift, staff_id=by.staff, voided_at=None).exists():
        _require_leads(line, by)
    return entry.shift


def _standing_entries(shift: Shift) -> list[LogEntry]:
    """What the shift's log says: neither struck out nor striking another out."""
    return list(LogEntry.objects.filter(shift=shift, strikes=None, struck_by=None).order_by("pk"))


def _text(text: str, *, may_be_empty: bool = False, most: int = LONGEST_TEXT) -> str:
    text = text.strip()
    if not text and not may_be_empty:
        raise CannotHandOver("nothing_said")
    if len(text) > most:
        raise CannotHandOver("too_long", most=most, has=len(text))
    return text


def _record(line: Line, kind: DutyAct, entry: LogEntry, by: Actor, now: datetime) -> None:
    body: dict[str, object] = {
        "entry": str(entry.pk),
        "shift": entry.shift_id,
        "kind": str(entry.kind),
        "digest": _digest(entry.text),
    }
    if entry.strikes_id is not None:
        body["strikes"] = str(entry.strikes_id)
    steps.act(line, kind, by=by, now=now, body=body, happened_at=entry.happened_at)


def _digest(text: str) -> str:
    """What proves that the log says what it said; the text itself is not in the record."""
    return hashlib.sha256(text.encode()).hexdigest()
