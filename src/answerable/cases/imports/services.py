"""Take matters over: each by itself, so that what a crash cuts off goes on where it stopped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from answerable.cases.imports.models import Import, Imported
from answerable.cases.imports.planning import Planned
from answerable.cases.models import Case
from answerable.cases.rules import CannotAct
from answerable.cases.services.intake import Registered, register_case
from answerable.core.alone import one_at_a_time
from answerable.orgs.models import Authority
from answerable.record.actors import Actor
from answerable.record.append import append
from answerable.record.matters import matter_of


@dataclass(frozen=True)
class Taken:
    """A matter that was taken over. `secret` is given here once, for whoever hands the receipts out."""

    foreign_id: str
    code: str
    secret: str | None


def take_over(
    planned: Iterable[Planned], *, by: Actor, now: datetime, taken_by: Import | None = None
) -> Iterator[Taken]:
    """Register what was planned, one after the other. What is there already is passed over, and so is what another
    import of the same rows registers at this moment: it is that one's to count, and to hand out the receipt of."""
    for one in planned:
        with one_at_a_time("taking over", int.from_bytes(one.digest[:4])):
            if Imported.objects.filter(pk=one.digest).exists():
                continue
            done = _register(one, by, now)
            with transaction.atomic(durable=True):
                Imported.objects.create(digest=one.digest, case=done.case, at=now, taken_by=taken_by)
        yield Taken(one.foreign_id, done.code, done.secret)


def _register(one: Planned, by: Actor, now: datetime) -> Registered:
    try:
        return register_case(one.told, by=by, now=now)
    except CannotAct as refusal:
        if refusal.code != "submission_differs":
            raise
        # It was cut off, and the other system has changed it meanwhile: what was registered first stands.
        case = Case.objects.get(code=refusal.facts["receipt"])
        return Registered(case, case.code, None, is_repeat=True)


@transaction.atomic(durable=True)
def record_import(*, authority: Authority, source: str, by: Actor, now: datetime, **facts: Any) -> None:
    """That an import was carried out, in the body's own record: from where, how many, and of which file."""
    note_import(authority, source, by=by, now=now, **facts)


def note_import(authority: Authority, source: str, *, by: Actor, now: datetime, **facts: Any) -> None:
    """The same inside the caller's transaction."""
    matter = matter_of("authority", authority.pk)
    append("cases.imported", matter=matter, by=by, at=now, body={"source": source, **facts})
