"""Whoever is put on a shift, taken out of it, or asked for a swap hears of it by the way that they have set.

A message, no alarm: nobody waits for an answer, and the pages hold what is so. What is near (a day) counts as urgent,
so quiet hours do not keep it back.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from answerable.alerts import reaching
from answerable.alerts.climbing import STAFF_EMAIL, Contacts
from answerable.alerts.models import Delivery
from answerable.core.ids import uuid7
from answerable.duty.act_kinds import DutyAct
from answerable.duty.models import Assignment, Shift, Swap
from answerable.duty.roster_acts import RosterAct
from answerable.orgs.models import Staff
from answerable.orgs.standing import standing
from answerable.record.queries import ActShown
from answerable.record.reactions import on
from answerable.ui.templatetags.ui import day_text

NEAR = timedelta(hours=24)
#: Read out, an address is noise; the desk is found without it.
SPOKEN = frozenset({"voice"})


@on(DutyAct.PUT_IN, DutyAct.TAKEN_OUT)
def tell_of_override(matter: UUID, act: ActShown, now: datetime) -> None:
    """Somebody's duty was changed by another's word."""
    body = act.body or {}
    shift = Shift.objects.select_related("line__authority").filter(pk=body.get("shift") or 0).first()
    if shift is None or body.get("self"):
        return
    start, end = datetime.fromisoformat(body["from"]), datetime.fromisoformat(body["until"])
    code = "put_in" if act.kind == DutyAct.PUT_IN else "taken_out"
    _tell([body["staff"]], code, act, shift, start, end, now)


@on(RosterAct.SWAP_ASKED, RosterAct.SWAP_DONE, RosterAct.SWAP_REFUSED)
def tell_of_swap(matter: UUID, act: ActShown, now: datetime) -> None:
    """Asked: who is asked. Decided: both."""
    body = act.body or {}
    swap = (
        Swap.objects.select_related("gives__shift__line__authority", "gets__shift__line__authority")
        .filter(pk=body.get("swap") or 0)
        .first()
    )
    if swap is None:
        return
    asker, other = body.get("asked_by"), body.get("asked_of")
    if act.kind == RosterAct.SWAP_ASKED:
        _tell_turn([other], "swap_asked", act, swap.gives, now)
    elif act.kind == RosterAct.SWAP_REFUSED:
        _tell_turn([asker, other], "swap_refused", act, swap.gives, now)
    else:
        _tell_turn([other], "put_in", act, swap.gives, now)
        _tell_turn([asker], "taken_out", act, swap.gives, now)
        if swap.gets is not None:
            _tell_turn([asker], "put_in", act, swap.gets, now)
            _tell_turn([other], "taken_out", act, swap.gets, now)


def _tell_turn(
    staff_ids: Iterable[int | None], code: str, act: ActShown, turn: Assignment, now: datetime
) -> None:
    _tell(staff_ids, code, act, turn.shift, turn.from_at, turn.until_at, now)


def _tell(
    staff_ids: Iterable[int | None],
    code: str,
    act: ActShown,
    shift: Shift,
    start: datetime,
    end: datetime,
    now: datetime,
) -> None:
    """Queue one message to each; the same act tells once, whoever runs the reaction again."""
    zone = shift.line.authority.zone
    contacts = Contacts()
    rows = []
    for pk in dict.fromkeys(one for one in staff_ids if one is not None):
        staff = standing().staff.get(pk)
        if staff is None or not staff.is_active or end <= now:
            continue
        planned = reaching.tries(
            contacts.of(pk),
            is_urgent=start <= now + NEAR,
            at=now,
            quiet=contacts.quiet_of(pk, zone),
            is_told_only=True,
        )
        for one in (one for one in planned if one.way != reaching.BY_HAND):
            rows.append(_message(staff, one, code, act, shift, start, end, now))
    Delivery.objects.bulk_create(rows, ignore_conflicts=True)


def _message(
    staff: Staff,
    one: reaching.Try,
    code: str,
    act: ActShown,
    shift: Shift,
    start: datetime,
    end: datetime,
    now: datetime,
) -> Delivery:
    zone = ZoneInfo(shift.line.authority.zone)
    with translation.override(staff.language):
        line = _LINES[code]() % {
            "line": shift.line,
            "from": _moment(start.astimezone(zone)),
            "until": _moment(end.astimezone(zone)),
        }
    facts = {"line": line}
    if one.way not in SPOKEN:
        facts["address"] = settings.BASE_URL.rstrip("/") + reverse("rosters:mine")
    if one.contact == STAFF_EMAIL:
        facts["to"] = staff.email
    return Delivery(
        id=uuid7(),
        kind=one.way,
        purpose="duty_change",
        key=f"duty_change:{act.id}:{code}:{shift.pk}:{staff.pk}",
        contact_id=one.contact or None,
        is_urgent=start <= now + NEAR,
        language=staff.language,
        facts=facts,
        queued_at=now,
        next_try_at=one.at,
    )


def _moment(local: datetime) -> str:
    return f"{day_text(local.date(), weekday=True)} {local:%H:%M}"


_LINES = {
    "put_in": lambda: _("You are on duty from %(from)s until %(until)s: %(line)s."),
    "taken_out": lambda: _("You are no longer on duty from %(from)s until %(until)s: %(line)s."),
    "swap_asked": lambda: _("You are asked to take the duty from %(from)s until %(until)s: %(line)s."),
    "swap_refused": lambda: _(
        "The swap of the duty from %(from)s until %(until)s was refused, everything stays as it was: %(line)s."
    ),
}
