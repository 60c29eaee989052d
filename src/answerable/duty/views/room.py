"""The shift in the duty room: who stands it, its log book, the hand-over. Works on a phone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from answerable.core.refusals import Refusal
from answerable.duty import forms, looking, queries, shifts, typed, wording
from answerable.duty.access import Reader, duty_view, line_for, line_to_direct, log_of
from answerable.duty.models import Assignment, Line, LogEntry, Shift
from answerable.duty.services import assigning, handing
from answerable.duty.views.lines import attempt
from answerable.ui import flash
from answerable.ui.htmx import go, page_or_part
from answerable.ui.leading import lead_on

EARLIER = 14
MOST_REASON = 500


@dataclass(frozen=True)
class Entry:
    """An entry of the log with what struck it out, and whether the reader may still do something about it."""

    row: LogEntry
    struck_by: LogEntry | None


def local(on: date | None, at: time | None, zone: str) -> datetime | None:
    """A typed local day and time as an instant; a day without a time is its beginning."""
    return shifts.instant(zone, on, at or time()) if on else None


def _shift(reader: Reader, shift_id: int) -> tuple[Shift, Line]:
    shift = get_object_or_404(Shift.objects.select_related("pattern"), pk=shift_id)
    return shift, log_of(reader, shift.line_id)


@require_safe
@duty_view
def line_log(request: HttpRequest, reader: Reader, line_id: int) -> HttpResponse:
    """The log of the shift that is on."""
    line = log_of(reader, line_id)
    shift = looking.shift_to_show(line, reader.now)
    if shift is None:
        return render(request, "duty/no_shift.html", {"line": line})
    return go(request, reverse("duty:log", args=[shift.pk]))


@require_safe
@duty_view
def log(request: HttpRequest, reader: Reader, shift_id: int) -> HttpResponse:
    """The log book of one shift: what was written, what is open, and the hand-over."""
    shift, line = _shift(reader, shift_id)
    return _log_page(request, reader, shift, line)


def _log_page(
    request: HttpRequest,
    reader: Reader,
    shift: Shift,
    line: Line,
    *,
    entry: forms.EntryForm | None = None,
    leave: forms.LeaveForm | None = None,
    status: int = 200,
) -> HttpResponse:
    context = log_context(reader, shift, line) | {
        "entry_form": entry or forms.EntryForm(initial={"kind": LogEntry.Kind.ENTRY}),
        "leave_form": leave or forms.LeaveForm(),
        "shown": [form for form in (entry, leave) if form is not None],
    }
    return page_or_part(request, "duty/log.html", "log", context, status=status)


def log_context(reader: Reader, shift: Shift, line: Line) -> dict[str, Any]:
    now = reader.now
    hand_over = queries.hand_over_of(shift)
    relief = queries.relief_of([shift]).get(shift.pk)
    early = max(handing.SIGN_EARLY, timedelta(minutes=line.relief_early_min))
    is_open = hand_over is None or hand_over.left_at is None
    leaving, relieving = queries.leaving(shift), queries.relieving(relief) if relief else []
    me = reader.staff.pk
    stands = Assignment.objects.filter(shift=shift, voided_at=None).select_related("staff", "role")
    return {
        "line": line,
        "shift": shift,
        "stands": stands.order_by("role__position", "from_at", "pk"),
        "entries": entries_of(shift),
        "open_items": queries.open_items(line.pk),
        "hand_over": hand_over,
        "relief": relief,
        "leaving": leaving,
        "relieving": relieving,
        "sign_from": shift.until_at - early,
        "can_sign_now": now >= shift.until_at - early,
        "may_leave": is_open and any(row.staff_id == me for row in leaving),
        "may_take": relief is not None
        and (hand_over is None or hand_over.taken_at is None)
        and any(row.staff_id == me for row in relieving),
        "may_write": is_open
        and shift.from_at - handing.SIGN_EARLY <= now < shift.until_at + queries.LONGEST_STAY,
        "directs": reader.directs(line),
        "now": now,
        "earlier": Shift.objects.filter(line=line, from_at__lt=shift.from_at).order_by("-from_at")[:EARLIER],
        "later": Shift.objects.filter(line=line, from_at__gt=shift.from_at, from_at__lte=now)
        .order_by("from_at")
        .first(),
    }


def entries_of(shift: Shift) -> list[Entry]:
    rows = LogEntry.objects.filter(shift=shift).select_related("by", "settled_by", "strikes", "struck_by__by")
    return [Entry(row, getattr(row, "struck_by", None)) for row in rows.order_by("at", "pk")]


@require_safe
@duty_view
def print_log(request: HttpRequest, reader: Reader, shift_id: int) -> HttpResponse:
    """The shift's log as a sheet, with both signatures."""
    shift, line = _shift(reader, shift_id)
    return render(request, "duty/log_sheet.html", log_context(reader, shift, line))


