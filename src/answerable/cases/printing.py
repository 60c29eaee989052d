"""A letter to a body outside that somebody here has to print: who is told, and told again as long as it waits, or has
gone and its receipt is still to come."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from answerable.alerts.models import Delivery
from answerable.alerts.services import tell_posts
from answerable.cases import routing
from answerable.cases.accusation import accusation_of
from answerable.cases.answering import another_leader, has_somebody
from answerable.cases.models import Case, Involvement
from answerable.cases.rules import ENDED
from answerable.cases.telling import case_of, clerks_of, facts_of, tell
from answerable.orgs.models import Authority, Unit
from answerable.orgs.queries import calendar_of, head_of
from answerable.orgs.standing import standing
from answerable.record.queries import ActShown

#: As long as a letter waits, it is told of again after so long.
AGAIN_AFTER = timedelta(days=3)
#: From this time on that it is told of again, whoever answers for the matter hears of it too, and at once.
LEADER_FROM = 2
#: One that waits for longer is named by `answerable check`; one that has gone is told of again each time so much time
#: has passed without a receipt.
LONG = timedelta(days=14)
#: So many letters of the installation are looked through for a list, the oldest first.
MOST_SHOWN = 5000


def tell_to_print(case: Case, act: ActShown, body_id: int) -> None:
    """A letter was made that no machine can send: whoever prints it is told."""
    tell(printers(case, body_id, act.at), "letter_to_print", case, act, _body_facts(body_id))


def printers(case: Case, body_id: int, at: datetime) -> list[int]:
    """The clerks of every unit here that has or had the matter; of an accusation, a head whom it does not touch."""
    if case.is_conduct:
        return _untouched_printer(case, at)
    return [post for unit in _units_here(case, body_id) for post in clerks_of(unit)] or [case.leader_post_id]


def _units_here(case: Case, body_id: int) -> list[int]:
    units = Involvement.objects.filter(case=case).exclude(unit__authority=body_id).order_by("pk")
    found = list(units.values_list("unit_id", flat=True))
    return found + ([case.unit_id] if case.unit.authority_id != body_id else [])


def _untouched_printer(case: Case, at: datetime) -> list[int]:
    """A post that prints an accusation's letter to the body outside: the first head, from the conduct unit upwards, whom
    it does not touch (rule 5) and for whom somebody acts who has not stepped aside, else another leader there. Nobody:
    `check` names the matter (`printed_by_nobody`), or the conduct body that no machine can reach."""
    about, units = accusation_of(case), units_that_print(case, at)
    for unit in units:
        post = head_of(unit)
        if post is not None and has_somebody(case, post.pk, at) and not about.reaches(unit, post, at):
            return [post.pk]
    others = (another_leader(case, unit, at) for unit in units)
    return [post.pk for post in others if post is not None][:1]


def units_that_print(case: Case, at: datetime) -> list[Unit]:
    """The units, from the conduct unit upwards, in which an accusation is read and that it does not touch."""
    about, units = accusation_of(case), standing().units
    had = {*Involvement.objects.filter(case=case).values_list("unit_id", flat=True), case.unit_id}
    reads = {above for pk in had if pk in units for above in units[pk].path or [pk]}
    path = routing.conduct_path(case.authority)
    return [unit for unit in path if unit.pk in reads and not about.reaches(unit, None, at)]


def printed_by_nobody(now: datetime) -> list[tuple[Case, Unit]]:
    """The accusations of which a letter waits that nobody here may print any more, each with a unit that somebody else
    could print it in."""
    rows = list(_waiting().order_by("queued_at", "pk")[:MOST_SHOWN])
    cases = Case.objects.filter(is_conduct=True).in_bulk([row.matter for row in rows if row.matter])
    wanted = {row.matter for row in rows if row.matter in cases and _is_wanted(cases[row.matter], row)}
    alone = [case for pk, case in cases.items() if pk in wanted and not _untouched_printer(case, now)]
    return [(case, units[0]) for case in alone if (units := units_that_print(case, now))]


def _leaders(case: Case, body_id: int, at: datetime) -> list[int]:
    """Who answers here for its going out: the leader of the matter, or the heads of the units that gave it away."""
    if case.is_conduct:
        return _untouched_printer(case, at)
    if case.unit.authority_id != body_id:
        return [case.leader_post_id]
    units = standing().units
    heads = [head_of(units[unit]) for unit in _units_here(case, body_id) if unit in units]
    return [head.pk for head in heads if head is not None]


def _body_facts(body_id: int) -> dict[str, str]:
    body = standing().authorities.get(body_id)
    return {"unit_zh": body.name_zh, "unit_en": body.name_en} if body is not None else {}


def _body_of(letter: Delivery) -> int:
    return int(letter.facts.get("body") or 0)


def _waiting() -> QuerySet[Delivery]:
    return _letters().filter(state=Delivery.State.QUEUED)


def _gone() -> QuerySet[Delivery]:
    """Those that were handed over or went by post, and for which nothing is recorded that the other side gave."""
    return _letters().filter(state=Delivery.State.SENT, reported="")


def _letters() -> QuerySet[Delivery]:
    return Delivery.objects.filter(kind="letter", purpose="outside")


def _is_wanted(case: Case, letter: Delivery) -> bool:
    """Whether the body still has to hear of it: not of what was taken up again here, nor of what is over, but for that
    it is over, and for what its person wrote."""
    if case.erased_at is not None:
        return False
    why = letter.facts.get("why")
    if why in ("passed_on", "withdrawn"):
        return case.state == why
    return why == "written" or case.state not in ENDED


def to_print(readable: QuerySet[Case]) -> list[Delivery]:
    """The letters about these cases that wait to be printed and handed over, the oldest first."""
    return _about(readable, _waiting().filter(reported="").order_by("queued_at", "pk"), _is_wanted)


def without_receipt(readable: QuerySet[Case]) -> list[Delivery]:
    """The letters about these cases that have gone, and of which the other side's receipt is still to come."""
    return _about(readable, _gone().order_by("ended_at", "pk"), lambda case, _letter: case.erased_at is None)


