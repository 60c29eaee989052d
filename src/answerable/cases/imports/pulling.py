"""Take open requests over from another Open311 server, window by window; the same again makes nothing new.

Only what that server publishes comes: no person, so nobody is written to. Their instant of receipt is its claim.
"""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from defusedxml import DefusedXmlException, ElementTree

from answerable.alerts.channels import posting
from answerable.alerts.channels.direct import open_direct
from answerable.alerts.outcomes import NotSent, Unknown
from answerable.cases.imports.planning import Plan, Planned, digest_of, known
from answerable.cases.models import Intake
from answerable.cases.packs import load_pack
from answerable.cases.services.intake import Told
from answerable.core import text
from answerable.core.sentences import N_, Said
from answerable.core.text import LINE_LIMIT, TEXT_LIMIT
from answerable.orgs.models import Authority, Subject
from answerable.orgs.standing import standing

TIMEOUT_S = 30
MOST_BYTES = 20 << 20
PAGE = 100
PAGES = 1000
#: Asked for at once: no city's week fills so many pages, and what they leave out would be lost without a word.
WINDOW = timedelta(days=7)
Get = Callable[[str], bytes]
#: The fields of a request that are read; nothing else of it is kept.
READ = (
    "service_request_id",
    "status",
    "service_code",
    "service_name",
    "description",
    "requested_datetime",
    "address",
    "address_id",
    "lat",
    "long",
)


class CannotPull(Said):
    """Another server's answer that cannot be used; nothing more was taken over."""

    sentences = {
        "not_http": N_("“%(root)s” is no web address. It begins with https://"),
        "away": N_(
            "%(root)s does not answer (%(why)s). What was taken over so far stays; start it again later."
        ),
        "unreadable": N_("%(root)s answers with something that is neither JSON nor XML of Open311."),
        "too_large": N_("%(root)s answers with more than %(limit)s MB at once."),
        "private": N_(
            "%(root)s is not https, or leads into a private network. Whoever runs this server can allow it "
            "(ANSWERABLE_ALERT_HOSTS), or use: answerable import open311"
        ),
        "lost": N_(
            "What was read can no longer be opened: its key is gone. What is registered stays; read the file or the server "
            "again, and it goes on from there."
        ),
        "too_slow": N_("%(root)s was asked for an hour and has not told everything. Choose a later day."),
        "too_much": N_("%(root)s sends more text than is kept at once. Choose a later day."),
        "too_many": N_("%(root)s has more than %(limit)s open requests since that day. Choose a later day."),
    }


def fetched(address: str) -> bytes:
    """The body of an address. A redirect is no answer: nobody sends us elsewhere."""
    root = f"{urlsplit(address).scheme}://{urlsplit(address).netloc}"
    request = urllib.request.Request(address, headers={"Accept": "application/json, text/xml"})  # noqa: S310
    try:
        with open_direct(request, timeout=TIMEOUT_S) as answer:
            body = bytes(answer.read(MOST_BYTES + 1))
    except (urllib.error.URLError, http.client.HTTPException, OSError, ValueError) as error:
        raise CannotPull("away", root=root, why=str(getattr(error, "code", type(error).__name__))) from error
    if len(body) > MOST_BYTES:
        raise CannotPull("too_large", root=root, limit=MOST_BYTES >> 20)
    return body


def fetched_from_outside(address: str) -> bytes:
    """As `fetched`, for an address that is typed into a page: https, and nowhere in the office's own network."""
    root = f"{urlsplit(address).scheme}://{urlsplit(address).netloc}"
    try:
        answer = posting.get(
            address, {"Accept": "application/json, text/xml"}, timeout=TIMEOUT_S, most=MOST_BYTES + 1
        )
    except (NotSent, Unknown) as error:
        code = "private" if isinstance(error, NotSent) and error.for_good else "away"
        raise CannotPull(code, root=root, why=error.detail) from error
    if answer.status != 200:
        raise CannotPull("away", root=root, why=str(answer.status))
    if len(answer.body) > MOST_BYTES:
        raise CannotPull("too_large", root=root, limit=MOST_BYTES >> 20)
    return answer.body


def planned_from(
    root: str,
    authority: Authority,
    *,
    jurisdiction: str,
    subject: Subject,
    since: datetime,
    now: datetime,
    found: Plan,
    get: Get = fetched,
) -> Iterator[Planned]:
    """What would be taken over, the oldest windows first. `subject`: for services that have no subject here.

    Raises CannotPull.
    """
    for rows in rows_from(root, jurisdiction=jurisdiction, since=since, now=now, get=get):
        yield from _planned(rows, root.rstrip("/"), authority, subject, now, found)


def plan_rows(
    rows: list[dict[str, Any]], root: str, authority: Authority, subject: Subject, *, now: datetime
) -> Plan:
    """The same for rows that were fetched before."""
    plan = Plan()
    plan.planned = list(_planned(rows, root.rstrip("/"), authority, subject, now, plan))
    return plan


def kept_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """What is read of a row, each no longer than it may be."""
    return {name: str(row[name])[:TEXT_LIMIT] for name in READ if row.get(name) not in (None, "")}