@require_POST
@duty_view
def write(request: HttpRequest, reader: Reader, shift_id: int) -> HttpResponse:
    shift, line = _shift(reader, shift_id)
    form = forms.EntryForm(request.POST)
    if form.is_valid():
        happened = _happened(form.cleaned_data["happened_at"], line, reader.now)
        if attempt(
            form,
            lambda: handing.write_entry(
                shift_id=shift.pk,
                kind=form.cleaned_data["kind"],
                text=form.cleaned_data["text"],
                by=reader.actor(line),
                now=reader.now,
                happened_at=happened,
            ),
        ):
            flash.done(request, _("Written."))
            return go(request, reverse("duty:log", args=[shift.pk]))
    return _log_page(request, reader, shift, line, entry=form, status=422)


def _happened(at: time | None, line: Line, now: datetime) -> datetime | None:
    """The last time at which the clock showed this: today, or else yesterday."""
    if at is None:
        return None
    zone = line.authority.zone
    today = now.astimezone(ZoneInfo(zone)).date()
    found = shifts.instant(zone, today, at)
    return found if found <= now else shifts.instant(zone, today - timedelta(days=1), at)


@require_POST
@duty_view
def mark(request: HttpRequest, reader: Reader, shift_id: int, entry_id: UUID, what: str) -> HttpResponse:
    """Strike an entry out, or settle an open item."""
    shift, line = _shift(reader, shift_id)
    entry = get_object_or_404(LogEntry, pk=entry_id, line=line)
    words = typed.words(request, "words", 2 * handing.LONGEST_TEXT)
    doings: dict[str, Callable[..., Any]] = {
        "strike": lambda **who: handing.strike_entry(entry_id=entry.pk, why=words, **who),
        "settle": lambda **who: handing.settle_item(entry_id=entry.pk, how=words, **who),
    }
    if what not in doings:
        raise Http404
    to = reverse("duty:log", args=[shift.pk])
    try:
        doings[what](by=reader.actor(line), now=reader.now)
    except Refusal as refusal:
        return lead_on(request, to, wording.refusal_words(refusal))
    flash.done(request, _("Struck out.") if what == "strike" else _("Settled."))
    return go(request, to)


@require_POST
@duty_view
def leave(request: HttpRequest, reader: Reader, shift_id: int) -> HttpResponse:
    shift, line = _shift(reader, shift_id)
    form = forms.LeaveForm(request.POST)
    if form.is_valid() and attempt(
        form,
        lambda: handing.sign_leaving(
            shift_id=shift.pk, by=reader.actor(line), now=reader.now, summary=form.cleaned_data["summary"]
        ),
    ):
        flash.done(request, _("Signed. You stay on duty until the relief has signed too."))
        return go(request, reverse("duty:log", args=[shift.pk]))
    return _log_page(request, reader, shift, line, leave=form, status=422)


