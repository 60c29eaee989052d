"""What is published: bodies, editions, files, reports."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Q

from answerable.figures.published.files import CSV
from answerable.figures.published.models import (
    LICENCE,
    LICENCE_URL,
    Edition,
    EditionFile,
    Layout,
    Publishing,
    Report,
)
from answerable.orgs.models import Authority
from answerable.orgs.queries import serving

#: For so long whoever asked still finds why it was not made.
SHOWN_FOR = timedelta(days=14)


def publishing_bodies() -> list[Authority]:
    return serving()


def publishing_body(code: str) -> Authority | None:
    return next((body for body in serving() if body.code == code), None)


def setting_of(body: Authority) -> Publishing:
    """How it publishes; the defaults before the worker's first turn."""
    found = Publishing.objects.filter(pk=body.pk).first()
    return found or Publishing(authority=body, licence=LICENCE, licence_url=LICENCE_URL)


def released(body: Authority, period: str, number: int = 0) -> Edition | None:
    """An edition that is out: this number, or the newest."""
    rows = Edition.objects.filter(authority=body, period=period, state=Edition.State.RELEASED)
    if number:
        rows = rows.filter(number=number)
    return rows.order_by("-number").first()


def editions_of(body: Authority, period: str) -> list[Edition]:
    rows = Edition.objects.filter(authority=body, period=period, state=Edition.State.RELEASED)
    return list(rows.defer("counted", "content").order_by("-number"))


def newest_editions(body: Authority) -> list[Edition]:
    """The newest edition of each month and year, in their order."""
    rows = Edition.objects.filter(authority=body, state=Edition.State.RELEASED)
    return list(rows.order_by("period", "-number").distinct("period").defer("counted"))


def newest_months(body: Authority, most: int) -> list[Edition]:
    """The newest months that are out, oldest first."""
    rows = Edition.objects.filter(authority=body, state=Edition.State.RELEASED, period__contains="-")
    picked = rows.order_by("-period", "-number").distinct("period").defer("counted")[:most]
    return list(reversed(picked))


def waiting(body: Authority) -> list[Edition]:
    """Counted, and not out yet."""
    rows = Edition.objects.filter(authority=body, state=Edition.State.PREPARED)
    return list(rows.defer("counted").order_by("period"))


def layouts(body: Authority, now: datetime) -> list[Layout]:
    """What is being counted and laid out, and what could not be made lately: what was due until it is."""
    rows = Layout.objects.filter(authority=body)
    lately = Q(ended_at=None) | Q(asked_by=None) | Q(ended_at__gt=now - SHOWN_FOR)
    return list(rows.filter(lately).order_by("asked_at", "pk"))


def csv_files(body: Authority) -> Iterator[bytes]:
    """One file in memory at a time, whatever the number of months."""
    newest = Edition.objects.filter(authority=body, state=Edition.State.RELEASED)
    ids = newest.order_by("period", "-number").distinct("period").values_list("pk", flat=True)
    for pk in list(ids):
        row = EditionFile.objects.filter(edition=pk, name=CSV).values_list("content", flat=True).first()
        if row is not None:
            yield bytes(row)


def public_reports(body: Authority) -> list[Report]:
    rows = Report.objects.filter(authority=body, state=Report.State.PUBLISHED).defer("pdf_zh", "pdf_en")
    return list(rows.order_by("-year"))


def public_report(body: Authority, year: int, number: int = 0) -> Report | None:
    """A report that is or was public: this number, or the newest."""
    rows = Report.objects.filter(authority=body, year=year).exclude(published_at=None)
    if number:
        rows = rows.filter(number=number)
    return rows.select_related("edition", "authority").order_by("-number").first()
