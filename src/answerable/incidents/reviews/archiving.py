"""Closed incidents into the archive, each as an act. The worker's turns, never a request's.

Made in this order: the package, the file, then the act; cut short, the next turn makes all of it anew. The packages
lie in `ARCHIVE/incidents/<id>.zip`. They are not sealed: nobody's identity is in them.
"""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from answerable.core import disk
from answerable.core.refusals import Changed
from answerable.core.sentences import N_, Said
from answerable.incidents.act_kinds import IncidentAct
from answerable.incidents.models import Incident
from answerable.incidents.reviews.package import payload_of
from answerable.incidents.steps import act, lock_incident
from answerable.record import bag
from answerable.record.actors import Actor
from answerable.record.append import Appended
from answerable.record.checks import check_log
from answerable.record.models import Act
from answerable.record.places import places_of
from answerable.record.queries import acts_of, last_seq

#: So long the archive waits for the log to publish an incident's last act; then it keeps the promise instead.
WAITS = timedelta(hours=25)
A_TURN = 5
SUFFIX = ".zip"

log = logging.getLogger(__name__)


class CannotOpenPackage(Said):
    """A package that cannot be read, or is not the one that was made."""

    sentences = {
        "not_there": N_("There is no package of this incident in the archive."),
        "damaged": N_("The package is damaged or was changed: %(where)s"),
        "another": N_(
            "The package is whole, but it is not the one that the record names. Somebody exchanged it."
        ),
    }


def folder() -> Path:
    return Path(settings.ANSWERABLE_ARCHIVE_DIR) / "incidents"


def path_of(incident_id: UUID) -> Path:
    return folder() / f"{incident_id}{SUFFIX}"


def kept() -> Iterator[UUID]:
    """The incidents that have a package here."""
    for path in sorted(folder().glob(f"*{SUFFIX}")) if folder().is_dir() else ():
        try:
            yield UUID(path.name.removesuffix(SUFFIX))
        except ValueError:
            continue


def named(codes: Iterable[str]) -> dict[UUID, str]:
    """Archived or closed incidents by `code` or `body/code`, as the command line names them."""
    found: dict[UUID, str] = {}
    rows = Incident.objects.filter(state=Incident.State.CLOSED).select_related("authority")
    for text in codes:
        body, _slash, code = text.strip().rpartition("/")
        some = rows.filter(code=code, authority__code=body) if body else rows.filter(code=code)
        found |= {row.pk: label(row) for row in some}
    return found


def label(incident: Incident) -> str:
    return f"{incident.authority.code}/{incident.code}"


def due(limit: int = 100) -> list[UUID]:
    """Closed incidents that were not archived, the oldest first."""
    done = Act.objects.filter(matter_id=OuterRef("pk"), kind=IncidentAct.ARCHIVED)
    rows = Incident.objects.filter(state=Incident.State.CLOSED).exclude(Exists(done))
    return list(rows.order_by("closed_at", "pk").values_list("pk", flat=True)[:limit])


def archive_due(now: datetime) -> int:
    """A turn: some closed incidents into the archive; one that fails holds up no other. Returns how many."""
    done = 0
    for incident_id in due():
        if done >= A_TURN:
            break
        try:
            done += _archive(incident_id, now)
        except Exception:
            if connection.connection is None or connection.connection.closed:
                raise
            log.exception(
                "an incident was not archived; it is tried again", extra={"incident": str(incident_id)}
            )
    return done


def _is_proved(incident: Incident, now: datetime) -> bool:
    """Whether the log has published its last act; a log that stands still is waited for a day, not for ever."""
    last = places_of(incident.pk).get(last_seq(incident.pk))
    if last is not None and last.is_published:
        return True
    return bool(incident.closed_at and now - incident.closed_at > WAITS and list(check_log()))


def _archive(incident_id: UUID, now: datetime) -> int:
    """1, or 0 where it has to wait or moved on meanwhile."""
    incident = Incident.objects.select_related("authority", "unit", "plan_version__plan").get(pk=incident_id)
    if not _is_proved(incident, now):
        return 0
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    # Two workers would each make a package of other bytes, and the act of one would not fit the file of the other.
    with disk.folder_locked(folder()):
        if Act.objects.filter(matter_id=incident_id, kind=IncidentAct.ARCHIVED).exists():
            return 0
        before = last_seq(incident_id)
        package = bag.packed(
            str(incident_id), payload_of(incident, now), made_on=now.date(), about=label(incident)
        )
        keep(incident_id, package)
        try:
            record_archived(incident_id=incident_id, package=package, last=before, now=now)
        except Changed:
            return 0
    return 1


def keep(incident_id: UUID, package: bytes) -> Path:
    """Write a package whole or not at all. Raises OSError."""
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=folder(), prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(package)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path_of(incident_id))
    finally:
        Path(name).unlink(missing_ok=True)
    return path_of(incident_id)


@transaction.atomic(durable=True)
def record_archived(*, incident_id: UUID, package: bytes, last: int, now: datetime) -> Appended:
    """Record which package was put into the archive. Raises Changed where an act was recorded since it was made."""
    incident = lock_incident(incident_id)
    if last_seq(incident_id) != last:
        raise Changed(version=incident.version)
    body = {"sha256": hashlib.sha256(package).hexdigest(), "size": len(package)}
    return act(incident, IncidentAct.ARCHIVED, by=Actor.system(), now=now, body=body)


@transaction.atomic(durable=True)
def record_taking_out(*, incident_id: UUID, why: str, now: datetime) -> Appended:
    """Record that a package is taken out by whoever runs the installation, and why."""
    incident = lock_incident(incident_id)
    return act(incident, IncidentAct.ARCHIVE_TAKEN, by=Actor.system(), now=now, why=why.strip(), body={})


def opened(incident_id: UUID) -> dict[str, bytes]:
    """The files of a package, whole, and the one that the record names. Raises CannotOpenPackage."""
    try:
        package = path_of(incident_id).read_bytes()
    except OSError:
        raise CannotOpenPackage("not_there") from None
    try:
        files = bag.unpacked(package)
    except bag.BagDamaged as error:
        raise CannotOpenPackage("damaged", where=str(error)) from error
    acts = acts_of(incident_id, kinds=(str(IncidentAct.ARCHIVED),))
    made = str((acts[-1].body or {}).get("sha256")) if acts else None
    if made is not None and made != hashlib.sha256(package).hexdigest():
        raise CannotOpenPackage("another")
    return files