@require_POST
@duty_view
def take(request: HttpRequest, reader: Reader, shift_id: int) -> HttpResponse:
    shift, line = _shift(reader, shift_id)
    try:
        row = handing.sign_taking(shift_id=shift.pk, by=reader.actor(line), now=reader.now)
    except Refusal as refusal:
        flash.warn(request, wording.refusal_words(refusal))
        return go(request, reverse("duty:log", args=[shift.pk]))
    flash.done(request, _("Taken over. What is open is with you now."))
    return go(request, reverse("duty:log", args=[row.next_shift_id or shift.pk]))


# ---------------------------------------------------------------- who stands a shift


@duty_view
def shift(request: HttpRequest, reader: Reader, shift_id: int) -> HttpResponse:
    """Who stands a shift; who leads the line puts people in and takes them out."""
    found = get_object_or_404(Shift.objects.select_related("pattern"), pk=shift_id)
    line = line_for(reader, found.line_id)
    directs = reader.directs(line)
    roles = list(line.roles.all())
    people = [row.staff for row in line.people.select_related("staff").order_by("staff__username")]
    form = forms.PutForm(request.POST or None, roles=roles, people=people)
    if request.method == "POST":
        line_to_direct(reader, line.pk)
        if form.is_valid() and attempt(form, lambda: _put(form, found, line, reader)):
            flash.done(request, _("Put in."))
            return go(request, reverse("duty:shift", args=[found.pk]))
    gaps = (
        queries.gaps(line.pk, max(found.from_at, reader.now), found.until_at)
        if found.until_at > reader.now
        else []
    )
    by_role = {role.pk: role for role in roles}
    context = {
        "line": line,
        "shift": found,
        "stands": Assignment.objects.filter(shift=found, voided_at=None)
        .select_related("staff", "role")
        .order_by("role__position", "from_at", "pk"),
        "needs": found.needs.select_related("role").order_by("role__position"),
        "gaps": [wording.gap_text(gap, by_role) for gap in gaps],
        "directs": directs,
        "is_of": reader.is_of(line),
        "is_over": found.until_at <= reader.now,
        "form": form,
        "now": reader.now,
    }
    return render(request, "duty/shift.html", context, status=422 if form.errors else 200)


def _put(form: forms.PutForm, shift: Shift, line: Line, reader: Reader) -> Assignment:
    typed, zone = form.cleaned_data, line.authority.zone
    own = [at.astimezone(ZoneInfo(zone)).date() for at in (shift.from_at, shift.until_at)]
    # A time without a day is on the day on which the shift begins, or ends.
    from_on = typed["from_on"] or (own[0] if typed["from_time"] else None)
    until_on = typed["until_on"] or (own[1] if typed["until_time"] else None)
    return assigning.put_in(
        shift_id=shift.pk,
        role_id=typed["role"],
        staff_id=typed["staff"],
        by=reader.actor(line),
        now=reader.now,
        from_at=local(from_on, typed["from_time"], zone),
        until_at=local(until_on, typed["until_time"], zone),
        rest_anyway=typed["rest_anyway"],
    )


@require_POST
@duty_view
def take_out(request: HttpRequest, reader: Reader, assignment_id: int) -> HttpResponse:
    row = get_object_or_404(Assignment.objects.select_related("shift"), pk=assignment_id)
    line = line_to_direct(reader, row.shift.line_id)
    try:
        piece = assigning.take_out(
            assignment_id=row.pk,
            by=reader.actor(line),
            now=reader.now,
            why=typed.words(request, "why", MOST_REASON),
        )
    except Refusal as refusal:
        return lead_on(request, reverse("duty:shift", args=[row.shift_id]), wording.refusal_words(refusal))
    roles = {role.pk: role for role in line.roles.all()}
    gaps = queries.gaps(line.pk, piece.from_at, piece.until_at)
    open_ = [gap for gap in gaps if gap.role_id == piece.role_id]
    if open_:
        flash.warn(
            request,
            _("Taken out. Now nobody covers this: %(gap)s") % {"gap": wording.gap_text(open_[0], roles)},
        )
    else:
        flash.done(request, _("Taken out; enough are still on duty."))
    return go(request, reverse("duty:shift", args=[row.shift_id]))
