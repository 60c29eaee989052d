"""Ended cases into the archive, each as an act; and out of it, what was erased. The worker's turns, never a request's.

Made in this order: the package out of a state of the case, the file, then the act. Cut short after the file, the
next turn makes both anew; had the case moved on meanwhile, nothing is recorded and the next turn tries again.
"""

from __future__ import annotations

import hashlib
import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from answerable.cases import rules, steps
from answerable.cases.act_kinds import ActKind
from answerable.cases.apart import each
from answerable.cases.archive import store
from answerable.cases.archive.content import payload_of
from answerable.cases.models import Case
from answerable.core.keeping import gone
from answerable.core.refusals import Changed
from answerable.parties.keyfile import KeyFileError
from answerable.parties.models import Tombstone
from answerable.parties.steps import file_key
from answerable.record import bag
from answerable.record.actors import Actor
from answerable.record.append import Appended
from answerable.record.checks import check_log
from answerable.record.models import Act
from answerable.record.places import places_of
from answerable.record.queries import acts_of, last_seq

#: So long the archive waits for the log to publish a case's last act; then it keeps the promise instead.
WAITS = timedelta(hours=25)
A_TURN = 5

log = logging.getLogger(__name__)


def due(limit: int = 500) -> list[UUID]:
    """Ended cases that were not archived since they ended last, the oldest first."""
    done = Act.objects.filter(
        matter_id=OuterRef("pk"), kind=ActKind.ARCHIVED, recorded_at__gte=OuterRef("ended_at")
    )
    rows = Case.objects.filter(state__in=rules.ENDED, ended_at__isnull=False, erased_at=None)
    return list(rows.exclude(Exists(done)).order_by("ended_at", "pk").values_list("pk", flat=True)[:limit])


def archive_due(now: datetime) -> int:
    """A turn: destroy packages whose case was erased, and put some ended cases into the archive; how many of both.

    Raises apart.SomeFailed at the end where some could not be archived; the others were.
    """
    destroyed, done = _destroy_erased(), 0

    def one(case_id: UUID) -> int:
        nonlocal done
        made = _archive(case_id, now) if done < A_TURN else 0
        done += made
        return made

    return destroyed + each("archive", lambda failed: [pk for pk in due() if pk not in failed], one)


def _is_proved(case: Case, now: datetime) -> bool:
    """Whether the log has published the case's last act; a log that stands still is waited for a day, not for ever."""
    last = places_of(case.pk).get(last_seq(case.pk))
    if last is not None and last.is_published:
        return True
    return bool(case.ended_at and now - case.ended_at > WAITS and list(check_log()))


def _archive(case_id: UUID, now: datetime) -> int:
    """1, or 0 where it has to wait or moved on meanwhile."""
    try:
        with transaction.atomic():
            case = steps.lock_case(case_id)
            # Under the lock: an erasure that was quicker must not find a new key made behind it
            if case.erased_at is not None or not _is_proved(case, now):
                return 0
            key = file_key(case_id)
        package = bag.packed(str(case_id), payload_of(case, now), made_on=now.date(), about=case.code)
        store.keep(case_id, key, package)
        archive_case(case_id=case_id, package=package, seen_version=case.version, now=now)
    except (Changed, KeyFileError, OSError) as error:
        log.warning("a case was not archived; it is tried again", extra={"reason": type(error).__name__})
        return 0
    return 1


@transaction.atomic(durable=True)
def archive_case(*, case_id: UUID, package: bytes, seen_version: int, now: datetime) -> Appended:
    """Record which package was put into the archive: its digest. Raises Changed where the case has moved on."""
    case = steps.lock_case(case_id, seen_version=seen_version)
    return steps.act(
        case,
        ActKind.ARCHIVED,
        by=Actor.system(),
        now=now,
        body={"sha256": hashlib.sha256(package).hexdigest(), "size": len(package)},
        clocks=False,
    )


@transaction.atomic(durable=True)
def record_taking_out(*, case_id: UUID, why: str, now: datetime) -> Appended:
    """Record that a package is taken out unsealed, by whoever runs the installation, and why."""
    case = steps.lock_case(case_id)
    return steps.act(
        case, ActKind.ARCHIVE_TAKEN, by=Actor.system(), now=now, why=why.strip(), body={}, clocks=False
    )


def _destroy_erased() -> int:
    """Files whose case was erased: their key is gone already, and they go too. A case that this database does not
    know, as after an older backup was put back, is none of its business."""
    kept = set(store.kept())
    erased = set(Tombstone.objects.filter(case_id__in=kept).values_list("case_id", flat=True))
    for case_id in erased:
        store.destroy(case_id)
    return gone("cases.archive", len(erased))


def opened(case_id: UUID) -> dict[str, bytes]:
    """The files of a package, unsealed, whole, and the one that the record names. Raises CannotOpenArchive."""
    package = store.read(case_id)
    try:
        files = bag.unpacked(package)
    except bag.BagDamaged as error:
        raise store.CannotOpenArchive("damaged", where=str(error)) from error
    named = _named(case_id)
    if named is not None and named != hashlib.sha256(package).hexdigest():
        raise store.CannotOpenArchive("another")
    return files


def _named(case_id: UUID) -> str | None:
    acts = acts_of(case_id, kinds=(str(ActKind.ARCHIVED),))
    return str((acts[-1].body or {}).get("sha256")) if acts else None
