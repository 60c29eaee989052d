"""One cell: from what a spreadsheet gives to the column's value, and back."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email

from answerable.core import days
from answerable.core.refusals import Refusal
from answerable.core.text import CannotKeep, clean, clean_line, spreadsheet_safe
from answerable.orgs import procedures
from answerable.orgs.calendars import CalendarFault, WorkCalendar
from answerable.orgs.sheets.columns import Column
from answerable.orgs.sheets.instants import read_instant

YES = {"yes", "true", "1", "y", "是", "√", "✓"}
NO = {"no", "false", "0", "n", "否", ""}
_CODE = re.compile(r"[A-Za-z0-9_-]+")
_DAY = re.compile(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?")
_Day = TypeVar("_Day", bound=date)
_SAFE = re.compile(r"^'(?=[ \t\r\n\u00a0\u200b\u3000\ufeff]*[=+\-@＝＋－＠])")


class CannotRead(Refusal):
    """A cell that is not what its column wants; `code` is a key of `faults.SENTENCES`."""


def read_cell(column: Column, raw: Any) -> Any:
    """The column's value. Empty cells give the column's default. Raises CannotRead."""
    text = _text(column, raw)
    if text == "":
        if column.must and column.default == "":
            raise CannotRead("must")
        return column.default
    if column.kind in ("line", "name", "text"):
        return text
    return _READERS[column.kind](column, text, raw)


def _text(column: Column, raw: Any) -> str:
    if raw is None:
        return ""
    if isinstance(raw, bool):
        return "yes" if raw else "no"
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    if isinstance(raw, datetime | date | time):
        return raw.isoformat()
    text = _SAFE.sub("", str(raw))
    try:
        if column.kind == "text":
            return clean(text, limit=column.limit).text
        return clean_line(text, limit=max(column.limit, 60)).text
    except CannotKeep as refusal:
        raise CannotRead("too_long", found=refusal.facts["found"], limit=refusal.facts["limit"]) from None


def _code(column: Column, text: str, raw: Any) -> str:
    if not _CODE.fullmatch(text):
        raise CannotRead("bad_code", value=text[:60])
    if len(text) > column.limit:
        raise CannotRead("too_long", found=len(text), limit=column.limit)
    return text


def _flag(column: Column, text: str, raw: Any) -> bool:
    word = unicodedata.normalize("NFKC", text).casefold()
    if word in YES:
        return True
    if word in NO:
        return False
    raise CannotRead("bad_flag", value=text[:60])


def _day(column: Column, text: str, raw: Any) -> date:
    if isinstance(raw, datetime):
        return _kept(raw, text).date()
    match = _DAY.fullmatch(unicodedata.normalize("NFKC", text).removesuffix("T00:00:00"))
    try:
        if match:
            return _kept(date(*(int(part) for part in match.groups())), text)
    except ValueError:
        pass
    raise CannotRead("bad_day", value=text[:60])


def _kept(day: _Day, text: str) -> _Day:
    if not days.is_kept(day):
        raise CannotRead("far_day", value=text[:60], first=days.FIRST_YEAR, last=days.LAST_YEAR)
    return day


def _instant(column: Column, text: str, raw: Any) -> datetime:
    """With an offset: that instant. Without one: local time of the body, which the planner fills in."""
    if isinstance(raw, datetime):
        return _kept(raw, text)
    plain = unicodedata.normalize("NFKC", text)
    try:
        return datetime.combine(_day(column, plain, None), time())
    except CannotRead as refusal:
        if refusal.code == "far_day":
            raise
    try:
        at = read_instant(plain)
    except ValueError:
        raise CannotRead("bad_instant", value=text[:60]) from None
    return _kept(at, text)


def _number(text: str, low: int, high: int) -> Decimal:
    try:
        number = Decimal(unicodedata.normalize("NFKC", text))
    except InvalidOperation:
        number = Decimal("NaN")
    if number.is_nan() or not low <= number <= high:
        raise CannotRead("bad_number", value=text[:60], low=low, high=high)
    return number


def _count(column: Column, text: str, raw: Any) -> int:
    number = _number(text, 1, 100)
    if number != int(number):
        raise CannotRead("bad_number", value=text[:60], low=1, high=100)
    return int(number)


def _degrees(column: Column, text: str, raw: Any) -> Decimal:
    return _number(text, -column.limit, column.limit).quantize(Decimal("0.00001"))


def _choice(column: Column, text: str, raw: Any) -> str:
    if text.lower() not in column.choices:
        raise CannotRead("bad_choice", value=text[:60], known=", ".join(column.choices))
    return text.lower()


def _email(column: Column, text: str, raw: Any) -> str:
    try:
        validate_email(text)
    except ValidationError:
        raise CannotRead("bad_email", value=text[:60]) from None
    return text


def _web(column: Column, text: str, raw: Any) -> str:
    try:
        URLValidator(schemes=["http", "https"])(text)
    except ValidationError:
        raise CannotRead("bad_web", value=text[:60]) from None
    return text


def _zone(column: Column, text: str, raw: Any) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise CannotRead("bad_zone", value=text[:60]) from None
    return text


def _country(column: Column, text: str, raw: Any) -> str:
    try:
        WorkCalendar(zone="UTC", country=text.upper()).is_working(date(2026, 3, 9))
    except (CalendarFault, NotImplementedError):
        raise CannotRead("bad_country", value=text[:60]) from None
    return text.upper()


def _pack(column: Column, text: str, raw: Any) -> str:
    known = procedures.known()
    if known and text not in known:
        raise CannotRead("bad_pack", value=text[:60], known=", ".join(known))
    return text


_READERS = {
    "code": _code,
    "flag": _flag,
    "day": _day,
    "instant": _instant,
    "count": _count,
    "degrees": _degrees,
    "choice": _choice,
    "email": _email,
    "web": _web,
    "zone": _zone,
    "country": _country,
    "pack": _pack,
}


def write_cell(column: Column, value: Any) -> Any:
    """For a spreadsheet: text that no program takes for a formula; yes and no; days and instants as ISO 8601."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    return spreadsheet_safe(value)
