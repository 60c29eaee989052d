"""What GeoReport v2 asks of a question, and how it is answered. Pure: no Django, no clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from answerable.core.sentences import N_, Said

#: The longest span of dates that may be asked for, and the one taken where none is given.
SPAN = timedelta(days=90)
#: The most requests of one answer.
ROWS = 1000
#: Further pages are not walked; a narrower span of dates finds the rest.
LAST_PAGE = 1000
#: Characters of a description (GeoReport v2).
DESCRIPTION = 4000
STATUSES = ("open", "closed")

#: Which HTTP status goes with which refusal; 400 where none is named (GeoReport v2, "Errors").
HTTP = {
    "key_wrong": 403,
    "key_expired": 403,
    "unit_closed": 403,
    "post_closed": 403,
    "scope_missing": 403,
    "jurisdiction_unknown": 404,
    "service_unknown": 404,
    "request_unknown": 404,
    "nothing_here": 404,
    "wrong_method": 405,
    "submission_differs": 409,
    "too_large": 413,
    "too_often": 429,
    "database_away": 503,
    "keys_away": 503,
}


class Refused(Said):
    """A question that cannot be answered as it is; `status` is the HTTP status and the code on the wire."""

    sentences = {
        "key_wrong": N_("The api_key is missing, unknown or was taken back. Ask the office for one."),
        "key_expired": N_("This key's time is over. Ask the office for a new one."),
        "unit_closed": N_(
            "The unit that this key was given for is closed. Ask the office's administrator for a new key."
        ),
        "post_closed": N_(
            "The post that answers for this key is closed. Ask the office's administrator for a new key."
        ),
        "scope_missing": N_("This key may not do that. It needs the scope “%(scope)s”; the office gives it."),
        "jurisdiction_missing": N_("Say for which office, as jurisdiction_id: one of %(known)s."),
        "jurisdiction_unknown": N_("There is no office with this jurisdiction_id."),
        "service_missing": N_("service_code is missing. The list of services has the codes."),
        "service_unknown": N_("There is no service with this service_code."),
        "request_unknown": N_(
            "Nothing is published under this service_request_id. A request is published only where its person "
            "agreed to it; they follow it with code and secret."
        ),
        "nothing_here": N_("There is nothing at this address."),
        "wrong_method": N_("This address does not take this method."),
        "place_missing": N_("Say where: lat and long, address_string, or address_id."),
        "point_wrong": N_("lat and long are two numbers in degrees (WGS 84), and belong together."),
        "address_unknown": N_("There is no place with this address_id."),
        "value_unknown": N_("“%(name)s” does not have this value."),
        "too_long": N_("“%(name)s” is too long: %(limit)s characters fit."),
        "email_wrong": N_("email is no e-mail address."),
        "phone_wrong": N_("phone is no telephone number."),
        "date_wrong": N_("“%(name)s” is no date. It looks like 2026-03-02T10:00:00+08:00."),
        "span_wrong": N_("start_date and end_date may lie at most 90 days apart, the earlier one first."),
        "status_wrong": N_("status is open, closed, or both with a comma between them."),
        "page_wrong": N_("page and page_size are whole numbers; page_size is at most 1000, page too."),
        "too_many_ids": N_("At most 1000 service_request_id fit into one question."),
        "form_wrong": N_("The form cannot be read. Send it as application/x-www-form-urlencoded in UTF-8."),
        "idempotency_wrong": N_("The header Idempotency-Key must have 8 to 200 visible ASCII characters."),
        "submission_differs": N_("This Idempotency-Key came with other words before."),
        "too_large": N_("The request is too large."),
        "too_often": N_("Too many requests came within an hour. Try again later; nothing was registered."),
        "database_away": N_("The database is away for a moment. Try again in a minute."),
        "keys_away": N_(
            "The office can lock nothing away just now: its key file is missing. Try again later."
        ),
    }

    @property
    def status(self) -> int:
        return HTTP.get(self.code, 400)


@dataclass(frozen=True)
class Window:
    """From when to when, both included."""

    start: datetime
    end: datetime


def window(asked: Mapping[str, str], *, now: datetime, zone: str) -> Window:
    """The span of dates that is asked for; the last 90 days where none is. Raises Refused (date_wrong, span_wrong).

    A date without a zone is the office's own; a day alone means its first instant, as an end its last.
    """
    start = _instant(asked, "start_date", zone)
    end = _instant(asked, "end_date", zone)
    if end is None:
        end = now if start is None else max(start, min(now, start + SPAN))
    if start is None:
        start = end - SPAN
    if start > end or end - start > SPAN + timedelta(days=1):
        raise Refused("span_wrong")
    return Window(start, end)


def _instant(asked: Mapping[str, str], name: str, zone: str) -> datetime | None:
    said = asked.get(name, "").strip()
    if not said:
        return None
    try:
        # A plus sign that was not escaped arrives as a gap.
        found = datetime.fromisoformat(said.replace(" ", "+") if "T" in said else said)
        if len(said) <= 10:
            day = date.fromisoformat(said)
            found = datetime.combine(day, time.max if name == "end_date" else time.min)
        found = found if found.tzinfo else found.replace(tzinfo=ZoneInfo(zone))
        found - SPAN, found + SPAN, found.timestamp()
    except (ValueError, OverflowError):
        raise Refused("date_wrong", name=name) from None
    return found


@dataclass(frozen=True)
class Page:
    size: int
    offset: int


def page(asked: Mapping[str, str]) -> Page:
    """Which rows of the answer. Raises Refused (page_wrong)."""
    size, number = _whole(asked, "page_size", ROWS), _whole(asked, "page", 1)
    if not (1 <= size <= ROWS and 1 <= number <= LAST_PAGE):
        raise Refused("page_wrong")
    return Page(size, (number - 1) * size)


def _whole(asked: Mapping[str, str], name: str, default: int) -> int:
    said = asked.get(name, "").strip()
    if not said:
        return default
    if not (said.isascii() and said.isdigit() and len(said) <= 6):
        raise Refused("page_wrong")
    return int(said)


def listed(asked: Mapping[str, str], name: str) -> list[str]:
    """The items of a list with commas, each once."""
    return list(dict.fromkeys(part.strip() for part in asked.get(name, "").split(",") if part.strip()))


def statuses(asked: Mapping[str, str]) -> set[str]:
    """The states asked for; both where none is. Raises Refused (status_wrong)."""
    found = {one.lower() for one in listed(asked, "status")}
    if found - set(STATUSES):
        raise Refused("status_wrong")
    return found or set(STATUSES)


@dataclass(frozen=True)
class Point:
    latitude: float
    longitude: float

    @property
    def words(self) -> str:
        """To about a metre, as a person would copy it onto a map."""
        return f"{self.latitude:.5f}, {self.longitude:.5f}"


def point(asked: Mapping[str, str]) -> Point | None:
    """Where the finger was on the map; None where nowhere. Raises Refused (point_wrong)."""
    said = [asked.get(name, "").strip() for name in ("lat", "long")]
    if not any(said):
        return None
    try:
        latitude, longitude = (float(one) for one in said if one.isascii() and "_" not in one)
    except ValueError:
        raise Refused("point_wrong") from None
    # "nan" is a number to float(), and no comparison with it holds.
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise Refused("point_wrong")
    return Point(latitude, longitude)