def _about(
    readable: QuerySet[Case], letters: QuerySet[Delivery], wanted: Callable[[Case, Delivery], bool]
) -> list[Delivery]:
    """Those of the letters that are about these cases. The letters are read first: they are few, and the cases many."""
    rows = list(letters[:MOST_SHOWN])
    matters = {row.matter for row in rows if row.matter}
    cases = {case.pk: case for case in readable.filter(pk__in=matters).only("pk", "state", "erased_at")}
    return [row for row in rows if row.matter in cases and wanted(cases[row.matter], row)]


def bodies_waiting(case: Case) -> list[Authority]:
    """The bodies outside whose letter about it has not gone out yet: the person must not wait for them."""
    bodies = standing().authorities
    found = [_body_of(letter) for letter in _waiting().filter(matter=case.pk) if _is_wanted(case, letter)]
    return [bodies[body] for body in dict.fromkeys(found) if body in bodies]


def letters_to_tell_of(now: datetime, limit: int = 200, *, but: Collection[UUID] = ()) -> list[UUID]:
    """Letters that wait, or whose receipt is still to come, and of which nobody was told for a while; those told of
    longest ago first."""
    rows = _letters().filter(_to_tell_of(now), reported="").exclude(pk__in=but)
    return list(rows.order_by("next_try_at", "pk").values_list("pk", flat=True)[:limit])


def _to_tell_of(now: datetime) -> Q:
    waits = Q(state=Delivery.State.QUEUED, next_try_at__lte=now - AGAIN_AFTER)
    long_ago = now - LONG
    return waits | Q(state=Delivery.State.SENT, ended_at__lte=long_ago, next_try_at__lte=long_ago)


def waiting_long(now: datetime) -> int:
    """How many letters have waited for too long, of those that the body still has to get."""
    rows = list(_waiting().filter(queued_at__lte=now - LONG))
    cases = Case.objects.in_bulk([row.matter for row in rows if row.matter])
    return sum(row.matter in cases and _is_wanted(cases[row.matter], row) for row in rows)


@transaction.atomic(durable=True)
def tell_again(*, letter_id: UUID, now: datetime) -> int:
    """Tell the same posts again of a letter that still waits; from the second time on, whoever answers for it, urgently.
    Of one that has gone without a receipt the same posts are told, and after twice the time whoever answers for it.

    It ends when it is recorded as handed over, and what the other side gave. Nothing of the matter changes, so this is no act.
    """
    rows = _letters().select_for_update().filter(_to_tell_of(now), pk=letter_id, reported="")
    letter = rows.first()
    if letter is None or letter.matter is None:
        return 0
    # No machine tries a letter: its row says when and how often somebody was told of it again.
    letter.next_try_at = now
    case = case_of(letter.matter)
    is_told = case is not None and (
        _is_wanted(case, letter) if letter.state == Delivery.State.QUEUED else case.erased_at is None
    )
    letter.tries += is_told
    letter.save(update_fields=["next_try_at", "tries"])
    if case is not None and is_told:
        _tell_again(case, letter, now)
    return int(is_told)


def _tell_again(case: Case, letter: Delivery, now: datetime) -> None:
    waits, body_id = letter.state == Delivery.State.QUEUED, _body_of(letter)
    since = letter.queued_at if waits else letter.ended_at or letter.queued_at
    is_leaders = letter.tries >= LEADER_FROM if waits else since <= now - LEADER_FROM * LONG
    facts = facts_of(case) | _body_facts(body_id)
    facts["due"] = str(calendar_of(case.authority).local_day(since))
    leaders = _leaders(case, body_id, now) if is_leaders else []
    posts = [post for post in printers(case, body_id, now) if post not in leaders]
    for told, is_urgent in ((leaders, waits), (posts, False)):
        tell_posts(
            told,
            "letter_waits" if waits else "letter_without_receipt",
            key=f"letter:{letter.pk}:{letter.tries}",
            at=now,
            matter=case.pk,
            facts=facts,
            is_urgent=is_urgent,
        )
