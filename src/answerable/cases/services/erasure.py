"""Erasure is real (rights, rule 9): identity, words, files, keys and openings go; the chain of leaves stays."""

from __future__ import annotations

import contextlib
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet

from answerable.alerts import steps as alarms
from answerable.cases import rules, steps
from answerable.cases.act_kinds import ActKind
from answerable.cases.apart import each
from answerable.cases.joins import lock_cases
from answerable.cases.models import Attachment, Case, CaseText, Deadline, Decision, Message, Note, Submission
from answerable.cases.rules import CannotAct
from answerable.cases.services.dividing import needs_own_receipt, second_halves
from answerable.cases.services.new_receipt import require_settled
from answerable.core.keeping import gone
from answerable.parties.steps import erase as erase_parties
from answerable.record.actors import Actor
from answerable.record.models import Act, Opening


@transaction.atomic(durable=True)
def ask_erasure(*, case_id: UUID, now: datetime) -> bool:
    """The person asks. True: erased at once. False: the wish is on file and is carried out by `sweep`.

    Until a case has ended, erasing it would leave the office unable to answer; and while a window of the person's
    own is open, they could no longer use it. The page says both. Asking twice is one wish. Raises CannotAct("receipt_new").
    """
    case = lock_cases([case_id])[case_id]
    if case.erased_at is not None:
        return True
    require_settled(case, now)
    person = Actor.person()
    _ask_for_halves(case, now)
    if not Act.objects.filter(matter_id=case.pk, kind=ActKind.ERASURE_ASKED).exists():
        steps.act(case, ActKind.ERASURE_ASKED, by=person, now=now, clocks=False)
    if not is_over(case, now):
        return False
    erase_words(case, by=person, now=now)
    return True


def _ask_for_halves(case: Case, now: datetime) -> None:
    """The wish holds for what was made out of this matter and has no receipt of its own, and for what was made out
    of that in turn: the way there ends here."""
    for half in lock_cases(_without_receipt(case.pk)).values():  # made after it: their keys follow its own
        asked = Act.objects.filter(matter_id=half.pk, kind=ActKind.ERASURE_ASKED).exists()
        if not asked and needs_own_receipt(half.pk):
            steps.act(half, ActKind.ERASURE_ASKED, by=Actor.person(), now=now, clocks=False)


def _without_receipt(case_id: UUID) -> list[UUID]:
    found = []
    for half in second_halves(case_id):
        if needs_own_receipt(half.pk):
            found += [half.pk, *_without_receipt(half.pk)]
    return found


@transaction.atomic(durable=True)
def erase_case(*, case_id: UUID, by: Actor, now: datetime, why: str) -> None:
    """Erase at the end of retention, or what the person asked for earlier.

    Raises CannotAct("state_forbids") while the case is open or a window of the person's runs in it.
    """
    case = steps.lock_case(case_id)
    if case.erased_at is not None:
        return
    if not is_over(case, now):
        raise CannotAct("state_forbids")
    erase_words(case, by=by, now=now, why=why)


def erase_words(case: Case, *, by: Actor, now: datetime, why: str = "") -> None:
    """Destroy everything that says who or what; inside the caller's transaction. Safe to run again."""
    erase_parties(case.pk, now=now)
    CaseText.objects.filter(case=case).update(
        claim="", wants="", title="", place_text="", shared_summary="", accused_text=""
    )
    Message.objects.filter(case=case).update(body="", facts={})
    Note.objects.filter(case=case).update(body="")
    Decision.objects.filter(case=case).update(parts={}, letter=None)
    Attachment.objects.filter(case=case).update(sealed=None, name="", sha256=b"")
    Submission.objects.filter(case=case).delete()
    case.accused.all().delete()
    alarms.forget(case.pk)
    _destroy_openings(case.pk)
    steps.act(case, ActKind.ERASED, by=by, now=now, why=why, set={"erased_at": now}, clocks=False)


def _destroy_openings(matter: UUID) -> None:
    """Salt and bytes go; the database lets them go inside an erasure alone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('answerable.erasing', 'on', true)")
        Opening.objects.filter(act__matter_id=matter).delete()
        cursor.execute("SELECT set_config('answerable.erasing', '', true)")


def is_over(case: Case, now: datetime) -> bool:
    """Whether a case has ended and no window of the person's own is open on it."""
    return case.state in rules.ENDED and not _open_windows(now).filter(case=case).exists()


def _open_windows(now: datetime) -> QuerySet[Deadline]:
    return Deadline.objects.filter(is_office=False, met_seq=None, voided_seq=None, late_from__gt=now)


def asked_and_ended(now: datetime, limit: int = 100) -> list[UUID]:
    """Cases whose person asked for erasure while they were open, and that are over by now."""
    asked = Act.objects.filter(kind=ActKind.ERASURE_ASKED, recorded_at__lte=now).values("matter_id")
    rows = Case.objects.filter(pk__in=asked, state__in=rules.ENDED, erased_at=None)
    rows = rows.exclude(pk__in=_open_windows(now).values("case_id"))
    return list(rows.values_list("pk", flat=True)[:limit])


def kept_long_enough(now: datetime, limit: int = 100) -> list[UUID]:
    """Ended cases whose time is over, as it was fixed when they ended, and in which no window of the person's runs."""
    rows = _ended().filter(keep_until__lte=now).exclude(pk__in=_open_windows(now).values("case_id"))
    return list(rows.order_by("keep_until").values_list("pk", flat=True)[:limit])


def _ended() -> QuerySet[Case]:
    return Case.objects.filter(ended_at__isnull=False, erased_at=None, state__in=rules.ENDED)


def fix_times(limit: int = 100) -> None:
    """Fix the time of cases that an earlier program ended while this one was being put in."""
    for case in _ended().filter(keep_until=None).select_related("subject")[:limit]:
        until = steps.kept_until(case, case.ended_at)
        Case.objects.filter(pk=case.pk, ended_at=case.ended_at).update(keep_until=until)


def sweep(now: datetime) -> int:
    """Carry out the wishes of persons whose cases have ended, and end what was kept long enough.

    Raises apart.SomeFailed at the end where some could not be erased.
    """
    fix_times()
    asked = asked_and_ended(now)
    why = dict.fromkeys(kept_long_enough(now), "end of the time for keeping it")
    why |= dict.fromkeys(asked, "asked by the person")
    return each(
        "erase",
        lambda failed: [] if failed else list(why),
        lambda case_id: _erase_if_still_over(case_id, now, why[case_id]),
    )


def _erase_if_still_over(case_id: UUID, now: datetime, why: str) -> int:
    """One that was taken up again meanwhile waits for its next end, and does not hold up the others."""
    with contextlib.suppress(CannotAct):
        erase_case(case_id=case_id, by=Actor.system(), now=now, why=why)
        return gone("cases.case", 1)
    return 0
