"""What the archive of an incident holds: everything that was written and decided, the warnings, the proofs of its acts.

Not in it: the number to call back, the callers' words, photographs that nobody has cleared, and names of staff. Posts stand in it; the acts,
which are there word for word so that their proofs hold, name staff by number. Of those affected nobody is named.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone, translation

from answerable.incidents.models import (
    Entry,
    Incident,
    IncidentRole,
    Inject,
    LevelChange,
    Photo,
    Promise,
    PublicWarning,
    Report,
    Requisition,
    Review,
    Sent,
    Strand,
    Task,
)
from answerable.incidents.photos.rules import CannotKeepPhoto
from answerable.incidents.photos.steps import open_
from answerable.incidents.reviews import paper
from answerable.incidents.reviews.measuring import figures_of
from answerable.incidents.steps import digest
from answerable.orgs.models import Authority
from answerable.record.bundle import proofs_of, verifier
from answerable.record.models import Opening
from answerable.record.queries import acts_of

FORMAT = "answerable/incident-archive/v1"
#: Columns that an archive leaves out: sealed or keyed, of a person, or of use in this database alone.
LEFT_OUT = frozenset(
    {
        "id", "incident", "review", "version", "call_back", "submission", "submission_digest", "from_case", "case_id",
        "sealed", "reported_by", "by", "commander", "staff", "closed_by", "ended_by", "back_by", "returned_by",
        "answered_by", "sent_by", "waived_by", "checked_by", "signed_by", "done_by", "alert", "item", "authority",
        "unit", "personal_data_gone_at", "sha256",
    }
)  # fmt: skip
#: What callers said may name somebody: the record has its digest, the archive nothing more.
OF_CALLERS = frozenset({"what", "in_danger"})
log = logging.getLogger(__name__)


def payload_of(incident: Incident, now: datetime) -> dict[str, bytes]:
    """The files of the package by their paths."""
    review = Review.objects.select_related("incident__authority", "incident__unit").get(incident=incident)
    language = language_of(incident.authority)
    with translation.override(language), timezone.override(ZoneInfo(incident.authority.zone)):
        found = {"review.pdf": paper.pdf_of(review, now=now)}
    found |= {
        "incident.json": _json(_facts(incident)),
        "log.json": _json(_log(incident)),
        "review.json": _json(_review(review, now)),
        "acts.json": _json(_acts(incident)),
    }
    if incident.plan_version is not None:
        found["plan.yaml"] = incident.plan_version.text.encode()
    for warning in PublicWarning.objects.filter(incident=incident).order_by("sent_at", "pk"):
        found[f"warnings/{_name(warning.identifier)}.xml"] = warning.xml.encode()
    found |= _photographs(incident)
    proofs = proofs_of(incident.pk, lambda _seq: True) | verifier()
    return found | {f"record/{name}": content for name, content in proofs.items()}


def language_of(authority: Authority) -> str:
    """The body's own language: Chinese where it has a Chinese name."""
    return "zh-hans" if authority.name_zh else "en"


def _facts(incident: Incident) -> dict[str, Any]:
    parts: tuple[tuple[str, Any], ...] = (
        ("level_changes", LevelChange.objects.order_by("pk")),
        ("tracks", Strand.objects.order_by("position", "pk")),
        ("roles", IncidentRole.objects.order_by("position", "pk")),
        ("tasks", Task.objects.order_by("strand__position", "position", "pk")),
        ("sent", Sent.objects.order_by("at", "pk")),
        ("requisitions", Requisition.objects.order_by("at", "pk")),
        ("promises", Promise.objects.order_by("at", "pk")),
        ("reports", Report.objects.order_by("opened_at", "pk")),
        ("events", Inject.objects.order_by("position")),
    )
    version = incident.plan_version
    own = {
        "format": FORMAT,
        "id": str(incident.pk),
        "body": [incident.authority.name_zh, incident.authority.name_en],
        "unit": [incident.unit.name_zh, incident.unit.name_en],
        "plan": {"code": version.plan.code, "version": version.number} if version is not None else None,
        **{name: value for name, value in _row(incident).items() if name not in OF_CALLERS},
    }
    return own | {name: _rows(rows.filter(incident=incident)) for name, rows in parts}


def _log(incident: Incident) -> list[dict[str, Any]]:
    """The lines of the log; of calls only when they came, and the digest of what was said."""
    lines = []
    for entry in Entry.objects.filter(incident=incident).order_by("seq"):
        line = _row(entry)
        if entry.kind == Entry.Kind.CALL:
            line |= {"text": "", "sha256": digest(entry.text) if entry.text else ""}
        lines.append(line)
    return lines


def _review(review: Review, now: datetime) -> dict[str, Any]:
    return _row(review) | {
        "measured": figures_of(review, now=now).as_record(),
        "lessons": _rows(review.lessons.select_related("post__unit")),
    }


def _rows(rows: Iterable[Any]) -> list[dict[str, Any]]:
    return [_row(row) for row in rows]


def _row(row: Any) -> dict[str, Any]:
    """A row's own columns; a post as `unit/post`, other rows by their key."""
    found: dict[str, Any] = {}
    for column in row._meta.concrete_fields:
        if column.name in LEFT_OUT and column.name != "id":
            continue
        value = getattr(row, column.attname)
        if column.name in ("post", "commander_post", "sent_post"):
            post = getattr(row, column.name)
            value = f"{post.unit.code}/{post.code}" if post is not None else None
        found[column.name] = value.isoformat() if isinstance(value, (date, datetime)) else value
    return found


def _acts(incident: Incident) -> list[dict[str, Any]]:
    """Every act as it was recorded; its verbatim bytes are in its opening file."""
    records = {
        opening.act_id: json.loads(bytes(opening.body))
        for opening in Opening.objects.filter(act__matter_id=incident.pk)
    }
    return [
        {"seq": act.seq, "kind": act.kind, "leaf": act.leaf, "record": records.get(act.id)}
        for act in acts_of(incident.pk)
    ]


def _photographs(incident: Incident) -> dict[str, bytes]:
    """Pictures of the hazard that a human has checked and blurred; those that were destroyed meanwhile are left out."""
    found: dict[str, bytes] = {}
    rows = Photo.objects.filter(incident=incident, state=Photo.State.CLEARED).exclude(sealed=None)
    for number, photo in enumerate(rows.order_by("at", "pk"), 1):
        ending = photo.media_type.rpartition("/")[2].replace("jpeg", "jpg")
        try:
            content = open_(photo)
        except CannotKeepPhoto:
            log.warning("a photograph could not be opened for the archive", extra={"photo": str(photo.pk)})
            continue
        found[f"photographs/{number:03d}.{ending}"] = content
    return found


def _name(identifier: str) -> str:
    return "".join(sign if sign.isalnum() or sign in ".-_" else "_" for sign in identifier)


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, default=str).encode()