def rows_from(
    root: str, *, jurisdiction: str, since: datetime, now: datetime, get: Get = fetched
) -> Iterator[list[dict[str, Any]]]:
    """What the server publishes since then, each request once, the oldest windows first. Raises CannotPull."""
    parts = urlsplit(root)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise CannotPull("not_http", root=root)
    if "@" in parts.netloc:
        # The address stands in the record of each matter, for good: no password may be in it, nor be said again here.
        raise CannotPull("not_http", root=f"{parts.scheme}://…@{parts.netloc.rpartition('@')[2]}")
    root, seen = root.rstrip("/"), set[str]()
    # Instants are asked for in whole seconds: what came within this one is not left out.
    start, until = since, now + timedelta(seconds=1)
    while start < until:
        end = min(start + WINDOW, until)
        for rows in _pages(root, jurisdiction, start, end, get):
            fresh = [row for row in rows if _id(row) and _id(row) not in seen]
            seen |= {_id(row) for row in fresh}
            if not fresh:
                break  # a server that does not know pages answers the same again
            yield fresh
        start = end


def _pages(
    root: str, jurisdiction: str, start: datetime, end: datetime, get: Get
) -> Iterator[list[dict[str, Any]]]:
    asked = {"start_date": _w3(start), "end_date": _w3(end), "page_size": PAGE}
    asked |= {"jurisdiction_id": jurisdiction} if jurisdiction else {}
    for number in range(1, PAGES + 1):
        rows = _rows(get(f"{root}/requests.json?{urlencode(asked | {'page': number})}"), root)
        yield rows
        if len(rows) < PAGE:
            return


def _w3(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _rows(body: bytes, root: str) -> list[dict[str, Any]]:
    """The requests of an answer, whichever of the two forms it has."""
    try:
        if body.lstrip()[:1] == b"<":
            tree = ElementTree.fromstring(body, forbid_dtd=True)
            return [{one.tag: one.text or "" for one in request} for request in tree.iter("request")]
        said = json.loads(body)
    except (ValueError, SyntaxError, RecursionError, DefusedXmlException):
        raise CannotPull("unreadable", root=root) from None
    said = said.get("service_requests", []) if isinstance(said, Mapping) else said
    if not isinstance(said, list):
        raise CannotPull("unreadable", root=root)
    return [row for row in said if isinstance(row, dict)]


def _id(row: Mapping[str, Any]) -> str:
    return text.clean(str(row.get("service_request_id") or "")[:200]).text


def _planned(
    rows: list[dict[str, Any]], root: str, authority: Authority, subject: Subject, now: datetime, found: Plan
) -> Iterator[Planned]:
    source = f"open311 {root}"
    digests = {_id(row): digest_of(authority, source, _id(row)) for row in rows}
    done = known(list(digests.values()))
    found.digests |= {name: digest for name, digest in digests.items() if name}
    for row in rows:
        if str(row.get("status", "")).lower() == "closed":
            found.closed += 1
        elif digests[_id(row)] in done:
            found.known += 1
        else:
            told = _told(row, root, authority, subject, digests[_id(row)], now, found)
            if told is None:
                found.unreadable += 1
            else:
                yield Planned(_id(row), digests[_id(row)], told, _service(row))


def _told(
    row: Mapping[str, Any],
    root: str,
    authority: Authority,
    subject: Subject,
    digest: bytes,
    now: datetime,
    found: Plan,
) -> Told | None:
    def said(name: str, limit: int) -> str:
        value = row.get(name)
        return text.clean(str(value)[:limit]).text if value not in (None, "") else ""

    code = said("service_code", 60)
    own = standing().subject_codes.get((authority.pk, code))
    if own is None or own.closed_on is not None:
        found.unmapped.add(_service(row))
    place = standing().place_codes.get((authority.pk, said("address_id", 60)))
    claim = said("description", TEXT_LIMIT) or said("service_name", LINE_LIMIT)
    if not claim:
        return None
    point = ", ".join(filter(None, (said("lat", 20), said("long", 20))))
    kinds = load_pack(authority.pack).kinds
    plain = [kind for kind in kinds if not kind.about_conduct] or list(kinds)
    return Told(
        authority=authority,
        subject=own if own is not None and own.closed_on is None else subject,
        place=place if place is not None and place.closed_on is None else None,
        place_text=" ".join(" · ".join(filter(None, (said("address", 250), point))).split())[:LINE_LIMIT],
        claim=claim,
        kind=plain[0].code,
        language="zh-hans" if any("\u3400" <= sign <= "\u9fff" for sign in claim) else "en",
        intake=Intake.IMPORT,
        received_at=_received(said("requested_datetime", 40), now),
        claimed_by=f"open311 {urlsplit(root).netloc}",
        submission=b"import\0" + digest,
    )


def _service(row: Mapping[str, Any]) -> str:
    """What that server calls the kind of matter: its code and name."""
    parts = (str(row.get(name) or "")[:most] for name, most in (("service_code", 60), ("service_name", 80)))
    return text.clean(" ".join(parts)).text.strip()


def _received(said: str, now: datetime) -> datetime:
    """That server's claim; now where it makes none that can be read."""
    try:
        at = datetime.fromisoformat(said)
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        return min(at.astimezone(UTC), now) if at > now - timedelta(days=36_500) else now
    except (ValueError, OverflowError):
        return now
