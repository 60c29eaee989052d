"""An export of listed rows is an act: who took which list out, and how many rows at most (rights, rule 10)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import TypeVar
from uuid import UUID

from django.db import connection, transaction

from answerable.cases import rules
from answerable.cases.access import Reader, posts_held
from answerable.cases.act_kinds import ActKind
from answerable.cases.models import TakenOut
from answerable.cases.rules import Doing
from answerable.core import clock
from answerable.core.refusals import NotYours
from answerable.record.actors import Actor, ActorKind
from answerable.record.append import Appended, append
from answerable.record.matters import matter_of

T = TypeVar("T")
BATCH = 1000
_WRITE_DOWN = f"""INSERT INTO {TakenOut._meta.db_table} (case_id, act_id)
    SELECT unnest(%s::uuid[]), %s"""


@transaction.atomic(durable=True)
def record_export(*, reader: Reader, form: str, filters: str, count: str, now: datetime) -> Appended:
    """Record on the authority's own matter that a list was exported. `count` is honest: "17" or "1000+".

    `filters` are names and values of the address, without what was searched for: that may hold a name. Raises
    NotYours where no post of theirs may export.
    """
    post = next((p for p in reader.posts if p.role in rules.ROLES[Doing.EXPORT]), None)
    if post is None:
        raise NotYours("role_may_not", doing=str(Doing.EXPORT))
    by = Actor(ActorKind.STAFF, staff_id=reader.staff.pk, post_id=post.pk, unit_id=post.unit_id)
    return append(
        ActKind.EXPORT_MADE,
        matter=matter_of("authority", post.unit.authority_id),
        by=by,
        at=now,
        body={"form": form, "filters": filters, "rows": count},
    )


def while_held(rows: Iterable[T], reader: Reader) -> Iterator[T]:
    """The rows of an export, as long as its reader holds the posts that they were listed for: a long one takes minutes,
    and whoever lost a post meanwhile gets no more. Raises NotYours; what was given out stands in the record."""
    began = {(post.pk, post.role, post.unit_id) for post in reader.posts}
    for number, row in enumerate(rows):
        if number % BATCH == 0:
            held = posts_held(reader.staff.pk, clock.now())
            if not began <= {(post.pk, post.role, post.unit_id) for post in held}:
                raise NotYours("post_not_held")
        yield row


def marked(rows: Iterable[T], export: Appended, *, case_of: Callable[[T], UUID]) -> Iterator[T]:
    """The rows of an export, each batch written down before it is given out: its person sees that it was taken (rule 6)."""
    rows = iter(rows)
    while batch := list(islice(rows, BATCH)):
        cases = list(dict.fromkeys(case_of(row) for row in batch))
        with connection.cursor() as cursor:
            cursor.execute(_WRITE_DOWN, [cases, export.id])
        yield from batch
