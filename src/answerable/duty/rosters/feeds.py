"""Calendar feeds: one's own duties, one's team's, or a line's, for any calendar program that subscribes.

The address is the key: who has it reads names and times of duty, and nothing else. An unknown or ended one is a 404.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils import translation
from django.utils.http import parse_etags, quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from icalendar import Calendar as Feed
from icalendar import Event

from answerable.core import clock
from answerable.core.text import clean_line
from answerable.duty.access import lines_for, reader_for
from answerable.duty.models import Assignment, Calendar, DutyPerson, Shift
from answerable.duty.roster_wording import joined
from answerable.duty.services.calendars import digest_of
from answerable.orgs.models import Staff

PAST, AHEAD = timedelta(days=31), timedelta(days=400)
#: Calendar programs are asked to come again after so long.
AGAIN = timedelta(hours=1)


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The feed behind a token, with an ETag: a program that asks again for the same gets 304."""
    row = (
        Calendar.objects.filter(digest=digest_of(token), ended_at=None, staff__is_active=True)
        .select_related("staff", "line")
        .first()
    )
    if row is None:
        raise Http404
    now = clock.now()
    if row.line_id is not None and not may_read(row.staff, row.line_id, now):
        raise Http404
    with translation.override(row.staff.language):
        content = written(row, now)
    etag = quote_etag(hashlib.sha256(content).hexdigest()[:32])
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
        response["Content-Disposition"] = 'inline; filename="duty.ics"'
    response["ETag"] = etag
    # Names and times of duty belong in no cache but the subscriber's own.
    response["Cache-Control"] = "private, no-cache"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response


def may_read(staff: Staff, line_id: int, now: datetime) -> bool:
    """Whether its owner may still see the line: an address outlives no move to another body, and no leaving."""
    return lines_for(reader_for(staff, now)).filter(pk=line_id).exists()


def written(row: Calendar, now: datetime) -> bytes:
    """The feed as bytes; the same as long as nothing changed, so that its digest can be an ETag."""
    out = Feed()
    out.add("prodid", "-//Answerable//Duty//EN")
    out.add("version", "2.0")
    out.add("calscale", "GREGORIAN")
    out.add("method", "PUBLISH")
    name = one_line(row.line) if row.line else _("Duty of my lines") if row.is_team else _("My duties")
    out.add("x-wr-calname", name)
    out.add("name", name)
    out.add("refresh-interval", AGAIN, parameters={"value": "DURATION"})
    out.add("x-published-ttl", "PT1H")
    events = _own(row, now) if row.line_id is None and not row.is_team else _of_lines(row, now)
    for event in events:
        out.add_component(event)
    return out.to_ical()


def one_line(text: object) -> str:
    """A name as one line: nothing in it begins another property, nor ends the feed."""
    return clean_line(str(text), limit=10_000).text


def _span(now: datetime) -> tuple[datetime, datetime]:
    """Whole days, so that the feed stays the same for a day where nothing changes."""
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return today - PAST, today + AHEAD


def _own(row: Calendar, now: datetime) -> Iterable[Event]:
    first, last = _span(now)
    turns = (
        Assignment.objects.filter(staff_id=row.staff_id, voided_at=None, from_at__lt=last, until_at__gt=first)
        .select_related("shift__line__place", "role")
        .order_by("from_at", "pk")
    )
    for turn in turns:
        line = turn.shift.line
        yield _event(
            # The same duty of the same person keeps its name whatever becomes of the row: swapped away and back.
            uid=f"duty-{turn.shift_id}-{turn.role_id}-{row.staff_id}-{turn.from_at:%H%M}",
            title=_("%(line)s: %(role)s") % {"line": line, "role": turn.role},
            from_at=turn.from_at,
            until_at=turn.until_at,
            changed_at=turn.made_at,
            place=str(line.place) if line.place else "",
            phone=line.phone,
        )


def _of_lines(row: Calendar, now: datetime) -> Iterable[Event]:
    """A shift an event, with everyone who stands it."""
    first, last = _span(now)
    if row.line_id is not None:
        lines = [row.line_id]
    else:
        today = now.astimezone(UTC).date()
        mine = DutyPerson.objects.filter(Q(leaves_on=None) | Q(leaves_on__gt=today), staff=row.staff_id)
        lines = list(mine.values_list("line_id", flat=True))
    shifts = (
        Shift.objects.filter(line__in=lines, from_at__lt=last, until_at__gt=first)
        .exclude(needs=None)
        .select_related("line__place")
        .prefetch_related("assignments__staff", "assignments__role")
        .order_by("from_at", "pk")
    )
    for shift in shifts:
        turns = sorted(shift.assignments.all(), key=lambda one: (one.role.position, one.role_id, one.pk))
        standing = [one for one in turns if one.voided_at is None]
        names = joined([str(one.staff) for one in standing])
        # Who is gone counts as well: a swap makes the event newer.
        changes = [at for one in turns for at in (one.made_at, one.voided_at) if at is not None]
        yield _event(
            uid=f"shift-{shift.pk}",
            title=_("%(line)s: %(names)s") % {"line": shift.line, "names": names or _("nobody yet")},
            from_at=shift.from_at,
            until_at=shift.until_at,
            changed_at=max(changes, default=shift.from_at),
            place=str(shift.line.place) if shift.line.place else "",
            phone=shift.line.phone,
            text="\n".join(
                _("%(role)s: %(names)s") % {"role": one.role, "names": one.staff} for one in standing
            ),
        )


def _event(
    *,
    uid: str,
    title: str,
    from_at: datetime,
    until_at: datetime,
    changed_at: datetime,
    place: str = "",
    phone: str = "",
    text: str = "",
) -> Event:
    """Instants in UTC: right in every program and zone, without a table of zones. SEQUENCE grows with each change."""
    event = Event()
    event.add("uid", f"{uid}@answerable")
    event.add("summary", one_line(title))
    event.add("dtstart", from_at.astimezone(UTC))
    event.add("dtend", until_at.astimezone(UTC))
    event.add("dtstamp", changed_at.astimezone(UTC))
    event.add("last-modified", changed_at.astimezone(UTC))
    event.add("sequence", max(0, int(changed_at.timestamp()) - 1_500_000_000))
    event.add("status", "CONFIRMED")
    event.add("transp", "OPAQUE")
    if place:
        event.add("location", one_line(place))
    lines = [one for one in (text, phone and _("Telephone: %(phone)s") % {"phone": phone}) if one]
    if lines:
        event.add("description", "\n".join(lines))
    return event
