"""A town with months of matters behind it: facts and turns as counting leaves them, made in bulk."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from answerable.cases.models import Case
from answerable.core.ids import uuid7
from answerable.figures.models import Fact, Turn
from answerable.figures.published.models import Edition
from answerable.figures.published.services import prepare, release
from answerable.orgs.models import Subject, Unit
from answerable.record.actors import Actor
from tests.cast import Cast, registered

SYSTEM = Actor.system()
#: 12 January 2027: November and December 2026 are over, and their day of counting has come.
NOW = datetime(2027, 1, 12, 2, tzinfo=UTC)


def matters(
    cast: Cast,
    number: int,
    *,
    unit: Unit,
    month: int,
    subject: Subject | None = None,
    late: int = 0,
    solved: int = 0,
    unsolved: int = 0,
    answered: bool = True,
    conduct: bool = False,
    intake: str = "portal",
) -> None:
    """So many matters of a month of 2026; the first `late` of them answered after their date."""
    like = registered(cast, now=datetime(2026, month, 2, 2, tzinfo=UTC)).case
    start = datetime(2026, month, 3, 2, tzinfo=UTC)
    fields = {f.attname: getattr(like, f.attname) for f in Case._meta.concrete_fields}
    cases = [Case(**fields | {"id": uuid7(), "code": uuid7().hex[-16:]}) for _ in range(number)]
    Case.objects.bulk_create(cases)
    facts, turns = [], []
    for at, case in enumerate(cases):
        facts.append(
            Fact(
                case=case,
                authority=cast.town,
                first_unit=unit,
                unit=unit,
                subject=subject or cast.lamps,
                place=cast.village,
                intake=intake,
                is_conduct=conduct,
                received_at=start,
                state="answered" if answered else "open",
                answered_at=start + timedelta(days=9) if answered else None,
                **dict.fromkeys(
                    ("turns", "handed_over", "reopened", "raised", "reviews_asked", "reviews_stood"), 0
                ),
                reviews_changed=0,
                dates_met=0,
                dates_kept=0,
            )
        )
        if not answered:
            continue
        word = True if at < solved else False if at < solved + unsolved else None
        turns.append(
            Turn(
                case=case,
                number=1,
                stage="handle",
                unit=unit,
                post=cast.post(cast.leader),
                is_conduct=conduct,
                beginning="registered",
                began_at=start,
                ending="answered",
                ended_at=start + timedelta(days=9),
                due_at=start + timedelta(days=5 if at < late else 20),
                own_due_at=start + timedelta(days=5 if at < late else 20),
                elapsed=timedelta(days=9),
                office_solved=True,
                person_solved=word,
            )
        )
    Fact.objects.bulk_create(facts)
    Turn.objects.bulk_create(turns)


def two_months(cast: Cast) -> None:
    """Roads and water with many, the town hall with three: too few to stand alone. Nine about someone's conduct."""
    for month, more in ((11, 0), (12, 7)):
        matters(cast, 30 + more, unit=cast.roads, month=month, late=6, solved=12, unsolved=9)
        matters(cast, 24, unit=cast.water, month=month, subject=cast.pipes, late=2, solved=8, unsolved=10)
        matters(cast, 3, unit=cast.town_root, month=month, late=1, intake="counter")
        matters(cast, 9, unit=cast.roads, month=month, conduct=True)


def published(cast: Cast, period: str, now: datetime = NOW) -> Edition:
    edition = prepare(body=cast.town, period=period, by=SYSTEM, now=now)
    return release(edition_id=edition.pk, by=cast.actor(cast.mayor), now=now)
